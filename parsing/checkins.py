"""What the other rooms found in one message or line, sorted by the person it is said of."""

import re

from parsing.addresses_in_text import Located, locate
from parsing.groups import Group, Report
from parsing.lexicon import Token
from parsing.names import before_data, introduced
from parsing.negation import judge
from parsing.people import people
from parsing.states import is_taken_back, states
from parsing.strangers import NEIGHBOURS, strangers
from parsing.surroundings import FILLER, MEASURE, TARGET, blank, supported
from parsing.symptoms import find_symptom_tokens
from parsing.temperature import Reading, clause_start, readings
from parsing.times import past_spans, whens

_HEADING = re.compile(r"[^,。;:!?\n\d]{0,10}(?:体温|测温|健康|打卡|上报|情况|报[告数])[^,。;:!?\n\d]{0,4}[:\n]")
_JOIN = re.compile(r"^[ 、和跟与及,&+]*(?:还有|以及|同|连同|加上)?[ ]*(?:我|俺|咱)?(?:家|们家)?的?[ ]*$")
_JOIN_TIGHT = re.compile(r"^(?:[ 、和跟与及&+同]|还有|以及|连同|加上|我|俺|咱|家|的)*$")
_OWN = re.compile(r"^(?:家|的|家里|们家|家的|家里的|们|屋里|自家|那|屋头|家那|这边|们的|那个|他|她|大|小)*$")
_NAMED = re.compile(r"^[ (:是叫,]?(?:叫|是|名叫|的)?$")
_ALL_OF = re.compile(r"[都均全]|统统|一样")
_RELATED = frozenset({"father", "mother", "grandmother", "grandfather"})


def read(text: str, members: tuple[str, ...], expecting: bool, in_list: bool, header: Located | None = None) -> Report:
    """Find everything in one message or line and sort it by person."""
    located = locate(text, header)
    tokens = [Token(place.start, place.end, "address", place.canonical, "address") for place in located]
    numbers = [number for number in readings(text) if not _overlaps(tokens, number.start, number.end)]
    symptoms = judge(text, find_symptom_tokens(text)) if len(text) > 1 else []
    persons = people(text, members) + introduced(text)
    told = states(text)
    tokens += _without_overlaps(text, tokens, numbers, persons, symptoms + told)
    health_at = [number.start for number in numbers] + [token.start for token in symptoms]
    past = past_spans(text, health_at)
    tokens += [
        token
        for token in whens(text)
        if not _inside(past, token.start) and not _overlaps(tokens, token.start, token.end)
    ]
    tokens.sort(key=lambda token: (token.start, -token.end))
    numbers = supported(text, numbers, tokens, expecting, in_list)
    tokens += [Token(n.start, n.end, "reading", "", "temperature.read", n.value, n.claimed) for n in numbers]
    tokens.sort(key=lambda token: (token.start, -token.end))
    tokens = _with_names(text, tokens, in_list)
    if NEIGHBOURS.search(text):
        tokens = strangers(text, tokens)
    rest = FILLER.sub("", blank(text, [token for token in tokens if token.kind in ("reading", "address")]))
    many = len({place.canonical for place in located if not place.is_header}) > 1
    groups = _walk(text, tokens, {n.start: n for n in numbers}, past, many or in_list)
    _place(groups, located)
    return Report(groups, tokens, located, not rest, many, any(_inside(past, place) for place in health_at))


def _inside(spans: list[tuple[int, int]], place: int) -> bool:
    return any(start <= place < end for start, end in spans)


def _overlaps(tokens: list[Token], start: int, end: int) -> bool:
    return any(token.start < end and token.end > start for token in tokens)


def _without_overlaps(
    text: str, places: list[Token], numbers: list[Reading], persons: list[Token], others: list[Token]
) -> list[Token]:
    """People first by length, then symptoms and states that do not lie inside what is taken."""
    kept: list[Token] = []
    for token in sorted(persons, key=lambda t: (-(t.rule in ("people.member", "people.introduced")), t.start - t.end)):
        if not _overlaps(kept, token.start, token.end) and not _overlaps(places, token.start, token.end):
            kept.append(token)
    blocked = [token for token in others if token.kind != "well_weak"]
    kept = [t for t in kept if t.rule != "people.titled" or not _overlaps(blocked, t.start, t.end)]
    symptoms = [t for t in others if t.kind in ("symptom", "denied", "feared", "over")]
    for token in others:
        if _overlaps(places, token.start, token.end) or (
            token.kind.startswith("well") and _overlaps(symptoms, token.start, token.end) and token.rule != "state.well"
        ):
            continue
        if token.kind == "unwell" and _overlaps(symptoms, token.start, token.end):
            continue
        kept.append(token)
    return kept


