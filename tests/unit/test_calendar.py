"""Local days and half days: before 12:00 上午, from 12:00 下午; local midnight, not UTC's, ends a day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.calendar import Half, HalfDay, at_local, day_bounds, half_at_index, half_day, local_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
URUMQI = ZoneInfo("Asia/Urumqi")
BERLIN = ZoneInfo("Europe/Berlin")  # has summer time
APIA = ZoneInfo("Pacific/Apia")  # half a day ahead, and once lost a whole day
ZONES = st.sampled_from([SHANGHAI, URUMQI, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")])
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("moment", "day", "half"),
    [
        ("2020-02-05T00:00+08:00", "2020-02-05", Half.AM),
        ("2020-02-05T11:59:59.999999+08:00", "2020-02-05", Half.AM),
        ("2020-02-05T12:00+08:00", "2020-02-05", Half.PM),
        ("2020-02-05T23:59:59.999999+08:00", "2020-02-05", Half.PM),
        ("2020-02-04T16:00+00:00", "2020-02-05", Half.AM),  # UTC's 4 February is Shanghai's 5th
        ("2020-02-04T15:59:59+00:00", "2020-02-04", Half.PM),
        ("2020-02-05T04:00+00:00", "2020-02-05", Half.PM),
        ("2020-02-29T23:30+08:00", "2020-02-29", Half.PM),
        ("2020-02-29T16:30+00:00", "2020-03-01", Half.AM),
        ("2019-12-31T16:00+00:00", "2020-01-01", Half.AM),
    ],
)  # fmt: skip
def test_half_days_of_shanghai(moment: str, day: str, half: Half) -> None:
    at = datetime.fromisoformat(moment)
    assert half_day(at, SHANGHAI) == HalfDay(date.fromisoformat(day), half)
    assert local_day(at, SHANGHAI) == date.fromisoformat(day)


def test_the_same_moment_is_another_day_elsewhere() -> None:
    moment = datetime(2020, 2, 4, 17, tzinfo=UTC)
    assert local_day(moment, SHANGHAI) == date(2020, 2, 5)
    assert local_day(moment, URUMQI) == date(2020, 2, 4)
    assert local_day(moment, APIA) == date(2020, 2, 5)


def test_labels() -> None:
    assert [half.label for half in Half] == ["上午", "下午"]


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2020-02-05", 24), ("2020-03-29", 23), ("2020-10-25", 25)],  # in Berlin: plain, clocks forward, clocks back
)  # fmt: skip
def test_a_day_is_as_long_as_its_clocks_say(day: str, hours: int) -> None:
    start, end = day_bounds(date.fromisoformat(day), BERLIN)
    assert end - start == timedelta(hours=hours)


@given(MOMENTS, ZONES)
def test_every_moment_lies_in_its_own_half_day(moment: datetime, zone: ZoneInfo) -> None:
    half = half_day(moment, zone)
    assert half.starts(zone) <= moment < half.ends(zone)
    start, end = day_bounds(half.day, zone)
    assert start <= moment < end


@given(DAYS, st.sampled_from(Half), ZONES)
def test_half_days_follow_each_other_without_gaps(day: date, half: Half, zone: ZoneInfo) -> None:
    this = HalfDay(day, half)
    assert this.ends(zone) == this.next().starts(zone)
    assert this.next().previous() == this
    assert this.next().index == this.index + 1
    assert half_at_index(this.index) == this
    assert this < this.next()


@given(DAYS, DAYS)
def test_the_index_orders_like_time(one: date, other: date) -> None:
    assert HalfDay(other, Half.AM).index - HalfDay(one, Half.AM).index == 2 * (other - one).days


@given(DAYS, st.times(), ZONES)
def test_moments_come_back_in_utc(day: date, clock: time, zone: ZoneInfo) -> None:
    assert at_local(day, clock, zone).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2020-02-03", 14, "2020-02-17"), ("2020-02-16", 14, "2020-03-01"), ("2021-02-16", 14, "2021-03-02"),
        ("2020-12-25", 14, "2021-01-08"), ("2020-02-29", 365, "2021-02-28"),
    ],
)  # fmt: skip
def test_the_start_is_day_0(start: str, days: int, last: str) -> None:
    first = HalfDay(date.fromisoformat(start), Half.AM)
    end = half_at_index(first.index + 2 * days)
    assert end.day == date.fromisoformat(last)
    assert (end.day - first.day).days == days
