"""A text as the learned weights see it: its letters in ones and twos, and the concepts behind its words."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import add

from parsing.writing.lexicon import Pattern, trie_pattern

_DIGIT = Pattern(r"\d")
_BREAK = Pattern(r"[\s,。.!?;:、~…\"“”‘’'()\[\]【】]+")


def pieces(text: str) -> str:
    """A folded text with digits made alike and every break a single space."""
    return _BREAK.sub(" ", _DIGIT.sub("0", text)).strip()


def grams(clean: str) -> list[str]:
    """The letters of `pieces` one by one, and each two that stand together."""
    return [*clean, *map(add, clean, clean[1:])]


@dataclass(frozen=True, slots=True)
class Concepts:
    """Words that mean the same: each concept found in a text is one more gram, written `<mask>`."""

    by_word: Mapping[str, tuple[str, ...]]
    _pattern: re.Pattern[str] = field(repr=False, default=re.compile(""))

    @classmethod
    def of(cls, words: Mapping[str, tuple[str, ...]]) -> "Concepts":
        """From the words of each concept, folded as texts are."""
        by_word: dict[str, tuple[str, ...]] = {}
        for concept, spoken in words.items():
            for word in spoken:
                by_word[word] = (*by_word.get(word, ()), f"<{concept}>")
        return cls(by_word, re.compile(f"(?=({trie_pattern(by_word)}))"))

    def find(self, text: str) -> set[str]:
        """The concepts of a folded text."""
        return {concept for match in self._pattern.finditer(text) for concept in self.by_word[match[1]]}
