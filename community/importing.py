"""Import of areas, groups, staff, households and observations: good rows are kept, bad ones are named, none twice."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from community.access import ROLE_WORDS
from community.areas import AreaTree
from community.import_plan import BadRow, Plan, Row
from community.whose import Home, find_member
from community.work import Work
from parsing import parse_address
from storage.queries import health, people, places
from storage.tables import (
    Account,
    Area,
    Building,
    ChatGroup,
    GroupKind,
    Household,
    Level,
    Observation,
    Person,
    Role,
    RoleName,
)  # fmt: skip
from storage.vault import vault
from templates.sheets.import_template import KINDS, LEVELS, TAGS

CHUNK = 400  # keys in one query; SQLite takes a limited number of values
LEVEL_WORDS = {choice.label: choice.value for choice in LEVELS} | {"区县": "district"}
KIND_WORDS = {choice.label: choice.value for choice in KINDS} | {"居民群": "residents", "工作群": "staff"}
TAG_WORDS = {choice.label: choice.value for choice in TAGS} | {"慢性病": "chronic", "医护家属": "health_worker"}
OLDEST = 130  # years
LONGEST = 60  # days of an observation
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}")


@dataclass(slots=True)
class Outcome:
    """What an import did: rows taken by kind, and each bad row with its reason."""

    taken: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


Progress = Callable[[str, int, int], None]


def take(work: Work, plan: Plan, progress: Progress = lambda kind, done, total: None) -> Outcome:
    """Take a plan into the store, in the order in which rows need each other."""
    outcome = Outcome(problems=list(plan.problems))
    importer = Importer(work)
    importer.know_accounts([*plan.members, *plan.staff])
    steps: tuple[tuple[str, list[Row], Callable[[Row], None]], ...] = (
        ("areas", plan.areas, importer.area), ("groups", plan.groups, importer.group),
        ("members", plan.members, importer.member), ("staff", plan.staff, importer.staff),
        ("observations", plan.observations, importer.observation),
    )  # fmt: skip
    for kind, rows, step in steps:
        for done, row in enumerate(rows, 1):
            try:
                step(row)
                outcome.taken[kind] = outcome.taken.get(kind, 0) + 1
            except BadRow as problem:
                outcome.problems.append(f"{row.where}：{problem}")
            progress(kind, done, len(rows))
        work.session.flush()
        importer.keep_accounts()
    return outcome


class Importer:
    """Takes one row after another; keeps what was looked up."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.session = work.session
        self.areas = {area.id: area for area in places.all_areas(work.session)}
        self.homes: dict[tuple[str, str], Household] = {}
        self.people: dict[int, list[Person]] = {}
        self.buildings: dict[tuple[str, str], Building] = {}
        self.accounts: dict[tuple[str, str], Account] = {}
        self.owners: dict[tuple[str, str], Person] = {}  # of accounts that this import has seen

    def area(self, row: Row) -> None:
        """An area under its parent; a grid also gets its buildings."""
        level = LEVEL_WORDS.get(row.text("level"), row.text("level"))
        if level not in set(Level):
            raise BadRow(f"级别“{level}”不认识，可用：区、街道、社区、网格")
        parent = self._area(row.optional("parent")) if row.optional("parent") else None
        buildings = _listed(row.values.get("buildings"))
        if buildings and (level != Level.GRID or parent is None):
            raise BadRow("只有网格可以写楼栋，网格要有上级社区")
        key = row.text("id")
        area = self.areas.get(key) or Area(id=key, level=level, name="", path="")
        area.level, area.name, area.parent_id = level, row.text("name"), parent.id if parent else None
        area.path = f"{parent.path if parent else '/'}{key}/"
        self.areas[key] = area
        self.session.add(area)
        self.session.flush()
        for name in buildings:
            self._add_building(area.id, parent.id if parent else "", name)

    def _add_building(self, grid_id: str, community_id: str, name: str) -> None:
        known = self._building(community_id, name)
        building = known or Building(community_id=community_id, grid_id=grid_id, name=name)
        building.grid_id = grid_id
        self.buildings[(community_id, name)] = building
        self.session.add(building)

    def group(self, row: Row) -> None:
        """A chat group of an area, on every platform for which an id is given."""
        area = self._area(row.text("area"))
        kind = KIND_WORDS.get(row.text("kind"), row.text("kind"))
        if kind not in set(GroupKind):
            raise BadRow(f"类型“{kind}”不认识，可用：居民、工作")
        for key in _accounts(row):
            known = places.groups_by_key(self.session, [key]).get(key)
            group = known or ChatGroup(platform=key[0], external_id=key[1], area_id=area.id, kind=kind)
            group.name, group.area_id, group.kind = row.optional("name"), area.id, kind
            self.session.add(group)

    def member(self, row: Row) -> None:
        """A member of a household; the household is made with its first member."""
        name, age, phone, tags = row.text("name"), _age(row), _phone(row), _tags(row)
        home = self._place(self._area(row.text("community")), row.text("address"))
        members = self._members(home) if home.id else []
        person = next((m for m in members if m.name == name), None) or self._owner(row)
        if person is None or person.household_id not in (None, home.id):
            person = Person(name=name)
        self._check_accounts(row, person)  # from here on nothing is refused: a refused row leaves nothing
        household = self._settled(home)
        members = self._members(household)
        if person not in members:
            person.household_id, person.position = household.id, len(members)
            members.append(person)
        person.age = person.age if age is None else age
        self._set_phone(person, phone)
        person.tags = tags or person.tags
        self.session.add(person)
        self._add_accounts(row, person)

    def staff(self, row: Row) -> None:
        """Somebody with a role over an area."""
        area = self._area(row.text("area"))
        role = ROLE_WORDS.get(row.text("role"))
        if role is None:
            raise BadRow(f"角色“{row.text('role')}”不认识")
        building = row.optional("building") or None
        if role is RoleName.CAPTAIN and building is None:
            raise BadRow("楼栋长要写楼栋")
        person = self._owner(row) or self._at_home(row, area) or self._serving(row, area)
        if person is not None:
            self._check_accounts(row, person)
        else:
            person = Person(name=row.text("name"))
            self.session.add(person)
            self.session.flush()
        self._set_phone(person, row.optional("phone"))
        self._add_accounts(row, person)
        held = people.roles_of(self.session, [person.id or 0])[person.id or 0]
        if not any((r.role, r.area_id, r.building) == (role, area.id, building) for r in held):
            self.session.add(
                Role(person_id=person.id or 0, role=role, area_id=area.id, building=building, given_at=self.work.now)
            )

    def observation(self, row: Row) -> None:
        """An observation of somebody who is in the list of households."""
        address = parse_address(row.text("household")) or row.text("household")
        communities = [self._area(row.text("community"))] if row.optional("community") else self._communities()
        homes = [home for area in communities if (home := self._home(area.id, address))]
        found = [(home, find_member(row.text("person"), Home(home, self._members(home)))) for home in homes]
        home, person = next(((home, person) for home, person in found if person), (None, None))
        if home is None or person is None or person.id is None:
            raise BadRow(f"没有在“{address}”找到“{row.text('person')}”")
        start = _date(row)
        days = row.number("days") if row.optional("days") else self.work.rules.observation_days
        if days is None or not 1 <= days <= LONGEST:
            raise BadRow(f"天数应在1到{LONGEST}之间")
        if any(known.start == start for known in health.observations_of(self.session, person.id)):
            return
        self.session.add(
            Observation(
                person_id=person.id, household_id=home.id or 0, community_id=home.community_id, grid_id=home.grid_id,
                building=home.building, start=start, days=days, reason=row.optional("reason"),
                edition=self.work.rules.edition, registered_at=self.work.now,
            )
        )  # fmt: skip

    def tree(self) -> AreaTree:
        """The areas as they are now."""
        return AreaTree(self.areas)

    def _area(self, key: str) -> Area:
        area = self.areas.get(key) or self.tree().named(key)
        if area is None:
            raise BadRow(f"没有区域“{key}”")
        return area

    def _communities(self) -> list[Area]:
        return [area for area in self.areas.values() if area.level == Level.COMMUNITY]

    def _building(self, community_id: str, name: str) -> Building | None:
        key = (community_id, name)
        if key not in self.buildings:
            found = places.building(self.session, community_id, name)
            if found is None:
                return None
            self.buildings[key] = found
        return self.buildings[key]

    def _place(self, community: Area, written: str) -> Household:
        """The household at an address; a new one is not stored yet."""
        address = parse_address(written) or written
        known = self._home(community.id, address)
        if known is not None:
            return known
        name = next((n for n in _prefixes(address) if self._building(community.id, n)), None)
        building = self._building(community.id, name) if name else None
        if building is None:
            raise BadRow(f"“{address}”的楼栋不在任何网格里")
        return Household(community_id=community.id, grid_id=building.grid_id, building=building.name, address=address)

    def _settled(self, home: Household) -> Household:
        """The household, stored."""
        if home.id is None:
            self.session.add(home)
            self.session.flush()
            self.homes[(home.community_id, home.address)] = home
            self.people[home.id or 0] = []
        return home

    def _home(self, community_id: str, address: str) -> Household | None:
        key = (community_id, address)
        if key not in self.homes:
            found = places.household_at(self.session, community_id, address)
            if found is None:
                return None
            self.homes[key] = found
        return self.homes[key]

    def _members(self, home: Household) -> list[Person]:
        if home.id not in self.people:
            self.people[home.id or 0] = people.members(self.session, [home.id or 0])[home.id or 0]
        return self.people[home.id or 0]

    def _owner(self, row: Row) -> Person | None:
        """Whose accounts these are already; a row with another name is refused, it would speak for somebody else."""
        known = [key for key in _accounts(row) if key in self.owners]
        if not known:
            return None
        owner = self.owners[known[0]]
        if owner.name != row.text("name"):
            raise BadRow(f"账号“{'、'.join(key[1] for key in known)}”已属于别人（姓名不一样），请核对")
        return owner

    def _at_home(self, row: Row, area: Area) -> Person | None:
        """A member of staff who also lives here."""
        community = self.tree().community_of(area.id)
        home = self._home(community.id, row.optional("household")) if community and row.optional("household") else None
        return find_member(row.text("name"), Home(home, self._members(home))) if home else None

    def _serving(self, row: Row, area: Area) -> Person | None:
        """Somebody of this name who serves in this area already."""
        if _accounts(row):
            return None
        held = [role for role in people.roles_named(self.session, row.text("name")) if role.area_id == area.id]
        return people.by_ids(self.session, [held[0].person_id]).get(held[0].person_id) if held else None

    def _set_phone(self, person: Person, phone: str) -> None:
        if phone and person.phone != phone:
            person.phone, person.phone_hash = phone, vault.lookup(phone)

    def _check_accounts(self, row: Row, person: Person) -> None:
        """Refuse a row whose accounts are somebody else's."""
        for key in _accounts(row):
            if self.owners.get(key, person) is not person:
                raise BadRow(f"账号“{key[1]}”已属于别人")

    def _add_accounts(self, row: Row, person: Person) -> None:
        for key in _accounts(row):
            self.owners[key] = person
            self.accounts.setdefault(key, Account(platform=key[0], external_id=key[1]))

    def know_accounts(self, rows: Iterable[Row]) -> None:
        """Fetch the accounts that rows name, and whose they are, in a few queries."""
        keys = [key for row in rows for key in _accounts(row)]
        for start in range(0, len(keys), CHUNK):
            self.accounts |= people.accounts_by_key(self.session, keys[start : start + CHUNK])
        ids = {key: account.person_id for key, account in self.accounts.items() if account.person_id}
        wanted = list(dict.fromkeys(ids.values()))
        owners: dict[int, Person] = {}
        for start in range(0, len(wanted), CHUNK):
            owners |= people.by_ids(self.session, wanted[start : start + CHUNK])
        self.owners.update({key: owners[person_id] for key, person_id in ids.items() if person_id in owners})

    def keep_accounts(self) -> None:
        """Store the accounts with their owners, who have their ids by now."""
        for key, person in self.owners.items():
            self.accounts[key].person_id = person.id
            self.session.add(self.accounts[key])


