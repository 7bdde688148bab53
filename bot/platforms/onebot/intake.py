"""What comes in: frames to messages, handed over in the order in which they came."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from bot.messages import Chat, ChatKind, Inbound
from bot.platforms.contract import Host
from bot.platforms.onebot import codec
from bot.platforms.onebot.accounts import Accounts, Spawn
from bot.platforms.onebot.copies import Copies
from bot.platforms.onebot.link import Link
from bot.platforms.onebot.mutes import Mutes
from bot.platforms.onebot.names import Ask, Names
from bot.platforms.onebot.settings import OneBotSettings
from bot.platforms.onebot.wire import Json, Malformed, is_id, number

log = logging.getLogger(__name__)


class Intake:
    """Takes events and hands messages to the program; a bounded number of them at once."""

    def __init__(self, settings: OneBotSettings, accounts: Accounts, spawn: Spawn) -> None:
        self.groups: dict[str, str] = {}  # person -> group of a temporary session, which an answer has to name
        self.mutes = Mutes()
        self._settings = settings
        self._accounts = accounts
        self._spawn = spawn
        self._slots = asyncio.Semaphore(settings.max_in_flight)
        self._copies = Copies()
        self._names = Names()
        self._turns: dict[Chat, asyncio.Event] = {}  # of the last message there that waits for names

    async def take(self, host: Host, link: Link, event: Json) -> None:
        """Handle an event; waits while too much is on its way, and raises `Malformed`."""
        # No await before the handing over is begun or has its turn, so the order of arrival is kept.
        kind = event.get("post_type")
        if kind == "message":
            await self.message(host, link, event)
        elif kind == "meta_event" and event.get("meta_event_type") == "heartbeat":
            self._accounts.beat(link, event)
        elif kind == "notice":
            self._names.note(event)
            self.mutes.note(event, link.account, asyncio.get_running_loop().time())

    async def message(self, host: Host, link: Link, event: Json) -> None:
        """Hand over a message, unless it is none for us or another account has brought it; raises `Malformed`."""
        message = self._read(link, event)
        if message is None:
            return
        await self._slots.acquire()
        before = self._turns.get(message.chat)
        unnamed = codec.unnamed(event) - self._accounts.links.keys() if is_id(message.chat.id) else set()
        known = self._names.known(message.chat.id, unnamed) if unnamed else {}
        if known:
            message = self._named(link, event, known)
        if known is None or before is not None:
            turn = self._turns[message.chat] = asyncio.Event()
            self._spawn(self._in_turn(host, link, event, message, unnamed if known is None else set(), before, turn))
        else:
            self._spawn(self._hand_over(host, message))

    def close(self) -> None:
        """Stop asking for names."""
        self._names.close()

    def _read(self, link: Link, event: Json) -> Inbound | None:
        if not link.account:
            raise Malformed("no account")
        links = self._accounts.links
        if number(event.get("user_id")) in links or event.get("sub_type") == "notice":
            return None  # our own words, from this account or another one in the group; or QQ's grey lines
        message = self._named(link, event, codec.NOBODY)
        if message.chat.kind is ChatKind.GROUP and len(links) > 1 and self._copies.is_copy(message):
            return None
        if message.chat.kind is ChatKind.PRIVATE:
            if group := codec.temporary_group(event):
                self.groups[message.chat.id] = group
            else:
                self.groups.pop(message.chat.id, None)
        self._accounts.meet(message.chat, link.account)
        return message

    def _named(self, link: Link, event: Json, names: Mapping[str, str]) -> Inbound:
        own = tuple(self._accounts.links)
        return codec.inbound(event, self._settings.name, link.account, datetime.now(UTC), own, names)

    async def _in_turn(
        self, host: Host, link: Link, event: Json, message: Inbound, unnamed: set[str], before: asyncio.Event | None,
        turn: asyncio.Event,
    ) -> None:  # fmt: skip
        """Hand over what waits for names, or behind something that does."""
        try:
            if unnamed:
                seconds = self._settings.name_timeout
                if names := await self._names.look(self._asking(link), message.chat.id, unnamed, seconds):
                    message = self._named(link, event, names)
            if before is not None:
                await before.wait()
        finally:
            turn.set()
            if self._turns.get(message.chat) is turn:
                del self._turns[message.chat]
        await self._hand_over(host, message)

    def _asking(self, link: Link) -> Ask:
        return lambda call, echo: link.call(call, echo, self._settings.call_timeout)

    async def _hand_over(self, host: Host, message: Inbound) -> None:
        try:
            await host.receive(message)
        except Exception as error:  # noqa: BLE001 - worker; only the type: a database error quotes its parameters
            log.error("message lost", extra={"action": "onebot_lost", "error": type(error).__name__})
        finally:
            self._slots.release()
