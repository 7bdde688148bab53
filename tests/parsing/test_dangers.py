"""The tables of danger: every small rule hears its own example, and none is lost by how candidates are found."""

import json
from pathlib import Path

import pytest

import parsing
from parsing.dangers import look as rules
from parsing.dangers.rules import Rule, Shape
from parsing.dangers.tables import RULES, TABLES
from parsing.writing.text import fold

ROWS = [(label, row) for label, rows in TABLES for row in rows]
CORPUS = Path(__file__).parent.parent / "corpus"


def _speaking(text: str) -> set[str]:
    """The rules that are heard in a text, light ones too."""
    seen, grams = rules.read_past(fold(text).text)
    return {one.rule.name for one in rules.heard_in(seen, RULES.candidates(grams))}


def test_names_are_unique() -> None:
    names = [row.name for _, row in ROWS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("label", "row"), ROWS, ids=[row.name for _, row in ROWS])
def test_a_rule_hears_its_example(label: str, row: Rule) -> None:
    assert row.says
    assert row.name in _speaking(row.says)


@pytest.mark.parametrize(
    "between",
    [
        "#接龙 今日体温\n1. 3-2-501 张三 36.5 退烧了没事了，平安，都好\n2. 3-2-502 李四 {}\n3. 3-2-503 王五 36.4 😂哈哈",
        "3-2-501 张三 36.5 昨天看了电影，退烧了没事了\n3-2-502 李四 {}\n3-2-503 王五 36.4 😂哈哈",
    ],
    ids=["chain", "list"],
)
def test_what_neighbours_write_hides_no_danger(between: str) -> None:
    said = [row.says for _, row in ROWS if parsing.danger(row.says)] + [
        "明天做核酸吗",
        "快递到了",
        "鱼缸里的鱼死了",
        "没有咳嗽",
    ]
    told = {text: parsing.danger(between.format(text)) for text in said}
    assert told == {text: parsing.danger(text) for text in said}


@pytest.mark.parametrize("path", ["dangers.jsonl", "messages.jsonl", "messages-fourth.jsonl"])
def test_no_rule_is_lost_by_its_keys(path: str) -> None:
    shapes = [Shape(0, label, row, text, (), ()) for label, row in ROWS for text in row.shapes]
    for line in (CORPUS / path).read_text(encoding="utf-8").splitlines()[::7]:
        text, grams = rules.read_past(fold(json.loads(line)["text"]).text)
        found = {shape.text for shape in RULES.candidates(grams)}
        lost = [shape.rule.name for shape in shapes if shape.text not in found and any(shape.spans(text))]
        assert not lost, text


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        # what only looks like a story, a thing, a denial or something over
        ("看完电影回家路上我妈晕倒了", {"emergency"}), ("电影里男主晕倒了", set()), ("我爸没站稳从楼梯摔下来昏迷了", {"emergency"}), ("没有昏迷", set()),
        ("电梯里有人没呼吸了", {"emergency"}), ("手机没气了", set()), ("以前就有心脏病，这会儿胸口疼得满头大汗", {"emergency"}), ("去年我爸心梗，现在好了", set()),
        # signs that count only together
        ("手抖得端不住碗", set()), ("手抖得端不住碗，口水顺着下巴淌，叫两声才嗯一声", {"emergency"}), ("遗书的草稿", {"crisis"}), ("今晚吃什么", set()),
        ("钥匙给你放门口了", set()), ("钥匙给你放门口了，今晚过后谁也别找我", {"crisis"}), ("孩子没了胎动，底下一直淌水", {"emergency"}),
        # sound-alikes and dialects
        ("昏米不醒", {"emergency"}), ("喘步上来气了", {"emergency"}), ("真的不像活了", {"crisis"}), ("阿婆喺廁所度叫極都唔應", {"emergency"}), ("我覅活了", {"crisis"}),
        # an accident at an edge is none of despair; a call beside despair is for a person
        ("孩子从阳台掉下去了", {"emergency"}), ("老婆抱着孩子站在楼顶边上，喊她不应", {"crisis"}), ("救救我，我想从窗户跳出去", {"crisis"}),
    ],
)  # fmt: skip
def test_what_the_rules_say(text: str, labels: set[str]) -> None:
    assert rules.look(fold(text).text)[0] == labels


def test_the_small_rule_is_named() -> None:
    labels, tokens = rules.look("我爸 晕倒了,叫不醒")
    assert labels == {"emergency"}
    assert {token.rule for token in tokens} >= {"danger.emergency.unconscious.fainted"}
    assert parsing.parse("我不想活了").traces[0].rule.startswith("danger.crisis.wish.")
