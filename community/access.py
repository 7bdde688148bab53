"""Who may do what, where: roles, their levels, and the scope of a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from community.areas import AreaTree
from storage.tables import Household, Role, RoleName

R = RoleName
CAPTAIN_UP = frozenset({R.CAPTAIN, R.GRID_LEADER, R.COMMITTEE, R.SUBDISTRICT, R.DISTRICT})
GRID_UP = CAPTAIN_UP - {R.CAPTAIN}
GRID_UP_OR_DOCTOR = GRID_UP | {R.DOCTOR}
DOCTOR_OR_COMMITTEE = frozenset({R.DOCTOR, R.COMMITTEE})
LISTS = CAPTAIN_UP | {R.DOCTOR}
STAFF = frozenset(RoleName) - {R.OPERATOR}
ALL_ROLES = frozenset(RoleName)

RANK = {
    R.VOLUNTEER: 1, R.CAPTAIN: 1, R.OPERATOR: 1, R.DOCTOR: 2, R.GRID_LEADER: 2,
    R.COMMITTEE: 3, R.SUBDISTRICT: 4, R.DISTRICT: 5,
}  # fmt: skip

ROLE_LABELS = {
    R.CAPTAIN: "楼栋长", R.VOLUNTEER: "志愿者", R.DOCTOR: "医生", R.GRID_LEADER: "网格长",
    R.COMMITTEE: "居委会", R.SUBDISTRICT: "街道", R.DISTRICT: "区", R.OPERATOR: "管理员",
}  # fmt: skip
ROLE_WORDS = {
    **{label: role for role, label in ROLE_LABELS.items()},
    "楼门栋长": R.CAPTAIN, "楼长": R.CAPTAIN, "网格员": R.GRID_LEADER, "社区医生": R.DOCTOR,
    "两委": R.COMMITTEE, "居委": R.COMMITTEE, "社区": R.COMMITTEE,
    **{role.value: role for role in RoleName},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reach:
    """One role's ground: everything in or below an area, or only one building of it."""

    area_id: str
    building: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """All that a person may see or change by some of the roles they hold."""

    areas: AreaTree
    reaches: tuple[Reach, ...]

    def covers(self, area_id: str, building: str = "") -> bool:
        """Whether a place in `area_id` (and `building`, where it is known) lies in scope."""
        return any(
            self.areas.covers(reach.area_id, area_id) and reach.building in (None, building) for reach in self.reaches
        )

    def covers_household(self, household: Household) -> bool:
        """Whether a household lies in scope."""
        return self.covers(household.grid_id, household.building)

    def grounds(self) -> list[tuple[str, str | None]]:
        """(grid, building or None for all) pairs, for queries."""
        return [(grid, reach.building) for reach in self.reaches for grid in self.areas.grids(reach.area_id)]

    def area_ids(self) -> set[str]:
        """Every area in scope as a whole."""
        tops = [reach.area_id for reach in self.reaches if reach.building is None]
        return {area for area in self.areas.by_id if any(self.areas.covers(top, area) for top in tops)}


def scope_of(areas: AreaTree, roles: Iterable[Role], allowed: Iterable[RoleName]) -> Scope:
    """The scope that comes from those roles that are allowed for a command."""
    names = frozenset(allowed)
    return Scope(areas, tuple(Reach(role.area_id, role.building) for role in roles if RoleName(role.role) in names))


def whole_area(areas: AreaTree, area_id: str) -> Scope:
    """The scope of one area and all below it, for rounds that nobody asks for."""
    return Scope(areas, (Reach(area_id),))
