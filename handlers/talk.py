"""What is neither a command nor a check-in: never a dead end, it goes to a person and the sender is told."""

import re

from community import matters
from community.answers import Answer
from community.matters import about_sender
from community.work import Work
from handlers import question
from handlers.registry import Who, command
from handlers.request import Message, Reply, reply
from storage.tables import MatterKind

_GREETING = re.compile(
    r"(?:小联)?(?:[你您]好|小联好|大家好|早上?好|早安?|[上中下]午好|晚上好)(?:[呀啊]|小联)?|[你您]?在[吗么不]|有人(?:在)?[吗么]|嗨|哈喽|hello|hi",
    re.IGNORECASE,
)
# Words that want no answer, or a friendly one; a person need not be called for them.
_COURTESY = re.compile(
    r"(?:收到|好的?|好滴|嗯+|哦+|行|可以|知道了|明白了?|谢谢?|谢谢(?:你|您|大家|提醒)?|辛苦了?|多谢|感谢|ok|okay|"
    r"早上?好?|上午好|中午好|下午好|晚上好|晚安|你好|您好|在吗|哈+|呵+|嘿+|没事|正常|都好|还没量.{0,8}|等会儿?|\d|第[一二三四五六七八九\d]个)"
    r"(?:了|啊|呀|哈|哦|啦|的|您|你)*",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[\w]+")
_FOR_A_PERSON = (("help", MatterKind.HELP), ("declare", MatterKind.DECLARE), ("tip", MatterKind.TIP))


def is_courtesy(text: str) -> bool:
    """Whether a text holds nothing but courtesies, digits and signs."""
    parts = _WORDS.findall(text)
    return "/" not in text and all(_COURTESY.fullmatch(part) or _GREETING.fullmatch(part) for part in parts)


def _is_greeting(text: str) -> bool:
    return any(_GREETING.fullmatch(part) for part in _WORDS.findall(text))


@command(
    "人工", "human", who=Who.ANYONE, usage="[话]", about="把话转给网格员，请人来回您", examples=("/人工 想问买药的事",)
)
def human(message: Message, text: str, work: Work) -> Reply | None:
    """`/人工 [话]`."""
    return _to_person(message, work, MatterKind.HUMAN, text.strip() or message.text)


def follow(message: Message, work: Work, *, somebody_comes: bool = False) -> list[Reply]:
    """Free text that is more than talk: what asks for a person goes to one, a question is answered if it can be.

    A question that has no answer is not passed on where `somebody_comes` anyway, because of an alert.
    """
    intents = message.understanding.intents if message.understanding else ()
    replies = []
    if kind := next((kind for intent, kind in _FOR_A_PERSON if intent in intents), None):
        replies.append(_to_person(message, work, kind, message.text))
    if "question" in intents:
        found = question.find(message, work)
        known = question.answer(message, found)
        if known is not None:
            replies.append(known)
        elif not replies and not somebody_comes:
            replies.append(_unanswered(message, work, found))
    return replies


def _unanswered(message: Message, work: Work, found: Answer) -> Reply:
    """A question for a person; what only a doctor may say is declined kindly."""
    passed = _to_person(message, work, MatterKind.QUESTION, message.text)
    if found.reason is None:
        return passed
    values = {"number": passed.matter, "reason": str(found.reason), "emergency": work.house.hotlines.emergency}
    return Reply("talk/for_a_doctor", values, matter=passed.matter)


def talk(message: Message, work: Work) -> Reply | None:
    """Talk in private: courtesies are answered shortly, staff get a hint, all else is looked up or goes to a person."""
    if is_courtesy(message.text) and not message.photos:
        return _courtesy(message)
    if (known := question.answer(message, question.find(message, work))) is not None:
        return known
    if message.actor.roles:
        return reply("talk/hint")
    return _to_person(message, work, MatterKind.HUMAN, message.text)


def _courtesy(message: Message) -> Reply | None:
    if not message.actor.known:
        return reply("talk/hello_stranger")
    if message.actor.account.greeted_at is None or _is_greeting(message.text):
        return reply("talk/hello")
    return None


def _to_person(message: Message, work: Work, kind: MatterKind, words: str) -> Reply:
    where = about_sender(work, message.actor, message.group_area)
    matter, fresh = matters.pass_on_or_add(work, kind, where, words)
    return reply("talk/passed_on", number=matter.number, fresh=fresh, matter=matter.number, known=message.actor.known)
