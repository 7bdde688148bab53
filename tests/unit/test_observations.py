"""Medical observation: the day count, missed half days, what keeps somebody from being released."""

from datetime import UTC, date, datetime

import pytest

from community import observations
from community.calendar import Half, HalfDay
from community.reminders import everywhere
from storage.queries import health
from storage.tables import Checkin, Observation
from tests.unit.playing import Play, person

SHANGHAI_OFFSET = "+08:00"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text + SHANGHAI_OFFSET).astimezone(UTC)


def missed(play: Play, name: str = "冯宇") -> int:
    with play.work() as work:
        return {line.name: line for line in observations.roll(work, everywhere(work))}[name].missed


def add_reading(play: Play, name: str, half: str, temperature: float | None, *, replaced: bool = False) -> None:
    """A reading that is in the store already, such as `2020-02-18 pm`."""
    day, which = half.split()
    with play.work() as work:
        found = health.active_observations(work.session, [person(work, name).id or 0])[person(work, name).id or 0]
        work.session.add(
            Checkin(
                person_id=found.person_id, household_id=found.household_id, community_id=found.community_id,
                grid_id=found.grid_id, building=found.building, day=date.fromisoformat(day), half=which,
                at=utc(f"{day}T{'09' if which == 'am' else '17'}:30"), temperature=temperature, source="self",
                edition="x", replaced=replaced,
            )
        )  # fmt: skip


# --- missed half days ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "count"),
    [
        ("2020-02-05T08:00", 0), ("2020-02-05T11:59:59", 0), ("2020-02-05T12:00", 1), ("2020-02-05T23:59:59", 1),
        ("2020-02-06T00:00", 2), ("2020-02-06T11:59", 2), ("2020-02-06T12:00", 3), ("2020-02-29T12:00", 49),
        ("2020-03-01T00:00", 50),
    ],
)  # fmt: skip
def test_half_days_are_missed_when_they_have_ended(play: Play, now: str, count: int) -> None:
    play.moment(now)
    assert missed(play) == count


@pytest.mark.parametrize(
    ("said", "now", "count"),
    [
        ([("2020-02-05T08:10", "36.5")], "2020-02-05T12:00", 0),
        ([("2020-02-05T08:10", "36.5")], "2020-02-06T00:00", 1),
        ([("2020-02-05T13:00", "36.5")], "2020-02-05T13:01", 0),  # the present half day has one
        ([("2020-02-05T13:00", "36.5")], "2020-02-06T00:00", 0),
        ([("2020-02-05T08:10", "36.5"), ("2020-02-06T09:00", "36.5")], "2020-02-06T12:00", 0),
        ([("2020-02-05T08:10", "正常")], "2020-02-05T12:00", 1),  # without a reading it does not count
        ([("2020-02-05T08:10", "体温3.65")], "2020-02-05T12:00", 1),
        ([("2020-02-05T08:10", "体温38.2")], "2020-02-05T12:00", 0),
    ],
    ids=str,
)  # fmt: skip
def test_a_reading_ends_the_silence(play: Play, said: list[tuple[str, str]], now: str, count: int) -> None:
    for moment, text in said:
        play.moment(moment)
        play.say("fengyu", text)
    play.moment(now)
    assert missed(play) == count


def test_a_reading_by_somebody_else_counts(play: Play) -> None:
    play.say("liu", "/代报 6-2-1102 冯宇 36.6")
    play.moment("2020-02-05T12:00")
    assert missed(play) == 0


def test_a_correction_leaves_no_gap(play: Play) -> None:
    play.say("fengyu", "36.5")
    play.say("fengyu", "/更正 36.6")
    play.moment("2020-02-05T12:00")
    assert missed(play) == 0


def test_a_reading_before_the_registration_does_not_count_for_it(play: Play) -> None:
    play.say("zhengjie", "36.5")
    play.moment("2020-02-06T08:00")
    play.say("wang", "/登记观察 郑洁 1-3-602 2月3日 外地返回")
    play.moment("2020-02-06T12:00")
    assert missed(play, "郑洁") == 1


