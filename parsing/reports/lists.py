"""Lists that nobody numbered: one row a line, tables with columns, and rows strung together by arrows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from parsing.address import addresses
from parsing.people.kin import CODES
from parsing.people.row_names import fits_slot
from parsing.writing.lexicon import Pattern

_COLUMN = "序号|编号|姓名|名字|户主|人员|房号|房间号?|门牌号?|楼栋|地址|住址|体温|温度|度数|症状|备注|情况|健康状况|时间|是否[^|\t,、 ]{1,8}|有无[^|\t,、 ]{1,8}|早|中|晚|上午|下午|中午|晚上|早上|电话|年龄|性别"
_HEAD = Pattern(
    rf"[|\s]*(?:{_COLUMN})(?:\([^)]{{0,8}}\))?(?:[ ]*[|\t,、 +/][ ]*(?:{_COLUMN})(?:\([^)]{{0,8}}\))?){{1,9}}[|\s]*$"
)
_RULE = Pattern(r"^[|:\-=+—_ ]+$")
_BULLET = Pattern(r"^[ >|]*(?:[-•·*●○◆◇▪■□✅☑✔️👉🔹🔸➤▶►]+|\d{1,3} ?[|\t])?[ |]*")
_DATUM = Pattern(r"\d\d ?[.度点℃。,]? ?\d?|[三四]十|卅|3[4-9]\d|正常|没事|无|没")
_ROW_NAME = Pattern(
    r"([\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8})+|[\u4e00-\u9fff]{2,4}|[A-Z][a-z]{1,9})[ :,、|\t]*(?=\d\d ?[.度点℃。,]|[三四]十|3[4-9]\d(?!\d)|[有无没](?:点|症|异|不)|正常)"
)
_ROOM = Pattern(r"\d{3,4}(?:室|房|号)?(?:[ :|,]*(?=[\u4e00-\u9fff]{2,})|[ :|,]+(?=\d\d[.度]))")
_ARROW = Pattern(r" *(?:→|➡️?|⇒|=>|->|>>|⏩|👉) *")
_KIN_START = Pattern(
    "我|俺|咱|额|本人|自己|老[公婆伴]|爱人|媳妇|爸|妈|爷|奶|儿|女|孩|娃|宝|岳|公公|婆婆|哥|姐|弟|妹|孙|外|全家|家"
)
_PARTS: Mapping[str, str] = (
    dict.fromkeys("早 早上 上午 晨 晨检".split(), "morning")
    | dict.fromkeys("中 中午 午 午检".split(), "noon")
    | dict.fromkeys("晚 晚上 下午 晚检".split(), "evening")
)


_PART = "早上?|中午?|晚上?|[上下]午|晨检|[午晚]检"
_PARTS_HEAD = Pattern(
    rf"^[【\[(]?(?:今日|今天)?(?:体温|温度)?[】\]): ]*((?:{_PART})(?:[ |、,/]+(?:{_PART})){{1,2}})[ |]*$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of the message; `row` where it is a line of a list."""

    start: int
    end: int
    row: bool
    parts: tuple[str | None, ...] = ()  # the part of the day that each column of a table stands for


def split(text: str) -> list[Line] | None:
    """The lines of a list, or None where the message is none."""
    if "\n" not in text:
        return _arrows(text)
    lines: list[Line] = []
    place = rows = 0
    parts: tuple[str | None, ...] | None = None  # of the table that we are in
    own: tuple[str | None, ...] = ()  # below "早|中|晚", which heads the readings of one person
    for line in text.split("\n"):
        end = place + len(line)
        if _HEAD.match(line):
            parts = _columns(line)
        elif match := _PARTS_HEAD.match(line):
            own = tuple(_PARTS[cell] for cell in re.findall(_PART, match[1]))
        elif line.strip() and not _RULE.match(line):
            row = is_row(line) or (parts is not None and bool(_DATUM.search(line)))
            rows += row
            start = place + (_BULLET.match(line).end() if row else 0)  # type: ignore[union-attr]  # matches "" too
            lines.append(Line(start, end, row, _without_number(parts, line) if row and parts else own))
            own = ()
        place = end + 1
    return lines if rows >= (2 if parts is None else 1) or any(line.parts for line in lines) else None


def _columns(head: str) -> tuple[str | None, ...] | None:
    """The columns of a table; "早|中|晚" alone heads the readings of one person, not a table of people."""
    cells = [cell.strip() for cell in head.strip("| ").split("|" if "|" in head else " ") if cell.strip()]
    return tuple(_PARTS.get(cell) for cell in cells) if any(cell not in _PARTS for cell in cells) else None


def _without_number(parts: tuple[str | None, ...], line: str) -> tuple[str | None, ...]:
    return parts[1:] if re.match(r"[ |]*\d{1,3} ?[|]", line) else parts


def is_row(line: str) -> bool:
    """Whether the line begins with an address, a room or a name, and tells something."""
    start = _BULLET.match(line).end()  # type: ignore[union-attr]  # matches the empty string too
    if not _DATUM.search(line, start):
        return False
    if _ROOM.match(line, start):
        return True
    found = addresses(line[start : start + 24])
    if found and found[0].start == 0 and (found[0].room or found[0].unit):
        return not _KIN_START.match(line[start + found[0].end :].lstrip(" :,、室"))
    name = _ROW_NAME.match(line, start)
    return bool(name and not _KIN_START.match(name[1]) and CODES.get(name[1]) is None and fits_slot(name[1]))


def _arrows(text: str) -> list[Line] | None:
    """ "饶静36.4→卜凡36.6→…"."""
    marks = list(_ARROW.finditer(text)) if "→" in text or ">" in text or "➡" in text or "👉" in text else []
    if not marks:
        return None
    starts, ends = [0, *(mark.end() for mark in marks)], [*(mark.start() for mark in marks), len(text)]
    told = [_first_row(text, start, end) for start, end in zip(starts, ends, strict=True)]
    lines = [Line(start, end, is_row(text[start:end])) for start, end in zip(told, ends, strict=True)]
    return lines if sum(line.row for line in lines) > 1 else None


def _first_row(text: str, start: int, end: int) -> int:
    """Behind a title that stands before the first row ("体温接龙：饶静36.4→…")."""
    colon = text.rfind(":", start, end)
    return colon + 1 if colon >= 0 and is_row(text[colon + 1 : end]) else start
