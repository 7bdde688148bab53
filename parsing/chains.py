"""Chains (接龙): which messages are one, and their numbered lines."""

import re
from dataclasses import dataclass

_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(20)} | {chr(0x3251 + n): n + 21 for n in range(15)}
_NUMBERED = re.compile(
    r"^[ >*·-]*(?:(?P<circled>[①-⑳㉑-㉟])|(?:第)?(?P<plain>\d{1,3}) ?(?:[、,:)\]】）]|\.(?!\d{1,2}(?:$|[^\d.\-#栋号]))|[.。] )|\((?P<round>\d{1,3})\)|(?P<spaced>\d{1,3}) +(?=[\u4e00-\u9fff]|\d+-\d+-\d+|[A-Z]座))[ .、]*"
)


# Numbers inside a line. Counting words ("3号楼", "2月") are no numbering, nor is a date or a reading ("2.4 36.5").
_INLINE = re.compile(
    r"(?:(?P<circled>[①-⑳㉑-㉟])|(?<![\d.\-#/])(?<!\d:)(?:(?P<plain>\d{1,3}) ?(?:[、)\]】]|[,:](?!\d)|\.(?!\d{1,2}(?:$|[^\d.\-#栋号]))|[.。] )|\((?P<round>\d{1,3})\)|(?P<spaced>\d{1,3}) ?(?=[\u4e00-\u9fff]{2})(?![月日号栋楼单室座人口度点个岁天次年层幢斤盒份元块位户名袋箱门])))[ .、]*"
)
_TOLD = re.compile(r"\d\d ?[.度点℃。]|[三四]十|3[4-9]\d|正常|没事|[没无]|都?好|咳|烧|疼|痛")


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
        return _inline(text) if announced else None
    lines: list[RawLine] = []
    numbered = 0
    place = 0
    for line in text.split("\n"):
        match = _NUMBERED.match(line)
        if match and not (match["spaced"] and not announced):
            lines.append(RawLine(_number(match), line[match.end() :], place + match.end()))
            numbered += 1
        else:
            lines.append(RawLine(None, line, place))
        place += len(line) + 1
    if announced and numbered < 2 and (inline := _inline(text)):
        return inline
    return lines if numbered >= (1 if announced else 2) else None


def _inline(text: str) -> list[RawLine] | None:
    """The lines of a chain that was sent without line breaks: numbers that count up, with reports between them."""
    marks = [(_number(match), match) for match in _INLINE.finditer(text)]
    first = next((place for place, (number, _) in enumerate(marks) if number == 1), 0)
    counted = marks[first : first + 1]
    for number, match in marks[first + 1 :]:
        if number == counted[-1][0] + 1:
            counted.append((number, match))
    if not counted or (len(counted) == 1 and counted[0][1]["spaced"]):
        return None
    ends = [match.start() for _, match in counted[1:]] + [len(text)]
    lines = [
        RawLine(number, text[match.end() : end].rstrip(" \n,;。"), match.end())
        for (number, match), end in zip(counted, ends, strict=True)
    ]
    if not any(_TOLD.search(line.text) for line in lines):
        return None
    return [RawLine(None, text[: counted[0][1].start()], 0), *lines]


def _number(match: re.Match[str]) -> int:
    return _CIRCLED[match["circled"]] if match["circled"] else int(match["plain"] or match["round"] or match["spaced"])
