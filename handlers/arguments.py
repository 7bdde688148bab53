"""Argument types that parse themselves; what cannot be read is answered with usage and an example."""

import re
from dataclasses import dataclass
from datetime import date

from community.calendar import Half
from community.errors import WrongUsage
from community.work import Work
from handlers.request import Message
from parsing import parse_address, parse_moment

FARTHEST_DAYS = 3660  # of a day that somebody asks about
_NUMBER = re.compile(r"#?(\d{1,9})(?!\d)\s*")
_PHONE = re.compile(r"(?<!\d)(1[3-9]\d{9})(?!\d)")
_ADDRESS = re.compile(r"[^\W\d]*\d[\d\-#栋幢座号楼单元门室层]*")  # what an address at the head can be made of
_NAME = re.compile(r"[^\d\s,，]+")
_BETWEEN = " ,，:：\t\n"
_HALVES = {"上午": Half.AM, "早上": Half.AM, "am": Half.AM, "下午": Half.PM, "晚上": Half.PM, "pm": Half.PM}


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number (written, or of the message replied to) and the words after it."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An address, a name, and the words after them."""

    address: str
    name: str
    words: str


def number(text: str, message: Message) -> Numbered:
    """`12 话`, `#12 话`, or `话` as a reply to the bot's message about it."""
    found = _NUMBER.match(text)
    if found and (
        message.reply_number is None or found.end() == len(text) or found[0][-1:].isspace() or "#" in found[0]
    ):
        return Numbered(int(found[1]), text[found.end() :].strip())
    if message.reply_number is not None:
        return Numbered(message.reply_number, text.strip())
    raise WrongUsage("缺少编号")


def numbered(text: str, message: Message, work: Work) -> Numbered:
    """A number, words optional."""
    return number(text, message)


def numbered_words(text: str, message: Message, work: Work) -> Numbered:
    """A number and words, both needed."""
    found = number(text, message)
    if not found.words:
        raise WrongUsage("编号后面要写说明")
    return found


def address(text: str) -> tuple[str, str]:
    """The canonical address at the head of a text, and what follows it."""
    head = _ADDRESS.match(text.strip())
    found = parse_address(head[0]) if head else None
    if head is None or found is None:
        raise WrongUsage("缺少门牌，例如 3-2-501")
    return found, text.strip()[head.end() :].strip(_BETWEEN)


def placed(text: str, message: Message, work: Work) -> Placed:
    """`门牌 姓名 其余`."""
    where, rest = address(text)
    name = _NAME.match(rest)
    if name is None:
        raise WrongUsage("缺少姓名")
    return Placed(where, name[0], rest[name.end() :].strip(_BETWEEN))


def split_phone(text: str) -> tuple[str, str]:
    """A text without its mobile number, and the number (empty if there is none)."""
    found = _PHONE.search(text)
    if found is None:
        return text.strip(), ""
    return (text[: found.start()] + text[found.end() :]).strip(), found[1]


def day(text: str, work: Work) -> date:
    """A date; an empty text is today."""
    if not text.strip():
        return work.today
    moment = parse_moment(text.strip(), work.now.astimezone(work.zone))
    if moment is None:
        raise WrongUsage("日期写成 2020-02-06 或 2月6日")
    if abs((moment.date - work.today).days) > FARTHEST_DAYS:
        raise WrongUsage("日期离今天太远了")
    return moment.date


def half(text: str) -> Half | None:
    """A half day by its name."""
    return _HALVES.get(text.strip().lower())
