"""Every outgoing word is a template: all are used, all exist, all render, and none tells a number that is not on the list."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError, meta, nodes
from jinja2.exceptions import TemplateNotFound

from bot.settings import ROOT
from community.work import Priority
from storage.tables import ChatGroup, GroupKind
from templates.render import WORDS, _environment, names, render
from tests.unit.playing import RESIDENTS_GROUPS, Play

CODE = ("bot", "community", "handlers", "scheduler", "web")
KINDS = {path.name for path in WORDS.iterdir() if path.is_dir()}
REFERENCE = re.compile(rf"(?:{'|'.join(sorted(KINDS))})/[a-z_]+")
ALL = names()


def literals() -> Iterator[tuple[str, str]]:
    """Every text in the code, f-strings with their values as *."""
    for package in CODE:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield str(path.relative_to(ROOT)), node.value
                elif isinstance(node, ast.JoinedStr):
                    parts = [v.value if isinstance(v, ast.Constant) else "*" for v in node.values]
                    yield str(path.relative_to(ROOT)), "".join(map(str, parts))


@cache
def included() -> set[str]:
    found = set()
    for path in WORDS.rglob("*.txt"):
        found |= {str(name).removesuffix(".txt") for name in meta.find_referenced_templates(parse(path))}
    return found


def environment() -> Environment:
    made = Environment(loader=FileSystemLoader(WORDS), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["reading"] = str
    return made


def parse(path: Path) -> nodes.Template:
    return environment().parse(path.read_text(encoding="utf-8"))


REFERRED = [(file, text) for file, text in literals() if REFERENCE.fullmatch(text.replace("*", "x")) and "/" in text]


@pytest.mark.parametrize("name", ALL)
def test_every_template_is_used(name: str) -> None:
    exact = {text for _, text in REFERRED} | included()
    patterns = [re.escape(text).replace(r"\*", "[a-z_]+") for _, text in REFERRED if "*" in text]
    assert name in exact or any(re.fullmatch(pattern, name) for pattern in patterns)


@pytest.mark.parametrize(("file", "name"), sorted({row for row in REFERRED if "*" not in row[1]}))
def test_every_template_that_is_named_exists(file: str, name: str) -> None:
    assert (WORDS / f"{name}.txt").is_file()


def test_every_place_that_sends_names_a_template() -> None:
    """`reply(…)`, `Reply(…)`, `Expected(…)` and the like: the first text they are given is a template's name."""
    callers = {"reply", "Reply", "Expected", "NotFound", "NotAllowed", "NotNow"}
    wrong = []
    for package in CODE:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id in callers
                    and node.args
                ):
                    first = node.args[0]
                    if isinstance(first, ast.Constant) and first.value not in ALL:
                        wrong.append((path.name, node.lineno, first.value))
    assert wrong == []


def test_what_is_answered_where_it_was_written_is_for_groups() -> None:
    """`here=True` goes into whatever group it was written in, past the guard of `to_group`."""
    found = []
    for package in CODE:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and any(
                    k.arg == "here" and not _is_false(k.value) for k in node.keywords
                ):
                    found.append((path.name, node.args[0]))
    assert found
    assert [(name, ast.unparse(first)) for name, first in found if not ast.unparse(first).startswith("'group/")] == []


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


# --- rendering -----------------------------------------------------------------------------------------------------


class Stub:
    """Whatever a template asks for: any attribute, item, number, date, list of one."""

    def __init__(self, depth: int = 0) -> None:
        self._depth = depth

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(self._depth + 1)

    def __getitem__(self, key: Any) -> Any:
        return Stub(self._depth + 1)

    def __call__(self, *_args: Any, **_more: Any) -> Any:
        return Stub(self._depth + 1)

    def __iter__(self) -> Iterator[Any]:
        return iter([Pair()])

    def __len__(self) -> int:
        return 1

    def __str__(self) -> str:
        return "某"

    def __format__(self, spec: str) -> str:
        return format(36.5, spec) if spec else "某"

    def __mod__(self, other: Any) -> int:
        return 1

    def __gt__(self, other: Any) -> bool:
        return True

    def __lt__(self, other: Any) -> bool:
        return False


