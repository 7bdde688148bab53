"""Who cannot be written to privately: the other account, a masked line in the group, or somebody who calls."""

from datetime import datetime, timedelta

import pytest

from community import group_receipts
from community.group_receipts import mask_door
from community.people import contact
from community.unreachable import can_write_to, cannot_write_to
from storage.queries import people as people_queries
from storage.rows import Letter
from storage.tables import Household
from tests.unit.playing import Play, person
from tests.unit.two_platforms import TwoPlatforms, actor_of, letters

HEALTH = ("张伟", "李梅", "吴昊", "冯宇", "36.", "38.", "咳嗽", "观察")


@pytest.fixture
def both(play: Play) -> TwoPlatforms:
    return TwoPlatforms(play)


def refuse(play: Play, who: str, template: str = "checkin/receipt") -> bool:
    """The platform has refused, for good, the last private message of this kind; the program deals with it."""
    play.stage.window += 1
    (inbound,) = play.rows(f"SELECT max(id) FROM inbound WHERE sender_id = '{who}'")[0]
    with play.work() as work:
        done = cannot_write_to(work, letters(work, who, template)[-1], inbound)
    play.stage.settle()
    return done


def pass_minutes(play: Play, minutes: float) -> int:
    """So many minutes later groups are told what they are owed; returns in how many it was."""
    play.stage.window += 1
    play.stage.clock.set(play.stage.clock.now() + timedelta(minutes=minutes))
    with play.work() as work:
        written = group_receipts.group_receipts(work)
    play.stage.settle()
    return written


def next_due(play: Play) -> datetime | None:
    with play.work() as work:
        return group_receipts.next_group_receipt(work.session)


# --- the masked line -------------------------------------------------------------------------------------------------


def test_several_receipts_make_one_masked_line(play: Play) -> None:
    for who, text in (("zhangwei", "36.5，老婆36.4"), ("zhengjie", "36.6 正常"), ("wuhao", "36.7")):
        play.say(who, text, "g-xf1")
        assert refuse(play, who)
    assert play.heard("g-xf1") == "", "not one by one"
    assert pass_minutes(play, 3) == 1
    assert play.heard("g-xf1").startswith("已登记：3-2-5**、1-3-6**、2-1-3**（共3户）\n")
    assert "加好友" in play.heard("g-xf1")
    assert not any(word in play.heard("g-xf1") for word in HEALTH)
    assert pass_minutes(play, 30) == 0, "once"


def test_it_is_written_every_few_minutes_at_most(play: Play) -> None:
    start = play.stage.clock.now()
    play.say("wuhao", "36.7", "g-xf1")
    refuse(play, "wuhao")
    assert next_due(play) == start + group_receipts.EVERY
    assert pass_minutes(play, 2.9) == 0
    assert pass_minutes(play, 0.1) == 1
    assert next_due(play) is None
    play.say("zhengjie", "36.6", "g-xf1")
    refuse(play, "zhengjie")
    assert pass_minutes(play, 2) == 0
    assert pass_minutes(play, 1) == 1
    assert play.heard("g-xf1") == "已登记：1-3-6**（共1户）", "the hint once a day is enough"


def test_the_hint_comes_again_the_next_day(play: Play) -> None:
    for hours in (0, 20, 5):
        pass_minutes(play, hours * 60)
        play.say("wuhao", "36.7", "g-xf1")
        refuse(play, "wuhao")
        pass_minutes(play, 3)
        assert ("加好友" in play.heard("g-xf1")) == (hours != 20), hours


def test_each_group_hears_its_own(play: Play) -> None:
    for who, group in (("wuhao", "g-xf1"), ("fengyu", "g-xf2")):
        play.say(who, "36.7", group)
        refuse(play, who)
    assert pass_minutes(play, 3) == 2
    assert play.heard("g-xf1").startswith("已登记：2-1-3**（共1户）")
    assert play.heard("g-xf2").startswith("已登记：6-2-11**（共1户）")


def test_a_household_is_named_once_however_often_it_reports(play: Play) -> None:
    for who in ("zhangwei", "limei", "zhangwei"):
        play.say(who, "36.5", "g-xf1")
        refuse(play, who)
    pass_minutes(play, 3)
    assert play.heard("g-xf1").startswith("已登记：3-2-5**（共1户）")


