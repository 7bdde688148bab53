"""How rules of danger are written, and how the few that can speak of a message are found without trying them all."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from operator import add
from typing import NamedTuple

from parsing.dangers.words import WORDS
from parsing.writing.lexicon import Pattern

# A shape is pieces between blanks. A piece is a regular expression, mostly plain words, and may name a class of
# words of `danger_words` in braces. Between pieces may stand a gap; where none stands, they touch.
GAPS = {
    "..": "[^,。!?;\n]{0,6}",  # within a clause
    "...": "[^。!?;\n]{0,16}",  # within a sentence
    "....": "[^\n]{0,40}",  # soon after
}
_SIGNS = frozenset("[](){}?.*+^$\\")  # what makes a word an expression
_SPECIAL = Pattern(f"[{re.escape(''.join(sorted(_SIGNS)))}]")
FILLER = "~"  # before a piece: any of its words may stand here, some of them, or none
_CLASS = Pattern(r"\{([a-z_]+)\}")
ALONE = 4  # the weight at which a rule is heard without another sign


class Rule(NamedTuple):
    """One small rule: it speaks where a shape is found, and counts by its weight."""

    name: str  # family.what
    shapes: tuple[str, ...]
    says: str  # a message that it is for
    weight: int  # 4 speaks alone; less needs other signs beside it
    needs: str  # a shape that the rest of the message must hold
    but: str  # a shape that makes it harmless

    @property
    def family(self) -> str:
        """Signs of one family count once."""
        return self.name.partition(".")[0]


def rule(name: str, *shapes: str, says: str = "", weight: int = ALONE, needs: str = "", but: str = "") -> Rule:
    """A row of a table."""
    return Rule(name, shapes, says, weight, needs, but)


@cache
def compiled(*shapes: str) -> re.Pattern[str]:
    """Any of the shapes, compiled when it is first needed: most rules never are."""
    return re.compile("|".join(_expression(shape) for shape in shapes))


def _expression(shape: str) -> str:
    return "".join(GAPS.get(piece) or _piece(piece) for piece in shape.split(" "))


def _piece(piece: str) -> str:
    if piece.startswith(FILLER):
        return f"(?:{_named(piece[1:])}){{0,4}}"
    return _grouped(_named(piece))


def _named(piece: str) -> str:
    return _CLASS.sub(lambda match: f"(?:{WORDS[match[1]]})", piece) if "{" in piece else piece


def _grouped(piece: str) -> str:
    return f"(?:{piece})" if "|" in piece else piece


class Shape(NamedTuple):
    """One shape of a rule, and what must stand in a text for it to be worth trying."""

    place: int  # in the tables
    label: str
    rule: Rule
    text: str
    others: tuple[frozenset[str], ...]  # one writing of each of these, beside the one that it is found by
    words: tuple[str, ...]  # where it is plain words and no expression

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where it stands in a text; plain words are looked for without an expression."""
        if not self.words:
            for match in compiled(self.text).finditer(text):
                yield match.span()
        for word in self.words:
            place = text.find(word)
            while place >= 0:
                yield place, place + len(word)
                place = text.find(word, place + len(word))


class Index:
    """Shapes by a piece of writing, one or two characters long, without which they cannot speak."""

    def __init__(self, rules: Iterable[tuple[str, Rule]]) -> None:
        self._by_key: dict[str, list[Shape]] = {}
        place = 0
        for label, row in rules:
            for shape in row.shapes:
                best, *others = _key_sets(shape)
                words = () if not _SIGNS.isdisjoint(shape) or " " in shape else tuple(shape.split("|"))
                found = Shape(place, label, row, shape, tuple(others), words)
                for key in best:
                    self._by_key.setdefault(key, []).append(found)
                place += 1
        self._keys = frozenset(self._by_key)

    def candidates(self, held: set[str]) -> list[Shape]:
        """The shapes that can speak of a text that holds these grams, in the order of the tables."""
        found = []
        for key in self._keys & held:
            for shape in self._by_key[key]:
                for other in shape.others:
                    if held.isdisjoint(other):
                        break
                else:
                    found.append(shape)
        return sorted(set(found)) if len(found) > 1 else found


def grams(text: str) -> set[str]:
    """The characters of a text and its pairs of neighbours."""
    held = set(text)
    held.update(map(add, text, text[1:]))
    return held


