"""One linear classifier a label over the grams of a text (scikit-learn), and the file that the program reads."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from parsing.wants.linear import SCALE, read_linear

MOST_DENSE = 12  # labels; with more of them most numbers are 0 and are left out
Grams = Callable[[str], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was learned: a row of weights for each label, a column for each gram."""

    labels: tuple[str, ...]
    bias: list[float]
    weights: Any  # labels x grams
    grams: list[str]
    rarity: list[float]


def fit(
    texts: Sequence[str], told: Sequence[set[str]], labels: Sequence[str], grams: Grams, *, stiffness: float, seen: int,
    says: Callable[[int, str], bool] = lambda place, label: True,
) -> Fitted:  # fmt: skip
    """Learn each label against the rest.

    `seen`: in how many texts a gram must stand to count; `says`: whether a text's labels say anything of this one.
    """
    vectors = TfidfVectorizer(
        analyzer=lambda text: [gram for gram in grams(text) if " " not in gram], binary=True, min_df=seen
    )
    known = vectors.fit_transform(texts)
    rows, bias = [], []
    for label in labels:
        telling = [place for place in range(len(texts)) if says(place, label)]
        wanted = np.array([label in told[place] for place in telling])
        model = LinearSVC(C=stiffness, max_iter=5000, random_state=0).fit(known[telling], wanted)
        rows.append(model.coef_[0])
        bias.append(float(model.intercept_[0]))
    return Fitted(
        tuple(labels), bias, np.array(rows), list(vectors.get_feature_names_out()), list(map(float, vectors.idf_))
    )


def decide(fitted: Fitted, texts: Sequence[str], grams: Grams) -> Any:
    """The scores of texts, a row for each, by the weights as they will be read."""
    weights = read_linear(written(fitted, "", least=0.0))
    return np.array([weights.scores(list(grams(text))) for text in texts])


def written(fitted: Fitted, inputs: str, least: float) -> str:
    """The file of learned weights, a gram a line; `inputs` says from what, weights under `least` are left out."""
    labels = {label: round(bias * SCALE) for label, bias in zip(fitted.labels, fitted.bias, strict=True)}
    in_pairs = len(labels) > MOST_DENSE
    order = sorted(range(len(fitted.grams)), key=fitted.grams.__getitem__)
    lines = []
    for column in order:
        row = _row(fitted, column, least)
        told = [number for pair in enumerate(row) if pair[1] for number in pair] if in_pairs else row
        lines.append(f"{_json(fitted.grams[column])}: {_json(told)}")
    head = f'"learned_from": {_json(inputs)},\n"labels": {_json(labels)},\n"in_pairs": {_json(in_pairs)}'
    rows = ",\n".join(lines)
    return f'{{{head},\n"grams": {{\n{rows}\n}}}}\n'


def _row(fitted: Fitted, column: int, least: float) -> list[int]:
    """A gram's numbers: its rarity squared, then rarity x weight for each label."""
    rarity = fitted.rarity[column]
    weights = (weight if abs(weight) >= least else 0.0 for weight in fitted.weights[:, column])
    return [round(rarity * rarity * SCALE), *(round(rarity * weight * SCALE) for weight in weights)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
