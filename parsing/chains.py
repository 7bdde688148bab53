"""Chains (接龙): which messages are one, and their numbered lines."""

import re
from dataclasses import dataclass

_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(20)} | {chr(0x3251 + n): n + 21 for n in range(15)}
_NUMBERED = re.compile(
    r"^[ >*·-]*(?:(?P<circled>[①-⑳㉑-㉟])|(?:第)?(?P<plain>\d{1,3}) ?(?:[、,:)\]】）]|\.(?!\d{1,2}(?:$|[^\d.\-#栋号]))|[.。] )|\((?P<round>\d{1,3})\)|(?P<spaced>\d{1,3}) +(?=[\u4e00-\u9fff]|\d+-\d+-\d+|[A-Z]座))[ .、]*"
)


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line of a chain before it is read: its number (None: title or blank), its text and where that begins."""

    number: int | None
    text: str
    start: int


def split(text: str) -> list[RawLine] | None:
    """The lines of a chain, or None where the message is none."""
    announced = "接龙" in text
    if "\n" not in text:
        return None
    lines: list[RawLine] = []
    numbered = 0
    place = 0
    for line in text.split("\n"):
        match = _NUMBERED.match(line)
        if match and not (match["spaced"] and not announced):
            number = (
                _CIRCLED.get(match["circled"])
                if match["circled"]
                else int(match["plain"] or match["round"] or match["spaced"])
            )
            lines.append(RawLine(number, line[match.end() :], place + match.end()))
            numbered += 1
        else:
            lines.append(RawLine(None, line, place))
        place += len(line) + 1
    return lines if numbered >= (1 if announced else 2) else None
