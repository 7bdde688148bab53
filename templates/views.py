"""What a report shows, as plain values: the caller counts and words, the renderers only lay out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Temperature = Decimal | float
"""Degrees Celsius, one decimal."""


class Tone(StrEnum):
    """How much a value wants to be noticed; a renderer turns it into a colour."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    ALARM = "alarm"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Figure:
    """One counted item of a report; `main` figures are drawn large."""

    key: str
    label: str
    value: int | str
    tone: Tone = Tone.PLAIN
    main: bool = False


@dataclass(frozen=True, slots=True)
class AreaLine:
    """One sub-area of the report, with what was asked beside what was heard (counts of people)."""

    name: str
    responsible: str
    status_label: str
    should: int
    am: int
    pm: int
    missing: int
    fever: int
    status_tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class MissingLine:
    """One person not heard from; `halves` names the half days, such as 上午、下午."""

    area: str
    address: str
    name: str
    halves: str
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class FeverLine:
    """One person with a reading over the threshold or an alarm symptom, and what became of the alert."""

    area: str
    address: str
    name: str
    temperature: Temperature | None
    symptoms: str = ""
    alert: str = ""
    waited: str = ""


@dataclass(frozen=True, slots=True)
class CheckInLine:
    """One check-in of the day as it stands behind the figures."""

    time: datetime
    area: str
    address: str
    name: str
    temperature: Temperature | None
    symptoms: str
    source: str
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class ReportView:
    """One version of one area's daily report; times are shown in the zone of `generated_at`."""

    area_name: str
    level_label: str
    date: date
    status_label: str
    version: int
    headline: str
    figures: tuple[Figure, ...]
    parts: tuple[AreaLine, ...]
    missing: tuple[MissingLine, ...]
    fevers: tuple[FeverLine, ...]
    checkins: tuple[CheckInLine, ...]
    edition: str
    generated_at: datetime
    note: str = ""
    status_tone: Tone = Tone.MUTED
    headline_tone: Tone = Tone.PLAIN

    def __post_init__(self) -> None:
        """Refuse naive times, which would be shown in whatever zone the machine happens to have."""
        for moment in (self.generated_at, *(line.time for line in self.checkins)):
            if moment.utcoffset() is None:
                raise ValueError("report times must be aware")
