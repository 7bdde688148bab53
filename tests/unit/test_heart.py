"""The heart under trouble: a message, a round or a setting that is wrong takes nothing else down with it."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.program import Program
from community.work import Work
from scheduler import rounds
from scheduler.plan import Round
from storage.engine import StoreAway
from tests.unit.playing import Play


def without_its_area(play: Play) -> Play:
    """The configuration names an area that was never imported."""
    program = play.stage.program
    program.house = replace(program.house, default_area="nowhere")
    return play


def test_a_missing_default_area_falls_back_to_the_top(play: Play) -> None:
    without_its_area(play)
    assert "120" in play.say("x-stranger", "救命！我爸晕倒了叫不醒")
    assert play.rows("SELECT kind, area_id FROM matter") == [("emergency", "linjiang")]
    play.say("x-other", "请问停车费怎么交？")
    assert play.rows("SELECT kind, area_id FROM matter WHERE number = 2") == [("question", "linjiang")]


def test_a_message_that_cannot_even_be_apologised_for_is_kept_and_holds_up_nobody(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr("bot.program.route", broken)
    monkeypatch.setattr("community.matters.pass_on", broken)
    assert "120" in play.say("zhangwei", "36.5")
    assert play.count("inbound", "reference IS NOT NULL") == 1
    monkeypatch.undo()
    assert "已登记" in play.say("zhangwei", "36.5")


class Broken:
    """Rounds of one kind raise for as long as they are broken."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception, **which: Any) -> None:
        self.tries = 0
        real = rounds.run

        def run(planned: Round, work: Work) -> None:
            if all(getattr(planned, name) == value for name, value in which.items()):
                self.tries += 1
                raise error
            real(planned, work)

        monkeypatch.setattr(rounds, "run", run)


def tick_at(play: Play, moment: str) -> None:
    """One look at what is due, without the walk from moment to moment."""
    play.stage.window += 1
    play.stage.clock.set(datetime.fromisoformat(moment).replace(tzinfo=play.stage.program.house.zone))
    program: Program = play.stage.program
    program.tick()


