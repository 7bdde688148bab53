"""Messages wait here for the writer thread: small batches, danger first, nothing told before it is durable."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import structlog

from bot.logs import trace
from bot.messages import Inbound
from bot.program import Program, is_urgent
from storage.rows import Letter

BATCH = 64
PAUSE_SECONDS = 1.0  # before another try, while the store is away
END_SECONDS = 1.5  # for what waits, when the program stops
log = structlog.get_logger()

Waiting = tuple[Inbound, asyncio.Future[None]]
InStore = Callable[[Callable[[], list[Letter]]], Awaitable[list[Letter]]]


class Inbox:
    """Takes messages from every platform and resolves each once it is stored."""

    def __init__(self, program: Program, in_store: InStore, offer: Callable[[Sequence[Letter]], None]) -> None:
        self._program = program
        self._in_store = in_store
        self._offer = offer
        self._urgent: deque[Waiting] = deque()
        self._calm: deque[Waiting] = deque()
        self._arrived = asyncio.Event()
        self._turn = asyncio.Lock()  # held while a batch is handled

    async def receive(self, inbound: Inbound) -> None:
        """Returns when the message is durable and its answers are on their way."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if is_urgent(inbound) else self._calm).append((inbound, done))
        self._arrived.set()
        await done

    async def run(self) -> None:
        """Handle batches until cancelled; then what still waits, as far as a moment reaches."""
        try:
            while True:
                await self._arrived.wait()
                async with self._turn:
                    if batch := self._next_batch():
                        await self._handle(batch)
                    else:
                        self._arrived.clear()
        finally:
            await self._end()

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing is handled while this lasts; what waited before it is let go, as if the store had lost it again."""
        async with self._turn:
            for _, done in (*self._urgent, *self._calm):
                _resolve(done)
            self._urgent.clear()
            self._calm.clear()
            yield

    async def _end(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                while batch := self._next_batch():
                    await self._handle(batch)
        if left := len(self._urgent) + len(self._calm):
            log.error("inbox.left", waiting=left)

    def _next_batch(self) -> list[Waiting]:
        """Dangerous words go alone and first; else as many as wait, up to a batch."""
        if self._urgent:
            return [self._urgent.popleft()]
        return [self._calm.popleft() for _ in range(min(BATCH, len(self._calm)))]

    async def _handle(self, batch: list[Waiting]) -> None:
        try:
            rows = await self._stored(batch)
        except asyncio.CancelledError:  # the program stops; what is stored already is passed over the second time
            self._calm.extendleft(reversed(batch))
            raise
        for _, done in batch:
            _resolve(done)
        self._offer(rows)

    async def _stored(self, batch: list[Waiting]) -> list[Letter]:
        messages = [inbound for inbound, _ in batch]
        while True:
            try:
                return await self._in_store(lambda: self._program.handle(messages))
            except Exception as error:  # noqa: BLE001  a worker loop: the messages are kept and tried again
                log.error("store.away", waiting=len(batch) + len(self._calm) + len(self._urgent), error=trace(error))
                await asyncio.sleep(PAUSE_SECONDS)


def _resolve(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)
