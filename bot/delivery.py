"""Outbox → platform: which message goes when. One line for each conversation, so that its messages keep their order."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import structlog

from bot.attempts import PAUSES, Attempts
from bot.dispatch import Dispatch
from bot.gate import Gate
from bot.journal import Journal
from bot.logs import trace
from bot.pace import Paces, Rate
from bot.platforms.contract import Platform
from bot.program import Program
from bot.rush import Rush
from community.outgoing import Priority
from storage.rows import Letter
from storage.tables import OutState

NOTE_AFTER = 0.02  # seconds in which "sent" marks wait for a batch that takes them along
NOTE_AGAIN = 1.0  # seconds before the marks are tried again, while the store is away
POLL = 1.0  # seconds between looks for held messages whose time has come
END_SECONDS = 1.0  # for what is under way, and again for the marks, when the program stops
log = structlog.get_logger()

InStore = Callable[[Callable[[], Any]], Awaitable[Any]]


class Delivery:
    """Sends what the outbox holds."""

    def __init__(
        self, program: Program, platforms: Mapping[str, Platform], rates: Mapping[str, Rate], in_store: InStore, *,
        journal: Path | None = None, pauses: Sequence[float] | None = None, chance: Random | None = None,
        rush: Rush | None = None,
    ) -> None:  # fmt: skip
        self._program = program
        self._platforms = platforms
        self._in_store = in_store
        self._journal = Journal(journal) if journal else None
        self._gate = Gate(platforms)
        paces = Paces(rates, chance or Random())
        self._dispatch = Dispatch(
            program, platforms, self._gate, paces, in_store, self._journal, pauses or PAUSES, rush or Rush(), self
        )
        self._queues: dict[str, deque[Letter]] = {}
        self._held: set[int] = set()  # ids that are queued or under way, or out and not yet written down
        self._tasks: set[asyncio.Task[None]] = set()
        self._to_note = asyncio.Event()
        self._idle = asyncio.Event()
        self._settled = False

    def offer(self, rows: Sequence[Letter]) -> None:
        """Queue rows that were just committed; held ones are found when their time has come."""
        now = self._program.clock.now()
        for row in rows:
            if row.state == OutState.PENDING and (row.not_before is None or row.not_before <= now):
                self._queue(row)

    async def run(self) -> None:
        """Send until cancelled, what a former run left first; then what is under way ends and is written down."""
        marks = asyncio.create_task(self._note_sent())
        try:
            while True:
                await self.poll()
                await asyncio.sleep(POLL)
        finally:
            marks.cancel()
            await self._end()

    async def poll(self) -> None:
        """Queue every message of the store whose time has come; first of all what a former run may have sent."""
        try:
            await self._settle()
            for row in await self._in_store(self._program.outbox.due):
                self._queue(row)
        except Exception as error:  # noqa: BLE001  a worker loop
            log.error("outbox.unread", error=trace(error))

    async def drained(self) -> None:
        """Wait until nothing is queued and everything sent is noted."""
        while self._held:
            self._idle.clear()
            await self._idle.wait()

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing is sent while this lasts; what was queued is forgotten here and stays in the store."""
        await self._stand_still()
        try:
            yield
        finally:
            self._dispatch.still = False

    def release(self, ids: Sequence[int]) -> None:
        """The store knows what became of these."""
        self._held.difference_update(ids)
        if self._journal is not None:
            self._journal.settled(ids)
        if not self._held:
            self._idle.set()

    def note(self) -> None:
        """Something is out and must be written down."""
        self._to_note.set()

    async def _settle(self) -> None:
        """What a former run began and nobody wrote down: it is looked up, or marked as uncertain."""
        if self._settled:
            return
        left = self._journal.left() if self._journal else None
        for row in await self._in_store(partial(self._program.outbox.settle, left)):
            self._queue(row)
        if self._journal is not None:
            self._journal.clear()
        self._settled = True

    async def _stand_still(self) -> None:
        self._dispatch.still = True
        await self._dispatch.landed(END_SECONDS)
        if tasks := list(self._tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=END_SECONDS)
        self._gate.close()
        self._queues.clear()
        self._held.clear()
        self._idle.set()

    async def _end(self) -> None:
        await self._stand_still()
        try:
            async with asyncio.timeout(END_SECONDS):
                written = await self._in_store(self._program.outbox.write_sent)
                if self._journal is not None:
                    self._journal.settled(written)
        except Exception as error:  # noqa: BLE001  the program stops all the same; the journal tells the next run
            log.error("outbox.unmarked", error=trace(error))
        if self._journal is not None:
            self._journal.close()

    # --- the lines ----------------------------------------------------------------------------------------------

    def _queue(self, row: Letter) -> None:
        if self._dispatch.still or row.id in self._held or row.platform not in self._platforms:
            return
        self._held.add(row.id)
        # Danger has a line of its own, so that it waits for nothing that was said before.
        line = "danger" if row.priority == Priority.DANGER else "calm"
        key = f"{row.platform}/{row.chat_kind}/{row.chat_id}/{line}"
        queue = self._queues.get(key)
        if queue is not None:
            _insert(queue, row)
            return
        self._queues[key] = deque([row])
        task = asyncio.create_task(self._serve(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, key: str) -> None:
        """Send one conversation's messages in order."""
        queue = self._queues[key]
        while queue:
            attempts = Attempts(queue[0].attempts)
            while (wait := await self._dispatch.attempt(queue[0], attempts)) is not None:  # noqa: ASYNC110  no event
                await asyncio.sleep(wait)
            queue.popleft()
        self._queues.pop(key, None)

    async def _note_sent(self) -> None:
        """Write down what is out, many at once."""
        while True:
            await self._to_note.wait()
            self._to_note.clear()
            try:
                oldest = await self._in_store(self._program.sent.oldest)  # behind the batch that is being handled
                await asyncio.sleep(NOTE_AFTER)  # in which the next one may take the marks along
                self.release(await self._in_store(partial(self._program.outbox.write_sent, oldest or 0)))
            except Exception as error:  # noqa: BLE001  a worker loop: the marks are kept and tried again
                log.error("outbox.unmarked", error=trace(error))
                self._to_note.set()
                await asyncio.sleep(NOTE_AGAIN)
            if self._program.sent.oldest() is not None:
                self._to_note.set()


def _insert(queue: deque[Letter], row: Letter) -> None:
    """Before what is less urgent, but never before the one that is being sent."""
    place = len(queue)
    while place > 1 and queue[place - 1].priority > row.priority:
        place -= 1
    queue.insert(place, row)
