"""Learned weights: up to date with what they were learned from, and learnable."""

import json
import re

from bot.content import CONCEPTS, KNOWLEDGE, TOPIC_WEIGHTS
from community.answers import load_concepts
from community.knowledge import load_knowledge
from learning import messages, topics
from learning.__main__ import forms_of
from learning.fit import written
from learning.labelled import Example, Question, examples, fingerprint, questions
from parsing.wants.grams import Concepts
from parsing.wants.intents import WEIGHTS, features
from parsing.wants.linear import read_linear
from parsing.wants.topics import features as question_features

AGAIN = "run `make learn`: examples or forms have changed since the weights were learned"

WORDS = re.compile("[\u4e00-\u9fff]")  # figures alone are everybody's


def learned_from(path) -> str:
    return json.loads(path.read_text(encoding="utf-8"))["learned_from"]


def test_the_weights_of_messages_are_up_to_date() -> None:
    assert learned_from(WEIGHTS) == fingerprint((row.text, *sorted(row.intents)) for row in examples()), AGAIN


def test_the_weights_of_questions_are_up_to_date() -> None:
    forms = forms_of(load_knowledge(KNOWLEDGE))
    assert learned_from(TOPIC_WEIGHTS) == fingerprint([*forms, *load_concepts(CONCEPTS).by_word.items()]), AGAIN


def test_what_was_set_aside_is_not_learned_from() -> None:
    known = {row.text for row in examples()} | {form for form, _ in forms_of(load_knowledge(KNOWLEDGE))}
    for path in (WEIGHTS.parents[2] / "tests" / "corpus").glob("aside-*.jsonl"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        shared = [
            row["text"] for row in rows if row["text"] in known and len(row["text"]) > 6 and WORDS.search(row["text"])
        ]
        assert shared == [], path.name
    assert not {question.text for question in questions()} & known


def test_a_few_messages_teach_what_they_want() -> None:
    rows = [
        Example(f"{who}{thing}{end}", frozenset({label}), writer)
        for writer, end in (("a", "啊"), ("b", "呢"))
        for who in ("请问", "我想", "大家", "那个")
        for thing, label in (
            ("几点开门吗", "question"),
            ("帮忙送点菜来", "help"),
            ("今天天气真好", "chat"),
            ("有人晕倒快叫救护车", "emergency"),
            ("不想活了", "crisis"),
            ("从武汉回来了", "declare"),
            ("楼下聚众打牌没人管", "tip"),
            ("三十六度五", "checkin"),
        )
    ]
    fitted, heard = messages.learn(rows)
    weights = read_linear(written(fitted, "x", least=0.0))
    said = dict(zip(weights.labels, weights.scores(features("谁帮忙送点菜来")), strict=True))
    assert said["help"] > 0 > said["question"]
    assert {one.label for one in heard} == set(weights.labels)


def test_a_few_forms_teach_their_topics_and_the_border() -> None:
    forms = [
        ("口罩怎么戴", "mask"),
        ("口罩戴多久", "mask"),
        ("怎么洗手", "hands"),
        ("洗手洗多久", "hands"),
        ("停车费多少", "nobody"),
        ("彩票中奖", "nobody"),
    ]
    border = [Question("口罩要戴几层", "mask"), Question("停车多少钱", None)]
    concepts = Concepts.of({"mask": ("口罩", "罩子")})
    fitted, asked = topics.learn(forms, border, concepts)
    weights = read_linear(written(fitted, "x", least=0.0))
    said = dict(zip(weights.labels, weights.scores(question_features("罩子戴多久", concepts)), strict=True))
    assert max(said, key=said.__getitem__) == "mask"
    assert asked.false == 0
