"""Word lists looked up in one pass over the text, however many words they hold (an Aho-Corasick automaton)."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from ahocorasick import Automaton

V = TypeVar("V")


class WordScan(Generic[V]):
    """Finds the longest of its words at each place, from left to right, without overlaps."""

    __slots__ = ("_hits",)

    def __init__(self, words: Mapping[str, V]) -> None:
        automaton = Automaton()
        for word, value in words.items():
            automaton.add_word(word, (len(word) - 1, value))
        automaton.make_automaton()
        self._hits = automaton.iter  # not iter_long, which loses words at the end of a text

    def may_find(self, text: str) -> bool:
        """Whether any of the words is in the text."""
        return next(self._hits(text), None) is not None

    def places(self, text: str) -> list[int]:
        """Where each word begins that is in the text, also within another one."""
        return [last - back for last, (back, _) in self._hits(text)]

    def scan(self, text: str) -> Iterator[tuple[int, int, V]]:
        """Start, end and value of each word found."""
        hits = [(last - back, -last, value) for last, (back, value) in self._hits(text)]
        hits.sort()  # no two words begin and end at the same place: values are never compared
        stop = 0
        for start, last, value in hits:
            if start >= stop:
                stop = 1 - last
                yield start, stop, value
