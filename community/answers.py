"""Answers to residents' questions: one reviewed text, or a person. Nothing is ever composed."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from community.knowledge import Entry, Knowledge, Reason, load_knowledge
from parsing.wants.grams import Concepts, pieces
from parsing.wants.linear import read_linear
from parsing.wants.topics import Match, Matcher
from parsing.writing.text import fold

_FOR_A_DOCTOR = frozenset({Reason.DOSAGE, Reason.DIAGNOSIS, Reason.OTHERS_HEALTH})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets: an entry, or nobody's answer with the reason if that is known."""

    match: Match
    title: str = ""
    entry: Entry | None = None
    reason: Reason | None = None  # a matter for a doctor: declined kindly


@dataclass(frozen=True, slots=True)
class Answers:
    """The knowledge base with the matcher that finds its topics."""

    knowledge: Knowledge
    matcher: Matcher

    def to(self, question: str, pack: str, today: date) -> Answer:
        """The answer to one question under a rule pack, as of a day."""
        match = self.matcher.match(question)
        if match.topic is None:
            return Answer(match, reason=_reason(match))
        topic = self.knowledge.topics.get(match.topic)
        entry = topic.entry(pack, today) if topic else None
        return Answer(match, topic.title if topic else "", entry)


def _reason(match: Match) -> Reason | None:
    """The reason in the rule's name: `advice.dosage.amount`, or a known form in brackets."""
    return next((reason for reason in _FOR_A_DOCTOR if f".{reason}" in match.rule), None)


def load_concepts(path: Path) -> Concepts:
    """Words that mean the same, by their concept."""
    raw: dict[str, list[Any]] = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return Concepts.of({concept: tuple(fold(str(word)).text for word in words) for concept, words in raw.items()})


@cache
def load_answers(folder: Path, words: Path, weights: Path) -> Answers:
    """Read everything once; raises `KnowledgeError` where a file is wrong."""
    knowledge = load_knowledge(folder)
    concepts = load_concepts(words)
    forms = {pieces(fold(form).text): topic.topic for topic in knowledge.topics.values() for form in topic.forms}
    forms |= {pieces(fold(f).text): f"({reason})" for reason, group in knowledge.unanswered.items() for f in group}
    return Answers(knowledge, Matcher(read_linear(weights.read_text(encoding="utf-8")), concepts, forms, tuple(forms)))
