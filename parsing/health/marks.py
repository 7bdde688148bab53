"""Forms with boxes and answers behind the symptom: "发热□ 咳嗽☑", "有无乏力：有", "咳嗽（否）"."""

from parsing.writing.lexicon import Pattern

_YES = "[+]|[☑✓✔√■☒●✅]|是(?![不的因我])|有(?![点些时])|[YyVv](?![A-Za-z])"
_NO = "-|[□☐○◯×✗✘✖❌❎]|否|无(?!力)|没有?|[NnXx](?![A-Za-z])"
_BEHIND = Pattern(
    f"(?:症状|情况)?(?: ?[:=] ?|[(\\[]? ?)(?:(?P<yes>{_YES})|(?P<no>{_NO}))(?= ?(?:$|[\\])]|[ ,。;、\\n|/]))"
)
_BOX = Pattern("[□☐○☑✓✔√■☒●✅×✗✘✖❌❎]")
_WORD_BEFORE = Pattern("[\\u4e00-\\u9fff] ?$")
_SIGNS = frozenset(":：=([ +-□☐○◯☑✓✔√■☒●✅×✗✘✖❌❎症情")
_TICKED = frozenset("☑✓✔√■☒●✅")
_BOXED = Pattern("[□☐☑☒■]")


def has_boxes(text: str) -> bool:
    """Whether the text is a form with boxes to tick."""
    return bool(_BOXED.search(text))


def mark(text: str, start: int, end: int, boxed: bool) -> str:
    """ "yes" or "no" where the symptom has been ticked or answered, otherwise nothing."""
    following = text[end : end + 1]
    if boxed and (told := _in_front(text, start)):
        return told
    if not following or following not in _SIGNS:
        return ""
    match = _BEHIND.match(text, end)
    if not match or (match.end() == end + 1 and following not in "+-" and not _BOX.match(text, end)):
        return ""
    return "yes" if match["yes"] else "no"


def _in_front(text: str, start: int) -> str:
    """The mark before the word, where the first box of the form stands before its word."""
    first = _BOXED.search(text)
    box = text[max(0, start - 2) : start].strip()
    if not first or not box or not _BOX.match(box[-1]):
        return ""
    if _WORD_BEFORE.search(text[max(0, first.start() - 2) : first.start()]):
        return ""
    return "yes" if box[-1] in _TICKED else "no"
