"""Which readings a part of the day belongs to: the next one, all that follow, or none."""

from parsing.reports.surroundings import MEASURE
from parsing.writing.lexicon import Pattern, Token

_WAKING = Pattern("醒|起床|起来|爬起|睁眼|睡")
_SLEEPLESS = Pattern(
    "[^,。;!?\\n]{0,4}(?:睡不|没睡|没怎么睡|没法睡|失眠|睡得不)[^,。;!?\\n]*,"
)  # a complaint of that time, not a reading
_NOW = Pattern("刚|现在|这会儿|目前|此刻")
_HEADING = Pattern(r"[^,。;:!?\n\d]{0,10}(?:体温|测温|健康|打卡|上报|情况|报[告数])[^,。;:!?\n\d]{0,4}[:\n]")
_SENTENCE_END = Pattern(r"[;!?\n]|。(?!\d)")
_STOP = Pattern("[,。;\n]")
_POINT = Pattern(r"(?<=\d)。(?=\d)")
_ASIDE = frozenset({"person", "symptom", "denied"})


def heads(text: str, when: Token, tokens: list[Token]) -> bool:
    """A part of the day said before anybody is named holds for all who follow."""
    if _HEADING.match(text, when.end):
        return True  # "今早上门测温：…"
    following = next((t for t in tokens if t.start >= when.end and t.kind in ("person", "reading")), None)
    return bool(following and following.kind == "person" and following.start - when.end < 8)


def is_loose(text: str, when: Token, tokens: list[Token]) -> bool:
    """A part of the day that tells of something else than the reading ("早上去买菜了，36.5")."""
    following = next((t for t in tokens if t.start >= when.end and t.kind in ("reading", "when")), None)
    if following is None:
        return text[when.start - 1 : when.start] != "("
    between = text[when.end : following.start]
    if _SLEEPLESS.match(between):
        return True
    first, comma, _ = between.partition(",")
    if (following.kind == "when" and not _STOP.search(between)) or _WAKING.search(first):
        return False  # "清晨五点让猫踩醒，顺手测了个36.2"
    if comma and _NOW.search(between):
        return True
    if _SENTENCE_END.search(_POINT.sub("", between)):
        return len(between) > 6
    if not comma or len(first) <= 4 or MEASURE.search(first):
        return False
    return not any(when.end <= t.start < following.start and t.kind in _ASIDE for t in tokens)


def sentence_end(text: str, place: int) -> int:
    """Where the sentence that holds this place ends."""
    found = _SENTENCE_END.search(text, place)
    return found.start() if found else len(text)
