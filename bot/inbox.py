"""Messages wait here for the writer thread: small batches, danger first, nothing told before it is durable.

While the store is away, what waits goes to the spool and its senders' platforms are told; what the spool cannot take
stays here, and they are not. When the store is back the spool is played first, and only urgent messages overtake it.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot.logs import trace
from bot.messages import Inbound
from bot.program import Program, is_urgent
from bot.rush import Rush
from bot.spool import Spool, Spooled
from storage.engine import StoreAway
from storage.rows import Letter

BATCH = 64
PAUSE_SECONDS = 1.0  # before another try, while the store is away
END_SECONDS = 1.5  # for what waits, when the program stops
MOST_TRIES = 60  # of a batch that the store refuses without being away, or of a spool that cannot be read
log = structlog.get_logger()
T = TypeVar("T")

InStore = Callable[[Callable[[], list[Letter]]], Awaitable[list[Letter]]]


class OnDisk(Protocol):
    """Runs a call that may block on the disk in a thread."""

    def __call__(self, call: Callable[[], T], /) -> Awaitable[T]: ...


@dataclass(slots=True, eq=False)
class Waiting:
    """A message in memory, and its platform that waits to be told that it is durable."""

    inbound: Inbound
    urgent: bool
    done: asyncio.Future[None]
    spooled: bool = False
    alarmed: bool = False

    def let_go(self) -> None:
        """Tell the platform."""
        if not self.done.done():
            self.done.set_result(None)


class Inbox:
    """Takes messages from every platform and resolves each once it is stored, or spooled.

    The store is out after `patience` seconds in which it refused, or `silence` seconds in which it did not answer.
    `on_danger_unstored` is called once for each message with dangerous words that came in while it was.
    """

    def __init__(
        self, program: Program, in_store: InStore, offer: Callable[[Sequence[Letter]], None],
        spool: Spool | None = None, *, patience: float = 2.0, silence: float = 10.0,
        on_danger_unstored: Callable[[Inbound], None] | None = None, on_disk: OnDisk = asyncio.to_thread,
        rush: Rush | None = None,
    ) -> None:  # fmt: skip
        self._program = program
        self._in_store = in_store
        self._offer = offer
        self._spool = spool
        self._patience = patience
        self._silence = silence
        self._on_danger_unstored = on_danger_unstored
        self._on_disk = on_disk
        self._rush = rush or Rush()
        self._urgent: deque[Waiting] = deque()
        self._calm: deque[Waiting] = deque()
        self._hand: list[Waiting] = []  # the batch that is being stored
        self._arrived = asyncio.Event()
        self._unspooled = asyncio.Event()  # something may have to go to the spool, if that is in use
        self._in_use = asyncio.Event()
        self._out = False  # the store, as far as is known
        self._timer: asyncio.TimerHandle | None = None
        self._tries = 0
        self._turn = asyncio.Lock()  # held while a batch is handled
        self._pen = asyncio.Lock()  # held while it is decided, or changed, what is in memory and what in the spool

    async def receive(self, inbound: Inbound) -> None:
        """Returns when the message is durable; its answers are on their way then, unless the store is away."""
        waiting = Waiting(inbound, is_urgent(inbound), asyncio.get_running_loop().create_future())
        (self._urgent if waiting.urgent else self._calm).append(waiting)
        self._arrived.set()
        self._rush.began()
        self._unspooled.set()
        await waiting.done

    async def run(self) -> None:
        """Handle batches until cancelled; then what still waits, as far as a moment reaches."""
        keeper = asyncio.create_task(self._keep())
        try:
            await self._look()
            while True:
                await self._arrived.wait()
                async with self._turn:
                    await self._step()
        finally:
            keeper.cancel()
            await asyncio.wait({keeper})
            await self._end()

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing is handled while this lasts; what waited before it is let go, as if the store had lost it again."""
        async with self._turn, self._pen:
            for waiting in (*self._urgent, *self._calm):
                waiting.let_go()
            self._urgent.clear()
            self._calm.clear()
            if self._spool:
                await self._on_disk(self._spool.clear)
            yield

    async def _end(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                while not self._in_use.is_set() and (batch := self._next_batch()):
                    await self._handle(batch)
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._put_away((*self._urgent, *self._calm))
        if left := len(self._urgent) + len(self._calm):
            log.error("inbox.left", waiting=left)

    # --- from memory ------------------------------------------------------------------------------------------

    async def _step(self) -> None:
        """One batch: what lies in the spool was there first, but danger does not wait for it where the store works."""
        async with self._pen:
            held = self._spool.holds if self._spool else 0
            if not held and not self._out:
                self._in_use.clear()
            played = held > 0 and (self._out or not self._urgent)
            batch = [] if played else self._next_batch()
        if self._spool and played:
            await self._play(self._spool)
        elif batch:
            await self._handle(batch)
        else:
            self._arrived.clear()
            self._rush.ended()

    def _next_batch(self) -> list[Waiting]:
        """Dangerous words go alone and first; else as many as wait, up to a batch."""
        if self._urgent:
            return [self._urgent.popleft()]
        return [self._calm.popleft() for _ in range(min(BATCH, len(self._calm)))]

    async def _handle(self, batch: list[Waiting]) -> None:
        self._hand = batch
        try:
            rows = await self._stored(batch)
        except asyncio.CancelledError:  # the program stops; what is stored already is passed over the second time
            self._calm.extendleft(waiting for waiting in reversed(batch) if not waiting.spooled)
            raise
        finally:
            self._hand = []
        for waiting in batch:
            waiting.let_go()
        self._offer(rows)

    async def _stored(self, batch: list[Waiting]) -> list[Letter]:
        """Try until it is stored, or in the spool."""
        messages = [waiting.inbound for waiting in batch]
        since = asyncio.get_running_loop().time()
        self._expect_until(since + self._silence)
        try:
            while not all(waiting.spooled for waiting in batch):
                try:
                    return await self._ask(messages)
                except Exception as error:  # noqa: BLE001  a worker loop: the messages are kept and tried again
                    self._expect_until(since + self._patience)
                    await self._pause(error)
            return []
        finally:
            self._expect_until(None)

    # --- whether the store is there ---------------------------------------------------------------------------

    async def _ask(self, messages: Sequence[Inbound]) -> list[Letter]:
        """One try."""
        rows = await self._in_store(lambda: self._program.handle(messages))
        if self._out:
            log.info("store.back")
            self._out = False
        return rows

    async def _pause(self, error: Exception) -> None:
        waiting = len(self._hand) + len(self._calm) + len(self._urgent)
        log.error("store.away", waiting=waiting, error=trace(error))
        await asyncio.sleep(PAUSE_SECONDS)

    def _expect_until(self, moment: float | None) -> None:
        """The store is out at that moment, unless another is named before."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._spool and moment is not None:
            self._timer = asyncio.get_running_loop().call_at(moment, self._lose)

    def _lose(self) -> None:
        """The store is out: what waits for it goes to the spool."""
        if not self._out:
            log.warning("store.out")
        self._out = True
        self._in_use.set()
        self._unspooled.set()

    # --- into the spool ---------------------------------------------------------------------------------------

    async def _look(self) -> None:
        """What an earlier run left comes first."""
        if self._spool:
            try:
                held = await self._on_disk(self._spool.look)
            except OSError as error:
                log.error("spool.unreadable", error=trace(error))
                return
            if held:
                log.info("spool.found", bytes=held)
                self._in_use.set()
                self._arrived.set()

    async def _keep(self) -> None:
        """While the spool is in use, what arrives goes there too: urgent messages only while the store is out."""
        while True:
            await self._in_use.wait()
            await self._unspooled.wait()
            self._unspooled.clear()
            async with self._pen:
                hurried = (*self._hand, *self._urgent) if self._out else ()
                late = [waiting for waiting in (*hurried, *self._calm) if not waiting.spooled]
                self._alarm(late)
                whole = not self._in_use.is_set() or await self._put_away(late)
            if not whole:
                self._unspooled.set()
                await asyncio.sleep(PAUSE_SECONDS)

    async def _put_away(self, late: Sequence[Waiting]) -> bool:
        """Spool as many as there is room for, and let them go; whether these were all."""
        if self._spool is None or not late:
            return not late
        try:
            count = await self._on_disk(partial(self._spool.put, [waiting.inbound for waiting in late]))
        except Exception as error:  # noqa: BLE001  a worker loop: the messages stay in memory
            log.error("spool.failed", waiting=len(late), error=trace(error))
            return False
        for waiting in late[:count]:
            waiting.spooled = True
            waiting.let_go()
        for queue in (self._urgent, self._calm):
            while queue and queue[0].spooled:
                queue.popleft()
        if count < len(late):
            log.error("spool.full", waiting=len(late) - count)
        return bool(count == len(late))

    def _alarm(self, late: Sequence[Waiting]) -> None:
        """The program cannot call for help now; whoever can do without the store is told."""
        for waiting in late:
            if waiting.urgent and not waiting.alarmed and self._on_danger_unstored:
                waiting.alarmed = True
                try:
                    self._on_danger_unstored(waiting.inbound)
                except Exception as error:  # noqa: BLE001  the message must be spooled all the same
                    log.error("danger.untold", error=trace(error))

    # --- out of the spool -------------------------------------------------------------------------------------

    async def _play(self, spool: Spool) -> None:
        """The next messages of the spool; they stay there until they are stored."""
        taken = await self._taken(spool)
        if taken is None:
            return
        self._expect_until(asyncio.get_running_loop().time() + self._silence)
        try:
            await self._store_taken(spool, taken)
            self._tries = 0
        except Exception as error:  # noqa: BLE001  a worker loop: it is played again
            self._tries += 1
            self._lose()
            await self._pause(error)
        finally:
            self._expect_until(None)

    async def _taken(self, spool: Spool) -> list[Spooled] | None:
        """What is to be played next; None where the disk does not answer, which must not hold up all else for ever."""
        try:
            return await self._on_disk(partial(spool.take, BATCH))
        except OSError as error:
            self._tries += 1
            log.error("spool.unreadable", error=trace(error))
            self._out = False  # it is the disk that fails; whether the store does, the next message finds out
            if self._tries >= MOST_TRIES:
                async with self._pen:
                    await self._on_disk(spool.shelve)
                    self._in_use.clear()
                self._tries = 0
            await asyncio.sleep(PAUSE_SECONDS)
            return None

    async def _store_taken(self, spool: Spool, taken: Sequence[Spooled]) -> None:
        try:
            self._offer(await self._ask([spooled.inbound for spooled in taken]) if taken else [])
        except StoreAway:
            raise
        except Exception:  # noqa: BLE001  one message must take only itself down
            await self._sift(spool, taken)
        async with self._pen:
            await self._on_disk(spool.done)
        if not spool.holds:
            log.info("spool.played")

    async def _sift(self, spool: Spool, taken: Sequence[Spooled]) -> None:
        """One by one, since they failed together: what is refused while others are stored is set aside."""
        refused = await self._refused(taken)
        if len(refused) < len(taken):  # or they were refused before the store was well, and the others after
            refused = await self._refused(list(refused))
        elif self._tries < MOST_TRIES:
            raise refused[taken[0]]  # nothing tells that the store is well
        if refused:
            log.error("spool.refused", errors=[trace(error) for error in refused.values()])
            await self._on_disk(partial(spool.set_aside, list(refused)))

    async def _refused(self, taken: Sequence[Spooled]) -> dict[Spooled, Exception]:
        refused: dict[Spooled, Exception] = {}
        for spooled in taken:
            try:
                self._offer(await self._ask([spooled.inbound]))
            except StoreAway:
                raise
            except Exception as error:  # noqa: BLE001  the next one may be well
                refused[spooled] = error
        return refused
