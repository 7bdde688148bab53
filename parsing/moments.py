"""Dates and times as people write them in commands."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from parsing.writing.lexicon import Pattern
from parsing.writing.numerals import to_int
from parsing.writing.text import fold

_N = r"(?:\d{1,2}|[一二两三四五六七八九十]{1,3})"
_DATE = Pattern(
    rf"(?P<year>\d{{4}})(?P<dash>[-/.年])(?P<month>\d{{1,2}})[-/.月](?P<day>\d{{1,2}})[日号]?"
    rf"|(?P<month2>{_N})月(?P<day2>{_N})[日号]?|(?P<month3>\d{{1,2}})[-/](?P<day3>\d{{1,2}})(?![\d/-])"
    r"|(?P<word>大前天|大后天|前天|昨天|昨日|昨晚|今天|今日|今早|今晚|明天|明日|明早|明晚|后天)"
    r"|(?P<next>下)?(?:个)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
)
_TIME = Pattern(
    rf"(?P<part>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|早|晚)? ?"
    rf"(?:(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}})(?!\d)|(?P<hour2>{_N})[点时](?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute2>{_N})分?|整)?)"
)
_WORDS = {"大前天": -3, "前天": -2, "昨天": -1, "昨日": -1, "昨晚": -1, "今天": 0, "今日": 0, "今早": 0, "今晚": 0, "明天": 1, "明日": 1, "明早": 1, "明晚": 1, "后天": 2, "大后天": 3}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, perhaps a time, and how many characters of the text (spaces before included) said so."""

    date: date
    time: time | None
    length: int


def parse_moment(text: str, now: datetime) -> Moment | None:
    """The date or time that the text begins with, seen from `now`; None where it begins with neither."""
    folded = fold(text)
    body = folded.text
    begin = len(body) - len(body.lstrip())
    matched = _DATE.match(body, begin)
    day = _day(matched, now) if matched else None
    if matched and day is None:
        return None
    end = matched.end() if matched else begin
    clock_at = end
    while matched and clock_at < len(body) and body[clock_at] in " T":
        clock_at += 1
    clock, late = _TIME.match(body, clock_at), ""
    moment: time | None = None
    if clock:
        if matched and matched["word"] in ("昨晚", "今晚", "明晚"):
            late = "晚上"
        moment = _clock(clock, late)
        if moment is None and not matched:
            return None
        end = clock.end() if moment else end
    if day is None and moment is None:
        return None
    return Moment(day or now.date(), moment, folded.span(0, end)[1] if end else 0)


def _day(match: re.Match[str], now: datetime) -> date | None:
    today = now.date()
    if match["word"]:
        return today + timedelta(days=_WORDS[match["word"]])
    if match["weekday"]:
        target = "一二三四五六日".index(match["weekday"].replace("天", "日"))
        monday = today - timedelta(days=today.weekday())
        return monday + timedelta(days=target + (7 if match["next"] else 0))
    month = to_int(match["month"] or match["month2"] or match["month3"])
    day = to_int(match["day"] or match["day2"] or match["day3"])
    year = int(match["year"]) if match["year"] else today.year
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _clock(match: re.Match[str], late: str) -> time | None:
    hour = to_int(match["hour"] or match["hour2"])
    minute = 0
    if match["minute"] or match["minute2"]:
        minute = to_int(match["minute"] or match["minute2"]) or 0
    elif match["half"]:
        minute = 30
    elif match["quarter"]:
        minute = 15 if match["quarter"] == "一" else 45
    if hour is None:
        return None
    part = match["part"] or late
    if (part in ("下午", "傍晚", "晚上", "晚", "夜里") and 1 <= hour < 12 and not (part == "夜里" and hour < 6)) or (
        part == "中午" and 1 <= hour <= 3
    ):
        hour += 12
    try:
        return time(hour, minute)
    except ValueError:
        return None
