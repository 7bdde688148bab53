"""The labelled messages that the weights are learned from, each with the writer (file) it comes from.

The labelled sets of the tests are learned from too, but for those set aside (`aside-…`).
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parent / "examples"
TESTED = Path(__file__).parents[1] / "tests" / "corpus"
BORDER = Path(__file__).parent / "border"


@dataclass(frozen=True, slots=True)
class Example:
    """One message and what it wants."""

    text: str
    intents: frozenset[str]
    writer: str
    dangers_only: bool = False  # the set says only whether it is a danger


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its topic; None: a person answers."""

    text: str
    topic: str | None


def questions(folder: Path = BORDER) -> list[Question]:
    """The questions by which the border is placed; they are never learned from."""
    lines = (line for path in sorted(folder.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines())
    return [Question(row["text"], row["topic"]) for row in map(json.loads, lines)]


def examples(files: Iterable[Path] | None = None) -> list[Example]:
    """Every example, in the order of files and lines; raises ValueError naming a line that is none."""
    found = []
    tested = (path for path in TESTED.glob("*.jsonl") if not path.name.startswith("aside-"))
    for path in files or sorted([*EXAMPLES.glob("*.jsonl"), *tested]):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                told = row["dangers"] if "dangers" in row else row["intents"]
                found.append(Example(row["text"], frozenset(told), path.stem, "dangers" in row))
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{path.name}:{number}: a line is {{text, intents}}") from error
    return found


def fingerprint(rows: Iterable[object]) -> str:
    """A short hash of what weights are learned from, by which a test sees that they are up to date."""
    return hashlib.sha256("\n".join(map(repr, rows)).encode()).hexdigest()[:16]