def _with_names(text: str, tokens: list[Token], in_list: bool) -> list[Token]:
    """Add names found just before data that nobody is named for."""
    result: list[Token] = []
    floor = 0
    for token in tokens:
        if token.kind in ("reading", "symptom", "denied", "well", "well_weak", "unwell", "when") and not (
            result
            and result[-1].kind == "person"
            and result[-1].end == floor
            and TARGET.match(text[floor : token.start])
            and result[-1].value != "self"
        ):
            name = before_data(text, floor, token.start, in_list)
            if name and not _overlaps(result[-3:], name.start, name.end):
                result.append(name)
        result.append(token)
        floor = max(floor, token.end)
    return result


def _walk(
    text: str, tokens: list[Token], numbers: dict[int, Reading], past: list[tuple[int, int]], listed: bool
) -> list[Group]:
    groups: list[Group] = []
    group: Group | None = None
    address: str | None = None
    pending: list[str] = []  # parts of the day waiting for their readings
    sticky: str | None = None
    last: Token | None = None
    for token in tokens:
        gone = _inside(past, token.start)
        if token.kind == "address":
            address = token.value
            if group and not group.has_data and group.address is None and group.named:
                group.address = address
            else:
                group = None
        elif token.kind == "person":
            group = _person(text, token, last, group, groups, address, tokens)
        elif token.kind == "when":
            if group is None and not groups and not pending:
                sticky = token.value if _heads(text, token, tokens) else None
            if not _loose(text, token, tokens):
                pending.append(token.value)
                if last and last.kind == "reading" and text[token.start - 1] == "(" and group and group.readings:
                    group.readings[-1] = (group.readings[-1][0], pending.pop())
        elif token.kind in ("reading", "symptom", "denied", "well", "well_weak", "unwell", "over"):
            if gone and token.kind != "over":
                continue
            if group is None:
                group = Group(["?" if listed and address else "self"], token.start, address, named=False)
                groups.append(group)
            _add(text, token, group, groups, numbers, pending, sticky)
            group.end = token.end
        last = token
    return _gathered(groups)


def _gathered(groups: list[Group]) -> list[Group]:
    """What is said later of one already spoken of joins what was said before ("娃37.9，就娃有点咳")."""
    kept: list[Group] = []
    for group in groups:
        earlier = next((other for other in kept if _same_person(other, group)), None)
        if earlier is None:
            kept.append(group)
            continue
        earlier.readings += group.readings
        earlier.symptoms += group.symptoms
        earlier.named |= group.named
        earlier.told |= group.told
        earlier.strong |= group.strong
        earlier.unwell |= group.unwell
    return kept


def _same_person(earlier: Group, later: Group) -> bool:
    return (
        len(later.persons) == 1
        and earlier.persons == later.persons
        and later.persons[0] not in ("?", "all", "children", "other", "pet")
        and earlier.has_data
        and later.has_data
        and later.address in (None, earlier.address)
        and not (earlier.readings and later.readings)
        and not (earlier.skip or later.skip)
    )


def _heads(text: str, when: Token, tokens: list[Token]) -> bool:
    """A part of the day said before anybody is named holds for all who follow."""
    following = next((t for t in tokens if t.start >= when.end and t.kind in ("person", "reading")), None)
    if _HEADING.match(text, when.end):
        return True  # "今早上门测温：…"
    return bool(following and following.kind == "person" and following.start - when.end < 8)


def _loose(text: str, when: Token, tokens: list[Token]) -> bool:
    """A part of the day that tells of something else than the reading ("早上去买菜了，36.5")."""
    following = next((t for t in tokens if t.start >= when.end and t.kind in ("reading", "when")), None)
    if following is None:
        return text[when.start - 1 : when.start] != "("
    between = text[when.end : following.start]
    if following.kind == "when" and not re.search("[,。;\n]", between):
        return False
    first, comma, _ = between.partition(",")
    if comma and re.search("刚|现在|这会儿|目前|此刻", between):
        return True
    if re.search("[。;!?\n]", re.sub(r"(?<=\d)。(?=\d)", "", between)):
        return len(between) > 6
    return (
        bool(comma)
        and len(first) > 4
        and not MEASURE.search(first)
        and not any(when.end <= t.start < following.start and t.kind in ("person", "symptom", "denied") for t in tokens)
    )


