"""Questions that nobody tuned on: how many find their topic, and how few are answered that should not be."""

import json
from pathlib import Path

import pytest

from bot.content import answers

CORPUS = Path(__file__).parent.parent / "corpus"


@pytest.fixture(scope="module", params=["aside-questions.jsonl", "aside-questions-2.jsonl"])
def asked(request: pytest.FixtureRequest) -> list[tuple[str | None, str | None, str]]:
    rows = [json.loads(line) for line in (CORPUS / request.param).read_text(encoding="utf-8").splitlines()]
    return [(row["topic"], answers().matcher.match(row["text"]).topic, row["text"]) for row in rows]


def test_the_right_topic_is_found(asked: list[tuple[str | None, str | None, str]]) -> None:
    having = [(wanted, got, text) for wanted, got, text in asked if wanted]
    missed = [one for one in having if one[0] != one[1]]
    assert 1 - len(missed) / len(having) >= 0.88, missed


def test_what_no_topic_answers_goes_to_a_person(asked: list[tuple[str | None, str | None, str]]) -> None:
    none = [(got, text) for wanted, got, text in asked if wanted is None]
    answered = [one for one in none if one[0]]
    assert len(answered) / len(none) <= 0.05, answered
