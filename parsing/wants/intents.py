"""What a message wants, heard by learned weights: question, help, declare, tip, and a second ear for danger.

The weights come from labelled messages (`learning/examples/`); to mend a mishearing, add examples and run `make learn`.
"""

from functools import cache, lru_cache
from pathlib import Path

from parsing.wants.grams import grams, pieces
from parsing.wants.linear import Linear, read_linear
from parsing.writing.lexicon import Token
from parsing.writing.text import fold

WANTS = ("question", "help", "declare", "tip")
DANGERS = ("emergency", "crisis")
REPORT = "checkin"  # only a lean: what is reported is read by rules
LABELS = (*WANTS, *DANGERS, REPORT)
LONGEST = 2_000  # letters that are heard; of what is longer the rules of danger read all
WEIGHTS = Path(__file__).parents[1] / "learned" / "intents.json"


def features(text: str) -> list[str]:
    """A folded text as the weights see it; its first and last letter are marked."""
    return _features(_heard(text))


def _heard(text: str) -> str:
    return pieces(text[:LONGEST])


def _features(clean: str) -> list[str]:
    return [*grams(clean), f"^{clean[:1]}", f"{clean[-1:]}$"]


@cache
def weights() -> Linear:
    """The learned weights, read once."""
    return read_linear(WEIGHTS.read_text(encoding="utf-8"))


def scores(text: str) -> dict[str, float]:
    """How far the weights lean to each label for a folded text; over 0 it is heard."""
    return _scores(_heard(text))


@lru_cache(maxsize=4096)  # check-ins that differ in their figures only are one text to the weights
def _scores(clean: str) -> dict[str, float]:
    return dict(zip(weights().labels, weights().scores(_features(clean)), strict=True))


def find(text: str, labels: tuple[str, ...]) -> list[Token]:
    """A token for each of the labels that is heard, over the words that spoke for it most."""
    leaning = scores(text)
    return [_token(text, label) for label in labels if leaning[label] > 0]


def _token(text: str, label: str) -> Token:
    start, end = _place(text, label)
    return Token(start, end, label, "", f"learned.{label}")


def _place(text: str, label: str) -> tuple[int, int]:
    """From the first to the last of the three grams that speak most for a label, as far as they stand close."""
    places = [text.find(gram) for gram in _strongest(_heard(text), label)]
    best = [place for place in places if place >= 0][:3]
    if not best:
        return 0, len(text)
    near = [place for place in best if abs(place - best[0]) < 12]
    return min(near), min(max(near) + 2, len(text))


@lru_cache(maxsize=1024)
def _strongest(clean: str, label: str) -> tuple[str, ...]:
    """The pairs of letters for a label among the six grams of a text that say most; figures are not there to be found."""
    said = weights().loudest(_features(clean), label, 6)
    return tuple(gram for value, gram in said if value > 0 and len(gram) == 2 and "0" not in gram)


def reasons(text: str, label: str) -> dict[str, float]:
    """The grams of a text that speak most for or against a label, with how much each adds."""
    said = weights().evidence(features(fold(text).text), label)
    return {gram: round(value, 2) for gram, value in said[:6]}
