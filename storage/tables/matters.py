"""Numbered things that need a person: alerts, binding requests, door visits, passed-on messages."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Column, Field, Index, SQLModel

from storage.types import SecretText, UtcDateTime


class MatterKind(StrEnum):
    """What a numbered thing is about."""

    FEVER = "fever"
    EMERGENCY = "emergency"
    CRISIS = "crisis"
    LEAVING = "leaving"
    BINDING = "binding"
    VISIT = "visit"
    QUESTION = "question"
    HELP = "help"
    DECLARE = "declare"
    TIP = "tip"
    HUMAN = "human"
    FAILED = "failed"
    RELEASE = "release"


class MatterState(StrEnum):
    """Where a numbered thing stands."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Matter(SQLModel, table=True):
    """A numbered thing; its primary key is the one running number of the installation."""

    __table_args__ = (Index("ix_matter_state_escalate", "state", "escalate_at"),)
    number: int | None = Field(default=None, primary_key=True)
    kind: str
    state: str = MatterState.OPEN
    area_id: str = Field(foreign_key="area.id", index=True)
    building: str = ""
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    account_id: int | None = Field(default=None, foreign_key="account.id")
    label: str = Field(default="", sa_column=Column(SecretText, nullable=False))  # whom it is about, in words
    place: str = Field(default="", sa_column=Column(SecretText, nullable=False))
    words: str = Field(default="", sa_column=Column(SecretText))
    temperature: float | None = None
    level: int = 0  # how far up the ladder it has gone
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    escalate_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    taken_by: int | None = Field(default=None, foreign_key="person.id")
    taken_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    closed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class MatterMove(SQLModel, table=True):
    """What was done with a numbered thing: who, when, what, in which words."""

    __tablename__ = "matter_move"
    id: int | None = Field(default=None, primary_key=True)
    number: int = Field(foreign_key="matter.number", index=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    move: str
    words: str = Field(default="", sa_column=Column(SecretText))


class MatterTold(SQLModel, table=True):
    """Who has been told of a numbered thing."""

    __tablename__ = "matter_told"
    number: int = Field(primary_key=True, foreign_key="matter.number")
    person_id: int = Field(primary_key=True, foreign_key="person.id")
    level: int
