"""Learns what messages want, and says how well on the examples of each writer that were left out meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from learning.fit import Fitted, decide, fit
from learning.labelled import Example
from parsing.wants.intents import DANGERS, LABELS, features
from parsing.writing.text import fold

STIFFNESS, SEEN = 1.0, 3
MOST_ALARMS = 0.012  # of the calm examples, a third of them look-alikes, that one kind of danger may be heard in
OFFSETS = np.arange(-0.4, 0.41, 0.02)


@dataclass(frozen=True, slots=True)
class Heard:
    """How well one label is heard in messages of writers that were not learned from."""

    label: str
    offset: float  # added to the bias
    precision: float
    recall: float


def learn(rows: Sequence[Example]) -> tuple[Fitted, list[Heard]]:
    """The weights from all examples, their biases moved to where left-out writers were heard best."""
    scores = _left_out(rows)
    heard = [_best(label, scores[:, index], rows) for index, label in enumerate(LABELS)]
    fitted = _fit(rows)
    for index, one in enumerate(heard):
        fitted.bias[index] += one.offset
    return fitted, heard


def _fit(rows: Sequence[Example]) -> Fitted:
    texts = [fold(row.text).text for row in rows]
    told = [set(row.intents) for row in rows]
    return fit(
        texts,
        told,
        LABELS,
        features,
        stiffness=STIFFNESS,
        seen=SEEN,
        says=lambda place, label: _says(rows[place], label),
    )


def _says(row: Example, label: str) -> bool:
    return label in DANGERS or not row.dangers_only


def _left_out(rows: Sequence[Example]) -> np.ndarray:
    """The score of every message by weights that its writer had no part in."""
    writers = {row.writer for row in rows}
    scores = np.zeros((len(rows), len(LABELS)))
    for writer in sorted(writers):
        own = [place for place, row in enumerate(rows) if row.writer == writer]
        fitted = _fit([row for row in rows if row.writer != writer])
        scores[own] = decide(fitted, [fold(rows[place].text).text for place in own], features)
    return scores


def _best(label: str, scores: np.ndarray, rows: Sequence[Example]) -> Heard:
    """The offset at which a label is heard best: most right answers, or for a danger most of those under way."""
    telling = [place for place, row in enumerate(rows) if _says(row, label)]
    scores = scores[telling]
    wanted = np.array([label in rows[place].intents for place in telling])
    calm = np.array([rows[place].intents.isdisjoint(DANGERS) for place in telling])
    found = []
    for offset in OFFSETS:
        said = scores + offset > 0
        hits = int((said & wanted).sum())
        precision, recall = hits / max(1, int(said.sum())), hits / max(1, int(wanted.sum()))
        one = Heard(label, float(offset), precision, recall)
        if label in DANGERS:
            if (said & calm).sum() <= MOST_ALARMS * calm.sum():
                found.append((recall, one))
        else:
            found.append((2 * hits / max(1, int(said.sum() + wanted.sum())), one))
    return max(found, key=lambda pair: pair[0])[1]
