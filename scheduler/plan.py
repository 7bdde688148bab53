"""What is due: a pure function of the last moment, the present one and the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from community.calendar import Half, HalfDay, at_local, local_day
from community.rules import Rules

NOON = time(12)
RELEASES_AT = time(8)
LOOK_BACK = timedelta(days=2)  # rounds missed longer ago are of no use to anybody


class Kind(StrEnum):
    """The rounds of a day."""

    VISITS = "visits"
    RELEASES = "releases"
    REMIND = "remind"
    DRAFTS = "drafts"
    COMMUNITY_REPORT = "community-report"
    SUBDISTRICT_REPORT = "subdistrict-report"
    DISTRICT_REPORT = "district-report"


@dataclass(frozen=True, slots=True)
class Round:
    """One planned round; after `useful_until` it is skipped with a note."""

    kind: Kind
    day: date
    at: datetime
    useful_until: datetime
    half: HalfDay | None = None
    turn: int = 0

    @property
    def key(self) -> str:
        """Unique for ever, so that nothing can run it twice."""
        slot = f"{self.half.half}/{self.turn}" if self.half else str(self.turn)
        return f"{self.kind}/{self.day}/{slot}"


def rounds_of(day: date, rules: Rules, zone: ZoneInfo) -> list[Round]:
    """Every round of a local day, in the order in which they fall due."""
    found = [*_reminders(day, rules, zone), *_visits(day, rules, zone), *_reports(day, rules, zone)]
    at = at_local(day, RELEASES_AT, zone)
    found.append(Round(Kind.RELEASES, day, at, _quiet_after(at, day, rules, zone)))
    return sorted(found, key=lambda planned: (planned.at, planned.kind))


def _reminders(day: date, rules: Rules, zone: ZoneInfo) -> Iterator[Round]:
    """Two a half day; the first is of use until the second, that one until the half day ends."""
    for half, clock in zip(Half, rules.nag_at, strict=True):
        half_day = HalfDay(day, half)
        first = at_local(day, clock, zone)
        second = first + timedelta(minutes=rules.second_nag_after_minutes)
        yield Round(Kind.REMIND, day, first, second, half_day, 1)
        yield Round(Kind.REMIND, day, second, half_day.ends(zone), half_day, 2)


def _visits(day: date, rules: Rules, zone: ZoneInfo) -> Iterator[Round]:
    """When quiet hours end, and at noon: a half day has ended unheard."""
    for turn, clock in enumerate((rules.quiet_hours[1], NOON), 1):
        at = at_local(day, clock, zone)
        yield Round(Kind.VISITS, day, at, _quiet_after(at, day, rules, zone), turn=turn)


def _quiet_after(at: datetime, day: date, rules: Rules, zone: ZoneInfo) -> datetime:
    """When quiet hours begin next after a moment of this day: on the next one, where they begin after midnight."""
    begins = at_local(day, rules.quiet_hours[0], zone)
    return begins if begins > at else at_local(day + timedelta(days=1), rules.quiet_hours[0], zone)


def _reports(day: date, rules: Rules, zone: ZoneInfo) -> Iterator[Round]:
    """Drafts, then the reports of community, subdistrict and district; they are owed even when they come late."""
    due = at_local(day, rules.daily_report_due, zone)
    step = timedelta(minutes=rules.report_step_minutes)
    yield Round(Kind.DRAFTS, day, at_local(day, rules.daily_report_at, zone), due)
    for number, kind in enumerate((Kind.COMMUNITY_REPORT, Kind.SUBDISTRICT_REPORT, Kind.DISTRICT_REPORT)):
        yield Round(kind, day, due + number * step, due + timedelta(days=1))


def planned(after: datetime, until: datetime, rules: Rules, zone: ZoneInfo) -> list[Round]:
    """Rounds that fall due after one moment and not after another, in order."""
    day = local_day(max(after, until - LOOK_BACK), zone)
    found: list[Round] = []
    while day <= local_day(until, zone):
        found += [item for item in rounds_of(day, rules, zone) if after < item.at <= until]
        day += timedelta(days=1)
    return found


def next_round(after: datetime, rules: Rules, zone: ZoneInfo) -> Round:
    """The first round after a moment."""
    return planned(after, after + timedelta(days=1, hours=1), rules, zone)[0]
