"""Emergency and crisis: before all else, in any message, from anybody."""

from community import alerts
from community.matters import About, about, about_sender
from community.whose import RELATION_LABELS, find_household
from community.work import Priority, Work
from handlers import checkin
from handlers.request import Message
from parsing import ChainLine, danger, is_fire, parse_address
from storage.tables import ChatGroup, GroupKind, MatterKind

_KINDS = (
    ("emergency", MatterKind.EMERGENCY, alerts.emergency), ("crisis", MatterKind.CRISIS, alerts.crisis),
)  # fmt: skip
MOST_ROWS = 5  # of one chain that are told of one by one
TELLING = 8  # letters of a row that say who and what; of a shorter one the whole chain is told


def handle(message: Message, kinds: frozenset[str], work: Work) -> None:
    """Answer at once, call people, and still record the readings that the message holds."""
    rows = _rows(message, work)
    for kind, number, raise_alert in _KINDS:
        if kind not in kinds:
            continue
        cries = [(where, words) for heard, where, words in rows if kind in heard]
        fresh = [(where, words) for where, words in cries if not alerts.is_known(work, number, words)]
        for where, words in fresh or ([] if cries else [(_sender(message, work), message.text)]):
            raise_alert(work, where, words)
        if fresh or not cries:
            _answer(message, work, kind)
    if message.understanding and message.understanding.checkins:
        checkin.take(message, work, alarm=False)


def _sender(message: Message, work: Work) -> About:
    return about_sender(work, message.actor, message.group_area, _place(message, work))


def _rows(message: Message, work: Work) -> list[tuple[frozenset[str], About, str]]:
    """The rows of a chain that call out, each with its own door: who posts a chain is seldom who needs help."""
    chain = message.understanding.chain if message.understanding else None
    lines = [line for line in chain.lines if len(line.text.strip()) >= TELLING] if chain else []
    heard = [(danger(line.text), line) for line in lines]
    return [(kinds, _neighbour(message, work, line), line.text.strip()) for kinds, line in heard if kinds][:MOST_ROWS]


def _neighbour(message: Message, work: Work, line: ChainLine) -> About:
    """Whose row it is: the household at the door that it names, or the door as written."""
    address, community = parse_address(line.text), checkin.community_of(message, work)
    home = find_household(work, community, address) if address and community else None
    sender = _sender(message, work)
    name = line.checkins[0].person if line.checkins and line.checkins[0].person not in RELATION_LABELS else ""
    own = home is not None and message.actor.household is not None and home.id == message.actor.household.id
    if own or (address is None and (not message.in_group or name == sender.label)):
        return sender
    told, place = f"{name}（{sender.label}发的接龙）", address or _place(message, work)
    return about(work, home, None, account=sender.account, label=told, place=place, area_id=sender.area_id)


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
