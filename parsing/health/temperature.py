"""Body temperatures in all the spellings that residents use."""

import re
from dataclasses import dataclass

from parsing.health.not_body import is_other
from parsing.writing.lexicon import Pattern
from parsing.writing.numerals import DIGIT_CLASS, DIGITS, to_int

LOWEST, HIGHEST = 34.0, 43.0  # outside of this a reading is asked again, not recorded

# "三十六", "卅六", "三六" before a point, and for Fahrenheit "九十八", "一百零一".
_TENS = (
    rf"(?:[{DIGIT_CLASS}]?[十拾](?:[{DIGIT_CLASS}](?![十拾百]))?|[{DIGIT_CLASS}][{DIGIT_CLASS}](?= ?[点度])|卅[{DIGIT_CLASS}]?|"
    rf"一百(?:零?[{DIGIT_CLASS}])?)"
)
_SPELLED = rf"(?<![{DIGIT_CLASS}十百])(?:[三叁3][四五六七八九肆伍陆柒捌玖](?=[{DIGIT_CLASS}](?![{DIGIT_CLASS}十百千\d]))|[四肆4][零〇一二洞幺](?=[{DIGIT_CLASS}](?![{DIGIT_CLASS}十百千\d])))"
_SPACED = r"[34] \d(?= ?[.点度。,]? ?\d(?! ?\d))"
_UNIT = r"(?:℃|℉|°? ?[Ff](?![A-Za-z])|°[Cc]?|摄氏度?|度|[Cc](?![A-Za-z])|\(?华氏度?\)?)"
# Some signs part whole and fraction only where the whole is a temperature's and one figure follows: "36,5", "36、6".
_POINT = r" ?\.{1,2} ?| ?。{1,2} ?(?=\d(?![\d.]))|[,:;'、·•・丶∙_](?=\d(?![\d.]))| ?[点度] ?|℃|°[Cc]?|[cC](?=\d(?!\d))| (?=\d(?:$|[,。;℃度\n ](?!\d)))"
_FRACTION = rf"\d{{1,2}}(?!\d)|[{DIGIT_CLASS}]{{2}}(?=$|[,。;℃度 \n])|[{DIGIT_CLASS}](?![十拾百月点]|[个天][^,]?)|半"
_READING = Pattern(
    rf"(?P<fahrenheit>华氏度?[温是为:\s]{{0,2}})?"
    rf"(?<![\d.])(?P<whole>{_SPACED}|\d{{1,3}}|{_TENS}|(?P<spelled>{_SPELLED}))"
    rf"(?:(?P<point>{_POINT}|(?<=[十拾卅][{DIGIT_CLASS}])(?=[{DIGIT_CLASS}](?![{DIGIT_CLASS}十百千]))|"
    rf"(?<=[\u4e00-\u9fff])(?<=[三叁四肆][四五六七八九零〇一二肆伍陆柒捌玖])(?=[{DIGIT_CLASS}]))"
    rf"(?P<fraction>{_FRACTION}))?"
    rf"(?![\d]|\.\d)"
    rf" ?(?P<unit>{_UNIT})?(?P<half>半)?(?P<about>多|几|出头|挂零|冒头|冒尖|来度)?"
)
_FIGURE = Pattern(rf"[\d{DIGIT_CLASS}十拾卅华]")  # where a reading may begin: quicker to look for than a reading
_RANGE = Pattern(r"^ ?(?:-|~|—{1,2}|到|至|或) ?$")
_BETWEEN = Pattern(r"^ ?(?:和|跟|与|、|,|-|~|到)(?=.{1,6}(?:之间|来回))")
_FALL = Pattern(r"^(?:一直|又|慢慢|已经|就|才|,)*(?:降|退|升|烧|涨|下降|回落|恢复|掉|变)(?:到|至|成|回)了? ?$")
_MARKS = frozenset(",:;'。、·•・丶∙_")
_FAHRENHEIT = frozenset(("F", "℉", "华氏", "华氏度"))
_FAHRENHEIT_NEAR = Pattern("华氏|洋温度计|洋体温|℉|[Ff]ahrenheit")


@dataclass(frozen=True, slots=True)
class Reading:
    """A number at a place in the text: `value` if believable, and how sure the spelling alone makes it."""

    start: int
    end: int
    value: float | None
    claimed: float
    sure: bool  # the spelling is a temperature's own (36.5, 三十六度五); otherwise its surroundings must say so


