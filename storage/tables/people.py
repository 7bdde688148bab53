"""People, the accounts they write from, and the roles they hold."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import JSON, Column, Field, SQLModel, UniqueConstraint

from storage.types import SecretText, UtcDateTime


class RoleName(StrEnum):
    """Roles as SPEC names them; who has none is a resident."""

    CAPTAIN = "captain"
    VOLUNTEER = "volunteer"
    DOCTOR = "doctor"
    GRID_LEADER = "grid_leader"
    COMMITTEE = "committee"
    SUBDISTRICT = "subdistrict"
    DISTRICT = "district"
    OPERATOR = "operator"


class Person(SQLModel, table=True):
    """A resident or a member of staff; the lowest `position` in a household is its contact."""

    id: int | None = Field(default=None, primary_key=True)
    household_id: int | None = Field(default=None, foreign_key="household.id", index=True)
    position: int = 0
    name: str = Field(index=True)
    age: int | None = None
    phone: str | None = Field(default=None, sa_column=Column(SecretText))
    phone_hash: str | None = Field(default=None, index=True)
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class Account(SQLModel, table=True):
    """A platform account that has written or is known."""

    __table_args__ = (UniqueConstraint("platform", "external_id"),)
    id: int | None = Field(default=None, primary_key=True)
    platform: str
    external_id: str
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    own_account: str | None = None  # which of the program's accounts it last wrote to
    via_group: str | None = None  # a group both are in, for a temporary private session
    greeted_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    seen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Role(SQLModel, table=True):
    """A role over an area (a captain's also over one building), until it is taken back."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str
    area_id: str = Field(foreign_key="area.id", index=True)
    building: str | None = None
    given_by: int | None = Field(default=None, foreign_key="person.id")
    given_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class DoorCode(SQLModel, table=True):
    """The six-character code on a household's door card, kept as a keyed hash; a new one ends the old."""

    __tablename__ = "door_code"
    household_id: int = Field(primary_key=True, foreign_key="household.id")
    code_hash: str = Field(unique=True)
    made_by: int | None = Field(default=None, foreign_key="person.id")
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
