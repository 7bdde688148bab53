"""Whose reading it is: one table for each way of saying so."""

import pytest

from parsing import Context, parse

Told = list[tuple[str, float | None]]


def told(text: str, *members: str) -> Told:
    return [(checkin.person, checkin.temperature) for checkin in parse(text, Context(members=members)).checkins]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("阿嬷36.2，老窦36.4，细佬36.8", [("grandmother", 36.2), ("father", 36.4), ("sibling", 36.8)]),
        ("额36度4，额大36度1，额妈36度5", [("self", 36.4), ("father", 36.1), ("mother", 36.5)]),
        ("我婆娘37.3，娭毑36.4", [("spouse", 37.3), ("grandmother", 36.4)]),
        ("哥36.2姐36.5", [("sibling", 36.2), ("sibling", 36.5)]),
        ("二姨36.4，姨父36.6", [("二姨", 36.4), ("姨父", 36.6)]),
        ("我丈夫的父亲38.1", [("father_in_law", 38.1)]), ("我女儿的女儿36.8", [("grandchild", 36.8)]),
        ("我老公36.5，他妈36.8", [("spouse", 36.5), ("mother_in_law", 36.8)]),
        ("女婿我三十六度八", [("self", 36.8)]), ("三十六度二老伴三十六度半", [("self", 36.2), ("spouse", 36.5)]),
        ("两个娃36.6和36.9", [("child", 36.6), ("child", 36.9)]), ("爸妈36.4 36.5", [("father", 36.4), ("mother", 36.5)]),
        ("我们自家四口都正常", [("all", None)]), ("我家3口：36.4,36.5,36.7", [("?", 36.4), ("?", 36.5), ("?", 36.7)]),
    ],
)  # fmt: skip
def test_relations(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("保姆小孔36.5", [("小孔", 36.5)]), ("胖虎（我儿）36.9；静香（我女）36.6", [("胖虎", 36.9), ("静香", 36.6)]),
        ("我儿子浩浩36.8", [("浩浩", 36.8)]), ("豆豆今天37.1", [("豆豆", 37.1)]), ("果果妈：36.4", [("果果妈", 36.4)]),
        ("老尤说他36.5", [("老尤", 36.5)]), ("张三和李四分别是36.5、36.8", [("张三", 36.5), ("李四", 36.8)]),
        ("陳師傅36.5，黃太太 36.8", [("陳師傅", 36.5), ("黃太太", 36.8)]), ("八棟五零三室陳伯三十六度二", [("陳伯", 36.2)]),
        ("阿迪力·吐尔逊 36.4", [("阿迪力·吐尔逊", 36.4)]), ("王建军，男，45，体温36.5", [("王建军", 36.5)]),
        ("隔壁小伙章程托我报个平安，36.3", [("章程", 36.3)]), ("我爸托我报，36.4", [("father", 36.4)]),
    ],
)  # fmt: skip
def test_names(text: str, expected: Told) -> None:
    assert told(text) == expected