def readings(text: str, start: int = 0, end: int | None = None) -> list[Reading]:
    """All numbers that may be body temperatures, left to right; ranges are already one reading."""
    found: list[Reading] = []
    place, stop = start, len(text) if end is None else end
    while figure := _FIGURE.search(text, place, stop):
        match = _READING.match(text, figure.start(), stop)
        if not match:
            place = figure.end()
            continue
        if (match["point"] or "").strip() == "点" and _hour(match["whole"]):
            place = match.start("fraction")  # "8点36度4": the time is not the reading
            continue
        place = max(match.end(), match.start() + 1)
        reading = _reading(text, match, start)
        if reading is None:
            continue
        if found and (joined := _joined(text, found[-1], reading)):
            found[-1] = joined
        else:
            found.append(reading)
    return found


def parse_temperature(text: str) -> float | None:
    """One reading in any spelling, in °C, or None where there is none to believe."""
    from parsing.writing.text import fold

    found = readings(fold(text).text)
    return next((reading.value for reading in found if reading.value is not None), None)


def _joined(text: str, left: Reading, right: Reading) -> Reading | None:
    between = text[left.end : right.start]
    if len(between) > 8 or left.value is None or right.value is None:
        return None
    if _RANGE.match(between) or _BETWEEN.match(text[left.end : right.end + 4]):
        value = max(left.value, right.value)
    elif _FALL.match(between):
        value = right.value  # "从38.5降到36.8": what it is now
    else:
        return None
    return Reading(left.start, right.end, value, value, True)


def _hour(word: str) -> bool:
    whole = _whole(word)
    return whole is not None and whole < 25


def _whole(word: str) -> int | None:
    return to_int(word.replace("卅", "三十").replace(" ", ""))


def _reading(text: str, match: re.Match[str], floor: int) -> Reading | None:
    whole = _whole(match["whole"])
    fraction, unit, point = match["fraction"], match["unit"] or "", (match["point"] or "").strip()
    if whole is None or (point in _MARKS and point and not 34 <= whole <= 43):
        return None
    if match["point"] == " " and not 34 <= whole <= 43:
        return None
    number = _number(whole, fraction or ("半" if match["half"] else None))
    degrees = bool(fraction) or bool(unit) or bool(match["half"])
    start = match.start()
    clause = text[max(floor, clause_start(text, start, floor)) : start]
    if _is_fahrenheit(text, match, clause, number):
        number, degrees = round((number - 32) / 1.8, 1), True
    elif not degrees and len(match["whole"]) == 3 and 340 <= whole <= 430:
        number = whole / 10
    elif _is_no_temperature(match, whole, degrees):
        return None
    sentence = text[max(floor, sentence_start(text, start, floor)) : start]
    if is_other(text, match, clause, sentence, number, bool(fraction)):
        return None
    believable = LOWEST <= number <= HIGHEST
    told = bool(match["fahrenheit"] or unit or (fraction and (point or not match["spelled"])))
    sure = believable and degrees and told and (match["point"] != " " or bool(unit))
    return Reading(start, match.end(), number if believable else None, number, sure)


def _is_no_temperature(match: re.Match[str], whole: int, degrees: bool) -> bool:
    if degrees:
        return False
    if match["spelled"] or (match["about"] and not 35 <= whole <= 42):
        return True
    return not 34 <= whole <= 43 and not 100 <= whole <= 999


def _is_fahrenheit(text: str, match: re.Match[str], clause: str, number: float) -> bool:
    unit = (match["unit"] or "").upper().lstrip("°").strip("( )")
    if match["fahrenheit"] or unit in _FAHRENHEIT:
        return True
    near = 93 <= number <= 110 and (match["fraction"] or match["unit"])
    return bool(near) and bool(
        _FAHRENHEIT_NEAR.search(clause) or _FAHRENHEIT_NEAR.match(text[match.end() : match.end() + 4].lstrip("(的,是 "))
    )


def _number(whole: int, fraction: str | None) -> float:
    if fraction is None:
        return float(whole)
    if fraction == "半":
        return whole + 0.5
    figures = "".join(figure if figure.isascii() else str(DIGITS[figure]) for figure in fraction)
    return round(whole + int(figures) / (10.0 if len(figures) == 1 else 100.0), 2)


def clause_start(text: str, place: int, floor: int = 0) -> int:
    """Where the clause that holds this place begins (at most 40 characters back)."""
    return _back(text, place, max(floor, place - 40), ",。!?;\n、…")


def sentence_start(text: str, place: int, floor: int = 0) -> int:
    """Where the sentence that holds this place begins (at most 60 characters back)."""
    return _back(text, place, max(floor, place - 60), "。!?;\n")


def _back(text: str, place: int, floor: int, stops: str) -> int:
    for stop in stops:
        if (found := text.rfind(stop, floor, place)) >= 0:
            floor = found + 1
    return floor
