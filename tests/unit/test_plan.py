"""What is due is a pure function of the last moment, the present one and the rules."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.setup import RULE_PACKS
from community.calendar import Half, day_bounds, local_day
from community.rules import load_rules, with_overrides
from scheduler.plan import LOOK_BACK, Kind, next_round, planned, rounds_of

RULES = load_rules(RULE_PACKS / "novel-pneumonia-2020-01.yaml")
SHANGHAI = ZoneInfo("Asia/Shanghai")
ZONES = st.sampled_from([SHANGHAI, ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")])
MOMENTS = st.datetimes(datetime(2019, 12, 25), datetime(2021, 4, 5), timezones=st.just(UTC))
STEPS = st.timedeltas(timedelta(0), timedelta(hours=20))
DAYS = st.dates(date(2019, 12, 25), date(2021, 4, 5))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(after: str, until: str) -> list[str]:
    return [
        f"{item.at.astimezone(SHANGHAI):%m-%d %H:%M} {item.key}"
        for item in planned(local(after), local(until), RULES, SHANGHAI)
    ]


def test_the_rounds_of_a_day() -> None:
    assert shown("2020-02-05T00:00", "2020-02-06T00:00") == [
        "02-05 07:00 visits/2020-02-05/1",
        "02-05 08:00 releases/2020-02-05/0",
        "02-05 09:00 remind/2020-02-05/am/1",
        "02-05 10:00 remind/2020-02-05/am/2",
        "02-05 12:00 visits/2020-02-05/2",
        "02-05 17:00 remind/2020-02-05/pm/1",
        "02-05 18:00 drafts/2020-02-05/0",
        "02-05 18:00 remind/2020-02-05/pm/2",
        "02-05 19:00 community-report/2020-02-05/0",
        "02-05 19:10 subdistrict-report/2020-02-05/0",
        "02-05 19:20 district-report/2020-02-05/0",
    ]


@pytest.mark.parametrize(
    ("after", "until", "keys"),
    [
        ("2020-02-05T09:00", "2020-02-05T09:00", []),
        ("2020-02-05T08:59:59", "2020-02-05T09:00", ["remind/2020-02-05/am/1"]),  # due at its moment
        ("2020-02-05T09:00", "2020-02-05T09:59", []),  # and not again after it
        ("2020-02-28T19:20", "2020-02-29T07:00", ["visits/2020-02-29/1"]),
        ("2020-02-29T19:20", "2020-03-01T07:00", ["visits/2020-03-01/1"]),
        ("2021-02-28T19:20", "2021-03-01T07:00", ["visits/2021-03-01/1"]),
        ("2020-12-31T19:20", "2021-01-01T07:00", ["visits/2021-01-01/1"]),
        ("2020-02-05T20:00", "2020-02-05T19:00", []),  # a clock that was set back
    ],
)  # fmt: skip
def test_what_falls_due(after: str, until: str, keys: list[str]) -> None:
    assert [line.split()[2] for line in shown(after, until)] == keys


@given(MOMENTS, STEPS, STEPS, ZONES)
def test_in_one_step_or_in_two_it_is_the_same(a: datetime, first: timedelta, second: timedelta, zone: ZoneInfo) -> None:
    b, c = a + first, a + first + second
    assert planned(a, b, RULES, zone) + planned(b, c, RULES, zone) == planned(a, c, RULES, zone)


@given(MOMENTS, st.lists(STEPS, min_size=1, max_size=12), ZONES)
def test_however_often_it_is_looked_everything_happens_once(
    start: datetime, steps: list[timedelta], zone: ZoneInfo
) -> None:
    keys: list[str] = []
    now = start
    for step in steps:
        keys += [item.key for item in planned(now, now + step, RULES, zone)]
        now += step
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    days = [local_day(start, zone) + timedelta(days=n) for n in range((now - start).days + 3)]
    due = [item.key for day in days for item in rounds_of(day, RULES, zone) if start < item.at <= now]
    assert sorted(keys) == sorted(due)


@given(DAYS, ZONES)
def test_keys_are_unique_for_ever(day: date, zone: ZoneInfo) -> None:
    keys = [item.key for n in range(40) for item in rounds_of(day + timedelta(days=n), RULES, zone)]
    assert len(set(keys)) == len(keys)


@given(DAYS, ZONES)
def test_rounds_belong_to_their_local_day_and_are_of_use_for_a_while(day: date, zone: ZoneInfo) -> None:
    start, end = day_bounds(day, zone)
    found = rounds_of(day, RULES, zone)
    assert [item.at for item in found] == sorted(item.at for item in found)
    for item in found:
        assert start <= item.at < end
        assert item.at < item.useful_until
        assert item.day == day
        assert item.at.utcoffset() == timedelta(0)


@given(MOMENTS, ZONES)
def test_the_next_round_is_the_first_that_falls_due(after: datetime, zone: ZoneInfo) -> None:
    following = next_round(after, RULES, zone)
    assert following.at > after
    assert planned(after, following.at - timedelta(microseconds=1), RULES, zone) == []


@given(MOMENTS, st.timedeltas(timedelta(days=3), timedelta(days=400)), ZONES)
def test_after_a_long_absence_only_the_last_days_are_caught_up(
    after: datetime, gone: timedelta, zone: ZoneInfo
) -> None:
    found = planned(after, after + gone, RULES, zone)
    assert found
    assert all(after < item.at <= after + gone for item in found)
    assert local_day(after + gone - LOOK_BACK, zone) <= min(item.day for item in found)


def test_a_reminder_is_of_use_until_the_next_one() -> None:
    first, second, third, last = [
        item for item in rounds_of(date(2020, 2, 5), RULES, SHANGHAI) if item.kind is Kind.REMIND
    ]
    assert first.useful_until == second.at
    assert second.useful_until == local("2020-02-05T12:00")
    assert third.useful_until == last.at
    assert last.useful_until == local("2020-02-06T00:00")
    assert [item.half.half for item in (first, second, third, last) if item.half] == [
        Half.AM,
        Half.AM,
        Half.PM,
        Half.PM,
    ]


def test_a_report_is_owed_until_the_next_evening() -> None:
    (report,) = [item for item in rounds_of(date(2020, 2, 5), RULES, SHANGHAI) if item.kind is Kind.COMMUNITY_REPORT]
    assert report.useful_until == local("2020-02-06T19:00")


def test_the_hours_come_from_the_rules() -> None:
    rules = with_overrides(
        RULES, {"nag_at": ["08:15", "16:45"], "daily_report_at": "20:00", "daily_report_due": "21:00",
                "quiet_hours": ["23:00", "06:30"], "second_nag_after_minutes": 30, "report_step_minutes": 5},
    )  # fmt: skip
    at = {item.key: item.at.astimezone(SHANGHAI).time() for item in rounds_of(date(2020, 2, 5), rules, SHANGHAI)}
    assert at["remind/2020-02-05/am/1"] == time(8, 15)
    assert at["remind/2020-02-05/am/2"] == time(8, 45)
    assert at["remind/2020-02-05/pm/2"] == time(17, 15)
    assert at["visits/2020-02-05/1"] == time(6, 30)
    assert at["drafts/2020-02-05/0"] == time(20)
    assert at["district-report/2020-02-05/0"] == time(21, 10)


@pytest.mark.parametrize(
    "hours", [["00:30", "06:00"], ["00:00", "05:00"], ["22:00", "07:00"], ["12:00", "14:00"]], ids=str
)
def test_every_round_is_of_use_for_a_while(hours: list[str]) -> None:
    """Also where quiet hours begin after midnight: a round is of use until they begin the next time."""
    rules = with_overrides(RULES, {"quiet_hours": hours})
    for item in rounds_of(date(2020, 2, 5), rules, SHANGHAI):
        assert item.useful_until > item.at, item.key


def test_a_release_is_of_use_until_the_next_quiet_hours() -> None:
    rules = with_overrides(RULES, {"quiet_hours": ["00:30", "06:00"]})
    until = {item.kind: item.useful_until for item in rounds_of(date(2020, 2, 5), rules, SHANGHAI)}
    assert until[Kind.RELEASES] == until[Kind.VISITS] == local("2020-02-06T00:30")