def test_two_doors_that_look_alike_are_counted(play: Play) -> None:
    play.say("sun", "/代报 3-2-502 王大爷 36.4", "g-xf1")
    refuse(play, "sun")
    play.say("zhangwei", "36.5", "g-xf1")
    refuse(play, "zhangwei")
    pass_minutes(play, 3)
    assert play.heard("g-xf1").startswith("已登记：3-2-5**×2（共2户）")


def test_what_is_owed_outlives_a_restart(play: Play) -> None:
    play.say("wuhao", "36.7", "g-xf1")
    refuse(play, "wuhao")
    play.stage.crash()
    assert pass_minutes(play, 3) == 1
    assert "2-1-3**" in play.heard("g-xf1")


def test_the_own_account_that_sits_in_the_group_writes(play: Play) -> None:
    play.say("wuhao", "36.7", "g-xf1")
    refuse(play, "wuhao")
    pass_minutes(play, 3)
    assert play.rows("SELECT account FROM outbox WHERE template = 'group/receipts'") == [("bot",)]


@pytest.mark.parametrize(
    ("address", "shown"),
    [("3-2-501", "3-2-5**"), ("6-2-1102", "6-2-11**"), ("3-1-7", "3-1-**"), ("12", "**"), ("501室", "5**室")],
)
def test_doors_are_masked(address: str, shown: str) -> None:
    assert mask_door(address) == shown


# --- what cannot be said masked ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "text", "template"),
    [
        ("zhangwei", "正常，没有不舒服", "checkin/receipt"),  # observed: the half day still wants a reading
        ("zhangwei", "/打卡 3.65", "checkin/receipt"),  # asked again
        ("zhangwei", "/名单", "errors/no_role"),
        ("x-new", "36.5", "checkin/receipt"),  # nobody knows whose home
    ],
)
def test_what_is_no_whole_receipt_is_only_hinted_at(play: Play, who: str, text: str, template: str) -> None:
    play.say(who, text, "g-xf1")
    assert refuse(play, who, template), "no trouble of the machine"
    pass_minutes(play, 3)
    assert "已登记" not in play.heard("g-xf1")
    assert "加好友" in play.heard("g-xf1")


def test_what_was_written_privately_is_told_in_no_group(play: Play) -> None:
    play.say("wuhao", "大家好", "g-xf1")
    play.say("wuhao", "36.7")
    refuse(play, "wuhao")
    assert pass_minutes(play, 3) == 0


def test_a_group_that_is_not_ours_hears_nothing(play: Play) -> None:
    play.say("wuhao", "36.7", "x-group")
    refuse(play, "wuhao")
    assert pass_minutes(play, 3) == 0
    assert play.heard("x-group") == ""


def test_a_fever_is_told_by_a_person_where_the_bot_cannot(play: Play) -> None:
    play.say("zhangwei", "38.6", "g-xf1")
    refuse(play, "zhangwei")
    for who in ("wang", "zhao"):
        assert "张伟 3-2-501：本人收不到我的私信" in play.heard(who)
    play.say("zhangwei", "38.7", "g-xf1")
    refuse(play, "zhangwei")
    assert play.heard("wang") == "", "they know"
    pass_minutes(play, 3)
    assert not any(word in play.heard("g-xf1") for word in HEALTH)


def test_who_may_harm_themselves_is_called_and_the_group_learns_nothing(play: Play) -> None:
    play.say("hanxue", "不想活了", "g-hp1")
    assert not refuse(play, "hanxue", "danger/crisis"), "the operator has to look as well"
    assert "韩雪 1-1-401：本人收不到我的私信" in play.heard("he")
    pass_minutes(play, 3)
    assert "加好友" in play.heard("g-hp1")
    assert "已登记" not in play.ever("g-hp1")
    assert "韩雪" not in play.ever("g-hp1")


# --- the other account -------------------------------------------------------------------------------------------------


