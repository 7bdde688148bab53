"""Which QQ accounts are connected, and which of them a conversation goes through."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from websockets.asyncio.connection import Connection

from bot.messages import Chat, ChatKind, Outbound
from bot.platforms.contract import State, Trouble, TryLater
from bot.platforms.onebot.link import Link
from bot.platforms.onebot.wire import Json

log = logging.getLogger(__name__)

MET = 1024  # people who are remembered to have written in private

Spawn = Callable[[Coroutine[Any, Any, None]], None]


class Accounts:
    """The connections by account; a new one of the same account replaces the old one."""

    def __init__(self, spawn: Spawn, watchdog: float, ready: Callable[[Link], None]) -> None:
        self.links: dict[str, Link] = {}
        self.nameless: dict[Connection, Link] = {}  # connected, and nobody has said yet whose account it is
        self.heard: dict[str, datetime] = {}  # account -> up to when everything has been heard, while it is away
        # Which account a group is in; once there are several, also who talks with which.
        self.homes: dict[Chat, str] = {}
        self.gone: datetime | None = None  # when the last one broke off
        self.met: dict[str, None] = {}  # people who have written in private
        self._arrival = asyncio.Event()  # of the next one
        self._spawn = spawn
        self._watchdog = watchdog
        self._ready = ready

    def identify(self, link: Link, account: str) -> None:
        """Note whose connection it is."""
        if link.account or not link.alive or not account.isdecimal() or not account.strip("0"):
            return
        link.account = account
        self.nameless.pop(link.socket, None)
        old = self.links.get(account)
        if old:  # most often half-open: the peer has noticed the break and we have not
            self.drop(old, "replaced by a new connection")
            self._spawn(old.socket.close(1001, "replaced"))
        self.links[account] = link
        log.info("OneBot connected", extra={"action": "onebot_connected", "replaced": old is not None})
        self._arrival.set()
        self._arrival = asyncio.Event()
        self._ready(link)

    def drop(self, link: Link, reason: str) -> None:
        """Give a connection up; up to when it heard is remembered."""
        if link.account and link.alive:
            silent = asyncio.get_running_loop().time() - link.heard
            self.heard.setdefault(link.account, datetime.now(UTC) - timedelta(seconds=silent))
        link.drop(reason)
        if self.links.get(link.account) is link:
            del self.links[link.account]
            self.gone = datetime.now(UTC)

    def meet(self, chat: Chat, account: str) -> None:
        """Somebody has written here by this account."""
        if len(self.links) > 1 or chat.kind is ChatKind.GROUP:
            self.homes[chat] = account
        if chat.kind is ChatKind.PRIVATE:
            self.met.pop(chat.id, None)
            self.met[chat.id] = None
            if len(self.met) > MET:
                del self.met[next(iter(self.met))]

    def beat(self, link: Link, event: Json) -> None:
        """A heartbeat: whether QQ has the account, and how often to expect one."""
        status, interval = event.get("status"), event.get("interval")
        link.stand(online=not (isinstance(status, dict) and status.get("online") is False))
        beat = interval / 1000 if isinstance(interval, (int, float)) else 0.0
        link.patience = max(self._watchdog, 2 * beat)
        # Only a peer that has beaten once can fall silent: with heartbeats off a quiet night is no fault, and the
        # WebSocket's own pings notice a dead line.
        if link.watchdog is None and link.alive:
            link.watchdog = asyncio.create_task(self._watch(link))

    def choose(self, message: Outbound) -> Link:
        """The account that is named, else the one with which the conversation is held, else any that is online."""
        links = self.preferred(message)
        if not links:
            raise TryLater("not connected", offline=True)
        return links[0]

    async def back(self, account: str, seconds: float) -> Link:
        """The connection of an account, waited for if it is away; raises `TryLater`."""
        try:
            async with asyncio.timeout(seconds):
                while (link := self.links.get(account)) is None or not link.usable:
                    await self._arrival.wait()
        except TimeoutError:
            raise TryLater("not connected", offline=True) from None
        return link

    def preferred(self, message: Outbound) -> list[Link]:
        """Every connection, the best for this message first."""
        known = [self.links.get(account or "") for account in (message.account, self.homes.get(message.chat))]
        links = [link for link in (*known, *self.links.values()) if link]
        return sorted(links, key=lambda link: not link.online)

    def states(self) -> list[State]:
        """How each connected account is."""
        return [
            State(link.account, None if link.online else Trouble.LOGGED_OUT, link.since) for link in self.links.values()
        ]

    async def _watch(self, link: Link) -> None:
        await link.silence()
        log.warning("OneBot connection is silent", extra={"action": "onebot_silent", "seconds": link.patience})
        self._spawn(link.socket.close(1011, "silent"))
        self.drop(link, "silent")