def _person(
    text: str,
    token: Token,
    last: Token | None,
    group: Group | None,
    groups: list[Group],
    address: str | None,
    tokens: list[Token],
) -> Group | None:
    code = token.value
    if code in ("self", "other", "pet", "?", "all") and not _clause_has_data(text, token, tokens):
        return group
    between = text[last.end : token.start] if last else ""
    if (
        code in ("mother", "father")
        and text[token.start - 1 : token.start] in ("他", "她")
        and group
        and group.persons[-1] == "spouse"
    ):
        code = f"{code}_in_law"  # "我老公36.5，他妈36.8"
    if group and last and last.kind == "person" and not group.has_data and group.named:
        previous = group.persons[-1]
        is_name = token.rule in ("people.member", "people.introduced", "people.before_data", "people.titled")
        if (
            is_name
            and (_NAMED.match(between) if previous != "self" else between in ("", "是", "叫", " "))
            and not (previous not in _CODES_ and token.rule != "people.titled")
        ):
            group.persons[-1], group.skip = code, False
            return group
        if previous in ("self", "all", "?", "other") and code != "self" and _OWN.match(between):
            group.persons[-1] = code
            group.skip = code in ("other", "pet")
            return group
        if previous == "self" == code and _OWN.match(between):
            return group
        if previous == "child" and code in _RELATED and between in ("", "的", "他", "她"):
            group.persons[-1] = "spouse" if code in ("father", "mother") else code
            return group
        if code not in ("pet", "other") and not group.skip and (_JOIN_TIGHT.match(between) or _JOIN.match(between)):
            group.persons.append(code)
            return group
    if group and last and last.kind == "address" and group.address is not None and not group.has_data and group.named:
        is_name = token.rule in ("people.member", "people.introduced", "people.before_data", "people.titled")
        if is_name and group.persons == ["self"]:
            group.persons = [code]
            return group
    fresh = Group([code], token.start, address, skip=code in ("other", "pet"))
    groups.append(fresh)
    return fresh


_CODES_ = frozenset(
    [
        "self",
        "spouse",
        "father",
        "mother",
        "son",
        "daughter",
        "child",
        "grandfather",
        "grandmother",
        "father_in_law",
        "mother_in_law",
        "grandchild",
        "sibling",
        "parents",
        "children",
        "all",
        "?",
        "other",
    ]
)
_DATA = frozenset({"reading", "symptom", "denied", "well", "well_weak", "unwell", "over"})


def _clause_has_data(text: str, token: Token, tokens: list[Token]) -> bool:
    stop = token.end
    while stop < len(text) and stop < token.end + 40 and text[stop] not in ",。;!?\n":
        stop += 1
    if any(token.end <= t.start < stop and t.kind in _DATA for t in tokens):
        return True
    if stop < len(text) and text[stop] == "。" and any(t.start < stop < t.end for t in tokens):
        return True
    clause = text[clause_start(text, token.start) : stop].strip(" :")
    if len(clause) <= token.end - token.start + 1:
        return True  # "我，36.5"
    return bool(re.search("[量测]|体温", text[token.end : stop])) or any(
        token.end <= t.start < stop and t.kind == "person" for t in tokens
    )


def _add(
    text: str,
    token: Token,
    group: Group,
    groups: list[Group],
    numbers: dict[int, Reading],
    pending: list[str],
    sticky: str | None,
) -> None:
    if token.kind == "reading":
        reading = numbers[token.start]
        if is_taken_back(text, token.start):
            return
        when = pending.pop(0) if pending else sticky
        group.readings.append((reading, when))
    elif token.kind == "symptom":
        clause = text[clause_start(text, token.start) : token.start]
        shared = (
            [g for g in groups if g.has_data]
            if clause.lstrip().startswith(("都", "均", "全都")) and len(groups) > 1
            else [group]
        )
        for member in shared:
            member.symptoms.append(token.value)
    elif token.kind == "unwell":
        group.unwell = True
    else:
        group.told = True
        group.strong = group.strong or token.kind in ("well", "denied", "over")


def _place(groups: list[Group], located: list[Located]) -> None:
    """Addresses that were written after the people they belong to."""
    if not located or not groups:
        return
    if all(group.address for group in groups) or located[-1].start < max(group.start for group in groups):
        return
    for group in groups:
        following = next((place for place in located if place.start > group.start and (place.room or place.unit)), None)
        if following and group.address is None:
            group.address = following.canonical