@pytest.mark.parametrize(
    ("registered", "first"),
    [
        ("2020-02-05T00:00", HalfDay(date(2020, 2, 5), Half.AM)),
        ("2020-02-05T09:00", HalfDay(date(2020, 2, 5), Half.AM)),  # the reminder was still to come
        ("2020-02-05T09:00:01", HalfDay(date(2020, 2, 5), Half.PM)),
        ("2020-02-05T11:59", HalfDay(date(2020, 2, 5), Half.PM)),
        ("2020-02-05T12:00", HalfDay(date(2020, 2, 5), Half.PM)),
        ("2020-02-05T17:00", HalfDay(date(2020, 2, 5), Half.PM)),
        ("2020-02-05T17:01", HalfDay(date(2020, 2, 6), Half.AM)),
        ("2020-02-29T23:59", HalfDay(date(2020, 3, 1), Half.AM)),
    ],
)  # fmt: skip
def test_the_first_half_day_that_counts(play: Play, registered: str, first: HalfDay) -> None:
    row = Observation(
        person_id=1, household_id=1, community_id="xingfu", grid_id="xf1", building="3", start=date(2020, 2, 1), days=14,
        reason="", edition="", registered_at=utc(registered),
    )  # fmt: skip
    with play.work() as work:
        assert observations.first_counted(work, row) == first


def test_who_has_symptoms_and_falls_silent_is_first_on_the_list(play: Play) -> None:
    play.say("fengyu", "36.8 有点咳嗽")
    play.moment("2020-02-06T00:01")
    with play.work() as work:
        lines = observations.roll(work, everywhere(work))
    assert lines[0].name == "冯宇"
    assert lines[0].silent_and_ill
    assert not any(line.silent_and_ill for line in lines[1:])
    first = play.say("chen", "/名单 在观").split("在观")[1].splitlines()[1]
    assert "冯宇" in first


# --- the day count -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "start", "days", "progress", "last"),
    [
        ("2020-02-05T10:00", "2月5日", "", "第0/14天", "2月19日"),
        ("2020-02-05T10:00", "2月4日", "", "第1/14天", "2月18日"),
        ("2020-02-05T10:00", "2020-01-22", "", "第14/14天", "2月5日"),
        ("2020-02-20T10:00", "2月16日", "", "第4/14天", "3月1日"),  # a leap year
        ("2020-02-05T10:00", "2月5日", " 7天", "第0/7天", "2月12日"),
        ("2020-02-05T23:59", "2月5日", "", "第0/14天", "2月19日"),
        ("2020-02-06T00:01", "2月6日", "", "第0/14天", "2月20日"),  # UTC still has the 5th
    ],
)  # fmt: skip
def test_the_start_day_is_day_0(play: Play, now: str, start: str, days: str, progress: str, last: str) -> None:
    play.moment(now)
    answer = play.say("wang", f"/登记观察 郑洁 1-3-602 {start} 外地返回{days}")
    assert progress in answer
    assert last in answer


@pytest.mark.parametrize("start", ["2月6日", "2020-02-06", "2020-01-21", "2019-12-01"])
def test_what_lies_ahead_or_is_over_is_not_registered(play: Play, start: str) -> None:
    before = play.count("observation")
    play.say("wang", f"/登记观察 郑洁 1-3-602 {start} 外地返回")
    assert play.count("observation") == before


def test_a_renewed_contact_starts_again_and_keeps_the_history(play: Play) -> None:
    play.moment("2020-02-08T10:00")
    assert "第0/14天" in play.say("liu", "/登记观察 冯宇 6-2-1102 2月8日 再次接触")
    rows = play.rows(
        "SELECT o.start, o.state FROM observation o JOIN person p ON p.id = o.person_id WHERE p.name = '冯宇' ORDER BY o.id"
    )
    assert rows == [("2020-02-04", "renewed"), ("2020-02-08", "active")]
    assert play.say("liu", "/名单 在观").count("冯宇") == 1