def _accounts(row: Row) -> list[tuple[str, str]]:
    """The (platform, id) pairs that a row gives: `id` is the sandbox's, the others are called like their platform."""
    keys = (("id", "sandbox"), ("qq", "qq"), ("wechat", "wechat"), ("telegram", "telegram"))
    return [(platform, row.optional(key)) for key, platform in keys if row.optional(key)]


def _listed(value: Any) -> list[str]:
    """A list, or a text with commas or spaces, as texts."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [str(item).strip() for item in value]
    return [part for part in str(value).replace("，", " ").replace(",", " ").replace("、", " ").split() if part]


def _prefixes(address: str) -> list[str]:
    """Possible names of the building at the head of an address, longest first: 东区-3 before 东区."""
    parts = address.split("-")
    return ["-".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]


def _date(row: Row) -> date:
    value = row.values.get("start")
    if isinstance(value, date):
        return value if type(value) is date else date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(row.text("start").replace("/", "-"))
    except ValueError:
        raise BadRow(f"“{row.called('start')}”应写成 2020-02-03，不是“{value}”") from None


def _age(row: Row) -> int | None:
    age = row.number("age")
    if age is not None and age > OLDEST:
        raise BadRow(f"年龄“{age}”不像是真的")
    return age


def _phone(row: Row) -> str:
    phone = row.optional("phone")
    if phone and not _PHONE.fullmatch(phone):
        raise BadRow("手机号应是11位数字")
    return phone


def _tags(row: Row) -> list[str]:
    words = _listed(row.values.get("tags"))
    for word in words:
        if word not in TAG_WORDS and word not in TAG_WORDS.values():
            raise BadRow(f"标签“{word}”不认识，可用：{'、'.join(choice.label for choice in TAGS)}")
    return [TAG_WORDS.get(word, word) for word in words]
