"""Whether the words around a number make it somebody's temperature, where its spelling alone does not."""

import re

from parsing.health.temperature import Reading, clause_start, sentence_start
from parsing.writing.lexicon import Pattern, Token

MEASURE = Pattern(
    "体[温文闻问]|[量测]|度|烧|额温|耳温|腋温|口温|华氏|显示|读数|体温[计表枪]|额温枪|水银|[嘀滴]了?一?下|[嘀滴]了|额头|腋下|夹[了着]"
)
FILLER = Pattern(
    r"(?:[\s,。;:!?、~…()【】\[\]℃°^_^|/-]|[\U0001F000-\U0001FAFF☀-➿]|今[天日]|体温|的|了|是|早上好|你好|您好|@\S+|报告|打卡|本人|上报|大概|左右|应该|好像)+"
)
TARGET = Pattern(
    r"^[ :,的(是为也]*(?:今[天日早晚]|体温|现在|刚才?|还是|量的?|测的?|大概|[是为:]|都|早上|晚上|温度|已经|烧到|有点|有|的|耳温|额温)*[ :,]*$"
)
_NOW = Pattern(
    r"(?:^|[ ,])(?:今[天日早晚晨儿朝]个?|现在|刚刚?才?|目前|这会儿|今早上?)(?:还?是|量|测|的|为|体温|都|[: ])*$"
)
_FIGURES_IN_WORDS = Pattern("^[\u4e00-\u9fff]{3}$")  # "三六八": a temperature only where nothing else is told or asked
_BOUNDARY = " ,。;!?\n"
_OF_HEALTH = frozenset({"symptom", "denied", "well", "unwell"})


def blank(text: str, tokens: list[Token]) -> str:
    """The text without the tokens."""
    pieces, place = [], 0
    for token in tokens:
        pieces.append(text[place : token.start])
        place = max(place, token.end)
    return "".join([*pieces, text[place:]])


def supported(text: str, numbers: list[Reading], tokens: list[Token], expecting: bool, in_list: bool) -> list[Reading]:
    """The readings without the numbers that neither their spelling nor their surroundings make a temperature."""
    kept: list[Reading] = []
    if all(number.sure for number in numbers):
        return numbers
    bare = not FILLER.sub(
        "", blank(text, [Token(n.start, n.end, "", "") for n in numbers] + [t for t in tokens if t.kind == "address"])
    )
    for number in numbers:
        if number.sure or _support(text, number, tokens, numbers, expecting, in_list, bare):
            kept.append(number)
    return kept


def _support(
    text: str, number: Reading, tokens: list[Token], numbers: list[Reading], expecting: bool, in_list: bool, bare: bool
) -> bool:
    whole = number.claimed == int(number.claimed) or "." not in text[number.start : number.end]
    odd_count = number.value is None and whole and not re.search("[度℃FfCc]", text[number.start : number.end])
    if bare or in_list:
        return expecting or not odd_count or (in_list and 200 <= number.claimed < 500)
    if odd_count:
        return False
    start = clause_start(text, number.start)
    if MEASURE.search(text, start, number.start):
        return True
    before = max(
        (t.end for t in tokens if t.kind in ("person", "when", "address") and t.end <= number.start), default=-1
    )
    if before >= 0 and TARGET.match(text[before : number.start]):
        return True
    told = any(t.kind in _OF_HEALTH for t in tokens)
    if number.value is None:
        return (told or expecting) and not whole and _clause_of_its_own(text, number)  # "98.4，没症状"
    if whole and _FIGURES_IN_WORDS.match(text[number.start : number.end].strip()):
        return False
    if _NOW.search(text[sentence_start(text, number.start) : number.start]):
        return True  # "今天37，明天接着报"
    if _stands_alone(text, number) and told:
        return True  # "366，咳嗽"
    sentence = sentence_start(text, number.start)
    if any((t.kind in _OF_HEALTH or t.kind == "person") and sentence <= t.start <= number.end + 12 for t in tokens):
        return (
            "." in text[number.start : number.end]
            or "度" in text[number.start : number.end]
            or bool(MEASURE.search(text, sentence))
        )
    return expecting or bool(MEASURE.search(text, sentence, number.start))


def _stands_alone(text: str, number: Reading) -> bool:
    """Three figures that are a clause of their own ("365，没症状")."""
    figures = text[number.start : number.end].strip()
    return len(figures) == 3 and figures.isdigit() and _clause_of_its_own(text, number)


def _clause_of_its_own(text: str, number: Reading) -> bool:
    return (number.start == 0 or text[number.start - 1] in _BOUNDARY) and (
        number.end == len(text) or text[number.end - 1] == " " or text[number.end] in _BOUNDARY
    )
