"""Outbox → platform: order in each conversation, rate of each account, retries, and what cannot be sent."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from storage.engine import StoreError
from storage.rows import Letter
from storage.tables import OutState

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0  # seconds between tries
MOST_TRIES = 8  # of one message while its platform is reachable
NOTE_AFTER = 0.02  # seconds in which "sent" marks are collected into one transaction
POLL = 1.0  # seconds between looks for held messages whose time has come
log = structlog.get_logger()

InStore = Callable[[Callable[[], Any]], Awaitable[Any]]


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
        self._held: set[int] = set()  # ids that are queued or under way
        self._sent: list[tuple[int, str]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._to_note = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def offer(self, rows: Sequence[Letter]) -> None:
        """Queue rows that were just committed; held ones are found when their time has come."""
        now = self._program.clock.now()
        for row in rows:
            if row.state == OutState.PENDING and (row.not_before is None or row.not_before <= now):
                self._queue(row)

    async def run(self) -> None:
        """Send until cancelled; begins with what a former run left."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._note_sent())
            while True:
                await self.poll()
                await asyncio.sleep(POLL)

    async def poll(self) -> None:
        """Queue every message of the store whose time has come."""
        try:
            for row in await self._in_store(self._program.due_messages):
                self._queue(row)
        except Exception as error:  # noqa: BLE001  a worker loop
            log.error("outbox.unread", error=trace(error))

    async def drained(self) -> None:
        """Wait until nothing is queued and everything sent is noted."""
        while self._held or self._sent:
            self._idle.clear()
            await self._idle.wait()

    def _queue(self, row: Letter) -> None:
        if row.id in self._held or row.platform not in self._platforms:
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
        pause = FIRST_PAUSE
        while queue:
            row = queue[0]
            wait = await self._try(row, pause)
            if wait is None:
                pause = FIRST_PAUSE
                queue.remove(row)
            else:
                pause = min(LONGEST_PAUSE, pause * 2)
                await asyncio.sleep(wait)
        del self._queues[key]

    async def _try(self, row: Letter, pause: float) -> float | None:
        """Send one message; the seconds to wait before it is tried again, None if it is done with."""
        try:
            await self._send(row)
        except TryLater as reason:
            if row.state == OutState.SENDING and reason.maybe_sent:
                self._release([row.id])  # stays marked: nobody can say, and a reminder is sent at most once
            elif self._gave_up(row):
                await self._finish(row, OutState.DEAD)
            else:
                return reason.after if reason.after is not None else pause
        except Rejected as reason:
            log.warning("message.rejected", outbox=row.id, reason=str(reason))
            await self._finish(row, OutState.DEAD)
        except StoreError as error:
            log.error("outbox.away", outbox=row.id, error=trace(error))
            return pause
        except Exception as error:  # noqa: BLE001  a worker loop: one bad message must not stop the others
            log.error("message.unsendable", outbox=row.id, error=trace(error))
            await self._finish(row, OutState.DEAD)
        return None

    def _gave_up(self, row: Letter) -> bool:
        """Whether a message was tried often enough while its platform was reachable."""
        if self._platforms[row.platform].online():
            row.attempts += 1
        return row.attempts >= MOST_TRIES

    async def _send(self, row: Letter) -> None:
        if row.expires_at is not None and row.expires_at <= self._program.clock.now():
            await self._finish(row, OutState.DROPPED)
            return
        await self._paces[row.platform].turn(row.priority)
        message = await self._outbound(row)
        if row.priority >= Priority.BULK and row.state == OutState.PENDING:
            # Durable before it goes: after a crash nobody can say whether it went, and it is not sent again.
            if not await self._in_store(partial(self._program.claim, row.id)):
                self._release([row.id])
                return
            row.state = OutState.SENDING
        key = await self._platforms[row.platform].send(message)
        self._sent.append((message.id, key))
        self._to_note.set()

    async def _outbound(self, row: Letter) -> Outbound:
        file = None
        if row.file is not None:
            spec = row.file
            file = await files.render_apart(await self._in_store(lambda: files.plan(self._program, spec)))
        chat = Chat(row.platform, ChatKind(row.chat_kind), row.chat_id)
        text = "" if file is not None else row.text
        return Outbound(row.id, chat, text, file, row.account, row.reply_to, row.via_group)

    async def _finish(self, row: Letter, state: OutState) -> None:
        """Be done with a message, as soon as the store can write it down."""
        while True:
            try:
                await self._in_store(partial(self._program.mark, [row.id], state))
                break
            except StoreError as error:
                log.error("outbox.unmarked", outbox=row.id, error=trace(error))
                await asyncio.sleep(FIRST_PAUSE)
        self._release([row.id])

    async def _note_sent(self) -> None:
        """Write down what is out, many at once."""
        while True:
            await self._to_note.wait()
            await asyncio.sleep(NOTE_AFTER)
            self._to_note.clear()
            sent, self._sent = self._sent, []
            try:
                await self._in_store(partial(self._program.note_sent, sent))
                await asyncio.sleep(NOTE_AFTER)  # in which a batch may take the marks along
                await self._in_store(self._program.write_sent)
            except Exception as error:  # noqa: BLE001  a worker loop: the marks are kept and tried again
                log.error("outbox.unmarked", count=len(sent), error=trace(error))
                await asyncio.sleep(FIRST_PAUSE)
                await self._retry_marks()
            self._release([id for id, _ in sent])

    async def _retry_marks(self) -> None:
        """The marks are remembered; write them down as soon as the store is back."""
        written = False
        while not written:
            try:
                await self._in_store(self._program.write_sent)
                written = True
            except StoreError:
                await asyncio.sleep(FIRST_PAUSE)

    def _release(self, ids: Sequence[int]) -> None:
        self._held.difference_update(ids)
        if not self._held and not self._sent:
            self._idle.set()


def _insert(queue: deque[Letter], row: Letter) -> None:
    """Before what is less urgent, but never before the one that is being sent."""
    place = len(queue)
    while place > 1 and queue[place - 1].priority > row.priority:
        place -= 1
    queue.insert(place, row)
