"""Whose reading it is: from what a text says (self, 老婆, 王大爷, an address) to a registered person."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from community.access import LISTS
from community.people import Actor
from community.work import Work
from parsing import CheckIn
from storage.queries import people, places
from storage.tables import Household, Person

GENERATION = 15  # years; who is that much older or younger belongs to another generation
ADULT = 18

RELATION_LABELS = {
    "self": "本人", "spouse": "爱人", "father": "父亲", "mother": "母亲", "son": "儿子", "daughter": "女儿",
    "child": "孩子", "grandfather": "爷爷/外公", "grandmother": "奶奶/外婆", "father_in_law": "公公/岳父",
    "mother_in_law": "婆婆/岳母", "grandchild": "孙辈", "sibling": "兄弟姐妹", "parents": "父母", "children": "孩子们",
    "all": "全家", "?": "一位家人",
}  # fmt: skip
_OLDER = {"father", "mother", "father_in_law", "mother_in_law", "grandfather", "grandmother", "parents"}
_YOUNGER = {"son", "daughter", "child", "children", "grandchild"}
_MALE = re.compile(r"[爷公叔伯爸]$|先生$")
_FEMALE = re.compile(r"[奶婆婶姨妈]$|女士$|大娘$")
_GENDERS = {
    "father": _FEMALE, "father_in_law": _FEMALE, "grandfather": _FEMALE,
    "mother": _MALE, "mother_in_law": _MALE, "grandmother": _MALE,
}  # fmt: skip  # the names that a relation rules out


@dataclass(frozen=True, slots=True)
class Reading:
    """A check-in entry with the person it belongs to, or with a label where no registered person fits."""

    entry: CheckIn
    person: Person | None
    household: Household | None
    label: str

    @property
    def name(self) -> str:
        """The name to show, privately."""
        return self.person.name if self.person else self.label

    @property
    def written(self) -> str:
        """How the text itself calls the person."""
        if self.entry.person in ("self", "?") and self.entry.address:
            return self.entry.address
        return RELATION_LABELS.get(self.entry.person, self.entry.person)


@dataclass(frozen=True, slots=True)
class Home:
    """A household and its people, the one who speaks among them if they belong to it."""

    household: Household
    members: Sequence[Person]
    speaker: Person | None = None


def resolve(
    work: Work, actor: Actor, entries: Sequence[CheckIn], community_id: str | None, *, open_to_all: bool = False
) -> list[Reading]:
    """Give each entry its person; `community_id` is where addresses and names are looked up.

    In what is `open_to_all` (a chain) a name that nobody has is left without a home: it need not be the sender's.
    """
    own = Home(actor.household, actor.members, actor.person) if actor.household else None
    addressed = _homes(work, entries, community_id, own)
    named = {entry.person for entry in entries}
    nameless = sum(entry.person == "?" for entry in entries)
    turn = iter(range(len(entries)))
    readings: list[Reading] = []
    for entry in entries:
        home = addressed.get(entry.address) if entry.address else own
        if (own or open_to_all) and _names_another(entry, home):
            home = _home_of(work, entry.person, community_id) or (None if open_to_all else home)
        if home is None:
            readings.append(_without_home(work, actor, entry))
        elif entry.person == "?" and not entry.unclear and nameless == len(home.members):
            readings.append(_reading(entry, home, home.members[next(turn)]))
        else:
            readings += _in_home(entry, home, named)
    return _each_once(readings)


def _each_once(readings: list[Reading]) -> list[Reading]:
    """Two words for a relation are two people ("大宝38.5，二宝36.6"), though the register knows only one of them."""
    taken: dict[tuple[int, str | None], int] = {}
    found = []
    for place, reading in enumerate(readings):
        key = (reading.person.id or 0, reading.entry.when) if reading.person else None
        by_relation = reading.entry.person in RELATION_LABELS and reading.entry.person not in ("self", "all", "?")
        if key and by_relation and taken.setdefault(key, place) != place:
            found.append(replace(reading, person=None, label=RELATION_LABELS[reading.entry.person]))
            continue
        if key:
            taken.setdefault(key, place)
        found.append(reading)
    return found


def _homes(work: Work, entries: Iterable[CheckIn], community_id: str | None, own: Home | None) -> dict[str, Home]:
    """The household behind each address that the text names."""
    found: dict[str, Household] = {}
    for address in {entry.address for entry in entries if entry.address}:
        if own and own.household.address == address:
            found[address] = own.household
        elif community_id and (household := find_household(work, community_id, address)):
            found[address] = household
    foreign = [h.id for h in found.values() if h.id and not (own and own.household.id == h.id)]
    members = people.members(work.session, foreign) if foreign else {}
    return {
        address: own if own and own.household.id == household.id else Home(household, members[household.id or 0])
        for address, household in found.items()
    }


def _names_another(entry: CheckIn, home: Home | None) -> bool:
    """Whether the text gives a name, and no address, that nobody of this home has."""
    if entry.address or entry.person in RELATION_LABELS:
        return False
    return home is None or find_member(entry.person, home) is None


def _home_of(work: Work, name: str, community_id: str | None) -> Home | None:
    """The home of the only person of a community who has this name."""
    if community_id is None:
        return None
    namesakes = [person for person in people.named(work.session, name) if person.household_id]
    homes = people.households_by_id(work.session, {person.household_id for person in namesakes if person.household_id})
    here = [home for home in homes.values() if home.community_id == community_id]
    if len(here) != 1:
        return None
    return Home(here[0], people.members(work.session, [here[0].id or 0])[here[0].id or 0])


def find_household(work: Work, community_id: str, address: str) -> Household | None:
    """The household at an address, also where the unit was left out and only one room fits."""
    exact = places.household_at(work.session, community_id, address)
    if exact or address.count("-") != 1:
        return exact
    building, room = address.split("-")
    near = places.households_ending(work.session, community_id, building, room)
    return near[0] if len(near) == 1 else None


def _without_home(work: Work, actor: Actor, entry: CheckIn) -> Reading:
    """Somebody without a household of their own: staff may name a person of their area, others are a label."""
    if entry.address is None and (entry.person == "self" or (actor.person and entry.person == actor.person.name)):
        return Reading(entry, actor.person, None, RELATION_LABELS["self"])
    scope = actor.scope(work.areas, LISTS)
    if scope.reaches and entry.address is None:
        candidates = [p for p in people.named(work.session, entry.person) if p.household_id]
        households = people.households_by_id(work.session, {p.household_id for p in candidates if p.household_id})
        fits = [p for p in candidates if scope.covers_household(households[p.household_id or 0])]
        if len(fits) == 1:
            return Reading(entry, fits[0], households[fits[0].household_id or 0], fits[0].name)
    return Reading(entry, None, None, RELATION_LABELS.get(entry.person, entry.person))


def _in_home(entry: CheckIn, home: Home, named: set[str]) -> list[Reading]:
    """One entry inside a household: one person, or several for 全家, 父母, 孩子们."""
    match entry.person:
        case "all":
            return [_reading(entry, home, member) for member in _rest(home, named)] or [_reading(entry, home, None)]
        case "parents" | "children":
            several = _generation(entry.person, home)
            return [_reading(entry, home, member) for member in several] or [_reading(entry, home, None)]
        case _:
            return [_reading(entry, home, find_member(entry.person, home))]


def _rest(home: Home, named: set[str]) -> list[Person]:
    """Members who have no entry of their own in the same message."""
    taken = {person.id for who in named - {"all", "?"} if (person := find_member(who, home))}
    return [member for member in home.members if member.id not in taken]


def _reading(entry: CheckIn, home: Home, person: Person | None) -> Reading:
    label = person.name if person else RELATION_LABELS.get(entry.person, entry.person)
    return Reading(entry, person, home.household, label)


def find_member(who: str, home: Home) -> Person | None:
    """The member meant by `self`, a name, or a relation; None where nobody or several fit."""
    if who == "self" and home.speaker:
        return home.speaker
    if who in ("self", "?"):
        return home.members[0] if len(home.members) == 1 else None
    if who in RELATION_LABELS:
        return _only(_related(who, home))
    exact = [member for member in home.members if member.name == who]
    return _only(exact or [m for m in home.members if _alike(m.name, who)])


def candidates(who: str, home: Home) -> list[Person]:
    """The members among whom the text leaves the choice: all for an unnamed one, those whom a relation fits."""
    if who == "?":
        return list(home.members)
    return _related(who, home) if who in RELATION_LABELS and who not in ("self", "all", "parents", "children") else []


def _alike(name: str, written: str) -> bool:
    """小宝 for 张小宝, 王师傅 for 王大爷: the end of the name, or the surname with a title."""
    if len(written) >= 2 and name.endswith(written):
        return True
    if (_MALE.search(name) and _FEMALE.search(written)) or (_FEMALE.search(name) and _MALE.search(written)):
        return False  # 王大妈 is not 王大爷
    return len(written) >= 2 and name[0] == written[0] and bool(_TITLE.fullmatch(written[1:]))


_TITLE = re.compile(r"(?:大爷|爷爷|奶奶|大妈|大娘|阿姨|叔叔|叔|姨|师傅|老师|先生|女士|大哥|大姐|婆婆|公公|老|总|医生)")


def _related(who: str, home: Home) -> list[Person]:
    """The members whose age (and name) can stand for a relation to the speaker."""
    others = [member for member in home.members if home.speaker is None or member.id != home.speaker.id]
    barred = _GENDERS.get(who)
    fits = [m for m in others if _fits(who, m, home.speaker) and not (barred and barred.search(m.name))]
    return fits


def _generation(who: str, home: Home) -> list[Person]:
    return _related("mother" if who == "parents" else "child", home) if home.speaker else []


def _fits(who: str, member: Person, speaker: Person | None) -> bool:
    if speaker is None or speaker.age is None or member.age is None:
        return True
    gap = member.age - speaker.age
    if who in _OLDER:
        return gap >= GENERATION
    if who in _YOUNGER:
        return gap <= -GENERATION
    if who == "sibling" and member.name[0] != speaker.name[0]:
        return False  # of the same age and another surname: more likely husband or wife
    return abs(gap) < GENERATION + 5 and (who != "spouse" or member.age >= ADULT)


def _only(found: Sequence[Person]) -> Person | None:
    return found[0] if len(found) == 1 else None
