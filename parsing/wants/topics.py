"""Which topic of the knowledge base a question asks about, or that a person must answer it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from parsing.wants.advice import only_a_person
from parsing.wants.grams import Concepts, grams, pieces
from parsing.wants.linear import Linear
from parsing.writing.lexicon import Pattern
from parsing.writing.text import fold

NOBODY = "nobody"  # the label of questions that no entry answers
SAME = 90  # per cent of likeness at which a question is taken for a known form
_FIGURES = frozenset("0.: -<>[]*/")
_LETTER = Pattern("[A-Za-z\u4e00-\u9fff]")
LONGEST = 300  # letters of a question that are read


@dataclass(frozen=True, slots=True)
class Match:
    """The topic of a question (None: a person), the rule that decided, and what spoke for it."""

    topic: str | None
    rule: str
    certainty: float = 0.0  # how far the topic lies before "nobody"
    nearest: tuple[str, ...] = ()  # topics that come next, for whoever answers
    evidence: tuple[tuple[str, float], ...] = ()


def features(text: str, concepts: Concepts) -> list[str]:
    """A folded question as the weights see it; figures alone say nothing."""
    return [*(gram for gram in grams(pieces(text)) if not _FIGURES.issuperset(gram)), *concepts.find(text)]


@dataclass(frozen=True, slots=True)
class Matcher:
    """Known forms first, then what only a person may answer, then the learned weights."""

    weights: Linear
    concepts: Concepts
    forms: Mapping[str, str]  # form as `pieces` writes it -> topic, or a reason in brackets
    _forms: Sequence[str] = field(default=(), repr=False)

    def match(self, text: str) -> Match:
        """The topic of one question."""
        question = fold(text).text[:LONGEST]
        clean = pieces(question)
        if len(_LETTER.findall(clean)) < 2:
            return Match(None, "topics.no_words")
        if known := process.extractOne(clean, self._forms, scorer=fuzz.ratio, score_cutoff=SAME):
            place = self.forms[known[0]]
            return Match(None if place.startswith("(") else place, f"topics.form:{known[0]}", 1.0)
        if person := only_a_person(question):
            return Match(None, person[0])
        return self._weighed(features(question, self.concepts))

    def _weighed(self, found: list[str]) -> Match:
        scores = dict(zip(self.weights.labels, self.weights.scores(found), strict=True))
        nobody = scores.pop(NOBODY)
        first, *rest = sorted(scores, key=scores.__getitem__, reverse=True)
        certainty = scores[first] - nobody
        evidence = tuple(self.weights.evidence(found, first)[:5])
        nearest = tuple(rest[:3]) if certainty > 0 else (first, *rest[:2])
        return Match(first if certainty > 0 else None, "topics.learned", certainty, nearest, evidence)
