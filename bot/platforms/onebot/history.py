"""Reads what was said in the groups of an account while nobody listened (`get_group_msg_history`)."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.platforms.contract import SendError
from bot.platforms.onebot.codec import Call, Json, number, sent_id

PAGE = 200  # messages of one group; implementations spell going further back in different ways
OVERLAP = timedelta(minutes=1)  # clocks differ; what is read twice is known by its id
LONGEST = timedelta(days=1)  # what is older is of no use today

Ask = Callable[[Call, str], Awaitable[Json]]


@dataclass(slots=True)
class History:
    """What could be read, oldest first, and whether that is all of it."""

    events: list[Json] = field(default_factory=list)
    whole: bool = True


async def read_history(ask: Ask, since: datetime, now: datetime) -> History:
    """The messages of all groups from `since` on; an implementation that cannot tell leaves it empty and not whole."""
    found = History(whole=now - since <= LONGEST)
    begin = max(since, now - LONGEST) - OVERLAP
    try:
        groups = [number(item.get("group_id")) for item in _items(await _answer(ask, "get_group_list", "groups"))]
        for group in groups:
            if group.isdecimal():
                await _read_group(ask, group, begin.timestamp(), found)
    except SendError:
        found.whole = False
    found.events.sort(key=_second)
    return found


async def _read_group(ask: Ask, group: str, begin: float, found: History) -> None:
    data = await _answer(ask, "get_group_msg_history", f"history/{group}", group_id=int(group), count=PAGE)
    messages = list(_items(data.get("messages") if isinstance(data, dict) else data))
    recent = [message for message in messages if _second(message) >= begin]
    if len(messages) >= PAGE and len(recent) == len(messages):
        found.whole = False
    start = {"post_type": "message", "message_type": "group", "group_id": group}
    found.events += [{**start, **message} for message in recent]


async def _answer(ask: Ask, action: str, echo: str, **params: object) -> object:
    answer = await ask(Call(action, params), echo)
    sent_id(answer, action)  # raises what the retcode means
    return answer.get("data")


def _items(data: object) -> Iterator[Json]:
    yield from (item for item in data if isinstance(item, dict)) if isinstance(data, list) else ()


def _second(message: Json) -> float:
    at = message.get("time")
    return float(at) if isinstance(at, (int, float)) else 0.0
