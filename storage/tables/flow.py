"""The way of a message: inbox, outbox, rounds, seen chain lines, small settings."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlmodel import JSON, Column, Field, Index, SQLModel, UniqueConstraint

from storage.types import SecretJson, SecretText, UtcDateTime


class OutState(StrEnum):
    """Where an outgoing message stands."""

    PENDING = "pending"
    SENDING = "sending"  # claimed: it may be out any moment
    UNCERTAIN = "uncertain"  # begun, and nobody knows whether it is out
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


class InboundRow(SQLModel, table=True):
    """A message as it came in; unique by platform, own account and message id."""

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("platform", "account", "message_id"),
        Index("ix_inbound_chat", "platform", "chat_kind", "chat_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    platform: str
    account: str
    message_id: str
    chat_kind: str
    chat_id: str
    sender_id: str
    sender_name: str = Field(default="", sa_column=Column(SecretText))
    text: str = Field(sa_column=Column(SecretText, nullable=False))
    photos: int = 0
    reply_to: str | None = None
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    received_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    reference: str | None = None  # set where handling failed; the traceback is logged under it


class OutboxRow(SQLModel, table=True):
    """A message to send; stored before it is sent, in the transaction that decided it."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_state", "state", "not_before"),
        Index("ix_outbox_platform_id", "platform", "platform_message_id"),
        Index("ix_outbox_chat", "platform", "chat_kind", "chat_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    platform: str
    chat_kind: str
    chat_id: str
    account: str | None = None
    via_group: str | None = None
    reply_to: str | None = None
    template: str
    text: str = Field(sa_column=Column(SecretText, nullable=False))
    file: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    priority: int
    state: str = OutState.PENDING
    created_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    not_before: dt.datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    expires_at: dt.datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    sent_at: dt.datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    platform_message_id: str | None = None
    attempts: int = 0
    topic: str | None = Field(default=None, index=True)  # by which messages that became useless are dropped
    once: str | None = Field(default=None, unique=True)  # a key that can be sent only once, ever
    matter: int | None = Field(default=None, foreign_key="matter.number")
    inbound_id: int | None = None  # the message that it answers


class Round(SQLModel, table=True):
    """A scheduled round that has been run or skipped; its key makes it happen once."""

    key: str = Field(primary_key=True)
    planned_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ran_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    note: str = ""


class ChainLine(SQLModel, table=True):
    """A line of a chain that has been counted, by keyed hash, so that a repost counts only what is new."""

    __tablename__ = "chain_line"
    id: int | None = Field(default=None, primary_key=True)
    chat: str = Field(index=True)
    chain: str  # keyed hash of the title
    digest: str
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Setting(SQLModel, table=True):
    """Small facts that outlive a restart: the last tick, the sandbox clock, versions."""

    key: str = Field(primary_key=True)
    value: Any = Field(default=None, sa_column=Column(JSON))


class Bubble(SQLModel, table=True):
    """One message in the order in which the sandbox shows them; nothing else uses it."""

    id: int | None = Field(default=None, primary_key=True)
    inbound_id: int | None = Field(default=None, foreign_key="inbound.id", unique=True)
    outbox_id: int | None = Field(default=None, foreign_key="outbox.id", unique=True)


class OpenQuestion(SQLModel, table=True):
    """What the bot asked back and waits for, one an account; it outlives a restart."""

    __tablename__ = "open_question"
    account_id: int = Field(primary_key=True, foreign_key="account.id", sa_column_kwargs={"autoincrement": False})
    asked_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    content: dict[str, Any] = Field(sa_column=Column(SecretJson, nullable=False))  # readings, choices
