"""Chains (接龙): which messages are one, and their numbered lines."""

import re
from dataclasses import dataclass

from parsing.reports.lists import is_row
from parsing.writing.lexicon import Pattern
from parsing.writing.numerals import to_int

_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(20)} | {chr(0x3251 + n): n + 21 for n in range(15)}
_CIRCLE = "(?P<circled>[①-⑳㉑-㉟])"
_ROUND = r"\((?P<round>\d{1,3}|[一二三四五六七八九十]{1,3})\)"
_HAN = r"(?P<han>[一二三四五六七八九十]{1,3})"
_NOT_A_READING = r"\.(?!\d{1,2}(?:$|[^\d.\-#栋号]))"  # "2.4 36.5" is a date and a reading
_NUMBERED = Pattern(
    rf"^[ >*·-]*(?:{_CIRCLE}|(?:第)?(?P<plain>\d{{1,3}}) ?(?:[、,:)\]】）]|{_NOT_A_READING}|[.。] )|{_ROUND}"
    rf"|(?:第)?{_HAN} ?(?:[、.:)\]】)]|[个位]?[:、 ])"
    r"|(?P<spaced>\d{1,2}) +(?=[\u4e00-\u9fff]|\d+-\d+-\d+|[A-Z]座|[A-Z][a-z]))[ .、]*"
)
# Numbers inside a line. Counting words ("3号楼", "2月") are no numbering, nor is a date or a reading.
_COUNTED = "月日号栋楼单室座人口度点个岁天次年层幢斤盒份元块位户名袋箱门"
_INLINE = Pattern(
    rf"(?:{_CIRCLE}|(?<![\d.\-#/])(?<!\d:)(?:(?P<plain>\d{{1,3}}) ?(?:[、)\]】]|[,:](?!\d)|{_NOT_A_READING}|[.。] )|{_ROUND}"
    rf"|(?<![一二三四五六七八九十点度]){_HAN} ?[、.:)]"
    rf"|(?P<spaced>\d{{1,2}}) ?(?=[\u4e00-\u9fff]{{2}})(?![{_COUNTED}])))[ .、]*"
)
_ONE = Pattern(r"①|(?<!\d)1 ?[、,.:)\]】]|一 ?[、.:)]")
_TWO = Pattern(r"②|2 ?[、,.:)\]】]|二 ?[、.:)]")
_TOLD = Pattern(r"\d\d ?[.度点℃。]|[三四]十|3[4-9]\d|正常|没事|[没无]|都?好|咳|烧|疼|痛")
_ANNOUNCED = Pattern("接龙|接力")
_ROLL = Pattern("打卡|一报|日报|上报|登记|测温|体温|健康|报数|晨检|午检|晚检|统计|汇总|签到|摸排")


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line of a chain before it is read: its number (None: title or blank), its text and where that begins."""

    number: int | None
    text: str
    start: int


def split(text: str) -> list[RawLine] | None:
    """The lines of a chain, or None where the message is none."""
    announced = bool(_ANNOUNCED.search(text))
    if "\n" not in text:
        return _inline(text, announced)
    lines: list[RawLine] = []
    numbered = 0
    place = 0
    spaced = announced or _counts_up(text)
    for line in text.split("\n"):
        match = _NUMBERED.match(line)
        if match and not (match["spaced"] and not spaced) and _is_number(_number(match), lines):
            lines.append(RawLine(_number(match), line[match.end() :], place + match.end()))
            numbered += 1
        else:
            lines.append(RawLine(None, line, place))
        place += len(line) + 1
    if announced and numbered < 2 and (inline := _inline(text, True)):
        return inline
    return lines if numbered >= (1 if announced else 2) else None


def _is_number(number: int, lines: list[RawLine]) -> bool:
    """Three figures number a line only where they go on counting; otherwise they are a room."""
    return number < 100 or any(line.number == number - 1 for line in lines[-3:])


def _counts_up(text: str) -> bool:
    """ "1 乔木 36.5", "2 季风 36.8": bare numbers, below a title or one after the other."""
    head, _, _ = text.partition("\n")
    marks = [match for line in text.split("\n") if (match := _NUMBERED.match(line)) and match["spaced"]]
    numbers = [int(match["spaced"]) for match in marks]
    return (
        len(numbers) > 1
        and numbers[0] == 1
        and (numbers == list(range(1, len(numbers) + 1)) or bool(_ROLL.search(head)))
    )


def _inline(text: str, announced: bool) -> list[RawLine] | None:
    """The lines of a chain that was sent without line breaks: numbers that count up, with reports between them."""
    if not announced and not ((one := _ONE.search(text)) and _TWO.search(text, one.end())):
        return None
    marks = [(_number(match), match) for match in _INLINE.finditer(text)]
    marks = [(number, match) for number, match in marks if number < 100]  # "101张三36.5，102…" are rooms
    if not announced:
        marks = [(number, match) for number, match in marks if not match["spaced"]]
        if len(marks) < 2 or marks[0][0] != 1:
            return None
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
    if not announced and sum(is_row(line.text) for line in lines) < 2:
        return None
    return [RawLine(None, text[: counted[0][1].start()], 0), *lines]


def _number(match: re.Match[str]) -> int:
    if match["circled"]:
        return _CIRCLED[match["circled"]]
    return (
        to_int(
            next(filter(None, (match[kind] for kind in ("plain", "round", "han", "spaced")))),
        )
        or 0
    )
