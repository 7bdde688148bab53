"""Somebody bound on two platforms is one person: by door code, by approval, or by a code of the old account."""

import re

import pytest

from community.people import SEEN_EVERY
from storage.tables import Person, Role
from tests.unit.playing import Play, person
from tests.unit.two_platforms import TwoPlatforms, actor_of


@pytest.fixture
def both(play: Play) -> TwoPlatforms:
    return TwoPlatforms(play)


def door_code(both: TwoPlatforms, address: str, by: str = "wang") -> str:
    return both.say(by, f"/邀请码 {address}").split("邀请码：")[1][:6]


def account_code(both: TwoPlatforms, who: str) -> str:
    return both.say(who, "/换平台").split("一次性码：")[1][:6]


def count_of(play: Play, name: str) -> int:
    """Accounts on the platforms that run here."""
    where = f"person_id IN (SELECT id FROM person WHERE name = '{name}') AND platform IN ('sandbox', 'telegram')"
    assert len(play.rows(f"SELECT DISTINCT person_id FROM account WHERE {where}")) == 1, "all are one person's"
    return play.count("account", where)


# --- the door code --------------------------------------------------------------------------------------------------


def test_a_door_code_and_the_name_attach_the_account_to_the_same_person(both: TwoPlatforms, play: Play) -> None:
    before = play.count("person")
    answer = both.say("t-zhang", f"/绑定 {door_code(both, '3-2-501')} 张伟")
    assert "绑定成功：张伟，3-2-501" in answer
    assert "又绑定了一个账号（Telegram）" in play.heard("zhangwei"), (
        "the old account is told, in case it is somebody else"
    )
    assert play.count("person") == before
    assert count_of(play, "张伟") == 2


def test_who_lives_alone_needs_no_name(both: TwoPlatforms, play: Play) -> None:
    assert "绑定成功：吴昊" in both.say("t-wu", f"/绑定 {door_code(both, '2-1-301')}")
    assert count_of(play, "吴昊") == 2


def test_where_several_live_it_is_asked_who(both: TwoPlatforms, play: Play) -> None:
    """On the first platform only the child has no account; on the second one nobody has, so the child is not meant."""
    assert "请加上您的姓名" in both.say("t-zhang", f"/绑定 {door_code(both, '3-2-501')}")
    assert play.count("account", "platform = 'telegram' AND person_id IS NOT NULL") == 0


def test_who_has_an_account_on_this_platform_is_not_taken_over_by_a_door_code(both: TwoPlatforms, play: Play) -> None:
    answer = both.say("x-new", f"/绑定 {door_code(both, '3-2-501')} 张伟")
    assert "核实" in answer
    assert "绑定成功" not in answer
    assert count_of(play, "张伟") == 1
    assert "张伟已经有账号在用，而且就在这个平台" in play.heard("sun")
    both.say("sun", "/通过 1")
    assert "绑定成功：张伟" in play.heard("x-new")
    assert "又绑定了一个账号" in play.heard("zhangwei")
    assert count_of(play, "张伟") == 2


def test_a_door_code_does_not_hand_out_a_role(both: TwoPlatforms, play: Play) -> None:
    """Whoever passes by can read the card; a captain's rights are behind it."""
    answer = both.say("t-sun", f"/绑定 {door_code(both, '3-1-101')} 孙大爷")
    assert "核实" in answer
    assert "无权" in both.say("t-sun", "/名单 在观")
    assert "担任工作" in play.ever("wang")
    both.say("wang", "/通过 1")
    assert "绑定成功：孙大爷" in play.heard("t-sun")
    assert "张伟" in both.say("t-sun", "/名单 在观")


# --- approval --------------------------------------------------------------------------------------------------------


def test_approval_attaches_the_account_to_the_same_person(both: TwoPlatforms, play: Play) -> None:
    before = play.count("person")
    both.say("t-zhang", "/绑定 3-2-501 张伟")
    asked = play.heard("sun")
    assert "张伟已经有账号在用。" in asked, "but not here"
    both.say("sun", "/通过 1")
    assert "绑定成功：张伟" in play.heard("t-zhang")
    assert (play.count("person"), count_of(play, "张伟")) == (before, 2)


def test_a_stranger_to_the_register_is_asked_for_without_a_warning(both: TwoPlatforms, play: Play) -> None:
    both.say("t-x", "/绑定 3-2-502 王大爷")
    assert "注意" not in play.heard("sun")


def test_nobody_gives_an_account_the_role_of_somebody_above(both: TwoPlatforms, play: Play) -> None:
    """A committee member lives in the captain's building: the captain cannot make a friend a committee member."""
    with play.work() as work:
        work.session.add(
            Role(person_id=person(work, "李梅").id or 0, role="committee", area_id="xingfu", given_at=work.now)
        )
    both.say("t-friend", "/绑定 3-2-501 李梅")
    assert "担任工作" in play.heard("zhou"), "who may decide is asked"
    for who in ("sun", "wang", "chen"):
        assert "无权" in both.say(who, "/通过 1"), who
    assert count_of(play, "李梅") == 1
    both.say("zhou", "/通过 1")
    assert "绑定成功：李梅" in play.heard("t-friend")


