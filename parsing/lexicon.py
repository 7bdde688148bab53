"""Word lists turned into one fast pattern, so that a table of words costs one pass over the text."""

import re
from collections.abc import Iterable
from typing import NamedTuple


class Token(NamedTuple):
    """A piece of the folded text that some rule understood."""

    start: int
    end: int
    kind: str
    value: str = ""
    rule: str = ""
    number: float | None = None
    claimed: float | None = None


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
