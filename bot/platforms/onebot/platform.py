"""QQ by OneBot v11: implementations such as NapCat, LLOneBot or Lagrange connect here, or are connected to."""

import asyncio
import logging
from collections.abc import Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Any

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed

from bot.messages import Outbound
from bot.platforms.contract import Host, SendError, State, Trouble
from bot.platforms.onebot.accounts import Accounts
from bot.platforms.onebot.catchup import catch_up
from bot.platforms.onebot.faults import is_refusal
from bot.platforms.onebot.forward import CLOSE_SECONDS, Dial, Patience
from bot.platforms.onebot.intake import Intake
from bot.platforms.onebot.link import Link
from bot.platforms.onebot.sender import Sender
from bot.platforms.onebot.server import Door
from bot.platforms.onebot.settings import OneBotSettings
from bot.platforms.onebot.wire import Call, Json, Malformed, fields, loads, number

log = logging.getLogger(__name__)

ASK_ACCOUNT = "whose"  # the echo of a call that no message can have


class OneBotPlatform:
    """A server for OneBot implementations; each connection is one QQ account."""

    def __init__(self, settings: OneBotSettings) -> None:
        self.name = settings.name
        self._settings = settings
        self._door = Door(settings)
        self._accounts = Accounts(self._spawn, settings.watchdog, self._ready)
        self._intake = Intake(settings, self._accounts, self._spawn)
        self._sender = Sender(settings, self._accounts, self._intake.groups, self._intake.mutes)
        self._forward: list[Dial] = []
        self._dialled: dict[Connection, Dial] = {}
        self._host: Host | None = None  # while it runs
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._since = datetime.now(UTC)

    @property
    def port(self) -> int:
        """What is listened on, while `listening` is set."""
        return self._door.port

    @property
    def listening(self) -> asyncio.Event:
        """Set while implementations may connect."""
        return self._door.open

    async def run(self, host: Host) -> None:
        """Serve until cancelled; then give messages on their way to the store a moment."""
        self._host = host
        out = [asyncio.create_task(dial.keep()) for dial in self._dials(host)]
        try:
            if self._settings.listen:
                await self._listen(host)
            else:
                await asyncio.get_running_loop().create_future()
        finally:
            self._closing = True
            for task in out:
                task.cancel()
            await self._finish()
            await asyncio.gather(*out, return_exceptions=True)
            self._closing = False

    async def send(self, message: Outbound) -> str:
        """Send, in several parts if need be, and return the last part's id; a retry repeats no part that is out."""
        return await self._sender.send(message)

    async def find(self, message: Outbound, since: datetime) -> str | None:
        """Look for it in the history of the conversation, where the implementation offers that."""
        return await self._sender.find(message, since)

    def online(self) -> bool:
        """Whether an account is connected and says that QQ has not thrown it out."""
        return any(link.online for link in self._accounts.links.values())

    def account_of(self, message: Outbound) -> str:
        """The account that would send this."""
        links = self._accounts.preferred(message)
        return links[0].account if links else ""

    def states(self) -> tuple[State, ...]:
        """Each connected account; one nameless state while there is none."""
        away = [State("", dial.trouble, dial.since) for dial in self._forward if dial.trouble]
        return (*self._accounts.states(), *away) or (self._nobody(),)

    def accounts(self) -> tuple[str, ...]:
        """The connected accounts."""
        return tuple(self._accounts.links)

    def _nobody(self) -> State:
        """Why nobody is there."""
        if self._door.refused is not None and self._door.is_refusing():
            return State("", Trouble.REFUSED, self._door.refused)
        if self._accounts.gone is not None:
            return State("", Trouble.CLOSED, self._accounts.gone)
        return State("", Trouble.STARTING, self._since)

    # -- connections

    def _dials(self, host: Host) -> list[Dial]:
        s = self._settings
        patience = Patience(s.first_pause, s.longest_pause, s.call_timeout, s.max_frame)
        self._forward = [
            Dial(address, s.token, s.ca_file, patience, partial(self._serve_forward, host)) for address in s.forward
        ]
        return self._forward

    async def _listen(self, host: Host) -> None:
        async with self._door.opened(partial(self._serve, host)):
            try:
                await asyncio.get_running_loop().create_future()  # `serve_forever` would wait for the readers
            finally:
                await self._finish()

    async def _finish(self) -> None:
        # Before the connections close: a reader that waits for a free slot would keep the server from closing.
        self._closing = True
        self._intake.close()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
        for task in self._tasks:
            task.cancel()

    async def _serve_forward(self, host: Host, dial: Dial, socket: Connection) -> Trouble | None:
        self._dialled[socket] = dial
        asking = asyncio.create_task(self._ask_account(dial, socket))
        try:
            return await self._serve(host, socket)
        finally:
            asking.cancel()
            del self._dialled[socket]

    async def _ask_account(self, dial: Dial, socket: Connection) -> None:
        """Most say whose account it is with their first event; who keeps silent is asked."""
        await asyncio.sleep(self._settings.ask_account_after)
        link = self._accounts.nameless.get(socket)
        if link is not None:
            try:
                answer = await link.call(Call("get_login_info", {}), ASK_ACCOUNT, self._settings.call_timeout)
            except SendError:
                dial.note(Trouble.SILENT)
            else:
                self._accounts.identify(link, number(fields(answer.get("data")).get("user_id")))

    async def _serve(self, host: Host, socket: Connection) -> Trouble | None:
        link = self._accounts.nameless[socket] = Link(socket, "")
        try:
            if socket.request and (ids := socket.request.headers.get_all("X-Self-ID")):
                self._accounts.identify(link, ids[0])
            while not self._closing:
                frame = await socket.recv(decode=False)
                link.hear()
                await self._take(host, link, frame)
        except ConnectionClosed as closed:
            codes = [close.code for close in (closed.sent, closed.rcvd) if close]
            log.info("OneBot connection closed", extra={"action": "onebot_closed", "codes": codes})
        finally:
            self._accounts.nameless.pop(socket, None)
            self._accounts.drop(link, "connection lost")
        return Trouble.REFUSED if link.refused else None

    async def _take(self, host: Host, link: Link, frame: bytes) -> None:
        try:
            event = loads(frame)
            if event.get("post_type") is None:
                self._response(link, event)
                return
            if not link.account:
                self._accounts.identify(link, number(event.get("self_id")))
            await self._intake.take(host, link, event)
        except Malformed as error:
            extra = {"action": "onebot_malformed", "reason": str(error), "size": len(frame)}
            log.warning("OneBot frame not understood", extra=extra)

    def _response(self, link: Link, event: Json) -> None:
        if "retcode" not in event and "status" not in event:
            raise Malformed("neither event nor response")
        if not link.account and is_refusal(event):
            link.refused = True
            return
        # The repeat of a message may wait for the same answer on another link.
        others = self._accounts.links.values() if self._sender.is_own(event) else ()
        if not any(other.answer(event) for other in (link, *others)):
            self._sender.late(event)

    # -- after a break

    def _ready(self, link: Link) -> None:
        if dial := self._dialled.get(link.socket):
            dial.note(None)
        if self._host is not None:
            hand_over = partial(self._intake.message, self._host, link)
            self._spawn(catch_up(self._host, self._accounts, link, self._settings.call_timeout, hand_over))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
