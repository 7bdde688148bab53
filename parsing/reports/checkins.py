"""What the other rooms found in one message or line, sorted by the person it is said of."""

from dataclasses import replace

from parsing.addresses_in_text import Located, headless, locate
from parsing.health.negation import judge
from parsing.health.states import states
from parsing.health.symptoms import find_symptom_tokens
from parsing.health.temperature import Reading, readings
from parsing.health.times import past_spans, whens
from parsing.people import bystanders, names, owners, row_names, stand_ins
from parsing.people.mentions import people
from parsing.people.strangers import NEIGHBOURS, of_the_house, strangers
from parsing.reports import lists
from parsing.reports.groups import Group, Report
from parsing.reports.sharing import shared_out
from parsing.reports.surroundings import FILLER, TARGET, blank, supported
from parsing.reports.walk import walk
from parsing.writing.lexicon import Pattern, Token
from parsing.writing.numerals import DIGIT_CLASS
from parsing.writing.taken import Taken, people_and_health

_SPELLED = Pattern(f"[{DIGIT_CLASS}十]")
# Many part their clauses by spaces: "孙子在我这儿 三十六度八 他爸妈上班呢".
_SPACED = Pattern(
    r"(?:(?<=\S\S\S[\u4e00-\u9fff℃])|(?<=\S\S[常了的好事着过烧嗽痛疼热完呢])) (?=[\u4e00-\u9fff\d])|(?:(?<=[.度点]\d)|(?<=\d{4})) (?=[\u4e00-\u9fff]{4}|体温|[住今现量测])"
)
_COURTESY = Pattern(
    "大家好?|各位(?:邻居|家人|好)?|你们?好|谢谢(?:大家|您|啦|了)?|辛苦(?:了|大家|您)*|拜托|报完|完毕|收工|早上好|晚上好|同志|社区|们"
)
_TELLS = frozenset({"reading", "symptom", "denied", "well", "well_weak", "unwell", "over", "when"})
_NAMED_KIN = frozenset("son daughter child grandchild sibling spouse word".split())
# "#男#45岁" and the like in a form: numbers of the person, not of the day.
_OTHER_FIELD = Pattern(
    r"(?:^|(?<=\n))(?:年龄|性别|电话|手机号?|联系(?:电话|方式)|身份证号?|人数|序号|编号|楼层|日期|时间|天数)[:是 ][^\n]*"
)


def read(
    text: str,
    members: tuple[str, ...],
    expecting: bool,
    in_list: bool,
    header: Located | None = None,
) -> Report:
    """Find everything in one message or line and sort it by person."""
    if ":" in text and "\n" in text:
        text = _OTHER_FIELD.sub(lambda match: " " * len(match[0]), text)
    if not in_list and (lines := lists.split(text)):
        return _list(text, lines, members, expecting)
    return _read(text.replace("|", "、"), members, expecting, in_list, header)


def _list(text: str, lines: list[lists.Line], members: tuple[str, ...], expecting: bool) -> Report:
    """A list without numbers: each row is read on its own, below the address that heads it."""
    whole = Report([], [], [], False, True, False)
    header = headless(text[line.start : line.end] for line in lines if line.row)
    for line in lines:
        report = _read(text[line.start : line.end], members, expecting, line.row, header)
        heads = [place for place in report.addresses if place.is_header]
        header = heads[-1] if heads else header
        groups = [_in_columns(group, text, line) for group in report.groups]
        whole.groups += [group.moved(line.start) for group in groups]
        whole.tokens += [t._replace(start=t.start + line.start, end=t.end + line.start) for t in report.tokens]
        whole.addresses += [replace(a, start=a.start + line.start, end=a.end + line.start) for a in report.addresses]
        whole.had_past |= report.had_past
    return whole


def _in_columns(group: Group, text: str, line: lists.Line) -> Group:
    """The readings of a row with the part of the day that heads their column."""
    if any(line.parts):
        group.readings = [
            (
                reading,
                when or _column(line, text.count("|", line.start, line.start + reading.start)),
            )
            for reading, when in group.readings
        ]
    return group


def _column(line: lists.Line, place: int) -> str | None:
    return line.parts[place] if place < len(line.parts) else None


def _read(
    text: str,
    members: tuple[str, ...],
    expecting: bool,
    in_list: bool,
    header: Located | None,
) -> Report:
    if not in_list and " " in text:
        text = _SPACED.sub(",", text)
    located = locate(text, header)
    places = [Token(place.start, place.end, "address", place.canonical, "address") for place in located]
    numbers = _outside(text, places, readings(text))
    symptoms = judge(text, find_symptom_tokens(text)) if len(text) > 1 else []
    told = symptoms + states(text)
    many = len(located) > 1 and len({place.canonical for place in located if not place.is_header}) > 1
    named = names.introduced(text)
    if in_list or many:
        named += _in_rows(text, located, numbers, told, in_list)
    tokens = places + people_and_health(text, places, _persons(text, members, numbers, named), told)
    health_at = [number.start for number in numbers] + [token.start for token in symptoms]
    past = past_spans(text, health_at)
    tokens += _parts_of_day(text, tokens, past)
    tokens.sort(key=_order)
    numbers = supported(text, numbers, tokens, expecting, in_list)
    tokens += [Token(n.start, n.end, "reading", "", "temperature.read", n.value, n.claimed) for n in numbers]
    tokens.sort(key=_order)
    listed = in_list or row_names.company(text, [n.start for n in numbers], [n.end for n in numbers])
    tokens = _with_names(text, tokens, listed)
    groups = walk(text, _whose(text, tokens), {n.start: n for n in numbers}, past, many or in_list)
    had_past = any(start <= place < end for place in health_at for start, end in past)
    bare = len(numbers) > 1 and not _said(blank(text, [t for t in tokens if t.kind in ("reading", "address")]))
    return Report(shared_out(text, groups, located), tokens, located, bare, many, had_past)


