"""One connection of a OneBot implementation: its calls that wait for an answer, and whether it still lives."""

import asyncio
from datetime import UTC, datetime

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from bot.platforms.contract import TryLater
from bot.platforms.onebot.wire import Call, Json, dumps

WRITE_LIMIT = 2**16  # bytes that wait for the peer; beyond them senders wait too
LONGEST_WAIT = 30.0  # seconds in which the answer to a call that has timed out may still come


class Link:
    """A socket with its pending calls; `account` is empty until the peer has said who it is."""

    __slots__ = (
        *("_flushing", "_loop", "_pending"),
        *("account", "alive", "heard", "lacks", "online", "patience", "refused", "since", "socket", "watchdog"),
    )

    def __init__(self, socket: Connection, account: str) -> None:
        self.socket = socket
        self.account = account
        self.since = datetime.now(UTC)
        self.alive = True  # until dropped or replaced
        self.lacks: set[str] = set()  # actions that the implementation does not have
        self.refused = False  # the other side has let us in only to say that the token is wrong
        self.online = True  # what heartbeats say of the QQ account behind the connection
        self.patience = 0.0  # seconds without a frame after which the watchdog gives up
        self.watchdog: asyncio.Task[None] | None = None
        self._flushing = False
        self._pending: dict[str, asyncio.Future[Json]] = {}
        self._loop = asyncio.get_running_loop()
        self.heard = self._loop.time()

    @property
    def usable(self) -> bool:
        """Whether a call has a chance; a broken socket is known a moment before the link is dropped."""
        return self.alive and self.socket.state is State.OPEN

    async def call(self, call: Call, echo: str, seconds: float) -> Json:
        """Call an action and return the response; raises `TryLater` when there is none.

        A repeated call has the echo of the first, so that it ends with whichever answer comes first.
        """
        if not self.alive:
            raise TryLater("not connected", offline=True)
        frame = dumps(call, echo)
        future: asyncio.Future[Json] = self._loop.create_future()
        self._pending[echo] = future
        timer: asyncio.TimerHandle | None = None
        try:
            if self._keeps_up():
                self._write(frame)
            else:  # waits for the peer, or raises `ConnectionClosed`
                async with asyncio.timeout(seconds):
                    await self.socket.send(frame, text=True)
            timer = self._loop.call_later(seconds, _time_out, future)
            return await future
        except TimeoutError:
            raise TryLater(f"{call.action}: time-out", min(2 * seconds, LONGEST_WAIT), maybe_sent=True) from None
        except ConnectionClosed:
            raise TryLater("connection lost", maybe_sent=True) from None
        finally:
            if self._pending.get(echo) is future:
                del self._pending[echo]
            if timer:
                timer.cancel()
            if future.done() and not future.cancelled():
                future.exception()  # looked at, or asyncio complains when `drop` and the closed socket both report

    def _keeps_up(self) -> bool:
        return self.socket.state is State.OPEN and self.socket.transport.get_write_buffer_size() < WRITE_LIMIT

    def _write(self, frame: bytes) -> None:
        # Answers come in bursts, after each commit, and a system call for each frame costs more than the rest of the
        # sending; so the frames of one turn of the loop are written together.
        self.socket.protocol.send_text(frame)
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self.socket.state is State.OPEN:  # a closing one has been flushed by websockets
            self.socket.transport.writelines(self.socket.protocol.data_to_send())

    def answer(self, response: Json) -> bool:
        """Hand a response to its call; false if no call waits for it."""
        echo = response.get("echo")
        future = self._pending.get(echo) if isinstance(echo, str) else None
        if future is None or future.done():
            return False
        future.set_result(response)
        return True

    def drop(self, reason: str) -> None:
        """Give up: every waiting call fails at once instead of running into its time-out."""
        self.alive = False
        if self.watchdog:
            self.watchdog.cancel()
        for future in self._pending.values():
            _fail(future, reason)

    def stand(self, *, online: bool) -> None:
        """What a heartbeat says of the account."""
        if online is not self.online:
            self.online, self.since = online, datetime.now(UTC)

    def hear(self) -> None:
        """Note that a frame came."""
        self.heard = self._loop.time()

    async def silence(self) -> None:
        """Return when nothing was heard for `patience` seconds."""
        while True:
            left = self.heard + self.patience - self._loop.time()
            if left <= 0:
                return
            await asyncio.sleep(left)


def _fail(future: asyncio.Future[Json], reason: str) -> None:
    if not future.done():
        future.set_exception(TryLater(reason, maybe_sent=True))


def _time_out(future: asyncio.Future[Json]) -> None:
    if not future.done():
        future.set_exception(TimeoutError())
