"""What must be shown later: reports with their versions, and the audit log."""

import datetime as dt
from enum import StrEnum
from typing import Any

from sqlmodel import Column, Field, SQLModel, UniqueConstraint

from storage.types import SecretJson, SecretText, UtcDateTime


class ReportState(StrEnum):
    """How a daily report came to be."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"


class DailyReport(SQLModel, table=True):
    """One version of an area's daily report: the figures and the rows behind them as they were then."""

    __tablename__ = "daily_report"
    __table_args__ = (UniqueConstraint("area_id", "day", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    area_id: str = Field(foreign_key="area.id", index=True)
    day: dt.date
    version: int
    state: str
    late: bool = False
    content: dict[str, Any] = Field(sa_column=Column(SecretJson, nullable=False))
    note: str = Field(default="", sa_column=Column(SecretText))
    made_at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    made_by: int | None = Field(default=None, foreign_key="person.id")


class AuditEntry(SQLModel, table=True):
    """Who saw or changed what; each entry holds the hash of the one before."""

    __tablename__ = "audit"
    id: int | None = Field(default=None, primary_key=True)
    at: dt.datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    actor_id: int | None = None
    action: str
    subject: str
    previous: str
    digest: str
