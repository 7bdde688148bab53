"""Messages out, as the store knows them: which are due, what became of each. Whole transactions, in the store's thread."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from bot.journal import Left
from community import unsent
from community.outgoing import Priority
from community.quiet import quiet_until
from community.unreachable import cannot_write_to
from storage.engine import Session, reading
from storage.queries import flow
from storage.rows import Letter
from storage.tables import OutState

if TYPE_CHECKING:
    from bot.program import Program

LOOKED_UP_FOR = timedelta(hours=1)  # older messages of which nobody knows whether they are out are left alone
log = structlog.get_logger()


class Outbox:
    """The program's messages out; delivery asks here."""

    def __init__(self, program: "Program") -> None:
        self._program = program

    def due(self) -> list[Letter]:
        """Unsent messages whose time has come; expired ones are dropped on the way."""
        now = self._program.clock.now()
        with Session(self._program.engine, expire_on_commit=False) as session:
            due = flow.due_outbox(session, now, self._program.house.platforms)
            old = [row.id for row in due if row.id and row.expires_at and row.expires_at <= now]
            flow.mark(session, old, state=OutState.DROPPED)
            session.commit()
            return [row for row in due if row.id not in old]

    def write_sent(self, waited: int | None = None) -> list[int]:
        """Write down what is out, unless a batch took `waited` along; returns all that was written since last time."""
        oldest = self._program.sent.oldest()
        if oldest is not None and waited in (None, oldest):
            with self._program.sent.taken() as sent, Session(self._program.engine) as session:
                flow.mark_sent(session, sent, self._program.clock.now())
                session.commit()
        return self._program.sent.written()

    def mark_sent(self, sent: Sequence[tuple[int, str]]) -> None:
        """Write down what is out, now."""
        for id, key in sent:
            self._program.sent.add(id, key)
        self.write_sent()

    def settle(self, left: Left | None) -> list[Letter]:
        """After a start: write down what is out, and mark what may be; returns what is to be looked up."""
        left = left or Left()
        with Session(self._program.engine) as session:
            now = self._program.clock.now()
            flow.mark_sent(session, list(left.went.items()), now)
            flow.doubt(session, left.begun)
            session.commit()
            return flow.doubtful(session, now - LOOKED_UP_FOR, self._program.house.platforms)

    def is_known_key(self, platform: str, key: str, but: int) -> bool:
        """Whether a platform's id belongs to another message than this one."""
        with reading(self._program.engine) as session:
            return flow.is_known_key(session, platform, key, but)

    def claim(self, ids: Sequence[int]) -> set[int]:
        """Mark messages as being sent; those that are no longer wanted are not among the answer."""
        with Session(self._program.engine) as session:
            claimed = flow.claim(session, ids)
            session.commit()
            return claimed

    def unclaim(self, id: int) -> None:
        """Take a claim back: the message surely did not go."""
        with Session(self._program.engine) as session:
            flow.unclaim(session, id)
            session.commit()

    def held_until(self, priority: int) -> datetime | None:
        """Until when a message may not be sent now, because people sleep."""
        if priority < Priority.NOTICE:
            return None
        return quiet_until(self._program.clock.now(), self._program.house.rules, self._program.house.zone)

    def put_off(self, id: int, until: datetime, attempts: int) -> None:
        """Try a message again at that moment, and not before."""
        with Session(self._program.engine) as session:
            flow.mark(session, [id], state=OutState.PENDING, not_before=until, attempts=attempts)
            session.commit()

    def give_up(self, letter: Letter, *, unreachable: bool = False) -> list[Letter]:
        """Mark a message that cannot be sent; the operator learns of it, without names or health."""
        if letter.priority <= Priority.DANGER:
            log.error("danger.unsent", outbox=letter.id, matter=letter.matter)
        with self._program.work() as work:
            flow.mark(work.session, [letter.id], state=OutState.DEAD)
            if not (unreachable and cannot_write_to(work, letter, letter.inbound_id)):
                unsent.tell(work, letter)
            return work.post.rows

    def mark(self, ids: Sequence[int], state: OutState) -> None:
        """Set the state of outgoing messages."""
        with Session(self._program.engine) as session:
            flow.mark(session, ids, state=state)
            session.commit()