def test_the_other_account_gets_the_very_words(both: TwoPlatforms, play: Play) -> None:
    both.link("wuhao", "t-wu")
    play.moment("2020-02-05T08:20")
    both.say("wuhao", "36.7", "g-xf1")
    assert refuse(play, "wuhao")
    assert "已登记：吴昊 36.7℃" in play.heard("t-wu")
    assert pass_minutes(play, 3) == 0, "nothing is owed to the group"
    play.clock("2020-02-05T12:00")
    both.play.clock("2020-02-05T17:00")
    assert [message.to for message in play.new() if "吴昊" in message.text][:1] == ["t-wu"], "reminders go there too"


def test_an_alert_that_goes_to_all_accounts_is_not_passed_on_twice(both: TwoPlatforms, play: Play) -> None:
    both.link("wang", "t-wang")
    both.say("zhangwei", "38.6")
    play.clock("2020-02-05T08:16")
    assert refuse_to(play, "wang", "alerts/escalated"), "she has read it on the other one"
    assert play.heard("t-wang") == ""
    assert play.ever("t-wang").count("逐级上报") == 1


def refuse_to(play: Play, who: str, template: str) -> bool:
    """The same for what answers no message."""
    play.stage.window += 1
    with play.work() as work:
        done = cannot_write_to(work, letters(work, who, template)[-1], None)
    play.stage.settle()
    return done


# --- what is remembered -------------------------------------------------------------------------------------------------


def test_who_cannot_be_reached_is_skipped_until_they_write(play: Play) -> None:
    """Reminders of the household go to the next member, and back again after a private word."""
    play.say("zhangwei", "大家好", "g-xf1")
    play.say("zhangwei", "/我的", "g-xf1")
    refuse(play, "zhangwei", "household/mine")
    assert reader(play) == "李梅"
    with play.work() as work:
        can_write_to(work, actor_of(work, "zhangwei").account)
    assert reader(play) == "张伟"


def test_after_a_day_it_is_tried_again(play: Play) -> None:
    play.say("zhangwei", "/我的", "g-xf1")
    refuse(play, "zhangwei", "household/mine")
    play.moment("2020-02-06T07:59")
    assert reader(play) == "李梅"
    play.moment("2020-02-06T08:01")
    assert reader(play) == "张伟"


def reader(play: Play) -> str:
    with play.work() as work:
        home = person(work, "张伟").household_id or 0
        found = contact(work.post, people_queries.members(work.session, [home])[home])
        assert found is not None
        return found.name


def test_a_household_that_cannot_be_reached_is_asked_through_its_captain_or_grid_leader(play: Play) -> None:
    play.clock("2020-02-05T09:00")
    assert "吴昊" in play.heard("wuhao")
    refuse_to(play, "wuhao", "reminders/ask")
    play.clock("2020-02-05T10:00")
    assert play.heard("wuhao") == ""
    assert "2-1-301 吴昊" in play.heard("wang")


def test_an_alert_goes_up_at_once_where_nobody_of_the_first_level_is_reached(play: Play) -> None:
    play.say("zhangwei", "38.6")
    assert not refuse_to(play, "wang", "alerts/fever")
    assert play.heard("chen") == "", "the doctor has it"
    assert not refuse_to(play, "zhao", "alerts/fever")
    assert "逐级上报" in play.heard("chen")
    refuse_to(play, "chen", "alerts/escalated")
    assert "逐级上报" in play.heard("zhou")
    refuse_to(play, "zhou", "alerts/escalated")
    assert play.new() == [], "nobody stands above"


def test_danger_is_tried_even_where_the_last_message_was_refused(play: Play) -> None:
    play.say("zhangwei", "38.6")
    refuse_to(play, "wang", "alerts/fever")
    play.say("zhangwei", "38.9")
    assert "又报：38.9" in play.heard("wang")
    play.say("wuhao", "38.5")
    assert "吴昊" in play.heard("wang"), "a new one too"
    play.say("wuhao", "/人工 想问买药的事")
    assert play.heard("wang") == "", "but nothing else"


def test_a_letter_to_somebody_unknown_changes_nothing(play: Play) -> None:
    with play.work() as work:
        letter = Letter("sandbox", "private", "x-never", "talk/hello", "您好", 1, work.now)
        assert not cannot_write_to(work, letter, None)
        assert work.session.get(Household, 1) is not None
    assert play.count("setting", "key LIKE 'unreached/%' OR key LIKE 'owed/%'") == 0