def _outside(text: str, places: list[Token], numbers: list[Reading]) -> list[Reading]:
    """The numbers that are no part of an address."""
    if not places or not numbers:
        return numbers
    taken = Taken(len(text), places)
    return [number for number in numbers if not taken.meets(number.start, number.end)]


def _parts_of_day(text: str, tokens: list[Token], past: list[tuple[int, int]]) -> list[Token]:
    """The words for a part of today that are not inside another word or an earlier day."""
    parts = whens(text)
    if not parts:
        return parts
    taken = Taken(len(text), tokens)
    return [
        part
        for part in parts
        if not taken.meets(part.start, part.end) and not any(start <= part.start < end for start, end in past)
    ]


def _said(rest: str) -> str:
    """What a text says beside its numbers and the courtesies around them."""
    return FILLER.sub("", _COURTESY.sub("", rest))


def _order(token: Token) -> tuple[int, int]:
    return token.start, -token.end


def _whose(text: str, tokens: list[Token]) -> list[Token]:
    """The tokens with people as they are meant: without those who only stand by, each owner before the reading."""
    if NEIGHBOURS.search(text):
        tokens = strangers(text, tokens)
    tokens = stand_ins.resolve(text, of_the_house(text, tokens))
    return owners.moved(text, bystanders.without(text, tokens))


def _overlaps(tokens: list[Token], start: int, end: int) -> bool:
    return any(token.start < end and token.end > start for token in tokens)


def _persons(text: str, members: tuple[str, ...], numbers: list[Reading], named: list[Token]) -> list[Token]:
    """People in the text; spelled readings are hidden, so that "三十六度二老伴" holds no "二老"."""
    shown = text
    for number in numbers:
        if _SPELLED.search(text, number.start, number.end):
            shown = shown[: number.start] + "0" * (number.end - number.start) + shown[number.end :]
    found = people(shown, members)
    kin = [token for token in found if token.rule not in ("people.titled", "people.self", "people.other")]
    rows = [t for t in named if not any(k.start <= t.start < k.end and k.end - k.start > 1 for k in kin)]
    return found + rows


def _in_rows(
    text: str,
    located: list[Located],
    numbers: list[Reading],
    others: list[Token],
    in_list: bool,
) -> list[Token]:
    """Names of a list: behind each address, and at the start of a line that has none before its name."""
    data = [Token(n.start, n.end, "reading") for n in numbers] + others
    data.sort(key=_order)
    slots = [place.end for place in located if not place.is_header]
    if in_list and (not slots or text[: located[0].start].strip(" |:,")):
        slots.insert(0, 0)
    ends = [next((p.start for p in located if p.start >= slot), len(text)) for slot in slots]
    if in_list and slots and slots[0] == 0 and located and located[0].start:
        ends[0] = located[1].start if len(located) > 1 else len(text)  # "裴娜|3-1-202|36.3"
    found = row_names.in_rows(text, slots, data, ends)
    if in_list and not found and numbers and not text[: numbers[0].start].strip(" |:,、.") and len(numbers) == 1:
        behind = row_names.behind_reading(text, numbers[0].end, len(text))
        if behind and not _overlaps(others, behind.start, behind.end):
            found.append(behind)
    return found


def _with_names(text: str, tokens: list[Token], in_list: bool) -> list[Token]:
    """Add names found just before data that nobody is named for."""
    result: list[Token] = []
    floor = 0
    for token in tokens:
        if token.kind in _TELLS and not _has_owner(text, result, floor, token):
            measured = token.kind in ("reading", "when")
            kin = (
                bool(result)
                and result[-1].kind == "person"
                and result[-1].end == floor
                and result[-1].value in _NAMED_KIN
            )
            found = names.before_data(text, floor, token.start, in_list and token.kind == "reading", kin, measured)
            result += [name for name in found if not _overlaps(result[-3:], name.start, name.end)]
        elif token.kind == "address" and not any(other.kind == "person" for other in result):
            result += names.before_address(text, floor, token.start)
        result.append(token)
        floor = max(floor, token.end)
    return result


def _has_owner(text: str, result: list[Token], floor: int, token: Token) -> bool:
    return bool(
        result
        and result[-1].kind == "person"
        and result[-1].end == floor
        and TARGET.match(text[floor : token.start])
        and result[-1].value != "self"
    )
