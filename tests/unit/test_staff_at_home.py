"""Staff who bind their home, roles of two people with one name, ranks and groups of other areas."""

import pytest

from storage.tables import Person, Role
from tests.unit.playing import Play, person


def roles_of(play: Play, name: str) -> list[tuple[object, ...]]:
    return play.rows(
        "SELECT r.role, r.area_id, h.address FROM role r JOIN person p ON p.id = r.person_id "
        f"LEFT JOIN household h ON h.id = p.household_id WHERE p.name = '{name}' AND r.ended_at IS NULL"
    )


def give(play: Play, name: str, role: str, area: str, building: str | None = None, *, new: bool = False) -> int:
    """A role, to somebody who is there or to a new person; whose id is returned."""
    with play.work() as work:
        who = Person(name=name) if new else person(work, name)
        work.session.add(who)
        work.session.flush()
        work.session.add(Role(person_id=who.id or 0, role=role, area_id=area, building=building, given_at=work.now))
        return who.id or 0


# --- staff at home --------------------------------------------------------------------------------------------------


def test_a_grid_leader_who_binds_her_home_stays_grid_leader(play: Play) -> None:
    play.say("wang", "/绑定 1-3-602 王芳")
    assert "已通过" in play.say("chen", "/通过 1")
    assert "绑定成功：王芳，1-3-602" in play.heard("wang")
    assert roles_of(play, "王芳") == [("grid_leader", "xf1", "1-3-602")]
    assert "张伟" in play.say("wang", "/名单 在观")
    assert "1-3-602" in play.say("wang", "/我的")
    play.say("zhangwei", "38.8")
    assert "张伟" in play.heard("wang"), "alerts still reach her"
    assert "36.5" in play.say("wang", "36.5")


def test_a_door_code_needs_no_name_of_staff_and_ends_the_request(play: Play) -> None:
    play.say("wang", "/绑定 1-3-602 王芳")
    code = play.say("chen", "/邀请码 1-3-602").split("邀请码：")[1][:6]
    assert "绑定成功：王芳" in play.say("wang", f"/绑定 {code}")
    assert roles_of(play, "王芳") == [("grid_leader", "xf1", "1-3-602")]
    assert "已经结案" in play.say("chen", "/通过 1"), "there is nothing left to decide"


def test_the_member_of_the_same_name_is_the_same_person(play: Play) -> None:
    """She stands in the list of households already: her history stays, her roles and open alerts come along."""
    with play.work() as work:
        home = person(work, "郑奶奶").household_id
        work.session.add(Person(household_id=home, name="王芳", age=45, position=7))
    play.say("zhangwei", "38.8")
    play.say("wang", "收到 1")
    play.say("wang", "/绑定 1-3-602 王芳")
    play.say("chen", "/通过 2")
    assert play.count("person", "name = '王芳' AND household_id IS NOT NULL") == 1
    assert roles_of(play, "王芳") == [("grid_leader", "xf1", "1-3-602")]
    assert play.rows(
        "SELECT p.age FROM account a JOIN person p ON p.id = a.person_id WHERE a.external_id = 'wang'"
    ) == [(45,)]
    assert play.rows("SELECT t.number FROM matter_told t JOIN account a ON a.person_id = t.person_id "
                     "WHERE a.external_id = 'wang' AND t.number = 1") == [(1,)]  # fmt: skip
    assert "已结案" in play.say("wang", "/结案 1 已退热")


def test_what_she_took_is_not_taken_from_her(play: Play) -> None:
    with play.work() as work:
        work.session.add(Person(household_id=person(work, "郑奶奶").household_id, name="王芳", position=7))
    play.say("zhangwei", "38.8")
    play.say("wang", "收到 1")
    play.say("wang", "/绑定 1-3-602 王芳")
    play.say("chen", "/通过 2")
    play.say("zhangwei", "39.1")
    assert "王芳" in play.rows(
        "SELECT p.name FROM matter m JOIN person p ON p.id = m.taken_by "
        "JOIN account a ON a.person_id = p.id WHERE m.number = 1"
    )[0]  # fmt: skip


def test_whoever_found_a_home_meanwhile_stays_there(play: Play) -> None:
    play.say("x-a", "/绑定 3-2-502 王大爷")
    with play.work() as work:
        home = person(work, "郑奶奶")
        work.session.connection().exec_driver_sql(f"UPDATE account SET person_id = {home.id} WHERE external_id = 'x-a'")
    answer = play.say("sun", "/通过 1")
    assert "驳回" in answer
    assert "1-3-602" not in answer, "a captain of another building learns nothing"
    assert "郑奶奶" in play.say("x-a", "/我的")


