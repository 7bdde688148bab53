"""Roles and groups: who is given a role by whom, and which group belongs to which area."""

from dataclasses import dataclass

from community.access import GRID_UP, RANK, ROLE_LABELS, Scope, scope_of
from community.areas import AreaTree
from community.errors import NotAllowed, NotFound, NotNow
from community.people import Actor
from community.work import Priority, Work
from storage.queries import people, places
from storage.tables import ChatGroup, GroupKind, Level, Person, Role, RoleName

# A role is given over an area of its own level; captains and volunteers serve inside a grid or community.
LEVEL_OF = {
    RoleName.GRID_LEADER: (Level.GRID,), RoleName.COMMITTEE: (Level.COMMUNITY,),
    RoleName.SUBDISTRICT: (Level.SUBDISTRICT,), RoleName.DISTRICT: (Level.DISTRICT,),
    RoleName.DOCTOR: (Level.COMMUNITY, Level.GRID), RoleName.VOLUNTEER: (Level.COMMUNITY, Level.GRID),
    RoleName.CAPTAIN: (Level.GRID,), RoleName.OPERATOR: (Level.DISTRICT, Level.SUBDISTRICT, Level.COMMUNITY),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a role is to hold: an area, or one building of it."""

    area_id: str
    building: str | None


def ground(work: Work, scope: Scope, words: str) -> Ground:
    """Read `幸福里第一网格` or `2栋` inside the scope of who speaks."""
    area = work.areas.named(words)
    if area is not None:
        if not scope.covers(area.id):
            raise NotAllowed("errors/not_your_area")
        return Ground(area.id, None)
    name = words.removesuffix("号楼").removesuffix("栋").removesuffix("楼").removesuffix("幢").removesuffix("座")
    fits = [building for building in _buildings(work, scope) if building.name == name]
    if len(fits) != 1:
        raise NotFound("roles/no_area", words=words)
    return Ground(fits[0].grid_id, fits[0].name)


def _buildings(work: Work, scope: Scope):  # type: ignore[no-untyped-def]  # rows of storage, passed through
    communities = {c.id for grid, _ in scope.grounds() if (c := work.areas.community_of(grid))}
    found = [building for community in sorted(communities) for building in places.buildings_of(work.session, community)]
    return [building for building in found if scope.covers(building.grid_id, building.name)]


def appoint(work: Work, actor: Actor, scope: Scope, name: str, role: RoleName, where: Ground) -> Person:
    """Give a role; only from above, and only inside one's own area."""
    if rank_over(work.areas, actor, where) <= RANK[role]:
        raise NotAllowed("roles/not_above")
    level = work.areas[where.area_id].level
    if level not in LEVEL_OF[role] or (role is RoleName.CAPTAIN and where.building is None):
        raise NotNow("roles/wrong_level", role=role.value)
    person = _somebody(work, scope, name)
    held = people.roles_of(work.session, [person.id or 0])[person.id or 0]
    if any((r.role, r.area_id, r.building) == (role.value, where.area_id, where.building) for r in held):
        raise NotNow("roles/held_already", name=name)
    work.session.add(
        Role(
            person_id=person.id or 0, role=role, area_id=where.area_id, building=where.building,
            given_by=actor.person_id, given_at=work.now,
        )
    )  # fmt: skip
    if person.id is not None and person.id != actor.person_id:
        where_words = work.areas[where.area_id].name + (f"{where.building}栋" if where.building else "")
        values = {"role": ROLE_LABELS[role], "where": where_words, "by": actor.person.name if actor.person else ""}
        work.post.to_person(person.id, "roles/welcome", Priority.NOTICE, values=values)
    return person


def rank_over(areas: AreaTree, actor: Actor, where: Ground) -> int:
    """The height of the highest role that reaches there; a role held elsewhere lends no weight."""
    held = [RoleName(role.role) for role in actor.roles if scope_of(areas, [role], GRID_UP).covers(where.area_id)]
    return max((RANK[role] for role in held), default=0)


def _somebody(work: Work, scope: Scope, name: str) -> Person:
    """The one person with this name who lives or serves in scope."""
    candidates = people.named(work.session, name)
    homes = people.households_by_id(work.session, {p.household_id for p in candidates if p.household_id})
    roles = people.roles_of(work.session, [p.id for p in candidates if p.id])
    fits = [
        p for p in candidates
        if (p.household_id and scope.covers_household(homes[p.household_id]))
        or any(scope.covers(role.area_id, role.building or "") for role in roles[p.id or 0])
    ]  # fmt: skip
    if not fits:
        raise NotFound("errors/no_person", name=name)
    if len(fits) > 1:
        raise NotNow("errors/same_name", name=name)
    return fits[0]


@dataclass(frozen=True, slots=True)
class Which:
    """Somebody by name; where several are called so, by address or by the number that was shown."""

    name: str
    address: str | None = None
    person_id: int | None = None


def dismiss(work: Work, actor: Actor, scope: Scope, which: Which) -> list[Role]:
    """Take the roles of one person that lie below one's own and inside one's area; of several it is asked whose."""
    held = people.roles_named(work.session, which.name)
    roles = [role for role in held if scope.covers(role.area_id, role.building or "")]
    roles = _of_one(work, which, roles)
    below = [r for r in roles if RANK[RoleName(r.role)] < rank_over(work.areas, actor, Ground(r.area_id, r.building))]
    if not below:
        raise NotAllowed("roles/not_above")
    for role in below:
        role.ended_at = work.now
    return below


def _of_one(work: Work, which: Which, roles: list[Role]) -> list[Role]:
    """Those of the roles that the one person meant holds."""
    persons = people.by_ids(work.session, {role.person_id for role in roles})
    homes = people.households_by_id(work.session, {p.household_id for p in persons.values() if p.household_id})
    addresses = {id: homes[p.household_id].address if p.household_id else "" for id, p in persons.items()}
    fits = [
        id for id in sorted(persons)
        if which.person_id in (None, id) and which.address in (None, addresses[id])
    ]  # fmt: skip
    if not fits:
        raise NotFound("errors/no_person", name=which.name)
    if len(fits) > 1:
        shown = [
            {"id": id, "address": addresses[id], "roles": [_words(work, r) for r in roles if r.person_id == id]}
            for id in fits
        ]
        raise NotNow("roles/which", name=which.name, people=shown)
    return [role for role in roles if role.person_id == fits[0]]


def _words(work: Work, role: Role) -> str:
    """A role with its ground, as people say it."""
    where = f"{role.building}栋" if role.building else work.areas[role.area_id].name
    return f"{where}{ROLE_LABELS[RoleName(role.role)]}"


def bind_group(
    work: Work, scope: Scope, platform: str, external_id: str, area_id: str, kind: GroupKind
) -> ChatGroup:  # fmt: skip
    """Bind a group to an area; saying so again changes it, if one answers for the area that it leaves."""
    key = (platform, external_id)
    group = places.groups_by_key(work.session, [key]).get(key)
    if group is None:
        group = ChatGroup(platform=platform, external_id=external_id, area_id=area_id, kind=kind)
    elif not scope.covers(group.area_id):
        raise NotAllowed("roles/group_elsewhere")
    group.area_id, group.kind = area_id, kind
    work.session.add(group)
    return group


def area_in_scope(areas: AreaTree, scope: Scope, words: str) -> str:
    """The id of an area named by who may act there."""
    area = areas.named(words)
    if area is None:
        raise NotFound("roles/no_area", words=words)
    if not scope.covers(area.id):
        raise NotAllowed("errors/not_your_area")
    return area.id
