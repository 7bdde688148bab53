"""Text made to fit: cleaned, measured, cut with a mark or broken into lines. Sizes and widths are in pixels."""

from __future__ import annotations

import unicodedata

from templates.pictures.font import advance, drawable

ELLIPSIS = "…"
GETA = "〓"  # the printers' mark for a character that the font lacks, so that a rare name is seen to be incomplete
REGULAR, MEDIUM, BOLD = 400, 500, 700

_SPACES = ("Zs", "Zl", "Zp", "Cc")
# Direction controls would turn a name around, stacked marks would leave their line, lone surrogates are no XML.
_DROPPED = ("Cf", "Cs", "Mn", "Me")
_NEVER_FIRST = frozenset("，。、；：！？）》」』】〕”’…·,.;:!?)]}%℃")
_NEVER_LAST = frozenset("（《「『【〔“‘([{")


def clean(text: str) -> str:
    """The text as it can be drawn: one line, composed, without controls, unknown characters marked."""
    kept = []
    for char in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(char)
        if kind in _SPACES:
            kept.append("\u3000" if char == "\u3000" else " ")
        elif kind not in _DROPPED:
            kept.append(char if drawable(char) else GETA)
    return "".join(kept).strip()


def width(text: str, size: float, weight: int = REGULAR) -> float:
    """Width of cleaned text."""
    return size * sum(advance(char, weight) for char in text)


def fit(text: str, room: float, size: float, weight: int = REGULAR) -> str:
    """The text, or as much of it as the room holds with a mark that there is more."""
    text = clean(text)
    if width(text, size, weight) <= room:
        return text
    return text[: _held(text, room - width(ELLIPSIS, size, weight), size, weight)].rstrip() + ELLIPSIS


def fit_size(text: str, room: float, size: float, smallest: float, weight: int = REGULAR) -> float:
    """The largest font size from `size` down to `smallest` at which the text needs no cutting."""
    wide = width(clean(text), 1, weight)
    return size if wide * size <= room else max(smallest, float(int(room / wide)))


def wrap(text: str, room: float, size: float, lines: int, weight: int = REGULAR) -> list[str]:
    """The text in at most `lines` lines, the last one cut with a mark; numbers and Latin words stay whole."""
    made: list[str] = []
    rest = clean(text)
    while len(made) + 1 < lines and width(rest, size, weight) > room:
        end = _break(rest, max(1, _held(rest, room, size, weight)))
        made.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*made, fit(rest, room, size, weight)] if rest else made


def _held(text: str, room: float, size: float, weight: int) -> int:
    """How many characters the room holds."""
    for count, char in enumerate(text):
        room -= width(char, size, weight)
        if room < 0:
            return count
    return len(text)


def _break(text: str, end: int) -> int:
    """The last place up to `end` where a line may end; `end` itself where there is none."""
    return next((place for place in range(end, 0, -1) if _may_break(text[place - 1], text[place])), end)


def _may_break(before: str, after: str) -> bool:
    if after in _NEVER_FIRST or before in _NEVER_LAST:
        return False
    return not (_latin(before) and _latin(after))


def _latin(char: str) -> bool:
    return char.isascii() and not char.isspace()
