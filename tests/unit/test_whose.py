"""Whose reading it is: what a text says, against the registered members of a household."""

import pytest

from community.whose import resolve
from parsing import CheckIn
from tests.unit.playing import Play, actor

# The sample: 张伟 38, 李梅 36, 张小宝 8 · 郑洁 33, 郑奶奶 72, 小豆 5 · 钱莉 45, 钱多 17 · 吴昊 27 · 孙大爷 66
AT_HOME: list[tuple[str, str, list[str | None]]] = [
    ("zhangwei", "self", ["张伟"]), ("zhangwei", "张伟", ["张伟"]), ("limei", "self", ["李梅"]),
    ("zhangwei", "spouse", ["李梅"]), ("limei", "spouse", ["张伟"]),
    ("zhangwei", "child", ["张小宝"]), ("zhangwei", "son", ["张小宝"]), ("limei", "daughter", ["张小宝"]),
    ("zhangwei", "children", ["张小宝"]), ("zhangwei", "all", ["张伟", "李梅", "张小宝"]),
    ("zhangwei", "father", [None]), ("zhangwei", "mother", [None]), ("zhangwei", "parents", [None]),
    ("zhangwei", "grandmother", [None]), ("zhangwei", "?", [None]), ("zhangwei", "王大爷", ["王大爷"]),
    ("zhangwei", "李梅", ["李梅"]), ("zhangwei", "小宝", ["张小宝"]), ("zhangwei", "宝", [None]),
    ("zhangwei", "李女士", ["李梅"]), ("zhangwei", "李阿姨", ["李梅"]),
    ("zhangwei", "张先生", [None]),  # two are called 张
    ("zhangwei", "吴小昊", [None]), ("zhangwei", "伟", [None]), ("zhangwei", "张", [None]),
    ("zhengjie", "child", ["小豆"]), ("zhengjie", "daughter", ["小豆"]), ("zhengjie", "mother", ["郑奶奶"]),
    ("zhengjie", "mother_in_law", ["郑奶奶"]), ("zhengjie", "grandmother", ["郑奶奶"]), ("zhengjie", "parents", ["郑奶奶"]),
    ("zhengjie", "father", [None]), ("zhengjie", "grandfather", [None]), ("zhengjie", "father_in_law", [None]),
    ("zhengjie", "spouse", [None]), ("zhengjie", "奶奶", ["郑奶奶"]), ("zhengjie", "all", ["郑洁", "郑奶奶", "小豆"]),
    ("qianli", "son", ["钱多"]), ("qianli", "child", ["钱多"]), ("qianli", "spouse", [None]), ("qianli", "mother", [None]),
    ("qianduo", "mother", ["钱莉"]), ("qianduo", "parents", ["钱莉"]), ("qianduo", "child", [None]),
    ("qianduo", "spouse", [None]), ("wuhao", "self", ["吴昊"]), ("wuhao", "all", ["吴昊"]), ("wuhao", "spouse", [None]),
    ("wuhao", "mother", [None]), ("wuhao", "?", ["吴昊"]),
]  # fmt: skip


@pytest.mark.parametrize(("who", "said", "meant"), AT_HOME, ids=[f"{who} says {said}" for who, said, _ in AT_HOME])
def test_a_relation_inside_the_household(play: Play, who: str, said: str, meant: list[str | None]) -> None:
    with play.work() as work:
        readings = resolve(work, actor(work, who), [CheckIn(said, None, 36.5)], "xingfu")
        assert [reading.person.name if reading.person else None for reading in readings] == meant
        assert all(reading.name for reading in readings), "there is always something to call them"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (["self", "all"], ["张伟", "李梅", "张小宝"]),  # 我36.5，其他人都…
        (["spouse", "all"], ["李梅", "张伟", "张小宝"]),
        (["李梅", "小宝", "all"], ["李梅", "张小宝", "张伟"]),
        (["?", "?", "?"], ["张伟", "李梅", "张小宝"]),  # as many readings as people: in their order
        (["?", "?"], [None, None]),
        (["?", "?", "?", "?"], [None] * 4),
        (["child", "child"], ["张小宝", None]), (["son", "daughter", "spouse"], ["张小宝", None, "李梅"]),
        (["self", "sibling"], ["张伟", None]),  # of her age, but of another surname
        (["self", "spouse", "son"], ["张伟", "李梅", "张小宝"]),
    ],
    ids=str,
)  # fmt: skip
def test_several_in_one_message(play: Play, said: list[str], meant: list[str | None]) -> None:
    with play.work() as work:
        readings = resolve(work, actor(work, "zhangwei"), [CheckIn(who, None, 36.5) for who in said], "xingfu")
        assert [reading.person.name if reading.person else None for reading in readings] == meant


