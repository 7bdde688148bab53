"""Learned weights: every gram speaks for or against each label; written by `make learn`, read here, small and fast."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

import orjson

SCALE = 1000  # rarities and weights stand in the file as whole thousandths


@dataclass(frozen=True, slots=True)
class Linear:
    """What each gram says of each label; a text's score is the bias and all that its grams say, rare ones louder."""

    labels: tuple[str, ...]
    bias: tuple[float, ...]
    grams: dict[str, Sequence[int]]  # gram -> its rarity squared, then rarity x weight for each label, in thousandths

    def scores(self, grams: Iterable[str]) -> list[float]:
        """How much the grams of a text speak for each label, in the order of `labels`; over 0 means yes."""
        rows = [row for gram in set(grams) if (row := self.grams.get(gram)) is not None]
        if not rows:
            return list(self.bias)
        length, *sums = map(sum, zip(*rows, strict=True))
        scale = sqrt(length * SCALE)
        return [bias + said / scale for bias, said in zip(self.bias, sums, strict=True)]

    def loudest(self, grams: Iterable[str], label: str, most: int) -> list[tuple[int, str]]:
        """The grams that say most for or against a label, the loudest first: quicker than `evidence`."""
        place = self.labels.index(label) + 1
        said = sorted([(row[place], gram) for gram in set(grams) if (row := self.grams.get(gram)) is not None])
        ends = said[:most] + said[max(most, len(said) - most) :]
        return sorted(ends, key=lambda pair: (-abs(pair[0]), pair[1]))[:most]

    def evidence(self, grams: Iterable[str], label: str) -> list[tuple[str, float]]:
        """What each gram adds for a label, the strongest first."""
        place = self.labels.index(label) + 1
        known = [(gram, row) for gram in dict.fromkeys(grams) if (row := self.grams.get(gram)) is not None]
        scale = sqrt(sum([row[0] for _, row in known]) * SCALE) or 1.0
        said = [(gram, row[place] / scale) for gram, row in known if row[place]]
        return sorted(said, key=lambda pair: -abs(pair[1]))


def read_linear(text: str) -> Linear:
    """Weights from their file: JSON, a gram a line, its numbers as `Linear` wants them.

    Where there are many labels the numbers are written as pairs (index, number), those that are 0 left out.
    """
    raw = orjson.loads(text)
    grams, width = raw["grams"], len(raw["labels"]) + 1
    if raw["in_pairs"]:
        grams = {gram: _spread(pairs, width) for gram, pairs in grams.items()}
    return Linear(tuple(raw["labels"]), tuple(bias / SCALE for bias in raw["labels"].values()), grams)


def _spread(pairs: list[int], width: int) -> tuple[int, ...]:
    row = [0] * width
    for place in range(0, len(pairs), 2):
        row[pairs[place]] = pairs[place + 1]
    return tuple(row)
