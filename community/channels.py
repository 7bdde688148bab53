"""Ways out only: mail, robots and web hooks are told what concerns their area.

A channel is a staff group or a duty mailbox. It reads the same words as the staff who are told: names, places and
readings, because who is on duty has to act; phone and ID numbers are masked (`Post.to`). What goes to `operator`
channels holds neither names nor health to begin with.
"""

from typing import Any

from community import ladder
from community.outgoing import CHANNELS, Target
from community.work import ChannelRule, Priority, Work
from storage.tables import RoleName

ALERTS, NOTICES, OPERATOR = "alerts", "notices", "operator"


def to_channels(
    work: Work, kind: str, template: str, priority: Priority, *, area_id: str | None = None, **options: Any
) -> int:
    """Write to every channel that takes this kind and whose area holds `area_id`; returns how many there are."""
    names = [rule.name for rule in work.house.channels if kind in rule.takes and _covers(work, rule, area_id)]
    for name in names:
        work.post.to(Target(CHANNELS, "group", name), template, priority, **options)
    return len(names)


def to_operator(work: Work, template: str, priority: Priority, **options: Any) -> None:
    """Tell whoever runs the machine, and the channels that are for them; never names or health."""
    for person_id in ladder.holders(work, work.default_area, RoleName.OPERATOR):
        work.post.to_person(person_id, template, priority, **options)
    to_channels(work, OPERATOR, template, priority, **options)


def _covers(work: Work, rule: ChannelRule, area_id: str | None) -> bool:
    """A channel whose area is not there hears everything rather than nothing: an alert may not be lost by a typo."""
    own = rule.area or work.default_area
    known = own in work.areas.by_id and area_id in work.areas.by_id
    return area_id is None or not known or work.areas.covers(own, area_id)