class Pair(Stub):
    """One of a list; may also be taken apart into two."""

    def __iter__(self) -> Iterator[Any]:
        return iter([Stub(), Stub()])


def variables(name: str) -> set[str]:
    tree = parse(WORDS / f"{name}.txt")
    found = meta.find_undeclared_variables(tree)
    for other in meta.find_referenced_templates(tree):
        found |= meta.find_undeclared_variables(parse(WORDS / str(other)))
    return found


@pytest.mark.parametrize("name", ALL)
def test_every_template_renders(name: str) -> None:
    words = render(name, **{key: Stub() for key in variables(name)})
    assert words.strip()
    assert "{{" not in words
    assert "{%" not in words
    assert "\n\n\n" not in words


@pytest.mark.parametrize("name", [name for name in ALL if variables(name)])
def test_a_missing_value_is_an_error(name: str) -> None:
    asked = {node.name for node in parse(WORDS / f"{name}.txt").find_all(nodes.Name)}
    optional = {node.node.name for node in parse(WORDS / f"{name}.txt").find_all(nodes.Test) if node.name == "defined"}  # type: ignore[attr-defined]
    if not (asked & variables(name)) - optional:
        pytest.fail("asks for values only where they are defined")
    with pytest.raises(UndefinedError):
        render(name)


def test_an_unknown_template_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        render("nothing/at_all")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (36.5, "36.5"),
        (37, "37.0"),
        (37.0, "37.0"),
        (36.55, "36.55"),
        (36.05, "36.05"),
        (40.0, "40.0"),
        (None, ""),
    ],
)
def test_readings_are_shown_as_people_write_them(value: float | None, shown: str) -> None:
    assert _environment().from_string("{{ v|reading }}").render(v=value) == shown


def test_what_people_wrote_is_never_read_as_a_template() -> None:
    values = {"kind": "留言", "number": 1, "name": "{{ 7 * 7 }}", "place": "{% x %}", "words": "{{ words }}"}
    shown = render("matters/passed_on", **values)
    assert all(str(value) in shown for value in values.values())


# --- numbers -------------------------------------------------------------------------------------------------------

HOTLINES = yaml.safe_load((ROOT / "content" / "hotlines.yaml").read_text(encoding="utf-8"))
ALLOWED = {entry["number"] for entry in HOTLINES.values()}
INVENTED = re.compile(r"1380{7}\d|13800000000")  # the sample's people, and the example of `/绑定`
PHONE_LIKE = re.compile(
    r"(?<![\d.#\-/:])(?:1[3-9]\d{9}|(?:400|800)-?\d{3,4}-?\d{3,4}|0\d{2,3}-?\d{7,8}|1[0-2]\d{1,3}|9[56]\d{3,4})(?![\d.\-/:天个分栋人年月日％%字m毫])"
)
TOLD = sorted(
    [*WORDS.rglob("*.txt"), *(ROOT / "templates" / "pages").glob("*"), *(ROOT / "templates" / "pictures").glob("*.j2"),
     *(ROOT / "content").rglob("*.yaml")]
)  # fmt: skip


def numbers_in(text: str) -> set[str]:
    text = re.sub(
        r"\{[{%#].*?[}%#]\}", " ", text, flags=re.DOTALL
    )  # what is filled in comes from the allow-list or the sender
    text = re.sub(r"<style.*?</style>|style=\"[^\"]*\"|viewBox=\"[^\"]*\"", " ", text, flags=re.DOTALL)
    return {found for found in PHONE_LIKE.findall(text) if not INVENTED.fullmatch(found)}


@pytest.mark.parametrize("path", TOLD, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_number_is_told_that_is_not_on_the_list(path: Path) -> None:
    if path.suffix not in (".txt", ".html", ".yaml", ".j2"):
        return
    text = path.read_text(encoding="utf-8")
    if path.suffix in (".j2", ".html"):
        text = " ".join(re.findall(r">([^<]*)<", text))  # only what is read, not coordinates
    if path.parent == ROOT / "content" / "knowledge":  # what is answered, not how it is asked
        entries = yaml.safe_load(text).get("entries", [])
        text = " ".join(entry["short"] + " " + entry.get("details", "") for entry in entries)
    if path.name == "sample.yaml":
        text = re.sub(r"(?:qq|address|household): ?[\d-]+", "", text)
    assert numbers_in(text) <= ALLOWED


@pytest.mark.parametrize("package", CODE)
def test_no_number_stands_in_the_code(package: str) -> None:
    found = {}
    for path in (ROOT / package).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body and isinstance(node.body[0], ast.Expr)}  # fmt: skip
        texts = [
            n.value
            for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in docs
        ]
        chinese = [text for text in texts if re.search(r"[\u4e00-\u9fff]", text)]
        if wrong := {number for text in chinese for number in numbers_in(text)} - ALLOWED:
            found[path.name] = wrong
    assert found == {}


