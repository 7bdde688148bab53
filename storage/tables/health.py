"""Health: check-ins and observations."""

import datetime as dt
from enum import StrEnum

from sqlmodel import JSON, Column, Field, Index, SQLModel

from storage.types import SecretText, UtcDateTime


class CheckinSource(StrEnum):
    """By which way a check-in came."""

    SELF = "self"
    HOUSEHOLD = "household"
    CHAIN = "chain"
    GROUP = "group"
    STAFF = "staff"
    DOOR = "door"


class ObservationState(StrEnum):
    """Where an observation stands."""

    ACTIVE = "active"
    RELEASED = "released"
    RENEWED = "renewed"


class Checkin(SQLModel, table=True):
    """One person's report; never changed afterwards, only replaced by a correction that names it."""

    __table_args__ = (
        Index("ix_checkin_person_day", "person_id", "day"),
        Index("ix_checkin_grid_day", "grid_id", "day"),
    )
    id: int | None = Field(default=None, primary_key=True)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True)
    # Whom the text named, where no registered person fits.
    label: str = Field(default="", sa_column=Column(SecretText, nullable=False))
    community_id: str = Field(foreign_key="area.id")
    grid_id: str | None = Field(default=None, foreign_key="area.id")
    building: str = ""
    day: dt.date
    half: str
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    temperature: float | None = None  # degrees Celsius
    symptoms: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    source: str
    account_id: int | None = Field(default=None, foreign_key="account.id")
    edition: str  # of the rule pack that judged it
    replaced: bool = False
    replaces_id: int | None = Field(default=None, foreign_key="checkin.id")
    inbound_id: int | None = Field(default=None, foreign_key="inbound.id")


class Observation(SQLModel, table=True):
    """A person's medical observation; `start` is day 0, the last day is `start + days`."""

    __table_args__ = (Index("ix_observation_grid_state", "grid_id", "state"),)
    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    household_id: int = Field(foreign_key="household.id", index=True)
    community_id: str = Field(foreign_key="area.id")
    grid_id: str = Field(foreign_key="area.id")
    building: str
    start: dt.date
    days: int
    reason: str = Field(sa_column=Column(SecretText, nullable=False))
    state: str = ObservationState.ACTIVE
    edition: str
    registered_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    registered_by: int | None = Field(default=None, foreign_key="person.id")
    ended_at: dt.datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_by: int | None = Field(default=None, foreign_key="person.id")
