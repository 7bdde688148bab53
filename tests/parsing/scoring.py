"""How well answers agree with a labelled set: the figures that the thresholds of the corpus tests are about."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parsing import Context, Understanding, parse

CORPUS = Path(__file__).parent.parent / "corpus"
DANGERS = frozenset({"emergency", "crisis"})


@dataclass(slots=True)
class Tally:
    """Hits against what was wanted and what was answered."""

    hits: int = 0
    wanted: int = 0
    answered: int = 0

    def add(self, wanted: Counter[Any], answered: Counter[Any]) -> None:
        self.hits += (wanted & answered).total()
        self.wanted += wanted.total()
        self.answered += answered.total()

    @property
    def recall(self) -> float:
        return self.hits / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.wanted + self.answered) if self.wanted + self.answered else 1.0


@dataclass(slots=True)
class Score:
    """The figures of one labelled set, and the messages that went wrong."""

    intents: Tally
    checkins: Tally
    temperatures: Tally
    dangers: Tally
    calm: int
    alarms: int
    misses: list[str]


def load(name: str) -> list[dict[str, Any]]:
    """The rows of a labelled set of this folder."""
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines() if line]


def understand(row: dict[str, Any]) -> Understanding:
    """What the parser makes of a labelled message."""
    return parse(row["text"], Context(row["expecting"], row["household"], tuple(row["members"])))


def understand_dangers(row: dict[str, Any]) -> set[str]:
    """Only what it says of danger."""
    return DANGERS & set(understand(row).intents)


def score(rows: Iterable[dict[str, Any]]) -> Score:
    """Parse every message and compare."""
    result = Score(Tally(), Tally(), Tally(), Tally(), 0, 0, [])
    for row in rows:
        answer = understand(row)
        wanted = Counter(_wanted(entry) for entry in row["checkins"])
        answered = Counter((c.person, c.address, c.temperature, c.symptoms, c.when, c.unclear) for c in answer.checkins)
        result.checkins.add(wanted, answered)
        result.intents.add(Counter(row["intents"]), Counter(answer.intents))
        result.temperatures.add(_readings(wanted), _readings(answered))
        result.dangers.add(Counter(DANGERS & set(row["intents"])), Counter(DANGERS & set(answer.intents)))
        if not DANGERS & set(row["intents"]):
            result.calm += 1
            result.alarms += bool(DANGERS & set(answer.intents))
        if wanted != answered or set(row["intents"]) != set(answer.intents):
            result.misses.append(f"{row['id']}: {row['text']!r} -> {answer.intents} {answer.checkins}")
    return result


def _wanted(entry: dict[str, Any]) -> tuple[Any, ...]:
    keys = ("person", "address", "temperature", "symptoms", "when", "unclear")
    return tuple(tuple(entry[key]) if key == "symptoms" else entry[key] for key in keys)


def _readings(entries: Counter[Any]) -> Counter[Any]:
    return Counter(entry[2] for entry in entries.elements() if entry[2] is not None)
