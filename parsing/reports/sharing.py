"""After the walk: groups of several people are parted, corrections hold, and one person's pieces come together."""

import re
from dataclasses import replace

from parsing.addresses_in_text import Located
from parsing.health.temperature import Reading
from parsing.reports.groups import Group
from parsing.writing.lexicon import Pattern

_PLURALS = {"parents": ("father", "mother"), "公婆": ("father_in_law", "mother_in_law"), "岳父母": ("father_in_law", "mother_in_law"),
            "children": ("child", "child")}  # fmt: skip
_UNIQUE = frozenset("self spouse father mother parents father_in_law mother_in_law".split())
_SEVERAL = frozenset("child son daughter grandchild sibling".split())
_NEVER_ONE = frozenset("? all children other pet".split())
_MANY = 40  # people of one kind in a message; more are no household
_GENERIC = frozenset("孩子 娃 娃儿 宝宝 小孩 小朋友 伢 孩 小家伙 小孩子 宝贝".split())
_WRONG = Pattern(
    "(?:打|说|写|报|弄|搞|发|填|记|输|念|讲)(?:错|反|混|串|颠倒)|(?:更正|纠正|口误|笔误|不对|颠倒|反了|错了|[哦噢喔啊呃额哎]不(?=[,。!是对])|搞混|混了|手滑|看岔|串了|作废|不作数|当没发)"
)
_NOBODYS = Pattern(
    "(?:没|未|不)(?:写|说|知道?|晓得|清楚|记得|确定|注明|标)[^,。]{0,3}是?(?:谁|哪个|哪位)(?:人)?的?|谁的体温|是谁的[?吧呢]"
)
_VOID = ("作废", "不作数", "当没发")
_WARNED = Pattern("(?:别|不要|勿|没|没有|小心|注意|怕|防止|免得|以免|不会|没有?给?)[^,。]{0,2}$")
_REVERSED = Pattern("反了|颠倒|写反|说反|报反|弄反|搞反|[串换]过来|对调|调换")
_AWAY = Pattern("(?:家|室|户)?[ :,]*(?:里|都|也)?(?:没|无|不|未|拒|空|锁|敲|外|出|待|缺|搬)")


def shared_out(text: str, groups: list[Group], located: list[Located]) -> list[Group]:
    """The groups as they become entries, one person each unless nothing tells them apart."""
    _place(text, groups, located)
    if len(groups) == 1 and not groups[0].named and groups[0].readings and _NOBODYS.search(text):
        groups[0].persons = ["?"]
    parted = [single for group in groups for single in _parted(group)]
    if len(parted) > len(groups):
        parted = _of_both(parted)
    if any(group.shared for group in parted):
        parted = _told_of_all(parted)
    if len(parted) > 1 and (mark := _WRONG.search(text)) and not _WARNED.search(text, 0, mark.start()):
        parted = _corrected(text, parted, mark)
    return _gathered(parted)


def _parted(group: Group) -> list[Group]:
    """One group a person: readings in equal number go to them in turn, what else is said is said of each."""
    persons, words = list(group.persons), list(group.words)
    told = len(group.readings)
    if told > len(persons) and len({when for _, when in group.readings}) == 1:
        for plural in [person for person in persons if person in _PLURALS]:
            if len(persons) < told:
                place = persons.index(plural)
                persons[place : place + 1] = _PLURALS[plural]
                words[place : place + 1] = ["", ""]
        if persons == ["child", "child"] and told == 3:
            persons, words = ["child"] * 3, [""] * 3
        if len(persons) != told:
            persons, words = list(group.persons), list(group.words)
    if len(persons) == 1:
        return [group]
    return [
        replace(
            group,
            persons=[person],
            words=[words[n]],
            symptoms=list(group.symptoms),
            readings=_turn(group.readings, n, len(persons)),
        )
        for n, person in enumerate(persons)
    ]


def _turn(readings: list[tuple[Reading, str | None]], n: int, of: int) -> list[tuple[Reading, str | None]]:
    """The readings of the n-th person: theirs where each has one (for each part of the day), else all of them."""
    by_part: dict[str | None, list[tuple[Reading, str | None]]] = {}
    for reading in readings:
        by_part.setdefault(reading[1], []).append(reading)
    if readings and all(len(part) == of for part in by_part.values()):
        return [part[n] for part in by_part.values()]
    return list(readings)


