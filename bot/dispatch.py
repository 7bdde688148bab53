"""One message on its way: its turn, its claim, the sending, and what became of it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

import structlog

from bot import files
from bot.attempts import IN_LINE, MOST_REPEATS, Attempts
from bot.claims import Claims
from bot.gate import Gate
from bot.journal import Journal
from bot.logs import trace
from bot.messages import Chat, ChatKind, Outbound
from bot.pace import Pace, Paces
from bot.platforms.contract import CannotTell, Platform, Rejected, TryLater, Unreachable
from bot.program import Program
from bot.rush import Rush
from community.outgoing import Priority
from storage.engine import StoreAway
from storage.rows import Letter
from storage.tables import OutState
from templates.render import render

AWAY_PAUSE = 1.0  # seconds before another try, while the store or the connection is away
HOLD_SECONDS = 30.0  # for an account that sends too fast, where the platform does not say how long
LOOK_SECONDS = 5.0  # for a platform to say whether it has sent a message
BULK_AT_ONCE = 64  # bulk messages on their way on one platform, so that answers find the line free
log = structlog.get_logger()

InStore = Callable[[Callable[[], Any]], Awaitable[Any]]


class Desk(Protocol):
    """Who queues the messages, as this module sees it."""

    def release(self, ids: Sequence[int]) -> None:
        """The store knows what became of these."""

    def note(self) -> None:
        """Something is out and must be written down."""

    def offer(self, rows: Sequence[Letter]) -> None:
        """More to send."""


class Dispatch:
    """Sends one message at a time for each line that asks."""

    def __init__(
        self, program: Program, platforms: Mapping[str, Platform], gate: Gate, paces: Paces, in_store: InStore,
        journal: Journal | None, pauses: Sequence[float], rush: Rush, desk: Desk,
    ) -> None:  # fmt: skip
        self.still = False  # nothing new is begun
        self._program = program
        self._platforms = platforms
        self._gate = gate
        self._paces = paces
        self._in_store = in_store
        self._journal = journal
        self._pauses = pauses
        self._desk = desk
        self._claims = Claims(program.outbox.claim, in_store, rush)
        self._bulk = {name: asyncio.Semaphore(BULK_AT_ONCE) for name in platforms}
        self._going: set[int] = set()  # those that may be out any moment
        self._landed = asyncio.Event()

    async def attempt(self, row: Letter, attempts: Attempts) -> float | None:
        """Send one message; the seconds to wait before it is tried again, None if it is done with."""
        try:
            await self._send(row, attempts)
        except TryLater as reason:
            return await self._later(row, attempts, reason)
        except StoreAway as error:
            log.error("outbox.away", outbox=row.id, error=trace(error))
            return AWAY_PAUSE
        except Rejected as reason:
            log.warning("message.rejected", outbox=row.id, reason=str(reason))
            await self._give_up(row, unreachable=isinstance(reason, Unreachable))
        except Exception as error:  # noqa: BLE001  a worker loop: one bad message must not stop the others
            log.error("message.unsendable", outbox=row.id, error=trace(error))
            await self._give_up(row)
        return None

    async def landed(self, seconds: float) -> None:
        """Wait, but not longer than this, until nothing is under way."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._going:
                    self._landed.clear()
                    await self._landed.wait()

    # --- sending ------------------------------------------------------------------------------------------------

    async def _send(self, row: Letter, attempts: Attempts) -> None:
        if row.priority > Priority.DANGER:
            await self._gate.opened(row.platform)
        if row.state == OutState.UNCERTAIN and await self._is_settled(row, attempts):
            return
        if await self._is_too_late(row):
            return
        await self._pace(row).turn(row.priority)
        if row.priority < Priority.BULK:
            await self._go(row, attempts)
        else:
            async with self._bulk[row.platform]:
                await self._go(row, attempts)

    async def _go(self, row: Letter, attempts: Attempts) -> None:
        """It is this message's turn, for which it may have waited long."""
        message = await self._outbound(row, attempts)
        if self.still:
            raise TryLater("stopping", offline=True)
        if row.priority > Priority.DANGER and not self._gate.is_open(row.platform):
            raise TryLater("offline", offline=True)
        if await self._is_too_late(row):
            return
        with self._on_the_way(row.id):
            if row.priority >= Priority.BULK and row.state == OutState.PENDING and not await self._is_claimed(row):
                return
            self._begin(row)
            attempts.message = message
            self._went(row, await self._platforms[row.platform].send(message))

    def _begin(self, row: Letter) -> None:
        """Note that it goes; only danger goes also where that cannot be written down, as on a full disk."""
        if self._journal is None or self._journal.begin(row.id) or row.priority <= Priority.DANGER:
            return
        raise TryLater("journal", offline=True)

    async def _is_claimed(self, row: Letter) -> bool:
        """Durable before it goes: even after a power cut it is known that this one may be out."""
        if await self._claims.ask(row.id):
            row.state = OutState.SENDING
            return True
        self._desk.release([row.id])  # nobody wants it any more
        return False

    def _went(self, row: Letter, key: str) -> None:
        if self._journal is not None:
            self._journal.went(row.id, key)
        self._program.sent.add(row.id, key)
        self._desk.note()

    @contextmanager
    def _on_the_way(self, id: int) -> Iterator[None]:
        self._going.add(id)
        try:
            yield
        finally:
            self._going.discard(id)
            if not self._going:
                self._landed.set()

    def _pace(self, row: Letter) -> Pace:
        return self._paces.of(row.platform, self._platforms[row.platform].account_of(_address(row)))

    async def _outbound(self, row: Letter, attempts: Attempts) -> Outbound:
        if attempts.message is not None and not attempts.again:
            return attempts.message
        file = None
        if row.file is not None:
            spec = row.file
            file = await files.render_apart(await self._in_store(lambda: files.plan(self._program, spec)))
        text = "" if file is not None else row.text
        if attempts.again and text:
            text = render("flow/perhaps_again", text=text)
        return _address(row, text, file)

    async def _is_too_late(self, row: Letter) -> bool:
        """Whether it is of no use any more, or has waited into the quiet hours."""
        if row.expires_at is not None and row.expires_at <= self._program.clock.now():
            await self._finish(row, partial(self._program.outbox.mark, [row.id], OutState.DROPPED))
            return True
        until = self._program.outbox.held_until(row.priority)
        if until is not None:
            await self._finish(row, partial(self._program.outbox.put_off, row.id, until, row.attempts))
        return until is not None

    # --- what may be out already --------------------------------------------------------------------------------

    async def _is_settled(self, row: Letter, attempts: Attempts) -> bool:
        """A former run began to send it: the platform is asked; where it cannot tell, only danger is sent again."""
        try:
            key = await self._find(row, await self._outbound(row, attempts))
        except CannotTell:
            if row.priority > Priority.DANGER:
                self._desk.release([row.id])  # stays marked
                return True
            key, attempts.again = None, True
        if key is not None:
            self._went(row, key)
            return True
        await self._in_store(partial(self._program.outbox.unclaim, row.id))
        row.state = OutState.PENDING
        return False

    async def _find(self, row: Letter, message: Outbound) -> str | None:
        """The platform's id under which it went; raises `CannotTell`."""
        since = row.created_at - timedelta(minutes=1)  # clocks differ
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                key = await self._platforms[row.platform].find(message, since)
        except TimeoutError:
            raise CannotTell from None
        if key is not None and await self._in_store(
            partial(self._program.outbox.is_known_key, row.platform, key, row.id)
        ):
            return None  # another message with the same words
        return key

    async def _later(self, row: Letter, attempts: Attempts, reason: TryLater) -> float | None:
        """Whether to try again, after how many seconds."""
        if reason.maybe_sent:
            return await self._doubtful(row, attempts, reason)
        if self._journal is not None:
            self._journal.failed(row.id)
        if row.state == OutState.SENDING:
            await self._unclaim(row)
        if reason.whole_account:
            self._pace(row).hold(HOLD_SECONDS if reason.after is None else reason.after)
            return 0.0
        if reason.offline or not self._gate.is_open(row.platform):
            return AWAY_PAUSE
        return await self._again(row, attempts, reason)

    async def _doubtful(self, row: Letter, attempts: Attempts, reason: TryLater) -> float | None:
        """It went out and its answer is missing: the platform is asked, else it is repeated a little, or left."""
        try:
            if row.priority > Priority.DANGER:
                await self._gate.opened(row.platform)  # the line may just have broken, and nobody else can tell
            key = await self._find(row, attempts.message or _address(row))
        except CannotTell:
            return await self._repeat(row, attempts, reason)
        if key is not None:
            self._went(row, key)
            return None
        if row.state == OutState.SENDING:
            await self._unclaim(row)
        return await self._again(row, attempts, reason)

    async def _repeat(self, row: Letter, attempts: Attempts, reason: TryLater) -> float | None:
        attempts.doubtful += 1
        danger = row.priority <= Priority.DANGER
        if row.state == OutState.SENDING or (not danger and attempts.doubtful > MOST_REPEATS):
            await self._finish(row, partial(self._program.outbox.mark, [row.id], OutState.UNCERTAIN))
            return None  # most likely it went
        attempts.again = danger
        return await self._again(row, attempts, reason)

    async def _again(self, row: Letter, attempts: Attempts, reason: TryLater) -> float | None:
        """One more failure: wait in line, or aside, or no more."""
        pause = attempts.next_pause(reason, self._pauses)
        if pause is None:
            log.warning("message.given_up", outbox=row.id, reason=str(reason))
            await self._give_up(row)
            return None
        if pause > IN_LINE:  # what was said later to the same people does not wait that long
            until = self._program.clock.now() + timedelta(seconds=pause)
            await self._finish(row, partial(self._program.outbox.put_off, row.id, until, attempts.failed))
            return None
        return pause

    async def _unclaim(self, row: Letter) -> None:
        """It surely did not go: another run may send it, should this one end before it can."""
        try:
            await self._in_store(partial(self._program.outbox.unclaim, row.id))
            row.state = OutState.PENDING
        except StoreAway as error:
            log.error("outbox.unmarked", outbox=row.id, error=trace(error))

    # --- what became of it --------------------------------------------------------------------------------------

    async def _give_up(self, row: Letter, *, unreachable: bool = False) -> None:
        await self._finish(row, partial(self._program.outbox.give_up, row, unreachable=unreachable))

    async def _finish(self, row: Letter, note: Callable[[], list[Letter] | None]) -> None:
        """Be done with a message, as soon as the store can write it down."""
        while True:
            try:
                letters = await self._in_store(note)
                break
            except StoreAway as error:
                log.error("outbox.unmarked", outbox=row.id, error=trace(error))
                await asyncio.sleep(AWAY_PAUSE)
            except Exception as error:  # noqa: BLE001  a worker loop
                letters = None
                log.error("outbox.unmarked", outbox=row.id, error=trace(error))
                break
        self._desk.release([row.id])
        self._desk.offer(letters or [])


def _address(row: Letter, text: str = "", file: Any = None) -> Outbound:
    """The message as a platform takes it."""
    chat = Chat(row.platform, ChatKind(row.chat_kind), row.chat_id)
    return Outbound(row.id, chat, text, file, row.account, row.reply_to, row.via_group)
