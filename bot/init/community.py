"""The community that was described: its areas and first staff as rows of an import, and the codes they bind with.

Areas get ids by their place in the tree (`grid-2`), not by their names: names may change, be long, or be like others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.program import Program
from bot.setup import install
from community import audit, second_account
from community.access import ROLE_LABELS
from community.import_files import plan_of
from community.work import Work
from storage.queries import people
from storage.tables import Role, RoleName

DISTRICT, SUBDISTRICT, COMMUNITY = "district-1", "subdistrict-1", "community-1"
VALID = timedelta(days=1)  # of the codes: the leader may be at work until tonight
_DIGITS = "零一二三四五六七八九"


class NotTaken(Exception):
    """A row was refused; that is a fault of this program, not of the answers."""


@dataclass(frozen=True, slots=True)
class Town:
    """The areas."""

    district: str
    subdistrict: str
    community: str
    grids: tuple[tuple[str, ...], ...]  # the buildings of each

    def grid_names(self) -> list[str]:
        """What the grids are called."""
        return [f"{self.community.removesuffix('社区')}第{_counted(n)}网格" for n in range(1, len(self.grids) + 1)]

    def where(self, grid: int | None) -> str:
        """The name of a grid, or of the community."""
        return self.community if grid is None else self.grid_names()[grid - 1]


@dataclass(frozen=True, slots=True)
class Duty:
    """A role over the community, or over the grid with this number."""

    role: RoleName
    grid: int | None = None

    @property
    def area(self) -> str:
        """The id of its area."""
        return COMMUNITY if self.grid is None else f"grid-{self.grid}"

    @property
    def label(self) -> str:
        """What it is called."""
        return ROLE_LABELS[self.role]


@dataclass(frozen=True, slots=True)
class Staffer:
    """One person with one duty or more."""

    name: str
    duties: tuple[Duty, ...]


def rows(town: Town, staff: Sequence[Staffer]) -> dict[str, Any]:
    """What an import takes: the areas, and everybody with their first duty."""
    grids = enumerate(zip(town.grid_names(), town.grids, strict=True), 1)
    return {
        "areas": [
            {"id": DISTRICT, "level": "district", "name": town.district},
            {"id": SUBDISTRICT, "level": "subdistrict", "name": town.subdistrict, "parent": DISTRICT},
            {"id": COMMUNITY, "level": "community", "name": town.community, "parent": SUBDISTRICT},
            *(
                {"id": f"grid-{n}", "level": "grid", "name": name, "parent": COMMUNITY, "buildings": list(buildings)}
                for n, (name, buildings) in grids
            ),
        ],
        "staff": [
            {"name": who.name, "role": who.duties[0].role.value, "area": who.duties[0].area} for who in staff
        ],
    }  # fmt: skip


Codes = list[tuple[str, str]]  # name, code


def fill(program: Program, town: Town, staff: Sequence[Staffer]) -> Codes:
    """Put them into an empty store; returns everybody's code."""
    outcome = install(program, plan_of(rows(town, staff)))
    if outcome.problems:
        raise NotTaken("; ".join(outcome.problems))
    with program.work() as work:
        for who in staff:
            person = people.named(work.session, who.name)[0]
            for duty in who.duties[1:]:  # an import knows who has no account by name and area, so not over two areas
                work.session.add(Role(person_id=person.id or 0, role=duty.role, area_id=duty.area, given_at=work.now))
    return new_codes(program)


def new_codes(program: Program) -> Codes:
    """Codes for everybody who has a role and no account yet; those before end."""
    with program.work() as work:
        held = people.holders(work.session, list(work.areas.by_id), list(RoleName))
        serving = people.by_ids(work.session, [role.person_id for role in held])
        bound = {account.person_id for account in people.accounts_of_all(work.session, serving)}
        return [(person.name, _code(work, id)) for id, person in sorted(serving.items()) if id not in bound]


def _code(work: Work, person_id: int) -> str:
    audit.note(work, None, "second-account-code", f"person {person_id}")
    return second_account.code_for(work, person_id, VALID)


def _counted(number: int) -> str:
    """一, 十, 二十三."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else f"{_DIGITS[tens]}十")
    return head + (_DIGITS[ones] if ones or not tens else "")
