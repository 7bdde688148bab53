"""Check-ins made of the groups: which reading counts, whose it is, and when the bot has to ask back."""

import re

from parsing.health.states import takes_back
from parsing.health.temperature import Reading, clause_start
from parsing.model import CheckIn
from parsing.reports.groups import Group, Report
from parsing.writing.lexicon import Pattern

# "36.6才是真的", "以水银的36.4为准": the one reading that holds.
_RIGHT = Pattern("才(?:是|算|对|准)(?!低烧|发烧)|为准|算数|以(?=[^,。]{0,8}为准)|才是真")
# "那枪坏了": what another instrument showed afterwards holds.
_DISTRUSTED = Pattern(
    "(?:枪|体温[计表]|温度计|电子的?|表|水银的?)[^,。]{0,3}(?:坏|不准|没电|失灵|抽风|有毛病|有问题|疯|乱跳|不靠谱|出错|瞎报)|(?:别记|不算|甭记|别算|不要记|不记|忽略|无视|不用管)"
)


def entries(text: str, report: Report, listed: bool) -> list[CheckIn]:
    """The check-ins of a report; those with nothing told are left out."""
    result: list[CheckIn] = []
    explicit = any(group.named and group.has_data and not group.skip for group in report.groups)
    read_out = any(group.readings for group in report.groups)
    for index, group in enumerate(report.groups):
        if group.skip or not group.has_data:
            continue
        if (
            not group.named
            and not (group.readings or group.symptoms or group.unwell)
            and text.startswith(("都", "全", "均"), group.start)
        ):
            group.persons = ["all"]
        if (
            not group.named
            and explicit
            and not (group.address and report.many_addresses)
            and not (group.persons == ["all"] and not read_out)
            and not (group.readings or group.symptoms or group.unwell)
        ):
            continue
        end = report.groups[index + 1].start if index + 1 < len(report.groups) else len(text)
        result += _entries(text, group, end, report.bare, listed or report.many_addresses)
    return result


def _entries(text: str, group: Group, end: int, bare: bool, listed: bool) -> list[CheckIn]:
    found = _valid(text, group, end)
    whens_told = {when for _, when in found}
    if group.persons == ["self"] and not group.named and bare and len(found) > 1 and whens_told == {None}:
        return [_entry("?", group, [reading], None, (), True) for reading, _ in found]
    if group.persons == ["all"] and len(found) > 1 and whens_told == {None}:
        return [_entry("?", group, [reading], None, (), False) for reading, _ in found]
    person = group.persons[0]
    unclear = person == "?" and not listed
    if not found:
        return [
            _entry(person, group, [], None, tuple(group.symptoms), unclear or (group.unwell and not group.symptoms))
        ]
    result = []
    order = list(dict.fromkeys(when for _, when in found))
    for when in order:
        mine = [reading for reading, own in found if own == when]
        symptoms = tuple(group.symptoms) if when == order[-1] else ()
        result.append(_entry(person, group, mine, when, symptoms, unclear))
    return result


def _valid(text: str, group: Group, end: int) -> list[tuple[Reading, str | None]]:
    """The readings without those that the text itself takes back."""
    found = group.readings
    if len(found) > 1 and (mark := _RIGHT.search(text, found[0][0].end)):
        told = [(r, when) for r, when in found if r.end <= mark.start() or r.start >= mark.end()]
        near = min(told, key=lambda pair: abs(pair[0].start - mark.start()), default=None)
        return [near] if near else found
    if len(found) > 1 and _DISTRUSTED.search(text):
        return found[-1:]
    if len(found) < 2 or not takes_back(text, max(0, group.start - 12), end):
        return found
    right = [
        (r, when)
        for r, when in found
        if not takes_back(text, clause_start(text, r.start), _clause_end(text, r.end))
        or re.search("更正|纠正|应为|应该是", text[clause_start(text, r.start) : r.start])
    ]
    return (right or found)[-1:]


def _clause_end(text: str, place: int) -> int:
    while place < len(text) and text[place] not in ",。;!?\n":
        place += 1
    return place


def _entry(
    person: str, group: Group, found: list[Reading], when: str | None, symptoms: tuple[str, ...], unclear: bool
) -> CheckIn:
    believable = [reading for reading in found if reading.value is not None]
    value = max((reading.value for reading in believable if reading.value is not None), default=None)
    claimed = found[-1].claimed if found and value is None else None
    return CheckIn(
        person,
        group.address,
        value,
        tuple(sorted(set(symptoms))),
        when,
        unclear or (bool(found) and value is None),
        claimed,
    )
