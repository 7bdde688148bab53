"""Answers to a question that the bot asked back: a number, a word of order, yes, no, or whose it is."""

import re
from dataclasses import dataclass

from parsing.writing.lexicon import Pattern
from parsing.writing.numerals import DIGIT_CLASS, to_int
from parsing.writing.text import fold

_COUNT = rf"(?:\d{{1,2}}|[{DIGIT_CLASS}十])"
_CIRCLED = {chr(0x2460 + n): n + 1 for n in range(20)} | {"\u2776": 1, "\u2777": 2, "\u2778": 3, "\u2779": 4}
_PICK = r"(?:我?(?:选|是|要|回|填|答|应该是|就是)?|系|就)"
_END = r"(?:个|项|号|条|位|种|样|啦|的|了|吧|呀|啊|哈|咯|嘅)*"
_ORDER = Pattern(rf"(?i:{_PICK}(?:第|选项|答案|编号|#|no\.?)?({_COUNT}){_END})")
_FIRST = Pattern(rf"{_PICK}(?:前面?|上面?|头|最前面?)(?:一|那|那一|这|嗰)?(?:个|项|位|种)?{_END}")
_LAST = Pattern(rf"{_PICK}(?:后面?|下面?|最后|末尾|最末)(?:一|那|那一|这|嗰)?(?:个|项|位|种)?{_END}")
_YES = Pattern(
    r"(?i:(?:是的?|对的?|嗯+|恩+|没错|正确|好的?|是啊|对啊|对头|要得|系|系啊|正是|就是|可以|yes|ok|y)(?:[的呀啊哈呢嘅]|没错|是的|对的|,)*)"
)
_NO = Pattern(
    r"(?i:(?:都|全)?(?:不是|不对|不系|唔系|错了?|没有|都不|没一个对|哪个都不是|no|n)(?:他们|她们|这些|的|啊|呀|了|哈)*)"
)
# "是我老婆的", "那是李梅量的", "给我妈的"
_WHOSE = Pattern(
    r"^(?:那|这|它|他|刚才)?(?:个|次|条)?(?:体温|读数)?(?:应该)?(?:是|系|就是|算|记|填|写)?(?:给|到|在)?(.{1,12}?)(?:自己)?(?:的|量的|测的|嘅|那份|头上|名下)*(?:啦|了|呀|啊|吧|呢|哈)*$"
)
_NOISE = Pattern(r"[\s,。.!?~、…:;#]+|@\S+|[\U0001F000-\U0001FAFF☀-➿]")


@dataclass(frozen=True, slots=True)
class Choice:
    """What an answer picks: an index, a yes or no, or the words for whom it is about."""

    index: int | None = None  # from 0; -1: the last
    yes: bool | None = None
    whose: str | None = None


def read_choice(text: str) -> Choice | None:
    """What a short answer says, or None where it cannot be an answer to a choice."""
    core = _NOISE.sub("", fold(text).text)
    if not core or len(core) > 16:
        return None
    if core in _CIRCLED:
        return Choice(index=_CIRCLED[core] - 1)
    if ordered := _ORDER.fullmatch(core):
        number = to_int(ordered[1])
        return Choice(index=number - 1) if number else None
    if _FIRST.fullmatch(core):
        return Choice(index=0)
    if _LAST.fullmatch(core):
        return Choice(index=-1)
    if _NO.fullmatch(core):
        return Choice(yes=False)
    if _YES.fullmatch(core):
        return Choice(yes=True)
    whose = _WHOSE.match(core)
    return Choice(whose=whose[1]) if whose and not re.search(r"\d", core) else None
