"""More than 20 like messages to one conversation in 5 minutes stop, with one alarm; the stop ends 5 minutes after the last."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.floods import MOST, Floods, Verdict
from tests.unit.playing import Play

START = datetime(2020, 2, 5, tzinfo=UTC)
FREE, STOPPED, NEWLY = Verdict(False, False), Verdict(True, False), Verdict(True, True)


def send(
    floods: Floods, times: int, *, every: float = 1, since: float = 0, to: str = "g", text: str = "报第{n}次"
) -> list[Verdict]:
    moments = [START + timedelta(seconds=since + every * n) for n in range(times)]
    return [floods.look(to, text.format(n=n), moment) for n, moment in enumerate(moments)]


def test_twenty_may_go_and_the_next_is_stopped_with_one_alarm() -> None:
    assert send(Floods(), 23) == [FREE] * 20 + [NEWLY, STOPPED, STOPPED]
    assert MOST == 20


def test_texts_that_differ_only_in_digits_are_alike() -> None:
    assert send(Floods(), 21, text="{n}号")[-1] == NEWLY


@pytest.mark.parametrize("text", ["甲{n}", "乙{n}"])
def test_conversations_and_texts_are_counted_apart(text: str) -> None:
    floods = Floods()
    send(floods, 20, text="甲{n}", to="g-1")
    assert send(floods, 20, text=text, to="g-2") == [FREE] * 20
    assert send(floods, 1, text="丙", to="g-1") == [FREE]


@pytest.mark.parametrize(("every", "stopped"), [(14.9, True), (15.1, False), (60, False)])
def test_the_window_is_five_minutes(every: float, stopped: bool) -> None:
    assert any(verdict.stopped for verdict in send(Floods(), 60, every=every)) is stopped


def test_the_stop_ends_five_minutes_after_the_last() -> None:
    floods = Floods()
    send(floods, 21)
    assert send(floods, 1, since=20 + 299) == [STOPPED]
    assert send(floods, 1, since=20 + 299 + 299) == [STOPPED], "each try counts as the last"
    assert send(floods, 21, since=20 + 299 + 299 + 300) == [FREE] * 20 + [NEWLY]


@given(st.lists(st.floats(0, 400), min_size=1, max_size=120))
def test_never_more_than_twenty_within_any_five_minutes(gaps: list[float]) -> None:
    floods, now, gone = Floods(), START, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if not floods.look("g", "x", now).stopped:
            gone.append(now)
    for moment in gone:
        assert sum(moment <= other < moment + timedelta(minutes=5) for other in gone) <= MOST


def test_old_counts_are_forgotten() -> None:
    floods = Floods()
    for n in range(50_001):
        floods.look(f"g-{n}", "x", START)
    floods.look("g", "x", START + timedelta(minutes=6))
    assert len(floods.counts) < 10


# --- in the chat ---------------------------------------------------------------------------------------------------


def test_a_flood_is_stopped_and_the_operator_told_without_names(play: Play) -> None:
    answers = [play.say("zhangwei", "/帮助") for _ in range(25)]
    assert [bool(answer) for answer in answers] == [True] * 20 + [False] * 5
    alarm = play.ever("op")
    assert alarm.count("运行提醒") == 1
    assert not any(word in alarm for word in ("张伟", "zhangwei", "3-2-501"))
    assert play.say("zhangwei", "36.5"), "other answers still go"
    assert play.say("limei", "/帮助"), "and so do those to others"


def test_danger_is_never_stopped(play: Play) -> None:
    for n in range(24):
        play.say_each([("x-1", f"快来人，老人晕倒了喘不上气 {n}")])
        assert "120" in play.heard("x-1")
    assert "运行提醒" not in play.ever("op")
