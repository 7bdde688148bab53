"""Writing folded into one form before any rule reads it: width, script, spaces, invisible characters."""

from dataclasses import dataclass

from parsing.writing.characters import DIALECT, SIMPLIFIED
from parsing.writing.lexicon import Pattern
from parsing.writing.sound_slips import mend

_RARE = 0x10000


class Folding(dict[int, str | int | None]):
    """A table for `str.translate` that learns which characters stay: each one that it lacks would cost an exception."""

    def __missing__(self, code: int) -> int:
        if code < _RARE:  # what is written at all, in China: the table stays small whatever is sent
            self[code] = code
        return code


def _folding() -> dict[int, str | None]:
    table: dict[int, str | None] = dict(SIMPLIFIED)
    table.update({code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})  # full width to half width
    table.update(dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), None))  # control characters
    table.update(dict.fromkeys((0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)))
    table.update(dict.fromkeys((0xFE0E, 0xFE0F)))  # variation selectors of emoji
    table.update(dict.fromkeys(range(0xD800, 0xE000)))  # a lone surrogate cannot be stored or sent
    table.update(
        {ord(space): " " for space in "\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"}
    )
    table.update({ord("\u202f"): " ", ord("\u3000"): " "})
    table.update({ord("\n"): "\n", ord("\u2028"): "\n", ord("\u2029"): "\n", ord("\x0b"): "\n", ord("\x0c"): "\n"})
    table.update({0x20E3: "."})  # a keycap digit numbers a line, as "1." does
    table.update({ord(a): b for a, b in zip("–‐‑‒−〜∼˜º˚᾽﹣", "------"[:5] + "~~~°°'-", strict=True)})
    return table


_FOLD = Folding(_folding())
_GONE = "\0"  # stands where folding drops a character, as it drops this one
_FOLD_MARKED = Folding({code: _GONE if mapped is None else mapped for code, mapped in (_FOLD | DIALECT).items()})
_LEFT_OUT = Pattern(f"(?<= )[ {_GONE}]+|{_GONE}+")  # of spaces side by side all but the first
_KEYCAP_SIGN = "\u20e3"
_KEYCAP = Pattern("(?<=[0-9])\ufe0f?\u20e3(?=[0-9]\ufe0f?\u20e3|[.点度。])")  # "3️⃣6️⃣.5️⃣" numbers no line
_LOOSE = Pattern(r" *\n *| {2,}")


def normalise(text: str) -> str:
    """Fold width, script and spaces, so that commands and messages can be compared; line breaks stay."""
    return _LOOSE.sub(lambda match: "\n" if "\n" in match[0] else " ", text.translate(_FOLD)).strip()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and, where folding dropped characters, the place of each one in the text as given."""

    text: str
    offsets: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the text as given, for traces."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start]


def fold(text: str) -> Folded:
    """Fold for reading: as `normalise`, with dialect characters and typing slips put right and offsets kept."""
    marked = text.translate(_FOLD_MARKED)
    if _KEYCAP_SIGN in text:
        marked = _KEYCAP.sub(lambda match: match[0][:-1] + _GONE, text).translate(_FOLD_MARKED)
    if _GONE in marked or "  " in marked:
        return _without_gaps(marked)
    return Folded(mend(marked))


def _without_gaps(marked: str) -> Folded:
    kept: list[str] = []
    offsets: list[int] = []
    place = 0
    for gone in _LEFT_OUT.finditer(marked):
        kept.append(marked[place : gone.start()])
        offsets += range(place, gone.start())
        place = gone.end()
    kept.append(marked[place:])
    offsets += range(place, len(marked) + 1)
    return Folded(mend("".join(kept)), tuple(offsets))
