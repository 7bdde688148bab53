"""Queries of the sandbox: conversations as the page shows them."""

from dataclasses import dataclass

from sqlalchemy import and_, func, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import SQLModel, col, select

from storage.engine import Session
from storage.tables import Account, Bubble, ChatGroup, InboundRow, OutboxRow, Person


@dataclass(frozen=True, slots=True)
class Said:
    """A bubble with the row behind it: a message in, or a message out."""

    bubble: Bubble
    inbound: InboundRow | None
    outbox: OutboxRow | None


def conversation(session: Session, platform: str, kind: str, chat_id: str, after: int, limit: int) -> list[Said]:
    """The bubbles of a conversation, oldest first; with `after` 0 the newest ones."""
    query = (
        select(Bubble, InboundRow, OutboxRow)
        .outerjoin(InboundRow, col(InboundRow.id) == col(Bubble.inbound_id))
        .outerjoin(OutboxRow, col(OutboxRow.id) == col(Bubble.outbox_id))
        .where(
            or_(
                and_(*_in_chat(InboundRow, platform, kind, chat_id)),
                and_(*_in_chat(OutboxRow, platform, kind, chat_id)),
            ),
            col(Bubble.id) > after,
        )
        .order_by(col(Bubble.id) if after else col(Bubble.id).desc())
        .limit(limit)
    )
    found = [Said(bubble, inbound, outbox) for bubble, inbound, outbox in session.exec(query)]
    return found if after else found[::-1]


def _in_chat(
    table: type[InboundRow] | type[OutboxRow], platform: str, kind: str, chat_id: str
) -> tuple[ColumnElement[bool], ...]:
    return col(table.platform) == platform, col(table.chat_kind) == kind, col(table.chat_id) == chat_id


def since(session: Session, after: int) -> list[Said]:
    """Every bubble after one, in order."""
    query = (
        select(Bubble, InboundRow, OutboxRow)
        .outerjoin(InboundRow, col(InboundRow.id) == col(Bubble.inbound_id))
        .outerjoin(OutboxRow, col(OutboxRow.id) == col(Bubble.outbox_id))
        .where(col(Bubble.id) > after)
        .order_by(col(Bubble.id))
    )
    return [Said(bubble, inbound, outbox) for bubble, inbound, outbox in session.exec(query)]


def add_bubble(session: Session, *, inbound_id: int | None = None, outbox_id: int | None = None) -> int:
    """A new bubble; returns its id."""
    bubble = Bubble(inbound_id=inbound_id, outbox_id=outbox_id)
    session.add(bubble)
    session.flush()
    return bubble.id or 0


def by_outbox(session: Session, outbox_id: int) -> OutboxRow | None:
    """A message out."""
    return session.get(OutboxRow, outbox_id)


def bubble(session: Session, bubble_id: int) -> Bubble | None:
    """A bubble by its id."""
    return session.get(Bubble, bubble_id)


def bubbles_of_outbox(session: Session, keys: list[str]) -> dict[str, int]:
    """Bubble ids by the platform id under which a message went out."""
    query = (
        select(OutboxRow.platform_message_id, Bubble.id)
        .join(Bubble, col(Bubble.outbox_id) == col(OutboxRow.id))
        .where(col(OutboxRow.platform_message_id).in_(keys))
    )
    return {key: id for key, id in session.exec(query) if key and id}


def accounts(session: Session, platform: str) -> list[tuple[Account, Person | None]]:
    """Everybody with an account on a platform."""
    query = (
        select(Account, Person)
        .outerjoin(Person, col(Person.id) == col(Account.person_id))
        .where(Account.platform == platform)
        .order_by(col(Account.id))
    )
    return [(account, person) for account, person in session.exec(query)]


def groups(session: Session, platform: str) -> list[ChatGroup]:
    """Every bound group on a platform."""
    return list(session.exec(select(ChatGroup).where(ChatGroup.platform == platform).order_by(col(ChatGroup.id))))


def last_bubble(session: Session) -> int:
    """The newest bubble's id, 0 if there is none."""
    return session.exec(select(func.max(Bubble.id))).one() or 0


def empty(session: Session) -> None:
    """Delete every row of every table, children first; for starting the sandbox again."""
    for table in reversed(SQLModel.metadata.sorted_tables):
        session.execute(table.delete())


def inbound_without_bubble(session: Session, platform: str) -> list[int]:
    """Messages in that have no bubble yet, in the order in which they came."""
    query = (
        select(InboundRow.id)
        .outerjoin(Bubble, col(Bubble.inbound_id) == col(InboundRow.id))
        .where(InboundRow.platform == platform, col(Bubble.id).is_(None))
    )
    return [id for id in session.exec(query.order_by(col(InboundRow.id))) if id]


def is_shown(session: Session, outbox_id: int) -> bool:
    """Whether a message out has its bubble."""
    return session.exec(select(Bubble.id).where(Bubble.outbox_id == outbox_id)).first() is not None