def test_oneself_may_approve_from_the_old_account(both: TwoPlatforms, play: Play) -> None:
    both.say("t-sun", "/绑定 3-1-101 孙大爷")
    assert "已通过" in both.say("sun", "/通过 1")
    assert count_of(play, "孙大爷") == 2


# --- the code of the other account -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "name", "sees"), [("wang", "王芳", "张伟"), ("zhao", "赵医生", "冯宇"), ("zhou", "周敏", "吴昊")]
)
def test_staff_without_a_household_come_over(both: TwoPlatforms, play: Play, old: str, name: str, sees: str) -> None:
    both.link(old, "t-new")
    assert "又绑定了一个账号（Telegram）" in play.heard(old)
    assert sees in both.say("t-new", "/名单 在观")
    assert sees in both.say(old, "/名单 在观"), "the old account stays"
    assert count_of(play, name) == 2


def test_a_resident_comes_over_with_everything(both: TwoPlatforms, play: Play) -> None:
    both.say("zhangwei", "36.5")
    both.link("zhangwei", "t-zhang")
    assert "上午36.5℃" in both.say("t-zhang", "/我的")
    assert "第2/14天" in both.say("t-zhang", "36.6")
    assert "36.6 → 36.7" in both.say("zhangwei", "/更正 36.7"), "what one account said the other one corrects"
    assert play.count("checkin", "person_id = (SELECT id FROM person WHERE name = '张伟')") == 3


def test_the_code_works_once(both: TwoPlatforms, play: Play) -> None:
    code = account_code(both, "wang")
    both.say("t-wang", f"/绑定 {code.lower()}")
    assert "已经用过" in both.say("t-thief", f"/绑定 {code}")
    assert count_of(play, "王芳") == 2


@pytest.mark.parametrize(("minute", "works"), [("29", True), ("30", False)])
def test_the_code_is_good_for_half_an_hour(both: TwoPlatforms, play: Play, minute: str, works: bool) -> None:
    code = account_code(both, "wang")
    play.moment(f"2020-02-05T08:{minute}")
    assert ("同一个人" if works else "已过期") in both.say("t-wang", f"/绑定 {code}")
    assert count_of(play, "王芳") == 1 + works


def test_a_new_code_ends_the_one_before(both: TwoPlatforms) -> None:
    first, second = account_code(both, "wang"), account_code(both, "wang")
    assert "不对" in both.say("t-wang", f"/绑定 {first}")
    assert "同一个人" in both.say("t-wang", f"/绑定 {second}")


def test_the_code_of_somebody_else_takes_no_account_over(both: TwoPlatforms, play: Play) -> None:
    code = account_code(both, "wang")
    assert "另一个人" in both.say("zhengjie", f"/绑定 {code}")
    assert "本来就是您的" in both.say("wang", f"/绑定 {code}")
    assert (count_of(play, "王芳"), count_of(play, "郑洁")) == (1, 1)
    assert "同一个人" in both.say("t-wang", f"/绑定 {code}"), "and it was not used up"


def test_two_records_of_one_person_become_one(both: TwoPlatforms, play: Play) -> None:
    """She was bound as a resident on Telegram before anybody knew that she is the grid leader."""
    both.say("t-wang", "/绑定 1-3-602 王芳")
    both.say("chen", "/通过 1")
    both.say("t-wang", "36.4")
    both.say("zhangwei", "38.8")
    both.link("wang", "t-wang")
    assert count_of(play, "王芳") == 2
    assert "张伟" in both.say("t-wang", "/名单 在观")
    assert "36.4" in both.say("wang", "/我的")
    assert "已接手" in both.say("t-wang", "收到"), "what she was told of on the other account"


def test_the_code_is_told_privately_and_kept_as_a_hash(both: TwoPlatforms, play: Play) -> None:
    code = re.findall(r"一次性码：(\w{6})", both.say("wang", "/换平台", "g-xf1"))[0]
    assert play.heard("g-xf1") == ""
    assert not play.rows(f"SELECT key FROM setting WHERE key LIKE '%{code}%' OR value LIKE '%{code}%'")


# --- nobody finds a code by trying -----------------------------------------------------------------------------------


def test_five_wrong_codes_and_the_account_has_to_wait(both: TwoPlatforms, play: Play) -> None:
    code = door_code(both, "3-2-502")
    for number in range(5):
        assert "不对" in both.say("t-x", f"/绑定 ZZZZZ{number + 2}")
    assert "猜码" in play.heard("op")
    assert "太多次" in both.say("t-x", f"/绑定 {code}"), "even the right one"
    assert "审核" in both.say("t-x", "/绑定 3-2-502 王大爷"), "the way over a neighbour stays open"
    assert "绑定成功" in both.say("t-grandson", f"/绑定 {code}"), "others are not stopped"
    play.moment("2020-02-06T08:00")
    code = door_code(both, "2-1-301")
    assert "绑定成功" in both.say("t-x", f"/绑定 {code}")


