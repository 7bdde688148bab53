"""Words are found as somebody would who reads from left to right and always takes the longest."""

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from parsing.writing.wordscan import WordScan

LETTERS = "咳嗽发烧"
WORDS = st.dictionaries(st.text(LETTERS, min_size=1, max_size=4), st.integers(), min_size=1, max_size=8)


def _read(words: dict[str, int], text: str) -> Iterator[tuple[int, int, int]]:
    place = 0
    while place < len(text):
        sizes = [size for size in (4, 3, 2, 1) if text[place : place + size] in words and place + size <= len(text)]
        if sizes:
            yield place, place + sizes[0], words[text[place : place + sizes[0]]]
        place += sizes[0] if sizes else 1


@given(WORDS, st.text(LETTERS + "，", max_size=14))
def test_the_longest_words_are_found_from_the_left(words: dict[str, int], text: str) -> None:
    scan = WordScan(words)
    assert list(scan.scan(text)) == list(_read(words, text))
    assert scan.may_find(text) == any(word in text for word in words)
    assert sorted(scan.places(text)) == sorted(
        place for place in range(len(text)) for word in words if text.startswith(word, place)
    )
