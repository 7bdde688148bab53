"""Queries on numbered things."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, select

from storage.engine import Session
from storage.rows import Letter
from storage.tables import Account, Matter, MatterMove, MatterState, MatterTold, OutboxRow


def by_number(session: Session, number: int) -> Matter | None:
    """The matter with this number."""
    return session.get(Matter, number)


def due_escalations(session: Session, now: datetime) -> list[Matter]:
    """Untaken matters that must go up a level now, oldest first."""
    query = select(Matter).where(Matter.state == MatterState.OPEN, col(Matter.escalate_at) <= now)
    return list(session.exec(query.order_by(col(Matter.escalate_at), col(Matter.number))))


def next_escalation(session: Session) -> datetime | None:
    """When the next untaken matter goes up a level."""
    query = select(Matter.escalate_at).where(Matter.state == MatterState.OPEN, col(Matter.escalate_at).is_not(None))
    return session.exec(query.order_by(col(Matter.escalate_at)).limit(1)).first()


def open_for_person(session: Session, person_id: int, kinds: Iterable[str]) -> Matter | None:
    """The newest unclosed matter of these kinds about a person."""
    query = select(Matter).where(
        Matter.person_id == person_id, col(Matter.kind).in_(list(kinds)), Matter.state != MatterState.CLOSED
    )
    return session.exec(query.order_by(col(Matter.number).desc()).limit(1)).first()


def open_for_household(session: Session, household_id: int, kinds: Iterable[str]) -> list[Matter]:
    """Unclosed matters of these kinds about a household."""
    query = select(Matter).where(
        Matter.household_id == household_id, col(Matter.kind).in_(list(kinds)), Matter.state != MatterState.CLOSED
    )
    return list(session.exec(query.order_by(col(Matter.number))))


def open_unnamed(session: Session, household_id: int, kinds: Iterable[str]) -> Matter | None:
    """The newest unclosed matter of these kinds about somebody of a household who was not named."""
    query = select(Matter).where(
        Matter.household_id == household_id, col(Matter.person_id).is_(None), col(Matter.kind).in_(list(kinds)),
        Matter.state != MatterState.CLOSED,
    )  # fmt: skip
    return session.exec(query.order_by(col(Matter.number).desc()).limit(1)).first()


def from_account(session: Session, account_id: int, kinds: Iterable[str]) -> list[Matter]:
    """Unclosed matters of these kinds that an account, or another one of the same person, began, newest first."""
    owner = select(Account.person_id).where(Account.id == account_id).scalar_subquery()
    own = select(Account.id).where((col(Account.id) == account_id) | (col(Account.person_id) == owner))
    query = select(Matter).where(
        col(Matter.account_id).in_(own), col(Matter.kind).in_(list(kinds)), Matter.state != MatterState.CLOSED
    )
    return list(session.exec(query.order_by(col(Matter.number).desc())))


def open_since(session: Session, kind: str, since: datetime) -> list[Matter]:
    """Unclosed matters of a kind that began after a moment."""
    query = select(Matter).where(
        Matter.kind == kind, Matter.state != MatterState.CLOSED, col(Matter.created_at) > since
    )
    return list(session.exec(query))


def told(session: Session, number: int) -> list[MatterTold]:
    """Who has been told of a matter."""
    return list(session.exec(select(MatterTold).where(MatterTold.number == number)))


def has_move(session: Session, number: int, move: str) -> bool:
    """Whether this was done with a matter already."""
    query = select(MatterMove.id).where(MatterMove.number == number, MatterMove.move == move)
    return session.exec(query.limit(1)).first() is not None


def told_beside(session: Session, letter: Letter, account: Account) -> bool:
    """Whether the same was written to that account in the same moment."""
    query = select(OutboxRow.id).where(
        OutboxRow.platform == account.platform, OutboxRow.chat_kind == letter.chat_kind,
        OutboxRow.chat_id == account.external_id, OutboxRow.template == letter.template,
        OutboxRow.created_at == letter.created_at, OutboxRow.id != letter.id,
    )  # fmt: skip
    return session.exec(query.limit(1)).first() is not None


def hand_over(session: Session, giver_id: int, taker_id: int) -> None:
    """What one person was told of, has taken or is about, and is not closed, is another's as well: two records of one person."""
    told = session.exec(
        select(MatterTold)
        .join(Matter, col(Matter.number) == col(MatterTold.number))
        .where(MatterTold.person_id == giver_id, Matter.state != MatterState.CLOSED)
    ).all()
    known = set(session.exec(select(MatterTold.number).where(MatterTold.person_id == taker_id)))
    for row in told:
        if row.number not in known:
            session.add(MatterTold(number=row.number, person_id=taker_id, level=row.level))
    for matter in session.exec(select(Matter).where(Matter.taken_by == giver_id, Matter.state != MatterState.CLOSED)):
        matter.taken_by = taker_id
    for matter in session.exec(select(Matter).where(Matter.person_id == giver_id, Matter.state != MatterState.CLOSED)):
        matter.person_id = taker_id


def open_told_to(session: Session, person_id: int) -> list[Matter]:
    """Untaken matters that a person was told of, oldest first."""
    query = (
        select(Matter)
        .join(MatterTold, col(MatterTold.number) == col(Matter.number))
        .where(MatterTold.person_id == person_id, Matter.state == MatterState.OPEN)
    )
    return list(session.exec(query.order_by(col(Matter.number))))


def created_between(session: Session, area_ids: Sequence[str], start: datetime, end: datetime) -> list[Matter]:
    """Matters of these areas that began in a span of time."""
    query = select(Matter).where(
        col(Matter.area_id).in_(area_ids), col(Matter.created_at) >= start, col(Matter.created_at) < end
    )
    return list(session.exec(query.order_by(col(Matter.number))))


def visits_since(session: Session, household_ids: Iterable[int], since: datetime) -> set[int]:
    """Those of the households for which a door visit was asked since a moment."""
    query = select(Matter.household_id).where(
        Matter.kind == "visit", col(Matter.household_id).in_(list(household_ids)), col(Matter.created_at) > since
    )
    return {household_id for household_id in session.exec(query) if household_id is not None}
