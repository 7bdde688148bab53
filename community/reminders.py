"""Reminders and door visits: who was not heard is asked, once a reminder; then somebody knocks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from community import ladder
from community.access import Scope, whole_area
from community.calendar import HalfDay, half_day
from community.checkins import reminder_topic
from community.errors import NotFound, NotNow
from community.matters import about, number_of, open_matter, tell
from community.observations import Roll, roll, unheard
from community.outgoing import end_of_quiet
from community.people import contact
from community.work import Priority, Work
from storage.queries import flow, matters, people
from storage.tables import Household, Level, MatterKind

VISIT_AGAIN = timedelta(hours=23)  # a household that stays silent is put on the list again the next day


@dataclass(frozen=True, slots=True)
class Asked:
    """How many households were asked, and which could not be reached."""

    reached: int
    unreached: list[str]
    held_until: time | None = None  # at night: when the question goes out


def everywhere(work: Work) -> Scope:
    """All districts: what the rounds work on."""
    tops = [area.id for area in work.areas.by_id.values() if area.parent_id is None]
    reaches = tuple(reach for top in tops for reach in whole_area(work.areas, top).reaches)
    return Scope(work.areas, reaches)


def remind(work: Work, half: HalfDay, turn: int) -> Asked:
    """One reminder round: every household with somebody observed and not heard is asked once."""
    return _ask(work, unheard(work, everywhere(work), half), half, f"{turn}", turn) or Asked(0, [])


def urge(work: Work, scope: Scope, household: Household | None, *, urgent: bool = False) -> Asked:
    """`/催报`: ask now, but no household more than once an hour, reminders of the round included."""
    quiet = work.rules.is_quiet(work.now.astimezone(work.zone).time()) and not urgent
    half = _half_asked(work) if quiet else work.half
    lines = [ln for ln in unheard(work, scope, half) if household is None or ln.household_id == household.id]
    if not lines:
        raise NotFound("lists/nobody_missing", half=half.half.label)
    since = work.now - timedelta(minutes=work.rules.urge_every_minutes)
    topics = {reminder_topic(line.household_id, half) for line in lines}
    recent = flow.topics_since(work.session, topics, since)
    rest = [line for line in lines if reminder_topic(line.household_id, half) not in recent]
    priority = Priority.ANSWER if urgent else Priority.BULK
    asked = _ask(work, rest, half, f"urge-{int(work.now.timestamp())}", 2, since, priority)
    if asked is None:
        raise NotNow("reminders/asked_already", minutes=work.rules.urge_every_minutes)
    return replace(asked, held_until=work.rules.quiet_hours[1]) if quiet else asked


def _half_asked(work: Work) -> HalfDay:
    """The half day in which a question that is asked at night will be read: that in which quiet hours end."""
    local = work.now.astimezone(work.zone)
    return half_day(end_of_quiet(local, work.rules.quiet_hours[1]), work.zone)


def _ask(
    work: Work, lines: Iterable[Roll], half: HalfDay, key: str, turn: int, since: datetime | None = None,
    priority: Priority = Priority.BULK,
) -> Asked | None:  # fmt: skip
    """Ask each household once; None if nobody is left to ask. `since`: who was asked for others later is left alone."""
    homes: dict[int, list[Roll]] = defaultdict(list)
    for line in lines:
        homes[line.household_id].append(line)
    members = people.members(work.session, homes)
    work.post.prefetch(member.id for group in members.values() for member in group if member.id)
    work.post.prefetch_once(_once(household_id, half, key) for household_id in homes)
    unreached: dict[int, list[Roll]] = {}
    for household_id, silent in homes.items():
        reader = contact(work.post, members[household_id])
        if reader is None or reader.id is None:
            unreached[household_id] = silent
            continue
        values = {"half": half.half.label, "names": [line.name for line in silent], "turn": turn}
        work.post.to_person(
            reader.id, "reminders/ask", priority, values=values, once=_once(household_id, half, key),
            topic=reminder_topic(household_id, half), expires_at=half.ends(work.zone),
        )  # fmt: skip
    others = _ask_neighbours(work, unreached, half, key, since, priority)
    reached = len(homes) - len(unreached)
    return Asked(reached, [lines[0].address for lines in unreached.values()]) if reached or others else None


def _once(household_id: int, half: HalfDay, key: str) -> str:
    return f"{reminder_topic(household_id, half)}/{key}"


def _ask_neighbours(
    work: Work, homes: dict[int, list[Roll]], half: HalfDay, key: str, since: datetime | None, priority: Priority
) -> int:
    """Households without any account: their captain or grid leader is asked to report for them, in one message."""
    rows = people.households_by_id(work.session, homes)
    lists: dict[int, list[Roll]] = defaultdict(list)
    for household_id, silent in homes.items():
        household = rows[household_id]
        for person_id in ladder.captains(work, household.grid_id, household.building) or ladder.leaders(
            work, household.grid_id
        ):
            lists[person_id] += silent
    topics = {person_id: f"nag-for/{person_id}/{half.day}/{half.half}" for person_id in lists}
    recent = flow.topics_since(work.session, topics.values(), since) if since else set()
    asked = {person_id: lines for person_id, lines in lists.items() if topics[person_id] not in recent}
    for person_id, lines in asked.items():
        work.post.to_person(
            person_id, "reminders/ask_for_others", priority,
            values={"half": half.half.label, "lines": lines}, once=f"{topics[person_id]}/{key}",
            topic=topics[person_id], expires_at=half.ends(work.zone),
        )  # fmt: skip
    return len(asked)


def ask_for_visits(work: Work) -> int:
    """Ask the grid leaders to knock where enough half days in a row were missed; returns the number of doors."""
    silent = [ln for ln in roll(work, everywhere(work)) if ln.missed >= work.rules.door_visit_after_missed]
    still_silent = {ln.person_id for ln in unheard(work, everywhere(work), work.half)}
    homes: dict[int, list[Roll]] = defaultdict(list)
    for line in silent:
        if line.person_id in still_silent:
            homes[line.household_id].append(line)
    asked = matters.visits_since(work.session, homes, work.now - VISIT_AGAIN)
    rows = people.households_by_id(work.session, homes)
    todo = {household_id: lines for household_id, lines in homes.items() if household_id not in asked}
    for household_id, lines in sorted(todo.items(), key=lambda item: not item[1][0].silent_and_ill):
        _ask_for_visit(work, rows[household_id], lines)
    return len(todo)


def _ask_for_visit(work: Work, household: Household, lines: list[Roll]) -> None:
    where = about(work, household, None, label="、".join(line.name for line in lines))
    matter = open_matter(work, MatterKind.VISIT, where)
    leaders = ladder.leaders(work, household.grid_id)
    troubled = any(line.troubled for line in lines)
    tell(work, matter, leaders, "reminders/visit", missed=max(ln.missed for ln in lines), troubled=troubled)


def close_visits(work: Work, household: Household) -> list[int]:
    """The numbers of the open door visits of a household, for `/上门` to close."""
    found = matters.open_for_household(work.session, household.id or 0, [MatterKind.VISIT])
    return [number_of(matter) for matter in found]


def propose_releases(work: Work) -> int:
    """At 08:00 of each day after the last one: doctor and committee are told whose observation is over."""
    count = 0
    for community in [area for area in work.areas.by_id.values() if area.level == Level.COMMUNITY]:
        scope = whole_area(work.areas, community.id)
        ended = [line for line in roll(work, scope) if line.last_day < work.today]
        count += len(ended)
        for person_id in ladder.doctors_and_committee(work, community.id) if ended else ():
            values = {"lines": ended, "community": community.name}
            work.post.to_person(person_id, "observation/release_proposed", Priority.NOTICE, values=values)
    return count


__all__ = ["ask_for_visits", "close_visits", "propose_releases", "remind", "urge"]
