"""Word lists turned into one fast pattern, so that a table of words costs one pass over the text."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol


class Token(NamedTuple):
    """A piece of the folded text that some rule understood."""

    start: int
    end: int
    kind: str
    value: str = ""
    rule: str = ""
    number: float | None = None
    claimed: float | None = None


class _Find(Protocol):
    def __call__(self, text: str, start: int = 0, end: int = ..., /) -> re.Match[str] | None: ...


class _FindAll(Protocol):
    def __call__(self, text: str, start: int = 0, end: int = ..., /) -> Iterator[re.Match[str]]: ...


class Pattern:
    """A pattern compiled when it is first asked: building one takes milliseconds, and most messages ask few of them.

    Once compiled it answers by the methods of the compiled pattern themselves, so that it is no slower than that.
    """

    __slots__ = ("_source", "findall", "finditer", "fullmatch", "match", "search", "split", "sub")

    findall: Callable[[str], list[str]]
    finditer: _FindAll
    fullmatch: _Find
    match: _Find
    search: _Find
    split: Callable[[str], list[str]]
    sub: Callable[[str | Callable[[re.Match[str]], str], str], str]

    def __init__(self, source: str) -> None:
        self._source = source

    def __getattr__(self, name: str) -> object:  # only asked while a slot is still empty
        if name not in Pattern.__slots__:
            raise AttributeError(name)
        compiled = re.compile(self._source)
        for method in Pattern.__slots__[1:]:
            setattr(self, method, getattr(compiled, method))
        return getattr(self, name)


def trie_pattern(words: Iterable[str]) -> str:
    """A pattern that matches the longest of the words; shared beginnings are tried only once."""
    root: dict[str, dict] = {}  # type: ignore[type-arg]  # a tree of itself
    for word in words:
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branch(root)


def _branch(node: dict[str, dict]) -> str:  # type: ignore[type-arg]
    ends = "" in node
    by_tail: dict[str, list[str]] = {}
    for character, child in node.items():
        if character:
            by_tail.setdefault(_branch(child), []).append(character)
    options = []
    for tail, characters in by_tail.items():
        head = re.escape(characters[0]) if len(characters) == 1 else "[" + "".join(map(re.escape, characters)) + "]"
        options.append(head + tail)
    if not options:
        return ""
    body = options[0] if len(options) == 1 and not ends else "(?:" + "|".join(options) + ")"
    return body + "?" if ends else body