def test_given_names_of_members() -> None:
    assert told("小树36.7，曾凡36.9", "顾盼", "曾凡", "曾小树") == [("小树", 36.7), ("曾凡", 36.9)]
    assert told("闺女瑶瑶36.6", "郭秀英", "孟瑶") == [("瑶瑶", 36.6)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("36.9是娃的，36.4是我的", [("child", 36.9), ("self", 36.4)]), ("37.2——婆婆", [("mother_in_law", 37.2)]),
        ("36.4我，36.6老婆，36.9孩子", [("self", 36.4), ("spouse", 36.6), ("child", 36.9)]),
        ("体温:36.5/36.7（本人/父亲）", [("self", 36.5), ("father", 36.7)]), ("36.6×2，我和老公", [("self", 36.6), ("spouse", 36.6)]),
        ("36.6 37.2，前面是我后面是娃", [("self", 36.6), ("child", 37.2)]), ("测了36.7，孩子的", [("child", 36.7)]),
        ("爸36.5，妈也是", [("father", 36.5), ("mother", 36.5)]),
    ],
)  # fmt: skip
def test_owners_behind_the_reading(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("妈，今天36.5", [("self", 36.5)]), ("王姐好，我36.5，孩子36.7", [("self", 36.5), ("child", 36.7)]),
        ("老妹儿，我今儿36.8", [("self", 36.8)]), ("儿子，妈今天36.5，别担心", [("self", 36.5)]),
        ("老婆催我量的36.5", [("self", 36.5)]), ("刚跟儿子打完电话，36.5", [("self", 36.5)]), ("刚给娃量了，37.5", [("child", 37.5)]),
        ("姑姑留下的温度计，显示36.5", [("self", 36.5)]), ("儿子住校，就我一个，36.5", [("self", 36.5)]),
        ("娃睡了，先报我的，36.5", [("self", 36.5)]), ("狗狗38.5，我36.4", [("self", 36.4)]),
    ],
)  # fmt: skip
def test_those_who_only_stand_by(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我跟我姐挨个量了，她36.4我36.7", [("sibling", 36.4), ("self", 36.7)]), ("我36.5，他36.6", [("self", 36.5), ("?", 36.6)]),
        ("我没症状，老婆鼻塞，两个人都36.7", [("self", 36.7), ("spouse", 36.7)]),
        ("我37.5，他们几个都正常", [("self", 37.5), ("all", None)]), ("我36.5，屋里其余人都没事", [("self", 36.5), ("all", None)]),
        ("儿子37.6——打错字了，37.6的是女儿，儿子36.6", [("daughter", 37.6), ("son", 36.6)]),
        ("老公36.5，我36.8，说反了", [("spouse", 36.8), ("self", 36.5)]),
    ],
)  # fmt: skip
def test_stand_ins_and_corrections(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("接龙\n1. 平安 36.7\n2. 向前 36.5\n3. 平平淡淡才是真 36.6", [("平安", 36.7), ("向前", 36.5), ("平平淡淡才是真", 36.6)]),
        ("1.36.5 祝融\n2.36.7 沙鸥", [("祝融", 36.5), ("沙鸥", 36.7)]), ("一、柳青 36.5 二、柳红 36.9", [("柳青", 36.5), ("柳红", 36.9)]),
        ("体温接力1.欧阳雪三十六度五2.司徒明三十六度七", [("欧阳雪", 36.5), ("司徒明", 36.7)]),
        ("每日一报\n1 乔木 36.5\n2 季风 36.8", [("乔木", 36.5), ("季风", 36.8)]), ("- 春天 36.5\n- 秋水 36.6", [("春天", 36.5), ("秋水", 36.6)]),
        ("姓名|房号|体温\n裴娜|3-1-202|36.3\n鲍华|3-1-204|未测", [("裴娜", 36.3)]), ("饶静36.4→卜凡36.6→下一位", [("饶静", 36.4), ("卜凡", 36.6)]),
        ("3-1-101元宵36.5；3-1-102强调三十六度八；3-1-103没人", [("元宵", 36.5), ("强调", 36.8)]),
        ("秋菊36.4，冬梅36.5，春兰36.6", [("秋菊", 36.4), ("冬梅", 36.5), ("春兰", 36.6)]),
        ("姓名：马超\n年龄：37\n体温：36.5", [("马超", 36.5)]), ("【体温】早｜中｜晚\n36.4｜36.6｜36.7", [("self", 36.4), ("self", 36.6), ("self", 36.7)]),
    ],
)  # fmt: skip
def test_lists(text: str, expected: Told) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("7号楼体温\n2-101贺敏36.3\n2-102寇平36.5", ["7-2-101", "7-2-102"]), ("T2座1906 36.4", ["T2-1906"]),
        ("我妈住9栋1单元202，36.3；我在自己家，36.5", ["9-1-202", None]), ("五栋：五零一的范老师三十六度五六零二的小崔三十六度八", ["5-501", "5-602"]),
        ("1单元：101张三36.5；2单元：201李四36.6", ["1-101", "2-201"]), ("我36.4。代报：13-1-401凌叔36.7，13-1-502拒测", [None, "13-1-401"]),
    ],
)  # fmt: skip
def test_addresses(text: str, addresses: list[str | None]) -> None:
    assert [checkin.address for checkin in parse(text).checkins] == addresses


@pytest.mark.parametrize(
    "text",
    [
        "对门的咳了一夜",
        "楼下那大叔咳得厉害",
        "电梯里一女的，边咳边打电话",
        "卖早点的大姐发着烧",
        "收银小妹打喷嚏",
        "公司有人咳嗽",
    ],
)
def test_strangers_are_no_check_in(text: str) -> None:
    assert not parse(text).checkins
