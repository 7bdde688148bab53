"""What was said to an account while nobody listened: read after it is connected again, or told to be lost."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.messages import Chat, ChatKind
from bot.platforms.contract import Host, SendError
from bot.platforms.onebot import history
from bot.platforms.onebot.accounts import Accounts
from bot.platforms.onebot.codec import author, second
from bot.platforms.onebot.faults import check, is_unknown
from bot.platforms.onebot.link import Link
from bot.platforms.onebot.wire import Call, Json, Malformed, fields, is_id, items, number

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=1)  # clocks differ; what is read twice is known by its id
LONGEST = timedelta(days=1)  # what is older is of no use today
MOST_PAGES = 10  # of one conversation
MOST_EVENTS = 20_000
MOST_FAILURES = 3  # unanswered questions after which no more are asked
MOST_PEOPLE = 200  # whose private conversations are read
PRIVATE = (1, 100)  # kinds of conversation in `get_recent_contact`: with a friend, and through a group


@dataclass(slots=True)
class Missed:
    """What could be read, oldest first, and whether that is all of it."""

    events: list[Json] = field(default_factory=list)
    whole: bool = True


@dataclass(slots=True)
class CatchUp:
    """Reads the conversations of one account back to a moment."""

    link: Link
    seconds: float  # for one answer
    since: datetime
    now: datetime
    met: tuple[str, ...] = ()  # people who have written since the start of the program
    failures: int = 0

    async def read(self) -> Missed:
        """The messages of all conversations since then; with an implementation that cannot tell, nothing, not whole."""
        found = Missed(whole=self.now - self.since <= LONGEST)
        async for chat in self._chats(found):
            if not self.link.alive or self.failures >= MOST_FAILURES or len(found.events) >= MOST_EVENTS:
                found.whole = False
                break
            await self._read(chat, found)
        found.events.sort(key=second)
        return found

    @property
    def _begin(self) -> float:
        return (max(self.since, self.now - LONGEST) - OVERLAP).timestamp()

    async def _read(self, chat: Chat, found: Missed) -> None:
        reading = history.Reading(chat, self._begin, MOST_PAGES)
        if reading.action in self.link.lacks:
            found.whole = found.whole and chat.kind is ChatKind.PRIVATE
            return
        try:
            told = await history.messages(self._ask, reading)
        except SendError:
            if reading.action not in self.link.lacks:
                self.failures += 1
                found.whole = False
            elif chat.kind is ChatKind.GROUP:  # without private histories one does
                found.whole = False
            return
        found.whole = found.whole and reading.whole
        group = chat.kind is ChatKind.GROUP
        start: Json = {"post_type": "message", "message_type": chat.kind.value}
        start |= {"group_id": chat.id} if group else {"user_id": chat.id}
        found.events += [{**start, **message} for message in told if author(message) != self.link.account]

    async def _chats(self, found: Missed) -> AsyncIterator[Chat]:
        for group in await self._list("get_group_list", "group_id", found):
            yield Chat("", ChatKind.GROUP, group)
        for person in await self._people(found):
            yield Chat("", ChatKind.PRIVATE, person)

    async def _people(self, found: Missed) -> list[str]:
        """Who may have written in private: NapCat tells, else those met before, and friends."""
        recent = await self._recent()
        if recent is not None:
            return recent
        people = dict.fromkeys((*self.met, *await self._list("get_friend_list", "user_id", None)))
        known_to_be_unread = len(people) > MOST_PEOPLE and "get_friend_msg_history" not in self.link.lacks
        found.whole = found.whole and not known_to_be_unread
        return list(people)[:MOST_PEOPLE]

    async def _recent(self) -> list[str] | None:
        contacts = await self._get("get_recent_contact", count=MOST_PEOPLE)
        if contacts is None:
            return None
        new = [item for item in items(contacts) if item.get("chatType") in PRIVATE and _time(item) >= self._begin]
        return _ids(number(item.get("peerUin")) for item in new)

    async def _list(self, action: str, key: str, found: Missed | None) -> list[str]:
        told = await self._get(action)
        if told is None and found is not None:
            found.whole = False
        return _ids(number(item.get(key)) for item in items(told))

    async def _get(self, action: str, **params: object) -> object:
        """The data of an answer, None if there is none."""
        if action in self.link.lacks:
            return None
        try:
            answer = await self._ask(Call(action, params), f"catch-up/{action}")
            check(answer, action)
        except SendError:
            return None
        return answer.get("data")

    async def _ask(self, call: Call, echo: str) -> Json:
        return await ask(self.link, call, echo, self.seconds)


async def catch_up(
    host: Host, accounts: Accounts, link: Link, seconds: float, hand_over: Callable[[Json], Awaitable[None]]
) -> None:
    """What was said while this account was away is handled now; what cannot be read is told."""
    try:
        since = accounts.heard.get(link.account) or await host.last_heard(link.account)
        if since is not None:  # a new installation answers no old talk
            await _catch_up(
                host, accounts, link, CatchUp(link, seconds, since, datetime.now(UTC), tuple(accounts.met)), hand_over
            )
    except Exception as error:  # noqa: BLE001 - worker; only the type: a database error quotes its parameters
        log.error("history unread", extra={"action": "onebot_history_unread", "error": type(error).__name__})


async def _catch_up(
    host: Host, accounts: Accounts, link: Link, work: CatchUp, hand_over: Callable[[Json], Awaitable[None]]
) -> None:
    accounts.heard[link.account] = work.since  # should the line break before all is read
    found = await work.read()
    for event in found.events:
        with suppress(Malformed):
            await hand_over(event)
    if not link.alive:
        return
    accounts.heard.pop(link.account, None)
    log.info("OneBot history", extra={"action": "onebot_history", "size": len(found.events), "whole": found.whole})
    if not found.whole:
        await host.missed(link.account, work.since, work.now)


async def ask(link: Link, call: Call, echo: str, seconds: float) -> Json:
    """An answer; remembers which actions the implementation does not have. Raises `TryLater` when there is none."""
    answer = await link.call(call, echo, seconds)
    if is_unknown(answer):
        link.lacks.add(call.action)
    return answer


def _ids(found: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(id for id in found if is_id(id)))


def _time(contact: Json) -> float:
    told = number(contact.get("msgTime"))
    last = fields(contact.get("lastestMsg"))
    return float(told) if is_id(told) else second(last)
