"""What is written to a residents' group never names anybody's health."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsing import SYMPTOM_LABELS
from tests.properties.quick import (
    FEW,
    RESIDENTS_GROUPS,
    SAMPLE,
    START,
    Said,
    Stage,
    quick_stage,
    sayings,
)

NAMES = {m["name"] for home in SAMPLE["households"] for m in home["members"]} | {s["name"] for s in SAMPLE["staff"]}
NUMBER = re.compile(r"1[3-9]\d{9}|\d{17}[\dXx]")
READING = re.compile(r"(?<!\d)3[4-9][.．,，]\d|4[0-2][.．]\d|℃")
WORDS = {*SYMPTOM_LABELS.values(), "医学观察", "在观", "发烧", "疑似", "确诊"}
FIRST_AID = "请马上拨打"  # names no person


def leaks(stage: Stage) -> list[str]:
    """What went to a residents' group and should not have."""
    found = []
    for sent in stage.sent:
        if sent.to not in RESIDENTS_GROUPS:
            continue
        held = [name for name in NAMES if name in sent.text] + [word for word in WORDS if word in sent.text]
        held += NUMBER.findall(sent.text) + READING.findall(sent.text)
        if held or sent.file_kind:
            found.append(f"{sent.to}: {sent.text!r} holds {held}")
    return found


@settings(FEW, max_examples=30)
@given(st.lists(sayings, min_size=1, max_size=10))
def test_no_residents_group_learns_anything(said: list[Said]) -> None:
    with quick_stage() as stage:
        for one in said:
            stage.receive(one.on(stage))
        assert leaks(stage) == []


@settings(FEW, max_examples=8)
@given(st.lists(sayings, min_size=1, max_size=6), st.sampled_from([1, 4, 11, 25]))
def test_nor_by_what_the_clock_brings(said: list[Said], hours: int) -> None:
    with quick_stage() as stage:
        for one in said:
            stage.receive(one.on(stage))
        stage.forward(START.replace(hour=(8 + hours) % 24, day=5 + (8 + hours) // 24))
        assert leaks(stage) == []


@pytest.mark.parametrize("title", ["张伟发热38.5", "报名电话13800000001", "冯宇在观察 咳嗽"])
def test_a_chains_title_is_no_way_around(title: str) -> None:
    """The bot repeats the title; it must not repeat what it would never write itself."""
    with quick_stage() as stage:
        stage.receive(Said("qianli", "g-xf2", f"/接龙 {title}").on(stage))
        assert leaks(stage) == []


def test_the_check_itself_sees_a_leak() -> None:
    with quick_stage() as stage:
        stage.receive(Said("wang", "private", "38.5").on(stage))
        stage.sent = [type(one)("g-xf1", "张伟 38.5℃", "k", 0) for one in stage.sent]
        assert leaks(stage)