# --- release -------------------------------------------------------------------------------------------------------

FINE = ("2020-02-19 am", 36.5)
RELEASES: list[tuple[str, str, list[tuple[str, float | None]], list[str]]] = [
    # 冯宇: start 4 February, 14 days, so the last day is 18 February
    ("the day after the last", "2020-02-19T10:00", [FINE], []),
    ("a reading of the half day before", "2020-02-19T10:00", [("2020-02-18 pm", 36.5)], []),
    ("a reading of two half days before", "2020-02-19T10:00", [("2020-02-18 am", 36.5)], ["reading"]),
    ("no reading", "2020-02-19T10:00", [], ["reading"]),
    ("words without a reading", "2020-02-19T10:00", [("2020-02-19 am", None)], ["reading"]),
    ("the last day itself", "2020-02-18T23:59", [("2020-02-18 pm", 36.5)], ["time"]),
    ("the first moment after", "2020-02-19T00:00", [("2020-02-18 pm", 36.5)], []),
    ("long before", "2020-02-10T10:00", [], ["time", "reading"]),
    ("fever today", "2020-02-19T10:00", [FINE, ("2020-02-19 am", 37.3)], ["fever"]),
    ("fever two days ago", "2020-02-19T10:00", [FINE, ("2020-02-17 am", 38.0)], ["fever"]),
    ("fever three days ago", "2020-02-19T10:00", [FINE, ("2020-02-16 pm", 38.0)], []),
    ("just under the threshold", "2020-02-19T10:00", [FINE, ("2020-02-18 am", 37.2)], []),
    ("everything at once", "2020-02-18T13:00", [("2020-02-17 am", 38.0)], ["time", "reading", "fever"]),
]


@pytest.mark.parametrize(("now", "readings", "kinds"), [row[1:] for row in RELEASES], ids=[row[0] for row in RELEASES])
def test_what_keeps_from_release(
    play: Play, now: str, readings: list[tuple[str, float | None]], kinds: list[str]
) -> None:
    for half, temperature in readings:
        add_reading(play, "冯宇", half, temperature)
    play.moment(now)
    with play.work() as work:
        id = person(work, "冯宇").id or 0
        row = health.active_observations(work.session, [id])[id]
        assert [obstacle["kind"] for obstacle in observations.release_obstacles(work, row)] == kinds
    answer = play.say("zhao", "/解除 冯宇")
    words = {"time": "还没期满", "reading": "没有体温", "fever": "发过热"}
    assert [kind for kind in words if words[kind] in answer] == kinds
    assert ("解除医学观察证明" in answer) == (not kinds)


def test_a_fever_that_was_a_slip_of_the_pen_does_not_keep(play: Play) -> None:
    add_reading(play, "冯宇", "2020-02-18 am", 39.5, replaced=True)
    add_reading(play, "冯宇", "2020-02-19 am", 36.5)
    play.moment("2020-02-19T10:00")
    assert "解除医学观察证明" in play.say("zhao", "/解除 冯宇")
    assert "冯宇" not in play.say("liu", "/名单 在观")
    assert "解除医学观察证明" in play.ever("fengyu"), "the household gets it too"


def test_release_is_proposed_at_eight_of_the_next_day(play: Play) -> None:
    """吴昊: start 24 January, 14 days; the last day is 7 February."""
    play.moment("2020-02-08T07:59")
    for to in ("zhao", "chen", "wang"):
        assert "期满" not in play.ever(to)
    play.clock("2020-02-08T08:00")
    assert "吴昊" in play.heard("zhao")
    assert "吴昊" in play.heard("chen")
    assert "期满" not in play.heard("wang")
    assert "期满" not in play.heard("gao")
