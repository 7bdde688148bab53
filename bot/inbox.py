"""Messages wait here for the writer thread: small batches, danger first, nothing told before it is durable."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.logs import trace
from bot.messages import Inbound
from bot.program import Program, is_urgent
from storage.rows import Letter

BATCH = 64
PAUSE_SECONDS = 1.0  # before another try, while the store is away
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

    async def receive(self, inbound: Inbound) -> None:
        """Returns when the message is durable and its answers are on their way."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if is_urgent(inbound) else self._calm).append((inbound, done))
        self._arrived.set()
        await done

    async def run(self) -> None:
        """Handle batches until cancelled."""
        while True:
            await self._arrived.wait()
            batch = self._next_batch()
            if not batch:
                self._arrived.clear()
                continue
            await self._handle(batch)

    def _next_batch(self) -> list[Waiting]:
        """Dangerous words go alone and first; else as many as wait, up to a batch."""
        if self._urgent:
            return [self._urgent.popleft()]
        return [self._calm.popleft() for _ in range(min(BATCH, len(self._calm)))]

    async def _handle(self, batch: list[Waiting]) -> None:
        messages = [inbound for inbound, _ in batch]
        while True:
            try:
                rows = await self._in_store(lambda: self._program.handle(messages))
                break
            except Exception as error:  # noqa: BLE001  a worker loop: the messages are kept and tried again
                log.error("store.away", waiting=len(batch) + len(self._calm) + len(self._urgent), error=trace(error))
                await asyncio.sleep(PAUSE_SECONDS)
        for _, done in batch:
            if not done.done():
                done.set_result(None)
        self._offer(rows)