BY_ADDRESS: list[tuple[str, str, str | None, str, str | None]] = [
    # by whom, community, address, who, meant
    ("zhangwei", "xingfu", "3-2-501", "self", "张伟"),
    ("zhangwei", "xingfu", "2-1-301", "吴昊", "吴昊"),
    ("zhangwei", "xingfu", "2-1-301", "self", "吴昊"),  # the only one who lives there
    ("zhangwei", "xingfu", "2-301", "吴昊", "吴昊"),  # the unit left out
    ("zhangwei", "xingfu", "9-9-999", "某人", None),
    ("hanxue", "heping", "1-1-401", "self", "韩雪"),
    ("hanxue", "heping", "2-1-301", "吴昊", None),  # the other community's address
    ("x-stranger", "xingfu", "3-2-501", "张伟", "张伟"),
    ("x-stranger", "xingfu", "3-2-501", "self", None),  # three live there
    ("x-stranger", "xingfu", "2-1-301", "self", "吴昊"),
    ("x-stranger", "xingfu", "3-2-501", "spouse", None),
    ("x-stranger", None, "3-2-501", "张伟", None),  # type: ignore[list-item]
    ("x-stranger", "xingfu", None, "张伟", None),
    ("x-stranger", "xingfu", None, "self", None),
    ("wang", "xingfu", None, "吴昊", "吴昊"),  # staff name somebody of their area
    ("wang", "xingfu", None, "王大爷", "王大爷"),
    ("wang", "xingfu", None, "冯宇", None),  # of another grid
    ("liu", "xingfu", None, "冯宇", "冯宇"),
    ("he", "heping", None, "张伟", None),
    ("lin", "xingfu", None, "张伟", None),  # a volunteer has no lists
    ("wang", "xingfu", None, "self", "王芳"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "community", "address", "said", "meant"), BY_ADDRESS)
def test_an_address_or_a_name_of_ones_area(
    play: Play, who: str, community: str, address: str | None, said: str, meant: str | None
) -> None:
    with play.work() as work:
        (reading,) = resolve(work, actor(work, who), [CheckIn(said, address, 36.5)], community)
        assert (reading.person.name if reading.person else None) == meant


def test_a_unit_left_out_where_two_rooms_fit_is_nobody(play: Play) -> None:
    with play.stage.program.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO household (community_id, grid_id, building, address) VALUES ('xingfu', 'xf1', '2', '2-2-301')"
        )
    with play.work() as work:
        (reading,) = resolve(work, actor(work, "zhangwei"), [CheckIn("吴昊", "2-301", 36.5)], "xingfu")
        assert reading.person is None


@pytest.mark.parametrize("said", ["son", "child", "spouse"])
def test_two_who_fit_are_asked_about_and_never_guessed(play: Play, said: str) -> None:
    ages = {"son": 10, "child": 10, "spouse": 37}
    with play.stage.program.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO person (household_id, position, name, age, tags) "
            "SELECT household_id, 9, '张某', ?, '[]' FROM person WHERE name = '张伟'",
            (ages[said],),
        )
    with play.work() as work:
        (reading,) = resolve(work, actor(work, "zhangwei"), [CheckIn(said, None, 36.5)], "xingfu")
        assert reading.person is None
        assert reading.household is not None
        assert reading.household.address == "3-2-501"


# --- in the chat ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "text", "rows"),
    [
        ("zhangwei", "我36.5 老婆36.4 孩子36.8", {("张伟", 36.5), ("李梅", 36.4), ("张小宝", 36.8)}),
        ("limei", "老公37.0，儿子36.6", {("张伟", 37.0), ("张小宝", 36.6)}),
        ("zhangwei", "一家三口36.5 36.5 36.5", {("张伟", 36.5), ("李梅", 36.5), ("张小宝", 36.5)}),
        ("zhangwei", "一家三口36.5 36.4 36.5", {("张伟", 36.5), ("李梅", 36.4), ("张小宝", 36.5)}),
        ("qianduo", "我妈36.9", {("钱莉", 36.9)}),
        ("zhengjie", "奶奶36.2 小豆36.6 我36.4", {("郑奶奶", 36.2), ("小豆", 36.6), ("郑洁", 36.4)}),
    ],
)  # fmt: skip
def test_readings_reach_the_right_person(play: Play, who: str, text: str, rows: set[tuple[str, float]]) -> None:
    play.say(who, text)
    found = play.rows("SELECT p.name, c.temperature FROM checkin c JOIN person p ON p.id = c.person_id")
    assert set(found) == rows


def test_bare_readings_of_a_household_of_three_are_asked_about(play: Play) -> None:
    assert "是哪位的体温" in play.say("zhangwei", "36.5 36.4 36.5")
    assert play.count("checkin", "person_id IS NOT NULL") == 0


def test_a_neighbour_may_not_report_for_another_household(play: Play) -> None:
    play.say("zhangwei", "2-1-301 吴昊 36.5")
    assert play.count("checkin") == 0
    assert "吴昊" in play.heard("wang"), "a person looks at it instead"


def test_an_unregistered_relative_is_kept_with_the_household_and_never_as_somebody_else(play: Play) -> None:
    answer = play.say("zhangwei", "我妈38.2")
    assert "不在本户登记里" in answer
    ((person_id, label, household),) = play.rows("SELECT person_id, label, household_id FROM checkin")
    assert person_id is None
    assert label
    assert household
    assert "38.2" in play.heard("wang"), "a fever is a fever, whoever has it"
