"""Rows that are written in large numbers: plain values, one statement for many, no mapped object for each.

A mapped SQLModel object costs about a third of the time of a whole check-in; these cost next to nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.engine import Connection

from storage.tables import Checkin, InboundRow, OutboxRow, OutState


@dataclass(frozen=True, slots=True)
class NewInbound:
    """A message as it came in, to be stored; see the table `inbound`."""

    platform: str
    account: str
    message_id: str
    chat_kind: str
    chat_id: str
    sender_id: str
    sender_name: str
    text: str
    photos: int
    reply_to: str | None
    at: dt.datetime
    received_at: dt.datetime
    reference: str | None = None


@dataclass(frozen=True, slots=True)
class NewCheckin:
    """A check-in to be stored; see the table `checkin`."""

    person_id: int | None
    household_id: int | None
    label: str
    community_id: str
    grid_id: str | None
    building: str
    day: dt.date
    half: str
    at: dt.datetime
    temperature: float | None  # degrees Celsius
    symptoms: list[str]
    source: str
    account_id: int | None
    edition: str
    inbound_id: int | None
    replaces_id: int | None = None
    replaced: bool = False


@dataclass(slots=True)
class Letter:
    """A message to send, before and after it is stored; see the table `outbox`. Its id comes with storing."""

    platform: str
    chat_kind: str
    chat_id: str
    template: str
    text: str
    priority: int
    created_at: dt.datetime
    account: str | None = None
    via_group: str | None = None
    reply_to: str | None = None
    file: dict[str, Any] | None = None
    state: str = OutState.PENDING
    not_before: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    attempts: int = 0
    topic: str | None = None
    once: str | None = None
    matter: int | None = None
    inbound_id: int | None = None
    id: int = field(default=0, compare=False)


_INBOUND = tuple(NewInbound.__slots__)
_CHECKIN = tuple(NewCheckin.__slots__)
_LETTER = tuple(name for name in Letter.__slots__ if name != "id")


def add_inbound(connection: Connection, rows: list[NewInbound]) -> list[int]:
    """Store messages; returns their ids in order."""
    return _insert(connection, InboundRow, _values(rows, _INBOUND))


def add_checkins(connection: Connection, rows: list[NewCheckin]) -> None:
    """Store check-ins."""
    connection.execute(insert(Checkin), _values(rows, _CHECKIN))


def add_letters(connection: Connection, letters: list[Letter]) -> None:
    """Store messages to send, and write their ids into them."""
    for letter, id in zip(letters, _insert(connection, OutboxRow, _values(letters, _LETTER)), strict=True):
        letter.id = id


def _values(rows: Sequence[Any], names: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows as mappings, without the columns that are empty in all of them: half the work of binding."""
    used = [name for name in names if any(getattr(row, name) is not None for row in rows)]
    return [{name: getattr(row, name) for name in used} for row in rows]


def _insert(connection: Connection, table: Any, values: list[dict[str, Any]]) -> list[int]:
    if not values:
        return []
    if connection.dialect.name == "sqlite":
        return _insert_numbered(connection, table, values)
    statement = insert(table).returning(table.id, sort_by_parameter_order=True)
    return list(connection.execute(statement, values).scalars())


def _insert_numbered(connection: Connection, table: Any, values: list[dict[str, Any]]) -> list[int]:
    """SQLite gives ids back in no order, so SQLAlchemy would insert row by row; here the write lock is held already."""
    first = (connection.execute(select(func.max(table.id))).scalar() or 0) + 1
    ids = list(range(first, first + len(values)))
    connection.execute(insert(table), [{"id": id, **row} for id, row in zip(ids, values, strict=True)])
    return ids


def letter_of(row: OutboxRow) -> Letter:
    """A stored message to send."""
    return Letter(**{name: getattr(row, name) for name in _LETTER}, id=row.id or 0)
