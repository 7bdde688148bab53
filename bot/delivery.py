"""Outbox → platform: order in each conversation, rate of each account, retries, and what cannot be sent."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from bot import files
from bot.logs import trace
from bot.messages import Chat, ChatKind, Outbound
from bot.pace import Pace
from bot.platforms.contract import Platform, Rejected, TryLater
from bot.program import Program
from community.outgoing import Priority
from storage.engine import StoreAway
from storage.rows import Letter
from storage.tables import OutState

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between tries
MOST_TRIES = 8  # of one message while its platform is reachable
MOST_REPEATS = 2  # of one that may have gone each time; danger is repeated up to `MOST_TRIES`
NOTE_AFTER = 0.02  # seconds in which "sent" marks wait for a batch that takes them along
POLL = 1.0  # seconds between looks for held messages whose time has come
END_SECONDS = 1.0  # for what is under way, and again for the marks, when the program stops
log = structlog.get_logger()

InStore = Callable[[Callable[[], Any]], Awaitable[Any]]


@dataclass(slots=True)
class _Tries:
    """How often one message was tried."""

    pause: float
    failed: int = 0  # while its platform was reachable
    doubtful: int = 0  # when it may have gone


class Delivery:
    """Sends what the outbox holds; one task a conversation, so that its messages keep their order."""

    def __init__(
        self, program: Program, platforms: Mapping[str, Platform], paces: Mapping[str, Pace], in_store: InStore
    ) -> None:
        self._program = program
        self._platforms = platforms
        self._paces = paces
        self._in_store = in_store
        self._queues: dict[str, deque[Letter]] = {}
        self._held: set[int] = set()  # ids that are queued or under way, or out and not yet written down
        self._going: set[int] = set()  # those that may be out any moment
        self._tasks: set[asyncio.Task[None]] = set()
        self._still = False  # nothing new is queued or sent
        self._landed = asyncio.Event()
        self._to_note = asyncio.Event()
        self._idle = asyncio.Event()

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
        """Queue every message of the store whose time has come."""
        try:
            for row in await self._in_store(self._program.due_messages):
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
            self._still = False

    async def _stand_still(self) -> None:
        self._still = True
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                while self._going:
                    self._landed.clear()
                    await self._landed.wait()
        if tasks := list(self._tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=END_SECONDS)
        self._queues.clear()
        self._held.clear()
        self._idle.set()

    async def _end(self) -> None:
        await self._stand_still()
        try:
            async with asyncio.timeout(END_SECONDS):
                await self._in_store(self._program.write_sent)
        except Exception as error:  # noqa: BLE001  the program stops all the same; what was sent is sent again
            log.error("outbox.unmarked", error=trace(error))

    # --- one message --------------------------------------------------------------------------------------------

    def _queue(self, row: Letter) -> None:
        if self._still or row.id in self._held or row.platform not in self._platforms:
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
            tries = _Tries(FIRST_PAUSE)
            while (wait := await self._try(queue[0], tries)) is not None:
                tries.pause = min(LONGEST_PAUSE, tries.pause * 2)
                await asyncio.sleep(wait)
            queue.popleft()
        self._queues.pop(key, None)

    async def _try(self, row: Letter, tries: _Tries) -> float | None:
        """Send one message; the seconds to wait before it is tried again, None if it is done with."""
        try:
            await self._send(row)
        except TryLater as reason:
            return await self._later(row, tries, reason)
        except StoreAway as error:
            log.error("outbox.away", outbox=row.id, error=trace(error))
            return tries.pause
        except Rejected as reason:
            log.warning("message.rejected", outbox=row.id, reason=str(reason))
            await self._finish(row, OutState.DEAD)
        except Exception as error:  # noqa: BLE001  a worker loop: one bad message must not stop the others
            log.error("message.unsendable", outbox=row.id, error=trace(error))
            await self._finish(row, OutState.DEAD)
        return None

    async def _later(self, row: Letter, tries: _Tries, reason: TryLater) -> float | None:
        """Whether to try again, after how many seconds."""
        tries.failed += self._platforms[row.platform].online()
        tries.doubtful += reason.maybe_sent
        if row.state == OutState.SENDING and reason.maybe_sent:
            self._release([row.id])  # stays marked: nobody can say, and a reminder is sent at most once
            return None
        if row.priority > Priority.DANGER and tries.doubtful > MOST_REPEATS:
            await self._finish(row, OutState.SENDING)  # most likely it went, each time
            return None
        if tries.failed >= MOST_TRIES:
            await self._finish(row, OutState.DEAD)
            return None
        if row.state == OutState.SENDING:
            await self._unclaim(row)
        patient = reason.after is not None and not (reason.maybe_sent and row.priority <= Priority.DANGER)
        return reason.after if patient else tries.pause

    async def _unclaim(self, row: Letter) -> None:
        """It surely did not go: another run may send it, should this one end before it can."""
        try:
            await self._in_store(partial(self._program.unclaim, row.id))
            row.state = OutState.PENDING
        except StoreAway as error:
            log.error("outbox.unmarked", outbox=row.id, error=trace(error))

    async def _send(self, row: Letter) -> None:
        if row.expires_at is not None and row.expires_at <= self._program.clock.now():
            await self._finish(row, OutState.DROPPED)
            return
        self._check_open(row)
        await self._paces[row.platform].turn(row.priority)
        message = await self._outbound(row)
        self._check_open(row)  # waiting for the turn may have taken long
        with self._on_the_way(row.id):
            if row.priority >= Priority.BULK and row.state == OutState.PENDING:
                # Durable before it goes: after a crash nobody can say whether it went, and it is not sent again.
                if not await self._in_store(partial(self._program.claim, row.id)):
                    self._release([row.id])
                    return
                row.state = OutState.SENDING
            self._program.sent.add(row.id, await self._platforms[row.platform].send(message))
        self._to_note.set()

    def _check_open(self, row: Letter) -> None:
        """Nothing is begun that cannot be sent now; only danger is tried whatever the platform says of itself."""
        if self._still:
            raise TryLater("stopping")
        if row.priority > Priority.DANGER and not self._platforms[row.platform].online():
            raise TryLater("offline")

    @contextmanager
    def _on_the_way(self, id: int) -> Iterator[None]:
        self._going.add(id)
        try:
            yield
        finally:
            self._going.discard(id)
            if not self._going:
                self._landed.set()

    async def _outbound(self, row: Letter) -> Outbound:
        file = None
        if row.file is not None:
            spec = row.file
            file = await files.render_apart(await self._in_store(lambda: files.plan(self._program, spec)))
        chat = Chat(row.platform, ChatKind(row.chat_kind), row.chat_id)
        text = "" if file is not None else row.text
        return Outbound(row.id, chat, text, file, row.account, row.reply_to, row.via_group)

    # --- what became of it --------------------------------------------------------------------------------------

    async def _finish(self, row: Letter, state: OutState) -> None:
        """Be done with a message, as soon as the store can write it down."""
        mark: Callable[[], list[Letter] | None] = partial(self._program.mark, [row.id], state)
        if state is OutState.DEAD:
            mark = partial(self._program.give_up, row)
        while True:
            try:
                letters = await self._in_store(mark)
                break
            except StoreAway as error:
                log.error("outbox.unmarked", outbox=row.id, error=trace(error))
                await asyncio.sleep(FIRST_PAUSE)
            except Exception as error:  # noqa: BLE001  a worker loop
                letters = None
                log.error("outbox.unmarked", outbox=row.id, error=trace(error))
                break
        self._release([row.id])
        self.offer(letters or [])

    async def _note_sent(self) -> None:
        """Write down what is out, many at once."""
        while True:
            await self._to_note.wait()
            self._to_note.clear()
            try:
                oldest = await self._in_store(self._program.sent.oldest)  # behind the batch that is being handled
                await asyncio.sleep(NOTE_AFTER)  # in which the next one may take the marks along
                self._release(await self._in_store(partial(self._program.write_sent, oldest or 0)))
            except Exception as error:  # noqa: BLE001  a worker loop: the marks are kept and tried again
                log.error("outbox.unmarked", error=trace(error))
                self._to_note.set()
                await asyncio.sleep(FIRST_PAUSE)
            if self._program.sent.oldest() is not None:
                self._to_note.set()

    def _release(self, ids: Sequence[int]) -> None:
        self._held.difference_update(ids)
        if not self._held:
            self._idle.set()


def _insert(queue: deque[Letter], row: Letter) -> None:
    """Before what is less urgent, but never before the one that is being sent."""
    place = len(queue)
    while place > 1 and queue[place - 1].priority > row.priority:
        place -= 1
    queue.insert(place, row)
