"""What every command must do, whatever it is for: help, no arguments, wrong role, wrong area, delivered twice."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

import bot.router
from handlers.guide import who_label
from handlers.registry import COMMANDS, NAMES, Who
from parsing import normalise
from storage.tables import RoleName
from tests.runner.stage import Stage
from tests.unit.playing import Play

NewPlay = Callable[[], Play]


@pytest.fixture
def new_play(make_stage: Callable[..., Stage]) -> NewPlay:
    return lambda: Play(make_stage())


@dataclass(frozen=True, slots=True)
class Use:
    """A right use of a command: by whom, with what, after what was said, and where."""

    who: str
    rest: str = ""
    before: tuple[tuple[str, str], ...] = ()
    where: str = "private"
    over: str = ""  # whose observation is long over


FEVER = (("fengyu", "37.8"),)
BINDING = (("x-new", "/绑定 3-2-502 王大爷 13800000002"),)
QUESTION = (("wuhao", "/人工 想问买药的事"),)
USES = {
    "收到": Use("liu", "1", FEVER),
    "处置": Use("liu", "1 已电话联系", FEVER),
    "结案": Use("liu", "1 已退热", FEVER),
    "回复": Use("wang", "1 下午送到", QUESTION),
    "急报": Use("wang", "3栋电梯停了，有人被困"),
    "打卡": Use("zhangwei", "36.5"),
    "更正": Use("zhangwei", "36.6", (("zhangwei", "36.5"),)),
    "代报": Use("sun", "3-2-502 王大爷 36.8"),
    "绑定": Use("x-new", "3-2-502 王大爷 13800000002"),
    "换平台": Use("zhangwei"),
    "通过": Use("sun", "1", BINDING),
    "驳回": Use("sun", "1 不是本户", BINDING),
    "邀请码": Use("sun", "3-2-502"),
    "名单": Use("wang", "在观"),
    "未报": Use("wang", "上午"),
    "催报": Use("wang"),
    "明细": Use("wang", "缺报"),
    "接龙": Use("zhangwei", "今日体温", where="g-xf1"),
    "帮助": Use("zhangwei", "打卡"),
    "我的": Use("zhangwei"),
    "登记观察": Use("wang", "郑洁 1-3-602 2月3日 外地返回"),
    "解除": Use("zhao", "吴昊", (("wuhao", "36.5"),), over="吴昊"),
    "上门": Use("liu", "6-2-1102 在家，体温36.6，无症状"),
    "确认日报": Use("wang", "冯宇已上门"),
    "日报": Use("wang", "2月5日"),
    "更正日报": Use("wang", "2月5日 发热 1 门岗补报一人", (("wang", "/确认日报"),)),
    "任命": Use("chen", "李梅 楼栋长 2栋"),
    "撤职": Use("chen", "孙大爷"),
    "绑定群": Use("wang", "幸福里第一网格 居民", where="x-group"),
    "人工": Use("zhangwei", "想问买药的事"),
}  # fmt: skip

HOLDERS = {
    RoleName.SUBDISTRICT: "zhou", RoleName.COMMITTEE: "chen", RoleName.GRID_LEADER: "wang", RoleName.DOCTOR: "zhao",
    RoleName.CAPTAIN: "sun", RoleName.VOLUNTEER: "lin", RoleName.OPERATOR: "op",
}  # fmt: skip
NAMES_OF = {
    "xf1": {"张伟", "李梅", "张小宝", "王大爷", "吴昊", "郑洁", "郑奶奶", "小豆", "孙大爷"},
    "xf2": {"钱莉", "钱多", "冯宇"},
    "hp1": {"韩雪"},
}  # fmt: skip
EVERYBODY = set().union(*NAMES_OF.values())
ADDRESSES = re.compile(r"\d-\d-\d{3,4}")
READINGS = re.compile(r"3[5-9]\.\d")
APOLOGY = "刚才出了点问题"
USAGE = "这样写我没看懂"
KEPT = (
    "checkin", "matter", "matter_move", "matter_told", "observation", "person", "role", "chat_group", "door_code",
    "daily_report", "chain_line", "household", "area", "building",
)  # fmt: skip  # what commands change; not the way of the message itself, nor who looked

by_command = pytest.mark.parametrize("name", sorted(COMMANDS))
LIMITED = sorted(name for name, entry in COMMANDS.items() if isinstance(entry.who, frozenset))


def state(play: Play, *more: str) -> dict[str, list[Any]]:
    """All rows that a command can change."""
    return {table: play.rows(f"SELECT * FROM {table} ORDER BY rowid") for table in (*KEPT, *more)}


def prepare(play: Play, use: Use) -> None:
    if use.over:
        with play.stage.program.engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE observation SET start = '2020-01-20' WHERE person_id = (SELECT id FROM person WHERE name = ?)",
                (use.over,),
            )
    for who, text in use.before:
        play.say(who, text)


def do(play: Play, name: str, **other: Any) -> str:
    """Use a command rightly (or with another `who`, `rest` or `form`); everything said in answer, wherever."""
    use = USES[name]
    form = other.get("form", "/{name} {rest}")
    rest = other.get("rest", use.rest)
    text = form.format(name=name, rest=rest, alias=COMMANDS[name].aliases[0]).strip()
    who, where = other.get("who", use.who), other.get("where", use.where)
    play.say(who, text, where)
    return "\n".join(message.text for message in play.new() if message.to in (who, where))


def failures(play: Play) -> int:
    return play.count("inbound", "reference IS NOT NULL")


def told(answer: str, typed: str) -> set[str]:
    """Names, addresses and readings in an answer that the sender did not write themselves."""
    found = {name for name in EVERYBODY if name in answer} | set(ADDRESSES.findall(answer))
    found |= set(READINGS.findall(answer))
    return {word for word in found if word not in typed}


EXAMPLE = {"王大爷", "3-2-502"}  # what `errors/unbound` shows to everybody


# --- the table -----------------------------------------------------------------------------------------------------


def test_every_command_has_a_right_use_here() -> None:
    assert set(USES) == set(COMMANDS)


@by_command
def test_registration(name: str) -> None:
    entry = COMMANDS[name]
    assert entry.name == name
    assert entry.aliases, "an English alias"
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", entry.aliases[0]), "the English alias comes first"
    assert entry.usage.startswith(f"/{name}")
    assert entry.about
    assert entry.examples
    assert all(name in example for example in entry.examples)
    assert all(NAMES[key] is entry for key in (name, *entry.aliases))
    assert entry.handle.__doc__
    assert isinstance(entry.who, Who) or entry.who


def test_help_shows_each(play: Play) -> None:
    asked = {}
    for entry in COMMANDS.values():
        for number, word in enumerate((entry.name, f"/{entry.name}", *entry.aliases, entry.aliases[0].upper())):
            asked[f"x-{entry.name}-{number}"] = (word, entry)
    play.say_each((who, f"/帮助 {word}") for who, (word, _) in asked.items())
    for who, (_, entry) in asked.items():
        answer = play.heard(who)
        for part in (entry.usage, entry.about, f"/{entry.aliases[0]}", who_label(entry), entry.examples[0]):
            assert part in answer, entry.name


@pytest.mark.parametrize("who", ["zhangwei", *HOLDERS.values(), "x-anybody"])
def test_help_lists_what_this_person_may_do_and_no_more(play: Play, who: str) -> None:
    answer = play.say(who, "/帮助")
    role = next((role for role, holder in HOLDERS.items() if holder == who), None)
    for name, entry in COMMANDS.items():
        anyone = entry.who is Who.ANYONE or (entry.who is Who.BOUND and who != "x-anybody")
        may = anyone or (isinstance(entry.who, frozenset) and role in entry.who)
        assert (f"{entry.usage}：" in answer) == may, name


# --- used rightly, and in every form -------------------------------------------------------------------------------


@by_command
def test_a_right_use_is_answered_and_done_once_however_often_it_is_delivered(play: Play, name: str) -> None:
    prepare(play, USES[name])
    answer = do(play, name)
    assert answer
    assert not any(word in answer for word in (APOLOGY, USAGE, "无权", "没有找到"))
    assert failures(play) == 0
    after = state(play, "audit", "outbox")
    play.again()
    assert play.new() == []
    assert state(play, "audit", "outbox") == after


FORMS = ("／{name}　{rest}", "/{name}{rest}", " / {alias}  {rest} ")


@by_command
def test_every_form_is_read_the_same(name: str) -> None:
    rest = USES[name].rest
    for form in ("/{name} {rest}", *FORMS):
        text = normalise(form.format(name=name, rest=rest, alias=COMMANDS[name].aliases[0]))
        written = bot.router._COMMAND.fullmatch(text)
        assert written, form
        found = bot.router._find(written[1])
        assert found.command is COMMANDS[name], form
        assert found.rest == normalise(rest), form


@pytest.mark.parametrize("name", ["打卡", "收到", "绑定", "未报", "登记观察", "绑定群"])
def test_every_form_means_the_same(new_play: NewPlay, name: str) -> None:
    answers = []
    for form in ("/{name} {rest}", *FORMS):
        play = new_play()
        prepare(play, USES[name])
        answers.append(re.sub(r"[A-Z2-9]{6}", "……", do(play, name, form=form)))  # door codes are random
    assert answers[1:] == answers[:1] * len(FORMS)


@by_command
def test_an_alias_in_capitals(name: str) -> None:
    for alias in COMMANDS[name].aliases:
        assert bot.router._find(f"{alias.upper()} x").command is COMMANDS[name]


@pytest.mark.parametrize(
    ("written", "nearest"),
    [("/打咔 36.5", "打卡"), ("/chekin 36.5", "打卡"), ("/名淡", "名单"), ("/催促报", "催报"), ("/登计观察 x", "登记观察"),
     ("/Help", None), ("/帮助", None)],
)  # fmt: skip
def test_a_wrong_command_gets_the_nearest_right_one(play: Play, written: str, nearest: str | None) -> None:
    answer = play.say("wang", written)
    if nearest is None:
        assert "没有“/" not in answer
    else:
        assert COMMANDS[nearest].usage in answer
        assert COMMANDS[nearest].examples[0] in answer


# --- used wrongly --------------------------------------------------------------------------------------------------

NONSENSE = (
    "", "。", "0", "#", "-1", "99999999999999999999", "#99", "３", "1 2 3 4 5", "x y z w", "2月30日", "9999-99-99", "3-2-501",
    "3-2-501 张伟", "张伟 3-2-501 2月3日 x", "{{ 7 * 7 }} %s {0}", "a" * 3000, "\U0001f600\u200b\ud800", "1\n2\n3",
    "'; DROP TABLE person; --", "ＡＢＣＤＥＦ", "\t1\t",
)  # fmt: skip


@by_command
def test_without_arguments_there_is_an_answer(play: Play, name: str) -> None:
    answer = do(play, name, rest="")
    assert answer
    assert APOLOGY not in answer
    if USAGE in answer:
        assert COMMANDS[name].usage in answer
        assert COMMANDS[name].examples[0] in answer


@by_command
def test_nonsense_never_breaks_it(play: Play, name: str) -> None:
    use = USES[name]
    play.say_each(((use.who, f"/{name} {rest}") for rest in NONSENSE), use.where)
    assert failures(play) == 0
    assert play.count("inbound") == len(NONSENSE)


@by_command
def test_its_examples_can_be_read(play: Play, name: str) -> None:
    for example in COMMANDS[name].examples:
        answer = play.say(USES[name].who, example, USES[name].where)
        assert USAGE not in answer, example
        assert APOLOGY not in answer, example


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LIMITED)
def test_a_wrong_role_is_refused_and_learns_nothing(play: Play, name: str) -> None:
    prepare(play, USES[name])
    before = state(play, "audit")
    wrong = [who for role, who in HOLDERS.items() if role not in COMMANDS[name].who] + ["zhengjie"]  # type: ignore[operator]
    play.say_each(((who, f"/{name} {USES[name].rest}") for who in wrong), USES[name].where)
    for who in wrong:
        assert "无权" in play.heard(who), who
        assert not told(play.heard(who), USES[name].rest), who
    assert {message.to for message in play.new()} == set(wrong), "nobody else hears of it"
    assert state(play, "audit") == before


@pytest.mark.parametrize("name", sorted(name for name, entry in COMMANDS.items() if entry.who is not Who.ANYONE))
def test_a_stranger_is_told_how_to_bind(play: Play, name: str) -> None:
    prepare(play, USES[name])
    before = state(play, "audit")
    for rest in (USES[name].rest, ""):
        answer = do(play, name, who="x-stranger", rest=rest)
        assert "无权" in answer
        assert "/绑定" in answer
        assert not told(answer, USES[name].rest) - EXAMPLE
    assert state(play, "audit") == before


@pytest.mark.parametrize("name", ["名单", "收到", "解除", "确认日报"])
def test_a_role_that_was_taken_back_reaches_nowhere(play: Play, name: str) -> None:
    prepare(play, USES[name])
    with play.stage.program.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE role SET ended_at = '2020-02-05 00:00:00'")
    before = state(play, "audit")
    assert "无权" in do(play, name)
    assert state(play, "audit") == before


# --- where ---------------------------------------------------------------------------------------------------------

FEVER_XF1 = (("wuhao", "38.1 咳嗽"),)
BINDING_XF1 = (("x-new", "/绑定 2-1-301 吴昊的表哥 13800000009"),)
READ_XF1 = (("zhangwei", "我38.2 老婆36.4 有点咳嗽"),)
OTHERS = ("he", "liu", "gao")  # the other community's grid leader, the other grid's, the other community's committee
ACROSS = ("he", "gao")
FOREIGN: list[tuple[str, str, tuple[str, ...], tuple[tuple[str, str], ...]]] = [
    # command, with what, by whom, after what: all about the first grid of 幸福里, mostly building 2 (not the captain's)
    ("收到", "1", (*OTHERS, "sun", "lin"), FEVER_XF1),
    ("收到", "99", (*OTHERS, "sun", "lin"), FEVER_XF1),
    ("处置", "1 已联系", OTHERS, FEVER_XF1),
    ("结案", "1 好了", OTHERS, FEVER_XF1),
    ("回复", "1 下午送到", OTHERS, QUESTION),
    ("代报", "2-1-301 吴昊 36.8", (*OTHERS, "sun"), ()),
    ("通过", "1", (*OTHERS, "sun"), BINDING_XF1),
    ("驳回", "1 不是", (*OTHERS, "sun"), BINDING_XF1),
    ("邀请码", "2-1-301", (*OTHERS, "sun"), ()),
    *[("名单", kind, ACROSS, READ_XF1) for kind in ("在观", "发热", "未报", "到期")],
    ("未报", "", ACROSS, READ_XF1),
    ("接龙", "", ACROSS, READ_XF1),
    ("催报", "", ACROSS, ()),
    ("催报", "2-1-301", (*OTHERS, "sun"), ()),
    *[("明细", item, ACROSS, READ_XF1) for item in ("应报", "实报", "缺报", "症状", "发热", "警报")],
    ("登记观察", "郑洁 1-3-602 2月3日 外地返回", OTHERS, ()),
    ("解除", "吴昊", ("gao",), (("wuhao", "36.5"),)),
    ("上门", "2-1-301 在家，体温36.6", OTHERS, ()),
    ("日报", "", ACROSS, READ_XF1),
    ("更正日报", "2月5日 发热 1 补报", ("he",), (("wang", "/确认日报"),)),
    ("任命", "李梅 楼栋长 2栋", OTHERS, ()),
    ("任命", "韩雪 网格长 幸福里第一网格", OTHERS, ()),
    ("撤职", "孙大爷", OTHERS, ()),
    ("撤职", "王芳", OTHERS, ()),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rest", "whos", "before"), FOREIGN, ids=[f"{f[0]} {f[1]}" for f in FOREIGN])
def test_another_area_stays_closed(
    play: Play, name: str, rest: str, whos: tuple[str, ...], before: tuple[tuple[str, str], ...]
) -> None:
    prepare(play, Use("", rest, before, over="吴昊" if name == "解除" else ""))
    kept = state(play)
    for who in whos:
        answer = do(play, name, who=who, rest=rest, where="private")
        assert answer
        assert APOLOGY not in answer
        assert not {word for word in EVERYBODY - OWN.get(who, set()) if word in answer and word not in rest}, answer
        assert not {word for word in READINGS.findall(answer) if word not in rest}
        assert {message.to for message in play.new()} == {who}
    assert state(play) == kept


OWN = {
    "liu": NAMES_OF["xf2"],
    "he": NAMES_OF["hp1"],
    "gao": NAMES_OF["hp1"],
    "sun": {"张伟", "李梅", "张小宝", "孙大爷"},
}


@pytest.mark.parametrize("area", ["幸福里第一网格", "幸福里社区", "清河街道"])
def test_a_group_is_not_bound_to_another_area(play: Play, area: str) -> None:
    kept = state(play)
    assert "无权" in play.say("he", f"/绑定群 {area} 居民", "x-group")
    assert play.heard("x-group") == ""
    assert state(play) == kept


LOOKS = [("名单", "在观"), ("未报", ""), ("明细", "应报"), ("明细", "缺报"), ("接龙", "")]


@pytest.mark.parametrize(
    ("who", "sees", "not_sees"),
    [
        ("sun", {"张伟", "李梅", "张小宝"}, {"吴昊", "冯宇"}),  # building 3
        ("wang", {"张伟", "李梅", "张小宝", "吴昊"}, {"冯宇"}),  # grid 1
        ("liu", {"冯宇"}, {"张伟", "李梅", "吴昊"}),  # grid 2
        ("zhao", {"张伟", "吴昊", "冯宇"}, set()),  # the community's doctor
        ("chen", {"张伟", "吴昊", "冯宇"}, set()),
        ("zhou", {"张伟", "吴昊", "冯宇"}, set()),
        ("gao", set(), {"张伟", "李梅", "吴昊", "冯宇"}),
    ],
)  # fmt: skip
def test_a_list_holds_exactly_the_own_ground(play: Play, who: str, sees: set[str], not_sees: set[str]) -> None:
    for name, rest in LOOKS:
        answer = do(play, name, who=who, rest=rest, where="private")
        assert {word for word in sees | not_sees if word in answer} == sees, name


@pytest.mark.parametrize(("name", "rest"), [*LOOKS, ("名单", "发热"), ("明细", "症状"), ("日报", "")])
def test_a_list_asked_for_in_a_group_is_answered_privately(play: Play, name: str, rest: str) -> None:
    play.say("zhangwei", "我38.2 有点咳嗽")
    play.say("wang", f"/{name} {rest}", "g-xf1")
    assert play.heard("g-xf1") == ""
    assert play.heard("wang")


@pytest.mark.parametrize(("name", "rest"), [*LOOKS, ("名单", "发热"), ("日报", "")])
def test_every_look_is_in_the_audit_log(play: Play, name: str, rest: str) -> None:
    do(play, name, who="wang", rest=rest, where="private")
    entries = play.rows("SELECT actor_id, action, subject FROM audit")
    assert len(entries) == 1
    assert entries[0][1] == "view"
    assert not any(word in entries[0][2] for word in EVERYBODY)