def _of_both(groups: list[Group]) -> list[Group]:
    """What is said of "parents" or "children" is said of each, where each has a reading."""
    kept: list[Group] = []
    for group in groups:
        singles = _PLURALS.get(group.persons[0], ())
        told = [other for other in groups if other.persons[0] in singles and other.readings] if singles else []
        if group.readings or len(told) < 2:
            kept.append(group)
            continue
        for other in told:
            other.symptoms += group.symptoms
            other.told |= group.told
    return kept


def _told_of_all(groups: list[Group]) -> list[Group]:
    """ "都流鼻涕，我37.0，儿子36.9": said of all who are named after it."""
    named = [group for group in groups if group.named and group.has_data and not group.skip]
    if not named:
        return groups
    for group in groups:
        if group.shared and not group.readings:
            for other in named:
                other.symptoms += group.symptoms
    return [group for group in groups if not group.shared or group.readings]


def _corrected(text: str, groups: list[Group], mark: re.Match[str]) -> list[Group]:
    """What is said after "打错了" holds instead of what was said before of the same people or with the same number."""
    before = [g for g in groups if g.readings and g.readings[0][0].start < mark.start()]
    after = [g for g in groups if g.readings and g.readings[0][0].start >= mark.end()]
    if not after:
        if _REVERSED.search(text, mark.start()) and len(before) == 2 and all(len(g.readings) == 1 for g in before):
            before[0].readings, before[1].readings = before[1].readings, before[0].readings
        return groups
    said_again = {(g.persons[0], g.words[0]) for g in after} | {
        (g.persons[0], "") for g in after if g.persons[0] in _UNIQUE
    }
    values = {reading.value for g in after for reading, _ in g.readings}
    gone = []
    void = mark[0] in _VOID
    for group in before:
        if void and "," not in text[group.readings[-1][0].end : mark.start()]:
            gone.append(id(group))  # "刚才发的38.1作废"
        if not group.named:
            continue
        again = (group.persons[0], group.words[0]) in said_again or (group.persons[0], "") in said_again
        moved = all(reading.value in values for reading, _ in group.readings)
        if again or moved:
            gone.append(id(group))
    return [group for group in groups if id(group) not in gone]


def _gathered(groups: list[Group]) -> list[Group]:
    """What is said later of one already spoken of joins what was said before ("娃37.9，就娃有点咳")."""
    if len(groups) < 2:
        return groups
    by_person: dict[str, list[Group]] = {}
    kept: list[Group] = []
    for group in groups:
        if not group.has_data:
            continue
        alike = by_person.setdefault(group.persons[0], [])
        earlier = next((other for other in alike[:_MANY] if _same_person(other, group, alike)), None)
        if earlier is None:
            kept.append(group)
            alike.append(group)
        else:
            earlier.take(group)
    return kept


def _same_person(earlier: Group, later: Group, alike: list[Group]) -> bool:
    person = later.persons[0]
    if person in _NEVER_ONE:
        return False
    if later.address not in (None, earlier.address) or earlier.skip or later.skip:
        return False
    one, other = earlier.words[0], later.words[0]
    if not (one or other) and person in _SEVERAL:
        return False  # parted from "两个娃"
    if person in _UNIQUE or one == other or not one or not other:
        return not (earlier.readings and later.readings and person not in _UNIQUE and earlier.address != later.address)
    if earlier.readings and later.readings:
        return False
    third = any(group.words[0] not in (one, other) for group in alike[:_MANY])
    return not third and (one in _GENERIC or other in _GENERIC or one in other or other in one)


def _place(text: str, groups: list[Group], located: list[Located]) -> None:
    """An address that was written after all the people whom it belongs to ("36.5 3-2-501")."""
    if not located or not groups or all(group.address for group in groups):
        return
    if len({place.canonical for place in located}) > 1 or located[-1].start < max(group.start for group in groups):
        return
    place = located[-1]
    if not (place.room or place.unit) or _AWAY.match(text, place.end):
        return
    for group in groups:
        if group.address is None and group.start < place.start:
            group.address = place.canonical
