"""Sends messages, in parts if need be, and finds out afterwards what went."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime

from bot.messages import Chat, Outbound
from bot.platforms.contract import CannotTell, Rejected, SendError, TryLater
from bot.platforms.onebot import history
from bot.platforms.onebot.accounts import Accounts
from bot.platforms.onebot.catchup import ask
from bot.platforms.onebot.codec import author
from bot.platforms.onebot.compose import calls
from bot.platforms.onebot.faults import Muted, sent_id
from bot.platforms.onebot.link import Link
from bot.platforms.onebot.mutes import LONG, Mutes
from bot.platforms.onebot.settings import OneBotSettings
from bot.platforms.onebot.sightings import is_it
from bot.platforms.onebot.wire import Call, Json, is_id, number

log = logging.getLogger(__name__)

UNFINISHED_LIMIT = 1024
OWN_LIMIT = 4096  # ids of messages that are out
FIND_PAGES = 3


class Sender:
    """Sends; a retry repeats no part that is out."""

    def __init__(self, settings: OneBotSettings, accounts: Accounts, groups: Mapping[str, str], mutes: Mutes) -> None:
        self._settings = settings
        self._accounts = accounts
        self._groups = groups
        self._mutes = mutes
        self._went: dict[int, dict[int, str]] = {}  # outbox id -> parts that are out, each with its id
        self._by: OrderedDict[int, str] = OrderedDict()  # outbox id -> account by which it was tried last
        self._own: OrderedDict[tuple[Chat, str], int] = OrderedDict()  # what is out -> outbox id

    async def send(self, message: Outbound) -> str:
        """Send and return the last part's id."""
        todo = self._calls(message)
        link = self._accounts.choose(message)
        went = self._remember(message.id)
        self._by[message.id] = link.account
        if len(self._by) > OWN_LIMIT:
            self._by.popitem(last=False)
        try:
            for part, call in enumerate(todo):
                if part not in went:
                    went[part] = await self._send_part(link, message, part, call)
        except TryLater as reason:
            if not went and not reason.maybe_sent:  # else a retry needs it, and late answers add to it
                self._went.pop(message.id, None)
            raise
        except Exception:
            self._went.pop(message.id, None)
            raise
        self._went.pop(message.id, None)
        return went[len(todo) - 1]

    async def find(self, message: Outbound, since: datetime) -> str | None:
        """The last part's id if every part is out; what is found of an unfinished one is not sent again."""
        try:
            todo = self._calls(message)
            said = await self._said(message, since)
        except SendError:
            raise CannotTell from None
        went = self._remember(message.id)
        free = [event for event in said if self._is_free(message, number(event.get("message_id")), went)]
        for part, call in enumerate(todo):
            if part not in went and (event := next((event for event in free if is_it(call, event)), None)):
                free.remove(event)
                self._note(message, went, part, number(event.get("message_id")))
        if len(went) < len(todo):
            if not went:
                del self._went[message.id]
            return None
        del self._went[message.id]
        return went[len(todo) - 1]

    def is_own(self, event: Json) -> bool:
        """Whether a response answers the sending of a message."""
        id, _, part = str(event.get("echo")).partition(".")
        return is_id(id) and is_id(part)

    def late(self, event: Json) -> None:
        """An answer after the time-out: if the message is out, a retry must not send it again."""
        log.debug("OneBot response nobody waits for", extra={"action": "onebot_late_response"})
        id, _, part = str(event.get("echo")).partition(".")
        went = self._went.get(int(id)) if self.is_own(event) else None
        if went is not None:
            with suppress(SendError):
                went[int(part)] = sent_id(event, "late")

    def _calls(self, message: Outbound) -> list[Call]:
        via = message.via_group or self._groups.get(message.chat.id)
        return calls(message, via, self._settings.text_limit)

    async def _send_part(self, link: Link, message: Outbound, part: int, call: Call) -> str:
        seconds = self._settings.upload_timeout if call.upload else self._settings.call_timeout
        response = await link.call(call, f"{message.id}.{part}", seconds)
        try:
            id = sent_id(response, call.action)
        except Muted as muted:
            raise self._muted(link, message.chat, muted) from None
        self._own_is(message, id)
        return id

    def _muted(self, link: Link, chat: Chat, muted: Muted) -> SendError:
        left = self._mutes.left(link.account, chat.id, asyncio.get_running_loop().time())
        if left is None:
            return muted
        return Rejected(f"{muted} for long") if left > LONG else TryLater(str(muted), left)

    async def _asked(self, message: Outbound) -> Link:
        """The account that may have sent it: no other one knows what it said in private. Raises `TryLater`."""
        account = self._by.get(message.id) or message.account or self._accounts.choose(message).account
        return await self._accounts.back(account, self._settings.find_timeout)

    async def _said(self, message: Outbound, since: datetime) -> list[Json]:
        """What the account has said there since then, the newest first; raises `CannotTell` or `SendError`."""
        link = await self._asked(message)
        try:
            return await self._read(link, message, since)
        except TryLater:
            if link.usable:
                raise
        return await self._read(await self._asked(message), message, since)  # the line broke while it was asked

    async def _read(self, link: Link, message: Outbound, since: datetime) -> list[Json]:
        reading = history.Reading(message.chat, since.timestamp(), FIND_PAGES)
        if reading.action in link.lacks:
            raise CannotTell
        seconds = self._settings.find_timeout
        told = await history.messages(lambda call, echo: ask(link, call, f"find/{message.id}/{echo}", seconds), reading)
        if not reading.whole:
            raise CannotTell
        return [event for event in reversed(told) if author(event) == link.account]

    def _is_free(self, message: Outbound, id: str, went: dict[int, str]) -> bool:
        """Whether this is no other message, and no part that is known to be out."""
        return self._own.get((message.chat, id), message.id) == message.id and id not in went.values()

    def _note(self, message: Outbound, went: dict[int, str], part: int, id: str) -> None:
        went[part] = id
        self._own_is(message, id)

    def _own_is(self, message: Outbound, id: str) -> None:
        self._own[message.chat, id] = message.id
        if len(self._own) > OWN_LIMIT:
            self._own.popitem(last=False)

    def _remember(self, outbox_id: int) -> dict[int, str]:
        if outbox_id not in self._went and len(self._went) >= UNFINISHED_LIMIT:
            del self._went[next(iter(self._went))]
        return self._went.setdefault(outbox_id, {})