def _key_sets(shape: str) -> list[frozenset[str]]:
    """For each piece of plain words the last one or two characters of them; the most telling piece first."""
    found = [_keys(piece) for piece in shape.split(" ") if piece not in GAPS and not piece.startswith(FILLER)]
    found = sorted({keys for keys in found if keys}, key=_commonness)
    if not found:
        raise ValueError(f"no piece of plain words in {shape!r}")
    return found


_COMMON = frozenset(  # what residents write most in calm messages
    "了我的一不天人个来家子有没上是老下在里那到都楼得三去今要还小回点十门能儿好从口大头着就出说这打给们过度发区两车看开昨温体"
    "报心死水想晚电妈几吃地接孩帮外谁跟咳六号烧他手哪明住阳二你气吗隔也年后五多送刚公做早机又进把道会生院"
)


@cache
def _commonness(keys: frozenset[str]) -> tuple[int, int]:
    """How much everyday writing holds one of these keys."""
    return sum(_dullness(key) for key in keys), len(keys)


def _dullness(key: str) -> int:
    """From 0 for a pair of rare characters to 8 for a common one that stands alone."""
    if len(key) == 2:
        return 3 if key[0] in _COMMON and key[1] in _COMMON else 0
    return 8 if key in _COMMON else 2


@cache
def _keys(piece: str) -> frozenset[str]:
    """One or two characters of every word of a piece; nothing where a word is open."""
    found: set[str] = set()
    for option in piece.split("|") if "(" not in piece else _options(piece):
        if option.startswith("{") and (name := _CLASS.fullmatch(option)):
            found |= _keys(WORDS[name[1]])
        elif not _SIGNS.isdisjoint(option):
            found |= _keys_of_expression(_named(option))
        else:
            found.add(_telling(option))
    return frozenset() if "" in found else frozenset(found)


def _telling(word: str) -> str:
    """The pair of neighbours in a word that everyday writing holds least."""
    if len(word) < 3:
        return word
    for place in range(len(word) - 2, -1, -1):
        if word[place] not in _COMMON or word[place + 1] not in _COMMON:
            return word[place : place + 2]
    return word[-2:]


def _keys_of_expression(option: str) -> frozenset[str]:
    """How it begins, where it begins with a plain word, else how it ends."""
    words, place = _sequence(option, 0)
    if place != len(option):
        raise ValueError(f"unbalanced {option!r}")
    start = _SPECIAL.split(option)[0]
    if option[len(start)] in "?*+{":
        start = start[:-1]
    best = frozenset(words)
    if len(start) > 1 and ("" in best or _commonness(best) > (0, 9)):
        return frozenset({_telling(start)})
    return best


def _options(piece: str) -> list[str]:
    """What stands between the bars of a piece, leaving those within brackets."""
    options, depth, start = [], 0, 0
    for place, character in enumerate(piece):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "|" and not depth:
            options.append(piece[start:place])
            start = place + 1
    return [*options, piece[start:]]


# --- how the words that a piece stands for may end -----------------------------------------------------------------


def _either(piece: str, place: int) -> tuple[frozenset[str], int]:
    found: set[str] = set()
    while True:
        words, place = _sequence(piece, place)
        found |= words
        if place == len(piece) or piece[place] != "|":
            return frozenset(found), place
        place += 1


def _sequence(piece: str, place: int) -> tuple[set[str], int]:
    words = {""}
    while place < len(piece) and piece[place] not in "|)":
        atom, place = _atom(piece, place)
        if place < len(piece) and piece[place] in "?*+{":
            atom = atom and atom | {""} if piece[place] == "?" else None
            place = piece.index("}", place) + 1 if piece[place] == "{" else place + 1
        words = {(word + end)[-2:] for word in words for end in atom} if atom else {""}
    return words, place


def _atom(piece: str, place: int) -> tuple[frozenset[str] | None, int]:
    """What one atom stands for, nothing where that is no list, and the place behind it."""
    character = piece[place]
    if character == "[":
        end = piece.index("]", place)
        members = piece[place + 1 : end]
        return (None if members[0] == "^" or "-" in members or "\\" in members else frozenset(members)), end + 1
    if piece.startswith("(?:", place):
        words, place = _either(piece, place + 3)
        return words, place + 1
    if character == "(":  # looks ahead or back, and takes nothing
        return frozenset({""}), _closing(piece, place)
    if character in "^$":
        return frozenset({""}), place + 1
    if character in ".\\":
        return None, place + (2 if character == "\\" else 1)
    return frozenset(character), place + 1


def _closing(piece: str, place: int) -> int:
    depth = 0
    while True:
        depth += {"(": 1, ")": -1}.get(piece[place], 0)
        place += 1
        if not depth:
            return place
