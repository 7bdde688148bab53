"""Local days and half days: before 12:00 上午, from 12:00 下午; local midnight ends a day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

NOON = time(12)


class Half(StrEnum):
    """The two halves of a day in which a reading is asked for."""

    AM = "am"
    PM = "pm"

    @property
    def label(self) -> str:
        """The word that people use."""
        return "上午" if self is Half.AM else "下午"


@dataclass(frozen=True, slots=True, order=True)
class HalfDay:
    """One half of one local day; ordered in time."""

    day: date
    half: Half

    @property
    def index(self) -> int:
        """A running number, so that half days can be subtracted."""
        return self.day.toordinal() * 2 + (self.half is Half.PM)

    def starts(self, zone: ZoneInfo) -> datetime:
        """The first moment of this half day."""
        return at_local(self.day, time(0) if self.half is Half.AM else NOON, zone)

    def ends(self, zone: ZoneInfo) -> datetime:
        """The first moment after this half day."""
        return self.next().starts(zone)

    def next(self) -> "HalfDay":
        """The half day after this one."""
        return half_at_index(self.index + 1)

    def previous(self) -> "HalfDay":
        """The half day before this one."""
        return half_at_index(self.index - 1)


def half_at_index(index: int) -> HalfDay:
    """The half day with this running number."""
    return HalfDay(date.fromordinal(index // 2), Half.PM if index % 2 else Half.AM)


def half_day(moment: datetime, zone: ZoneInfo) -> HalfDay:
    """The half day that a moment lies in."""
    local = moment.astimezone(zone)
    return HalfDay(local.date(), Half.AM if local.time() < NOON else Half.PM)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The local date of a moment."""
    return moment.astimezone(zone).date()


def at_local(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which local clocks show this date and time."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first moment of a local day and of the next one."""
    return at_local(day, time(0), zone), at_local(day + timedelta(days=1), time(0), zone)