def test_a_round_that_fails_holds_up_neither_escalations_nor_others_and_is_tried_again(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.clock("2020-02-05T08:50")
    play.say("zhangwei", "38.5")
    broken = Broken(monkeypatch, ValueError("boom"), kind="remind", turn=1)
    tick_at(play, "2020-02-05T09:30")
    assert play.rows("SELECT level FROM matter") == [(1,)]
    tick_at(play, "2020-02-05T10:00")
    assert broken.tries > 1
    assert play.count("outbox", "once LIKE 'nag/%/am/2'") > 0
    monkeypatch.undo()
    play.clock("2020-02-05T12:30")  # too late for the morning's: noted, not run
    assert play.rows("SELECT note FROM round WHERE key = 'remind/2020-02-05/am/1'") == [("too late",)]
    assert play.count("outbox", "once LIKE 'nag/%/am/1'") == 0


def test_of_two_rounds_at_one_moment_the_second_is_not_lost_with_a_store_that_goes_away(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    play.clock("2020-02-05T17:59")
    Broken(monkeypatch, StoreAway("", {}, Exception("locked")), kind="remind", turn=2)
    with pytest.raises(StoreAway):
        tick_at(play, "2020-02-05T18:00")
    monkeypatch.undo()
    assert play.count("round", "key LIKE 'drafts%'") == 1
    play.clock("2020-02-05T18:01")
    assert play.count("outbox", "once LIKE 'nag/%/pm/2'") > 0


def test_a_proposal_to_release_that_fell_into_downtime_is_made_the_next_morning(play: Play) -> None:
    play.clock("2020-02-08T06:00")  # 吴昊's last day was the 7th
    play.moment("2020-02-08T22:30")
    play.clock("2020-02-09T08:00")
    assert "吴昊" in play.heard("zhao")


# --- alerts ---------------------------------------------------------------------------------------------------------


def test_when_who_took_it_is_gone_a_new_fever_is_a_new_call(play: Play) -> None:
    play.say("zhangwei", "38.8")
    play.say("wang", "收到 1")
    play.say("chen", "/撤职 王芳")
    play.say("chen", "/任命 刘强 网格长 幸福里第一网格")
    play.say("zhangwei", "39.6")
    assert "39.6" in play.heard("liu")
    assert "收到 1" in play.heard("liu")
    play.stage.window += 1
    play.stage.forward(play.stage.program.clock.now() + timedelta(minutes=16))
    assert "39.6" in play.heard("chen")


def test_a_correction_to_an_alarm_symptom_alarms(play: Play) -> None:
    play.say("zhangwei", "36.6")
    play.say("zhangwei", "/更正 36.6 胸闷")
    assert "胸闷" in play.heard("wang")


@pytest.mark.parametrize("words", ["/回复 1 有喘不上气的情况请马上打120", "/处置 1 老人喘不上气，已叫120送医"])
def test_staff_may_write_of_danger_that_is_known(play: Play, words: str) -> None:
    play.say("zhangwei", "请问物业费怎么交")
    play.say("wang", words)
    assert play.count("matter", "kind = 'emergency'") == 0
    done = play.rows("SELECT move FROM matter_move ORDER BY id DESC LIMIT 1")
    assert done == [("handle" if "处置" in words else "close",)]
    play.say("zhangwei", words)  # who is no staff may mean it
    assert play.count("matter", "kind = 'emergency'") == 1


def test_many_words_reach_people_only_in_part(play: Play) -> None:
    play.say("zhangwei", "救命！我爸晕倒了叫不醒")
    play.say("zhangwei", "救命！我爸晕倒了叫不醒" + "啊" * 50_000)
    assert max(len(message.text) for message in play.new() if message.to == "wang") < 5_000


# --- who may read what ----------------------------------------------------------------------------------------------


def test_a_chain_tells_its_writer_nothing_of_other_homes(play: Play) -> None:
    chain = "#接龙 今日体温\n1. 3-2-501 张伟 36.5\n2. 2-1-301 吴昊 36.4\n3. 3-2-502 36.6"
    answer = play.say("qianli", chain, where="g-xf1")
    assert "36.5" in answer
    for secret in ("/14天", "王大爷", "还差"):
        assert secret not in answer
    assert play.count("checkin") == 3


def test_in_private_a_chain_speaks_only_for_the_own_home(play: Play) -> None:
    play.say("qianli", "#接龙 今日体温\n1. 3-2-501 张伟 36.5\n2. 5-1-201 钱莉 36.4")
    assert play.rows("SELECT temperature FROM checkin") == [(36.4,)]


def test_a_volunteer_is_not_told_who_is_observed(play: Play) -> None:
    assert "/14天" not in play.say("lin", "3-2-501 李梅 36.5")


# --- nobody is pestered ---------------------------------------------------------------------------------------------


def test_who_reports_for_others_is_urged_once_an_hour_too(play: Play) -> None:
    play.say("wang", "/登记观察 王大爷 3-2-502 2月5日 外地返回")
    play.say("wang", "/催报 3-2-502")
    assert "王大爷" in play.heard("sun")
    assert "60分钟" in play.say("wang", "/催报 3-2-502")
    assert play.heard("sun") == ""


def test_a_reminder_is_not_sent_when_another_member_reported_for_all(play: Play) -> None:
    play.moment("2020-02-05T06:30")
    play.say("wang", "/催报 3-2-501")  # quiet hours: held until seven
    play.say("limei", "我36.5，老公36.4，孩子36.6")
    play.clock("2020-02-05T07:30")
    assert "体温" not in play.heard("zhangwei")


def test_another_bots_command_in_a_foreign_group_is_not_answered(play: Play) -> None:
    play.say("x-somebody", "/签到", where="x-other-group")
    assert not play.new()


# --- a refused command leaves nothing behind ------------------------------------------------------------------------


def test_who_was_refused_is_not_bound_by_a_second_thought(play: Play) -> None:
    play.say("x-new", "/绑定 3-2-501 坏人 13800000000")
    play.say("sun", "/驳回 1 不认识")
    assert "结案" in play.say("sun", "/通过 1")
    assert "3-2-501" not in play.say("x-new", "/我的")
    assert play.count("person", "household_id = (SELECT id FROM household WHERE address = '3-2-501')") == 3


def test_what_came_before_a_refused_command_in_the_same_batch_stays(play: Play) -> None:
    play.say_each([("zhangwei", "36.5"), ("sun", "/通过 99"), ("wuhao", "36.6"), ("wang", "/结案 5 没有这件事")])
    assert play.rows("SELECT temperature FROM checkin ORDER BY id") == [(36.5,), (36.6,)]
    assert "36.5" in play.heard("zhangwei")
    assert "99" in play.heard("sun")


# --- words ----------------------------------------------------------------------------------------------------------


def test_beside_a_fire_nobody_is_told_to_stay(play: Play) -> None:
    answer = play.say("zhangwei", "救命！我家厨房着火了")
    assert "119" in answer
    assert "守在身边" not in answer
    assert "119" not in play.say("wuhao", "救命！我爸晕倒了叫不醒")


@pytest.mark.parametrize("text", ["你好", "在吗", "早上好！", "小联你好"])
def test_a_greeting_is_answered(play: Play, text: str) -> None:
    play.say("zhangwei", "36.5")
    assert "您好" in play.say("zhangwei", text)
    assert play.count("matter") == 0


def test_whose_temperature_is_known_is_not_asked_for_it_again(play: Play) -> None:
    play.say("zhangwei", "36.5")
    assert "还差" not in play.say("zhangwei", "我没事")
    assert "还差" in play.say("wuhao", "我没事")


def test_a_reminder_for_several_shows_how_to_answer_for_several(play: Play) -> None:
    play.clock("2020-02-05T09:00")
    assert "张伟36.5，李梅36.6" in play.heard("zhangwei")
    assert "例如 36.5" in play.heard("wuhao")


def test_an_emergency_that_nobody_takes_is_told_for_a_day(play: Play) -> None:
    play.say("zhangwei", "救命！我爸晕倒了叫不醒")
    play.clock("2020-02-05T08:35")
    assert "每60分钟再提醒" in play.heard("wang")
    play.clock("2020-02-05T20:00")
    assert play.rows("SELECT level FROM matter") > [(15,)]


def test_the_report_of_a_day_to_come_is_not_made_up(play: Play) -> None:
    assert "还没到" in play.say("wang", "/日报 2月9日")


def test_a_report_is_not_confirmed_before_there_is_a_draft(play: Play) -> None:
    assert "18:00" in play.say("wang", "/确认日报")
    assert play.count("daily_report") == 0


def test_who_had_symptoms_and_fell_silent_is_named_first(play: Play) -> None:
    play.say("zhangwei", "张小宝36.8，咳嗽")
    play.clock("2020-02-06T18:00")
    draft = play.heard("wang").split("【日报草稿】")[-1]
    assert draft.index("张小宝 3-2-501") < draft.index("吴昊 2-1-301")


# --- from strangers, and in other words -------------------------------------------------------------------------------


def test_a_strangers_fever_is_heard_in_a_command_too(play: Play) -> None:
    assert "无权" in play.say("x-a", "/打卡 36.5", where="g-xf1")
    play.say("x-b", "/打卡 38.9", where="g-xf1")
    assert "38.9" in play.heard("wang")


def test_anybody_may_report_what_is_urgent(play: Play) -> None:
    assert "急报" in play.say("x-a", "/急报 3栋电梯里困了人", where="g-xf1")
    assert "电梯里困了人" in play.heard("wang")


@pytest.mark.parametrize("words", ["收到了", "好的收到", "收到，马上去", "我来处理"])
def test_staff_take_an_alert_in_their_own_words(play: Play, words: str) -> None:
    play.say("zhangwei", "38.8")
    assert "已接手" in play.say("wang", words)


def test_a_name_in_a_chain_is_not_made_a_member_of_the_posters_family(play: Play) -> None:
    play.say("zhangwei", "#接龙 今日体温\n1. 张伟 36.5\n2. 吴昊 38.5\n3. 欧阳雪 36.4", where="g-xf1")
    assert "2-1-301" in play.heard("wang")
    assert "3-2-501" not in play.heard("wang")
    assert play.count("checkin", "household_id IS NULL") == 1


def test_a_line_that_nobody_recognised_counts_when_its_person_posts_it(play: Play) -> None:
    chain = "#接龙 今日体温\n1. 孩子 36.9"
    play.say("x-a", chain, where="g-xf1")
    play.say("x-c", chain, where="g-xf1")
    assert play.count("checkin") == 1
    play.say("zhengjie", chain, where="g-xf1")
    assert "小豆" in play.heard("zhengjie")


def test_who_wrote_that_they_are_unwell_is_not_noted_as_well(play: Play) -> None:
    answer = play.say("hanxue", "我不太舒服")
    assert "哪里不舒服" in answer
    assert "无不适" not in answer
    assert play.count("checkin") == 0


@pytest.mark.parametrize(
    ("words", "sent"), [("/催报 3-2-501", False), ("/催报 3-2-501 紧急", True), ("/催报 紧急", True)]
)
def test_at_night_only_what_is_urgent_is_asked(play: Play, words: str, sent: bool) -> None:
    play.moment("2020-02-05T22:30")
    answer = play.say("wang", words)
    assert ("07:00" in answer) is not sent
    assert bool(play.heard("zhangwei")) is sent


def test_a_command_of_staff_needs_no_slash_in_private(play: Play) -> None:
    play.moment("2020-02-05T18:30")
    assert "已确认" in play.say("wang", "确认日报")
    assert "/打卡" in play.say("zhangwei", "帮助")


@pytest.mark.parametrize(("minutes", "asked"), [(1, 0), (30, 1)])
def test_a_group_is_asked_to_repeat_what_was_lost_while_the_line_was_broken(
    play: Play, minutes: int, asked: int
) -> None:
    play.say("zhangwei", "早", where="g-xf1")
    until = play.stage.clock.now()
    ((account,),) = play.rows("SELECT DISTINCT account FROM inbound")
    gap = ("sandbox", account, until - timedelta(minutes=minutes), until)
    told = [play.stage.program.tell_gap(*gap) for _ in range(2)]  # a second report of the same gap says nothing
    assert [row.chat_id for rows in told for row in rows] == ["g-xf1"] * asked
    assert all("再发一次" in row.text and "07:30 到 08:00" in row.text for rows in told for row in rows)
    assert play.stage.program.last_heard("sandbox", account) == until
