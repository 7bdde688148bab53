"""QQ by OneBot v11: implementations such as NapCat, LLOneBot or Lagrange connect here, or are connected to."""

import asyncio
import hmac
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from bot.messages import Chat, ChatKind, Inbound, Outbound
from bot.platforms.contract import CannotTell, Host, SendError, State, Trouble, TryLater
from bot.platforms.onebot import codec
from bot.platforms.onebot.copies import Copies
from bot.platforms.onebot.forward import CLOSE_SECONDS, PING_SECONDS, SILENT, Dial, Patience
from bot.platforms.onebot.history import read_history
from bot.platforms.onebot.link import Link

log = logging.getLogger(__name__)

ASK_ACCOUNT = "whose"  # the echo of a call that no message can have
UNFINISHED_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class OneBotSettings:
    """Where implementations connect and how patient the program is; times are in seconds, sizes in bytes."""

    token: str = field(repr=False)
    listen: bool = True  # implementations connect here (reverse WebSocket)
    forward: tuple[str, ...] = ()  # addresses of implementations that are connected to (forward), an account each
    ca_file: Path | None = None  # the certificate authority of wss:// addresses; none: the system's
    first_pause: float = 1.0  # before the second try to connect; doubles up to `longest_pause`
    longest_pause: float = 30.0
    ask_account_after: float = 1.0  # without an event that says whose account it is
    host: str = "127.0.0.1"
    port: int = 8080  # 0: any free one, see `OneBotPlatform.port`
    path: str = "/onebot/v11/ws"
    name: str = "qq"
    call_timeout: float = 10.0
    upload_timeout: float = 60.0
    watchdog: float = 90.0  # without a frame; never less than two heartbeats
    max_frame: int = 4 * 2**20
    max_in_flight: int = 1024  # messages handed over and not yet durable
    text_limit: int = codec.TEXT_LIMIT
    allow_no_token: bool = False

    def __post_init__(self) -> None:
        if not self.token and not self.allow_no_token:
            raise ValueError("OneBot needs an access token: whoever connects may speak for every resident")


