"""Word lists looked up character by character: ready at once, where a pattern of the same words takes long to build."""

from collections.abc import Iterator, Mapping
from operator import add
from typing import Generic, TypeVar

V = TypeVar("V")


class WordScan(Generic[V]):
    """Finds the longest of its words at each place, from left to right, without overlaps."""

    __slots__ = ("_first", "_longest", "_singles", "_words")

    def __init__(self, words: Mapping[str, V]) -> None:
        self._words = dict(words)
        self._first = frozenset([word[0] for word in self._words])
        self._singles = frozenset([word for word in self._words if len(word) == 1])
        # How long the longest word is that begins with these two letters: the longer ones are written last.
        self._longest = {word[:2]: len(word) for word in sorted(self._words, key=len)}

    def may_find(self, text: str) -> bool:
        """Whether two letters, or a word of one, begin a word somewhere: quicker than to look, and often enough."""
        if self._first.isdisjoint(text):
            return False
        return not (self._longest.keys().isdisjoint(map(add, text, text[1:])) and self._singles.isdisjoint(text))

    def scan(self, text: str) -> Iterator[tuple[int, int, V]]:
        """Start, end and value of each word found."""
        if self._first.isdisjoint(text):
            return
        words, longest, singles, stop = self._words, self._longest, self._singles, 0
        pairs = [*map(add, text, text[1:]), text[-1]]
        if singles.isdisjoint(text):
            places = [place for place, pair in enumerate(pairs) if pair in longest]
        else:
            places = [place for place, pair in enumerate(pairs) if pair in longest or pair[0] in singles]
        for place in places:
            if place < stop:
                continue
            for size in range(longest.get(pairs[place], 1), 0, -1):
                word = text[place : place + size]
                if len(word) == size and word in words:
                    stop = place + size
                    yield place, stop, words[word]
                    break
