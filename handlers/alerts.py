"""Numbered things: taken, handled, closed, answered."""

from community import alerts, matters
from community.access import GRID_UP_OR_DOCTOR, STAFF
from community.errors import WrongUsage
from community.work import Work
from handlers.arguments import Numbered, numbered, numbered_words
from handlers.registry import Who, command
from handlers.request import Message, Reply, reply
from storage.tables import MatterState


def _maybe_number(text: str, message: Message, work: Work) -> Numbered:
    """A number if there is one; 0 stands for "the only open one"."""
    if text.strip():
        return numbered(text, message, work)
    number = message.reply_number or 0
    if number and not matters.waits(work, number) and matters.something_waits(work, message.actor):
        number = 0  # under the news that somebody else has it, 收到 can only mean what still waits
    return Numbered(number, "")


@command(
    "收到", "take", who=STAFF, usage="编号", about="接手一件警报或事项；只有一件时可以只发“收到”",
    examples=("收到 12", "/收到 12"), args=_maybe_number,
)  # fmt: skip
def take(message: Message, args: Numbered, work: Work) -> Reply | None:
    """`收到 12`."""
    matter = matters.take(work, message.actor, args.number or None)
    return reply("matters/taken", matter=matter.number, **matters.view(matter))


@command(
    "急报",
    "urgent",
    who=Who.ANYONE,
    usage="内容",
    about="紧急情况马上报给网格员、医生、居委会和街道",
    examples=("/急报 3栋电梯停了，有人被困",),
)
def urgent(message: Message, words: str, work: Work) -> Reply | None:
    """`/急报 内容`: of staff a report, of a resident an emergency."""
    if not words.strip():
        raise WrongUsage("写上发生了什么、在哪里")
    where = matters.about_sender(work, message.actor, message.group_area)
    matter = alerts.emergency(work, where, words.strip())
    return reply("report/urgent_sent", number=matter.number, matter=matter.number)


@command(
    "处置", "handle", who=GRID_UP_OR_DOCTOR, usage="编号 说明", about="写下对警报、申报、线索做了什么",
    examples=("/处置 12 已电话联系，在家休息",), args=numbered_words, calm=True,
)  # fmt: skip
def handle(message: Message, args: Numbered, work: Work) -> Reply | None:
    """`/处置 N 说明`."""
    matter = matters.handle(work, message.actor, args.number, args.words)
    return reply("matters/handled", matter=matter.number, **matters.view(matter))


@command(
    "结案", "close", who=GRID_UP_OR_DOCTOR, usage="编号 结论", about="一件事办完了",
    examples=("/结案 12 发热门诊排除，已退热",), args=numbered_words, calm=True,
)  # fmt: skip
def close(message: Message, args: Numbered, work: Work) -> Reply | None:
    """`/结案 N 结论`."""
    matter = matters.close(work, message.actor, args.number, args.words)
    return reply("matters/closed", matter=matter.number, **matters.view(matter))


@command(
    "回复", "answer", who=GRID_UP_OR_DOCTOR, usage="编号 正文", about="回答居民的提问或留言",
    examples=("/回复 12 药已联系药店，下午送到",), args=numbered_words, calm=True,
)  # fmt: skip
def answer(message: Message, args: Numbered, work: Work) -> Reply | None:
    """`/回复 N 正文`."""
    matter = matters.answer(work, message.actor, args.number, args.words)
    waiting = matter.kind in matters.URGENT and matter.state == MatterState.OPEN
    return reply("matters/answer_sent", matter=matter.number, **matters.view(matter), waiting=waiting)
