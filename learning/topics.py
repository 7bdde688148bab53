"""Learns which topic a question asks about, and where the border to "a person answers" lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from learning.fit import Fitted, decide, fit
from learning.labelled import Question
from parsing.wants.grams import Concepts
from parsing.wants.topics import NOBODY, features
from parsing.writing.text import fold

STIFFNESS, SEEN = 3.0, 2
MOST_FALSE = (
    0.02  # of the border's questions that nobody answers may be answered; a good part of them is written to mislead
)
OFFSETS = np.arange(-0.8, 0.61, 0.02)


@dataclass(frozen=True, slots=True)
class Asked:
    """How well the border's questions, which were not learned from, find their topic."""

    right: float  # of those that have one
    wrong: float  # of those that have one: another topic's answer
    false: float  # of those that have none: answered all the same
    offset: float


def learn(forms: Sequence[tuple[str, str]], border: Sequence[Question], concepts: Concepts) -> tuple[Fitted, Asked]:
    """The weights from all (form, topic) pairs; the bias of "nobody" moved to where few are answered falsely."""

    def seen(text: str) -> list[str]:
        return features(text, concepts)

    labels = sorted({topic for _, topic in forms})
    texts = [fold(form).text for form, _ in forms]
    fitted = fit(texts, [{topic} for _, topic in forms], labels, seen, stiffness=STIFFNESS, seen=SEEN)
    scores = decide(fitted, [fold(question.text).text for question in border], seen)
    asked = _border(scores, np.array([question.topic or NOBODY for question in border]), labels)
    fitted.bias[labels.index(NOBODY)] -= asked.offset
    return fitted, asked


def _border(scores: Any, topics: Any, labels: Sequence[str]) -> Asked:
    nobody, has = labels.index(NOBODY), topics != NOBODY
    found = []
    for offset in OFFSETS:
        moved = scores.copy()
        moved[:, nobody] -= offset
        said = np.array(labels)[moved.argmax(axis=1)]
        hit, silent = said == topics, said == NOBODY
        right, wrong = float(hit[has].mean()), float((~hit & ~silent)[has].mean())
        found.append(Asked(right, wrong, float((~silent)[~has].mean()), float(offset)))
    return max((asked for asked in found if asked.false <= MOST_FALSE), key=lambda asked: asked.right)