def test_a_resident_cannot_try_codes_either(both: TwoPlatforms) -> None:
    for _ in range(5):
        assert "您已绑定" in both.say("zhengjie", "/绑定 ZZZZZZ")
    assert "太多次" in both.say("zhengjie", "/绑定 ZZZZZZ")


def test_a_right_code_starts_the_count_anew(both: TwoPlatforms) -> None:
    for _ in range(4):
        both.say("t-wu", "/绑定 ZZZZZZ")
    assert "绑定成功" in both.say("t-wu", f"/绑定 {door_code(both, '2-1-301')}")
    assert "您已绑定" in both.say("t-wu", "/绑定 ZZZZZZ")


# --- which account is meant ------------------------------------------------------------------------------------------


def test_a_reminder_goes_once_to_the_account_used_last(both: TwoPlatforms, play: Play) -> None:
    both.link("wuhao", "t-wu")
    play.moment("2020-02-05T08:20")
    both.say("wuhao", "/我的")
    play.clock("2020-02-05T09:00")
    assert [message.to for message in play.new() if "吴昊" in message.text] == ["wuhao"]
    play.moment("2020-02-05T09:20")
    both.say("t-wu", "/我的")
    play.clock("2020-02-05T10:00")
    assert [message.to for message in play.new() if "吴昊" in message.text] == ["t-wu"]


def test_a_platform_that_runs_no_more_is_not_written_to(both: TwoPlatforms, play: Play) -> None:
    both.link("wuhao", "t-wu")
    both.say("t-wu", "/人工 想问买药的事")
    both.open("sandbox")
    both.say("wang", "/回复 1 下午送到")
    assert "下午送到" in play.heard("wuhao"), "though it was asked from the other account"


def test_used_last_is_exact_with_two_accounts(both: TwoPlatforms, play: Play) -> None:
    """Each account's own mark is written every ten minutes only; where the person changes over it is written at once."""
    both.link("wuhao", "t-wu")
    for minute, who in (("30", "wuhao"), ("31", "t-wu"), ("32", "wuhao"), ("33", "t-wu"), ("33", "wuhao")):
        play.moment(f"2020-02-05T08:{minute}")
        both.seen_now(who)
        with play.work() as work:
            used = work.post.account_of(person(work, "吴昊").id or 0)
            assert used is not None
            assert used.external_id == who


def test_used_last_is_not_written_for_each_message(both: TwoPlatforms, play: Play) -> None:
    with play.work() as work:
        wuhao = actor_of(work, "wuhao")
        wuhao.mark_seen(work.now)
        wuhao.mark_seen(work.now + SEEN_EVERY)
        assert wuhao.account.seen_at == work.now
        wuhao.mark_seen(work.now + 2 * SEEN_EVERY)
        assert wuhao.account.seen_at == work.now + 2 * SEEN_EVERY


def test_more_words_from_the_other_account_belong_to_the_same_number(both: TwoPlatforms, play: Play) -> None:
    both.link("qianli", "t-qian")
    both.say("qianli", "我妈突然昏迷了怎么叫都没反应")
    both.say("t-qian", "还没有呼吸了，快来人救命")
    assert play.count("matter", "kind = 'emergency'") == 1
    assert "补充" in play.heard("zhao")


def test_two_accounts_of_one_person_in_one_batch(both: TwoPlatforms, play: Play) -> None:
    both.link("zhangwei", "t-zhang")
    play.stage.window += 1
    play.stage.program.handle([both.inbound("t-zhang", "36.5"), both.inbound("zhangwei", "36.6")])
    play.stage.settle()
    assert "36.5" in play.heard("t-zhang")
    assert "36.6" in play.heard("zhangwei")
    assert play.count("person", "name = '张伟'") == 1


def test_a_staff_check_in_comes_along_when_two_records_become_one(both: TwoPlatforms, play: Play) -> None:
    both.say("wang", "36.5")
    with play.work() as work:
        home = person(work, "郑奶奶").household_id
        work.session.add(Person(household_id=home, name="王芳", position=7))
    code = door_code(both, "1-3-602", "chen")
    assert "绑定成功：王芳" in both.say("wang", f"/绑定 {code}")
    assert "王芳：上午36.5℃" in both.say("wang", "/我的")


@pytest.mark.parametrize("kind", ["door", "account"])
def test_what_is_said_right_behind_the_code_is_the_persons(both: TwoPlatforms, play: Play, kind: str) -> None:
    code = door_code(both, "2-1-301") if kind == "door" else account_code(both, "wuhao")
    play.stage.window += 1
    play.stage.program.handle([both.inbound("t-wu", f"/绑定 {code}"), both.inbound("t-wu", "36.5")])
    play.stage.settle()
    assert "已登记：吴昊 36.5℃" in play.heard("t-wu")