# --- one name, two people -------------------------------------------------------------------------------------------


def test_of_two_people_with_one_name_it_is_asked_whose_role(play: Play) -> None:
    other = give(play, "孙大爷", "captain", "xf1", "1", new=True)
    answer = play.say("wang", "/撤职 孙大爷")
    assert f"{other}号：1栋楼栋长" in answer
    assert play.count("role", "role = 'captain' AND ended_at IS NOT NULL") == 0
    assert "已收回孙大爷" in play.say("wang", f"/撤职 孙大爷 {other}号")
    assert play.rows("SELECT person_id FROM role WHERE role = 'captain' AND ended_at IS NOT NULL") == [(other,)]
    assert "已收回孙大爷" in play.say("wang", "/撤职 孙大爷"), "now there is only one"


def test_an_address_says_whose_role(play: Play) -> None:
    give(play, "孙大爷", "captain", "xf1", "1", new=True)
    home = play.rows("SELECT h.address FROM household h JOIN person p ON p.household_id = h.id WHERE p.name = '张伟'")
    with play.work() as work:
        work.session.add(
            Role(person_id=person(work, "张伟").id or 0, role="volunteer", area_id="xf1", given_at=work.now)
        )
    assert "无权" in play.say("wang", "/撤职 孙大爷 3-2-501")
    assert "已收回张伟" in play.say("wang", f"/撤职 张伟 {home[0][0]}")
    assert "姓名" in play.say("wang", "/撤职 孙大爷 那个")


# --- rank and ground ------------------------------------------------------------------------------------------------


def test_a_rank_held_elsewhere_lends_no_weight(play: Play) -> None:
    give(play, "陈静", "grid_leader", "hp1")
    assert "无权" in play.say("chen", "/任命 韩雪 网格长 和平里第一网格")
    assert "无权" not in play.say("chen", "/任命 韩雪 志愿者 和平里第一网格"), "what a grid leader may, she may"


@pytest.mark.parametrize(("group", "bound"), [("g-qh-work", 0), ("g-xf1", 1)])
def test_a_group_is_taken_only_from_ones_own_area(play: Play, group: str, bound: int) -> None:
    answer = play.say("wang", "/绑定群 幸福里第一网格 居民", where=group)
    assert play.count("chat_group", f"external_id = '{group}' AND area_id = 'xf1' AND kind = 'residents'") == bound
    assert ("无权" in answer) is not bool(bound)


# --- what an answer does not end ------------------------------------------------------------------------------------


def test_an_answer_does_not_end_an_emergency(play: Play) -> None:
    play.say("zhangwei", "救命，我妈晕倒了")
    assert "收到 1" in play.say("wang", "/回复 1 好的我知道了")
    assert "好的我知道了" in play.heard("zhangwei")
    assert play.rows("SELECT state, escalate_at IS NULL FROM matter") == [("open", 0)]
    play.clock("2020-02-05T08:05")
    assert "#1" in play.heard("wang"), "the ladder goes on"
    play.say("wang", "收到 1")
    assert "收到" not in play.say("wang", "/回复 1 马上到")
    play.say("wang", "/结案 1 已送医")
    assert "已经结案" in play.say("wang", "/回复 1 还好吗")


def test_a_question_is_still_ended_by_its_answer(play: Play) -> None:
    play.say("zhangwei", "/人工 想问买药的事")
    play.say("wang", "/回复 1 药已联系药店")
    assert play.rows("SELECT state FROM matter") == [("closed",)]


def test_a_binding_request_is_decided_not_closed(play: Play) -> None:
    play.say("x-new", "/绑定 1-3-602 郑奶奶")
    assert "/驳回 1" in play.say("wang", "/结案 1 不认识")
    play.say("wang", "/回复 1 请带身份证来居委会")
    assert "请带身份证来居委会" in play.heard("x-new")
    assert play.rows("SELECT state FROM matter") == [("open",)]
    play.say("wang", "/驳回 1 不认识")
    assert "不认识" in play.heard("x-new")


def test_who_is_appointed_is_told(play: Play) -> None:
    play.say("chen", "/任命 李梅 网格长 幸福里第一网格")
    assert "网格长" in play.heard("limei")
    assert "/帮助" in play.heard("limei")