class OneBotPlatform:
    """A server for OneBot implementations; each connection is one QQ account."""

    def __init__(self, settings: OneBotSettings) -> None:
        self.name = settings.name
        self.port = 0  # what is listened on, while `listening` is set
        self.listening = asyncio.Event()
        self._settings = settings
        self._links: dict[str, Link] = {}  # by account
        self._nameless: dict[Connection, Link] = {}  # connected, and nobody has said yet whose account it is
        self._forward: list[Dial] = []
        self._host: Host | None = None  # while it runs
        self._heard: dict[str, datetime] = {}  # account -> up to when everything has been heard, while it is away
        self._homes: dict[
            Chat, str
        ] = {}  # which account a group is in; once there are several, also who talks with which
        self._copies = Copies()
        self._groups: dict[str, str] = {}  # person -> group of a temporary session, which an answer has to name
        self._went: dict[int, dict[int, str]] = {}  # outbox id -> parts that are out, each with its id
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._since = datetime.now(UTC)
        self._slots = asyncio.Semaphore(settings.max_in_flight)

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

    def _dials(self, host: Host) -> list[Dial]:
        s = self._settings
        patience = Patience(s.first_pause, s.longest_pause, s.call_timeout, s.max_frame)
        self._forward = [
            Dial(address, s.token, s.ca_file, patience, partial(self._serve_forward, host)) for address in s.forward
        ]
        return self._forward

    async def _listen(self, host: Host) -> None:
        s = self._settings
        async with serve(
            partial(self._serve, host),
            s.host,
            s.port,
            process_request=self._admit,
            compression=None,
            max_size=s.max_frame,
            max_queue=64,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=CLOSE_SECONDS,
            server_header=None,
            logger=SILENT,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self.listening.set()
            log.info("OneBot listens", extra={"action": "onebot_listening", "port": self.port})
            try:
                await asyncio.get_running_loop().create_future()  # `serve_forever` would wait for the readers
            finally:
                self.listening.clear()
                await self._finish()

    async def send(self, message: Outbound) -> str:
        """Send, in several parts if need be, and return the last part's id; a retry repeats no part that is out."""
        via = message.via_group or self._groups.get(message.chat.id)
        todo = codec.calls(message, via, self._settings.text_limit)
        link = self._choose(message)
        went = self._remember(message.id)
        try:
            for part, call in enumerate(todo):
                if part not in went:
                    seconds = self._settings.upload_timeout if call.upload else self._settings.call_timeout
                    response = await link.call(call, f"{message.id}.{part}", seconds)
                    went[part] = codec.sent_id(response, call.action)
        except TryLater as reason:
            if not went and not reason.maybe_sent:  # else a retry needs it, and late answers add to it
                self._went.pop(message.id, None)
            raise
        except Exception:
            self._went.pop(message.id, None)
            raise
        self._went.pop(message.id, None)
        return went[len(todo) - 1]

    def online(self) -> bool:
        """Whether an account is connected and says that QQ has not thrown it out."""
        return any(link.online for link in self._links.values())

    async def find(self, message: Outbound, since: datetime) -> str | None:
        """Not asked yet."""
        raise CannotTell

    def account_of(self, message: Outbound) -> str:
        """The account that would send this."""
        links = self._preferred(message)
        return links[0].account if links else ""

    def states(self) -> tuple[State, ...]:
        """Each connected account; one nameless state while there is none."""
        accounts = [
            State(link.account, None if link.online else Trouble.LOGGED_OUT, link.since)
            for link in self._links.values()
        ]
        away = [State("", dial.trouble, dial.since) for dial in self._forward if dial.trouble]
        return (*accounts, *away) or (State("", Trouble.STARTING, self._since),)

    def accounts(self) -> tuple[str, ...]:
        """The connected accounts."""
        return tuple(self._links)

    async def _finish(self) -> None:
        # Before the connections close: a reader that waits for a free slot would keep the server from closing.
        self._closing = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS)
        for task in self._tasks:
            task.cancel()

    # -- connections

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        path, _, query = request.path.partition("?")
        if path.rstrip("/") != self._settings.path.rstrip("/"):
            return self._refuse(socket, HTTPStatus.NOT_FOUND)
        if not self._settings.token:
            return None
        token = _token(request, query)
        if not token:
            return self._refuse(socket, HTTPStatus.UNAUTHORIZED)
        if not hmac.compare_digest(_octets(token), _octets(self._settings.token)):
            return self._refuse(socket, HTTPStatus.FORBIDDEN)
        return None

    def _refuse(self, socket: ServerConnection, status: HTTPStatus) -> Response:
        log.warning("OneBot connection refused", extra={"action": "onebot_refused", "status": status.value})
        return socket.respond(status, f"{status.phrase}\n")

    async def _serve_forward(self, host: Host, socket: Connection) -> None:
        asking = asyncio.create_task(self._ask_account(socket))
        try:
            await self._serve(host, socket)
        finally:
            asking.cancel()

    async def _ask_account(self, socket: Connection) -> None:
        """Most say whose account it is with their first event; who keeps silent is asked."""
        await asyncio.sleep(self._settings.ask_account_after)
        link = self._nameless.get(socket)
        if link is not None:
            with suppress(SendError):
                answer = await link.call(codec.Call("get_login_info", {}), ASK_ACCOUNT, self._settings.call_timeout)
                data = answer.get("data")
                self._identify(link, codec.number(data.get("user_id")) if isinstance(data, dict) else "")

    async def _serve(self, host: Host, socket: Connection) -> None:
        link = self._nameless[socket] = Link(socket, "")
        try:
            if socket.request and (ids := socket.request.headers.get_all("X-Self-ID")):
                self._identify(link, ids[0])
            while not self._closing:
                frame = await socket.recv(decode=False)
                link.hear()
                message = self._take(link, frame)
                if message:
                    await self._slots.acquire()
                    self._spawn(self._hand_over(host, message))
        except ConnectionClosed as closed:
            codes = [close.code for close in (closed.sent, closed.rcvd) if close]
            log.info("OneBot connection closed", extra={"action": "onebot_closed", "codes": codes})
        finally:
            self._nameless.pop(socket, None)
            self._drop(link, "connection lost")

    def _identify(self, link: Link, account: str) -> None:
        if link.account or not link.alive or not account.isdecimal() or not account.strip("0"):
            return
        link.account = account
        self._nameless.pop(link.socket, None)
        old = self._links.get(account)
        if old:  # most often half-open: the peer has noticed the break and we have not
            self._drop(old, "replaced by a new connection")
            self._spawn(old.socket.close(1001, "replaced"))
        self._links[account] = link
        log.info("OneBot connected", extra={"action": "onebot_connected", "replaced": old is not None})
        if self._host is not None:
            self._spawn(self._try_to_catch_up(self._host, link))

    async def _try_to_catch_up(self, host: Host, link: Link) -> None:
        try:
            await self._catch_up(host, link)
        except Exception as error:  # noqa: BLE001 - worker; only the type: a database error quotes its parameters
            log.error("history unread", extra={"action": "onebot_history_unread", "error": type(error).__name__})

    async def _catch_up(self, host: Host, link: Link) -> None:
        """What was said in the groups while this account was away is handled now; what cannot be read is told."""
        since = self._heard.get(link.account) or await host.last_heard(link.account)
        now = datetime.now(UTC)
        if since is None:  # a new installation answers no old talk
            return
        self._heard[link.account] = since  # should the line break before all is read
        ask = partial(link.call, seconds=self._settings.call_timeout)
        found = await read_history(ask, since, now)
        for event in found.events:
            with suppress(codec.Malformed):
                if message := self._message(link, event):
                    await self._slots.acquire()
                    self._spawn(self._hand_over(host, message))
        if not link.alive:
            return
        self._heard.pop(link.account, None)
        log.info("OneBot history", extra={"action": "onebot_history", "size": len(found.events), "whole": found.whole})
        if not found.whole:
            await host.missed(link.account, since, now)

    def _drop(self, link: Link, reason: str) -> None:
        if link.account and link.alive:
            silent = asyncio.get_running_loop().time() - link.heard
            self._heard.setdefault(link.account, datetime.now(UTC) - timedelta(seconds=silent))
        link.drop(reason)
        if self._links.get(link.account) is link:
            del self._links[link.account]

    async def _watch(self, link: Link) -> None:
        await link.silence()
        log.warning("OneBot connection is silent", extra={"action": "onebot_silent", "seconds": link.patience})
        self._spawn(link.socket.close(1011, "silent"))
        self._drop(link, "silent")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- inbound

    def _take(self, link: Link, frame: bytes) -> Inbound | None:
        # No await from here to the task that hands the message over, so the order of arrival is kept.
        try:
            event = codec.loads(frame)
            kind = event.get("post_type")
            if kind is None:
                self._response(link, event)
                return None
            if not link.account:
                self._identify(link, codec.number(event.get("self_id")))
            if kind == "message":
                return self._message(link, event)
            if kind == "meta_event":
                self._meta(link, event)
        except codec.Malformed as error:
            extra = {"action": "onebot_malformed", "reason": str(error), "size": len(frame)}
            log.warning("OneBot frame not understood", extra=extra)
        return None

    def _message(self, link: Link, event: codec.Json) -> Inbound | None:
        if not link.account:
            raise codec.Malformed("no account")
        if codec.number(event.get("user_id")) in self._links or event.get("sub_type") == "notice":
            return None  # our own words, from this account or another one in the group; or QQ's grey lines
        message = codec.inbound(event, self.name, link.account, datetime.now(UTC), tuple(self._links))
        if message.chat.kind is ChatKind.GROUP and len(self._links) > 1 and self._copies.is_copy(message):
            return None
        if message.chat.kind is ChatKind.PRIVATE:
            if group := codec.temporary_group(event):
                self._groups[message.chat.id] = group
            else:
                self._groups.pop(message.chat.id, None)
        if len(self._links) > 1 or message.chat.kind is ChatKind.GROUP:
            self._homes[message.chat] = link.account
        return message

    def _meta(self, link: Link, event: codec.Json) -> None:
        if event.get("meta_event_type") != "heartbeat":
            return
        status, interval = event.get("status"), event.get("interval")
        link.online = not (isinstance(status, dict) and status.get("online") is False)
        beat = interval / 1000 if isinstance(interval, (int, float)) else 0.0
        link.patience = max(self._settings.watchdog, 2 * beat)
        # Only a peer that has beaten once can fall silent: with heartbeats off a quiet night is no fault, and the
        # WebSocket's own pings notice a dead line.
        if link.watchdog is None and link.alive:
            link.watchdog = asyncio.create_task(self._watch(link))

    def _response(self, link: Link, event: codec.Json) -> None:
        if "retcode" not in event and "status" not in event:
            raise codec.Malformed("neither event nor response")
        # The repeat of a call may wait for the same answer on another link.
        if not any(other.answer(event) for other in (link, *self._links.values())):
            self._late(event)

    def _late(self, event: codec.Json) -> None:
        """An answer after the time-out: if the message is out, a retry must not send it again."""
        log.debug("OneBot response nobody waits for", extra={"action": "onebot_late_response"})
        id, _, part = str(event.get("echo")).partition(".")
        went = self._went.get(int(id)) if _small(id) and _small(part) else None
        if went is not None:
            with suppress(SendError):
                went[int(part)] = codec.sent_id(event, "late")

    async def _hand_over(self, host: Host, message: Inbound) -> None:
        try:
            await host.receive(message)
        except Exception as error:  # noqa: BLE001 - worker; only the type: a database error quotes its parameters
            log.error("message lost", extra={"action": "onebot_lost", "error": type(error).__name__})
        finally:
            self._slots.release()

    # -- outbound

    def _choose(self, message: Outbound) -> Link:
        """The account that is named, else the one with which the conversation is held, else any that is online."""
        links = self._preferred(message)
        if not links:
            raise TryLater("not connected")
        return links[0]

    def _preferred(self, message: Outbound) -> list[Link]:
        known = [self._links.get(account or "") for account in (message.account, self._homes.get(message.chat))]
        links = [link for link in (*known, *self._links.values()) if link]
        return sorted(links, key=lambda link: not link.online)

    def _remember(self, outbox_id: int) -> dict[int, str]:
        if outbox_id not in self._went and len(self._went) >= UNFINISHED_LIMIT:
            del self._went[next(iter(self._went))]
        return self._went.setdefault(outbox_id, {})


def _token(request: Request, query: str) -> str:
    for header in request.headers.get_all("Authorization"):
        scheme, _, token = header.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    pairs = (pair.partition("=") for pair in query.split("&"))
    # not parse_qs: implementations append the token as it is, and a "+" in it means itself
    return next((unquote(value) for key, _, value in pairs if key == "access_token"), "")


def _small(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) < 19


def _octets(token: str) -> bytes:
    return token.encode("utf-8", "surrogateescape")
