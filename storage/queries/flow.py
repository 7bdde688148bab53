"""Queries on the way of a message: inbox, outbox, rounds, chains, settings."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, func, update
from sqlmodel import col, select

from storage.engine import Session
from storage.rows import Letter, letter_of
from storage.tables import ChainLine, InboundRow, OpenQuestion, OutboxRow, OutState, Round, Setting

MOST_KEYS = 5_000  # in one query
Key = TypeVar("Key", str, int)


def _parts(keys: Iterable[Key]) -> Iterator[list[Key]]:
    rest = iter(keys)
    while part := list(islice(rest, MOST_KEYS)):
        yield part


def known_messages(session: Session, keys: Iterable[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Those of the (platform, account, message id) keys that are stored already."""
    found: set[tuple[str, str, str]] = set()
    by_account: dict[tuple[str, str], list[str]] = {}
    for platform, account, message_id in keys:
        by_account.setdefault((platform, account), []).append(message_id)
    for (platform, account), ids in by_account.items():
        query = select(InboundRow.message_id).where(
            InboundRow.platform == platform, InboundRow.account == account, col(InboundRow.message_id).in_(ids)
        )
        found |= {(platform, account, message_id) for message_id in session.exec(query)}
    return found


def known_keys(session: Session, keys: Iterable[str]) -> set[str]:
    """Those of the `once` keys under which a message was ever put in the outbox."""
    found: set[str] = set()
    for part in _parts(keys):
        query = select(OutboxRow.once).where(col(OutboxRow.once).in_(part))
        found |= {once for once in session.exec(query) if once}
    return found


def topics_since(session: Session, topics: Iterable[str], since: datetime) -> set[str]:
    """Those of the topics on which something was written after a moment."""
    query = select(OutboxRow.topic).where(col(OutboxRow.topic).in_(list(topics)), col(OutboxRow.created_at) > since)
    return {topic for topic in session.exec(query) if topic}


def drop_pending(session: Session, topics: Sequence[str]) -> None:
    """Mark the unsent messages on these topics as no longer wanted."""
    for part in _parts(topics):
        session.execute(
            update(OutboxRow)
            .where(col(OutboxRow.topic).in_(part), col(OutboxRow.state) == OutState.PENDING)
            .values(state=OutState.DROPPED)
        )


def last_heard(session: Session, platform: str, account: str) -> datetime | None:
    """When the newest message that an own account brought was written."""
    query = select(InboundRow.at).where(InboundRow.platform == platform, InboundRow.account == account)
    return session.exec(query.order_by(col(InboundRow.id).desc()).limit(1)).first()


def groups_heard(session: Session, platform: str, account: str) -> list[str]:
    """The groups from which an own account ever brought a message."""
    query = select(InboundRow.chat_id).where(
        InboundRow.platform == platform, InboundRow.account == account, InboundRow.chat_kind == "group"
    )
    return list(session.exec(query.distinct()))


def due_outbox(session: Session, now: datetime, platforms: Sequence[str], limit: int = 500) -> list[Letter]:
    """Unsent messages whose time has come, most urgent first, then in the order in which they were written."""
    query = (
        select(OutboxRow)
        .where(
            OutboxRow.state == OutState.PENDING,
            col(OutboxRow.platform).in_(platforms),
            col(OutboxRow.not_before).is_(None) | (col(OutboxRow.not_before) <= now),
        )
        .order_by(col(OutboxRow.priority), col(OutboxRow.id))
        .limit(limit)
    )
    return [letter_of(row) for row in session.exec(query)]


def next_release(session: Session, after: datetime) -> datetime | None:
    """When the next held message may be sent."""
    query = select(OutboxRow.not_before).where(
        OutboxRow.state == OutState.PENDING, col(OutboxRow.not_before).is_not(None), col(OutboxRow.not_before) > after
    )
    return session.exec(query.order_by(col(OutboxRow.not_before)).limit(1)).first()


def mark(session: Session, ids: Sequence[int], **values: Any) -> None:
    """Set columns of outbox rows."""
    if ids:
        session.execute(update(OutboxRow).where(col(OutboxRow.id).in_(ids)).values(**values))


def claim(session: Session, ids: Sequence[int]) -> set[int]:
    """Mark pending outbox rows as being sent; those that are pending no more are not among the answer."""
    statement = update(OutboxRow).where(col(OutboxRow.id).in_(ids), col(OutboxRow.state) == OutState.PENDING)
    changed = session.execute(statement.values(state=OutState.SENDING).returning(col(OutboxRow.id)))
    return set(changed.scalars())


