"""Emergency and crisis: before all else, in any message, from anybody."""

from community import alerts
from community.matters import about_sender
from community.work import Priority, Work
from handlers import checkin
from handlers.request import Message
from parsing import is_fire
from storage.tables import ChatGroup, GroupKind


def handle(message: Message, kinds: frozenset[str], work: Work) -> None:
    """Answer at once, call people, and still record the readings that the message holds."""
    where = about_sender(work, message.actor, message.group_area, _place(message, work))
    if "emergency" in kinds:
        alerts.emergency(work, where, message.text)
        _answer(message, work, "emergency")
    if "crisis" in kinds:
        alerts.crisis(work, where, message.text)
        _answer(message, work, "crisis")
    if message.understanding and message.understanding.checkins:
        checkin.take(message, work, alarm=False)


def _place(message: Message, work: Work) -> str:
    """For who has no household: the group or area that the words came from."""
    if message.group is not None:
        return message.group.name or work.areas[message.group.area_id].name
    return work.areas[work.default_area].name if message.actor.household is None else ""


def _answer(message: Message, work: Work, kind: str) -> None:
    """An emergency is answered where it was written, so that neighbours help; a crisis only to the person."""
    lines = work.house.hotlines
    values = {
        "emergency": lines.emergency, "fire": lines.fire if is_fire(message.text) else "",
        "psychological": lines.psychological,
    }  # fmt: skip
    if message.in_group and kind == "emergency":
        name = "group/emergency"
        group = message.group or ChatGroup(
            platform=message.place.platform, external_id=message.place.id, area_id="", kind=GroupKind.RESIDENTS
        )
        work.post.to_group(group, name, Priority.DANGER, values=values)
    else:
        work.post.to_account(message.actor.account, f"danger/{kind}", Priority.DANGER, values=values)