@pytest.mark.parametrize(
    "number", ["4001234567", "400-123-4567", "12355", "010-12345678", "13912345678", "96120", "95120"]
)
def test_a_number_that_is_not_on_the_list_would_be_found(number: str) -> None:
    assert numbers_in(f"请拨打 {number}，马上") - ALLOWED == {number}
    assert numbers_in(f"请拨打{number}。") - ALLOWED == {number}


@pytest.mark.parametrize(
    "words", ["第12/14天", "3-2-1101", "#120", "120分钟", "37.3℃", "2020年1月25日", "{{ emergency }}"]
)
def test_what_is_no_phone_number_is_none(words: str) -> None:
    assert numbers_in(words) <= ALLOWED


def test_every_hotline_says_when_it_was_checked() -> None:
    assert all(entry["checked"] and entry["name"] for entry in HOTLINES.values())
    assert {"emergency", "psychological"} <= set(HOTLINES)


# --- groups --------------------------------------------------------------------------------------------------------

FOR_GROUPS = [name for name in ALL if name.startswith("group/")]


def test_what_is_not_for_residents_groups_is_refused_there(play: Play) -> None:
    group = ChatGroup(platform="sandbox", external_id="g-xf1", area_id="xf1", kind=GroupKind.RESIDENTS)
    with play.work() as work:
        for name in set(ALL) - set(FOR_GROUPS):
            with pytest.raises(ValueError, match="residents"):
                work.post.to_group(group, name, Priority.ANSWER, values={})
        assert work.post.rows == []


@pytest.mark.parametrize("name", FOR_GROUPS)
def test_what_is_for_residents_groups_asks_for_no_personal_value(name: str) -> None:
    personal = {
        "name",
        "names",
        "temperature",
        "reading",
        "phone",
        "symptoms",
        "words",
        "person",
        "lines",
        "receipts",
        "place",
    }
    assert not variables(name) & personal


def test_a_number_that_slips_into_a_group_is_masked(play: Play) -> None:
    play.say("zhangwei", "/接龙 买菜找13912345678 身份证110101199003078515", "g-xf1")
    shown = play.heard("g-xf1")
    assert "139****5678" in shown
    assert "13912345678" not in shown
    assert "110101199003078515" not in shown


def test_residents_groups_hear_only_what_is_for_them(play: Play) -> None:
    """Whatever is said there, by whomever: only templates of group/ come back."""
    for who, text in (
        ("zhangwei", "3-2-501 张伟 38.5 咳嗽"), ("wang", "/名单 在观"), ("wang", "/未报"), ("zhangwei", "/我的"), ("x-new", "/帮助"),
        ("zhangwei", "/打卡"), ("wang", "/日报"), ("zhangwei", "快来人，老人晕倒了喘不上气"), ("zhangwei", "不想活了"),
        ("sun", "/邀请码 3-2-502"), ("zhangwei", "/不存在的"), ("zhangwei", "/接龙 今日体温"), ("wang", "/绑定群 幸福里第一网格 居民"),
        ("zhangwei", "家里没米了，能帮忙买菜吗"), ("x-new", "/绑定 3-2-502 王大爷 13800000002"), ("wang", "收到"),
    ):  # fmt: skip
        play.say(who, text, "g-xf1", mentions_bot=True)
    play.clock("2020-02-05T19:30")
    groups = ", ".join(repr(group) for group in RESIDENTS_GROUPS)
    used = {
        row[0] for row in play.rows(f"SELECT template FROM outbox WHERE chat_kind = 'group' AND chat_id IN ({groups})")
    }
    assert used
    assert all(name.startswith("group/") for name in used), used