def unclaim(session: Session, id: int) -> None:
    """Mark a row that surely did not go as pending again."""
    begun = col(OutboxRow.state).in_((OutState.SENDING, OutState.UNCERTAIN))
    session.execute(update(OutboxRow).where(col(OutboxRow.id) == id, begun).values(state=OutState.PENDING))


def doubt(session: Session, begun: Iterable[int]) -> None:
    """Mark what a former run began to send and nobody wrote down: all that is claimed, and those of these that wait."""
    claimed = col(OutboxRow.state) == OutState.SENDING
    session.execute(update(OutboxRow).where(claimed).values(state=OutState.UNCERTAIN))
    for part in _parts(begun):
        waits = (col(OutboxRow.id).in_(part), col(OutboxRow.state) == OutState.PENDING)
        session.execute(update(OutboxRow).where(*waits).values(state=OutState.UNCERTAIN))


def doubtful(session: Session, since: datetime, platforms: Sequence[str]) -> list[Letter]:
    """Messages written since then of which nobody knows whether they are out, in the order of writing."""
    query = select(OutboxRow).where(
        OutboxRow.state == OutState.UNCERTAIN, col(OutboxRow.created_at) >= since,
        col(OutboxRow.platform).in_(platforms),
    ).order_by(col(OutboxRow.priority), col(OutboxRow.id))  # fmt: skip
    return [letter_of(row) for row in session.exec(query)]


def is_known_key(session: Session, platform: str, key: str, but: int) -> bool:
    """Whether a platform's id belongs to another message than this one."""
    query = select(OutboxRow.id).where(
        OutboxRow.platform == platform, OutboxRow.platform_message_id == key, OutboxRow.id != but
    )
    return session.exec(query.limit(1)).first() is not None


def mark_sent(session: Session, sent: Sequence[tuple[int, str]], at: datetime) -> None:
    """Write down which messages are out, and under which platform ids."""
    if sent:
        statement = update(OutboxRow).where(col(OutboxRow.id) == bindparam("row"))
        statement = statement.values(platform_message_id=bindparam("key"), state=OutState.SENT, sent_at=at)
        session.connection().execute(statement, [{"row": id, "key": key} for id, key in sent])


def matter_of_reply(session: Session, platform: str, platform_message_id: str) -> int | None:
    """The number that a message of the bot was about."""
    query = select(OutboxRow.matter).where(
        OutboxRow.platform == platform,
        OutboxRow.platform_message_id == platform_message_id,
        col(OutboxRow.matter).is_not(None),
    )
    return session.exec(query.order_by(col(OutboxRow.id).desc()).limit(1)).first()


def outbox_counts(session: Session) -> dict[str, int]:
    """How many outgoing messages stand in each state."""
    return dict(session.exec(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)).all())


def failed_count(session: Session) -> int:
    """How many incoming messages could not be handled."""
    return session.exec(select(func.count()).where(col(InboundRow.reference).is_not(None))).one()


def ran_rounds(session: Session, keys: Sequence[str]) -> set[str]:
    """Those of the rounds that have been run or skipped."""
    return set(session.exec(select(Round.key).where(col(Round.key).in_(keys))))


def forget_rounds(session: Session, after: datetime) -> None:
    """Rounds that were planned for later than this have not been run: the clock had been wrong."""
    session.execute(delete(Round).where(col(Round.planned_at) > after))


def chain_lines(session: Session, chat: str, since: datetime) -> list[ChainLine]:
    """The chain lines counted in a chat since a moment, oldest first."""
    query = select(ChainLine).where(ChainLine.chat == chat, col(ChainLine.at) >= since).order_by(col(ChainLine.id))
    return list(session.exec(query))


def setting(session: Session, key: str) -> Any:
    """A small fact, None if it was never set."""
    row = session.get(Setting, key)
    return None if row is None else row.value


def keep_setting(session: Session, key: str, value: Any) -> None:
    """Write down a small fact."""
    session.merge(Setting(key=key, value=value))


def open_questions(session: Session, account_ids: Iterable[int]) -> dict[int, OpenQuestion]:
    """What each of these accounts was asked back and has not answered."""
    query = select(OpenQuestion).where(col(OpenQuestion.account_id).in_(list(account_ids)))
    return {row.account_id: row for row in session.exec(query)}


def drop_open_question(session: Session, account_id: int) -> None:
    """The question of this account is settled."""
    session.execute(delete(OpenQuestion).where(col(OpenQuestion.account_id) == account_id))
