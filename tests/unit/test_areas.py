"""The tree of areas and who may act where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.access import ALL_ROLES, CAPTAIN_UP, LISTS, Reach, Scope, scope_of, whole_area
from community.areas import AreaTree
from storage.tables import Area, Level, Role, RoleName
from tests.unit.playing import Play, actor, read_sample, sample_start


def tree() -> AreaTree:
    paths: dict[str, str] = {}
    areas = []
    for row in read_sample()["areas"]:
        paths[row["id"]] = f"{paths.get(row.get('parent', ''), '/')}{row['id']}/"
        areas.append(
            Area(id=row["id"], level=row["level"], name=row["name"], parent_id=row.get("parent"), path=paths[row["id"]])
        )
    areas.append(
        Area(id="xf10", level="grid", name="第十网格", parent_id="xingfu", path="/linjiang/qinghe/xingfu/xf10/")
    )
    return AreaTree.of(areas)


TREE = tree()
IDS = sorted(TREE.by_id)


@pytest.mark.parametrize(
    ("area", "below"),
    [
        ("linjiang", set(IDS)),
        ("qinghe", set(IDS) - {"linjiang"}),
        ("xingfu", {"xingfu", "xf1", "xf2", "xf10"}),
        ("xf1", {"xf1"}),  # and not xf10, whose id begins alike
        ("heping", {"heping", "hp1"}),
    ],
)  # fmt: skip
def test_in_or_below(area: str, below: set[str]) -> None:
    assert {other for other in IDS if TREE.covers(area, other)} == below


@given(st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from(IDS))
def test_covering_is_an_order(a: str, b: str, c: str) -> None:
    assert TREE.covers(a, a)
    assert not (TREE.covers(a, b) and TREE.covers(b, a)) or a == b
    assert not (TREE.covers(a, b) and TREE.covers(b, c)) or TREE.covers(a, c)
    assert TREE.covers(a, b) == (a in [area.id for area in TREE.up(b)])


@pytest.mark.parametrize(
    ("area", "up"),
    [
        ("xf1", ["xf1", "xingfu", "qinghe", "linjiang"]),
        ("linjiang", ["linjiang"]),
        ("hp1", ["hp1", "heping", "qinghe", "linjiang"]),
    ],
)
def test_the_way_up(area: str, up: list[str]) -> None:
    assert [found.id for found in TREE.up(area)] == up


@pytest.mark.parametrize(
    ("area", "community"), [("xf2", "xingfu"), ("heping", "heping"), ("qinghe", None), ("linjiang", None)]
)
def test_the_community_of_an_area(area: str, community: str | None) -> None:
    found = TREE.community_of(area)
    assert (found.id if found else None) == community


def test_grids() -> None:
    assert set(TREE.grids("xingfu")) == {"xf1", "xf2", "xf10"}
    assert TREE.grids("hp1") == ["hp1"]
    assert [area.id for area in TREE.below("linjiang", Level.COMMUNITY)] == ["heping", "xingfu"]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("xf1", "xf1"), ("幸福里第一网格", "xf1"), ("清河街道", "qinghe"), ("第二网格", "xf2"), ("第一网格", None),
        ("第十网格", "xf10"), ("幸福里社区", "xingfu"), ("幸福里", None), ("社区", None), ("", None), ("月球", None),
        ("网格", None), ("XF1", None),
    ],
)  # fmt: skip
def test_areas_by_what_people_call_them(written: str, found: str | None) -> None:
    area = TREE.named(written)
    assert (area.id if area else None) == found


# --- scope ---------------------------------------------------------------------------------------------------------


def role(name: RoleName, area: str, building: str | None = None) -> Role:
    return Role(person_id=1, role=name, area_id=area, building=building, given_at=sample_start())


@pytest.mark.parametrize(
    ("roles", "allowed", "place", "covered"),
    [
        ([role(RoleName.CAPTAIN, "xf1", "3")], CAPTAIN_UP, ("xf1", "3"), True),
        ([role(RoleName.CAPTAIN, "xf1", "3")], CAPTAIN_UP, ("xf1", "2"), False),
        ([role(RoleName.CAPTAIN, "xf1", "3")], CAPTAIN_UP, ("xf1", ""), False),  # the building is not known
        ([role(RoleName.CAPTAIN, "xf1", "3")], CAPTAIN_UP, ("xf2", "3"), False),
        ([role(RoleName.GRID_LEADER, "xf1")], CAPTAIN_UP, ("xf1", "2"), True),
        ([role(RoleName.GRID_LEADER, "xf1")], CAPTAIN_UP, ("xf10", "2"), False),
        ([role(RoleName.GRID_LEADER, "xf1")], CAPTAIN_UP, ("xingfu", ""), False),  # not upwards
        ([role(RoleName.COMMITTEE, "xingfu")], CAPTAIN_UP, ("xf10", "9"), True),
        ([role(RoleName.COMMITTEE, "xingfu")], CAPTAIN_UP, ("hp1", "1"), False),
        ([role(RoleName.SUBDISTRICT, "qinghe")], CAPTAIN_UP, ("hp1", "1"), True),
        ([role(RoleName.VOLUNTEER, "xingfu")], LISTS, ("xf1", "1"), False),
        ([role(RoleName.OPERATOR, "linjiang")], LISTS, ("xf1", "1"), False),
        ([role(RoleName.DOCTOR, "xingfu")], LISTS, ("xf1", "1"), True),
        ([role(RoleName.DOCTOR, "xingfu")], CAPTAIN_UP, ("xf1", "1"), False),
        # several roles: each only where it holds
        ([role(RoleName.CAPTAIN, "xf1", "3"), role(RoleName.VOLUNTEER, "heping")], CAPTAIN_UP, ("hp1", "1"), False),
        ([role(RoleName.CAPTAIN, "xf1", "3"), role(RoleName.CAPTAIN, "xf2", "5")], CAPTAIN_UP, ("xf1", "5"), False),
        ([role(RoleName.CAPTAIN, "xf1", "3"), role(RoleName.GRID_LEADER, "xf2")], CAPTAIN_UP, ("xf2", "5"), True),
        ([], ALL_ROLES, ("xf1", "1"), False),
    ],
)  # fmt: skip
def test_scope(roles: list[Role], allowed: frozenset[RoleName], place: tuple[str, str], covered: bool) -> None:
    assert scope_of(TREE, roles, allowed).covers(*place) is covered


def test_grounds_for_queries() -> None:
    scope = Scope(TREE, (Reach("xf1", "3"), Reach("heping")))
    assert sorted(scope.grounds(), key=str) == [("hp1", None), ("xf1", "3")]
    assert scope.area_ids() == {"heping", "hp1"}, "one building is no whole area"
    assert {grid for grid, _ in whole_area(TREE, "linjiang").grounds()} == {"xf1", "xf2", "xf10", "hp1"}
    assert Scope(TREE, ()).grounds() == []


@pytest.mark.parametrize(
    ("who", "homes"),
    [
        ("sun", {"3-1-101", "3-2-501", "3-2-502"}),
        ("wang", {"3-1-101", "3-2-501", "3-2-502", "2-1-301", "1-3-602"}),
        ("liu", {"5-1-201", "6-2-1102"}),
        ("he", {"1-1-401"}),
        ("gao", {"1-1-401"}),
        ("lin", set()),
        ("op", set()),
        ("zhangwei", set()),
        ("x-stranger", set()),
    ],
)  # fmt: skip
def test_households_in_scope_of_the_sample(play: Play, who: str, homes: set[str]) -> None:
    from storage.queries import people

    with play.work() as work:
        scope = actor(work, who).scope(work.areas, LISTS)
        everywhere = people.households_by_id(work.session, range(1, 100)).values()
        assert {home.address for home in everywhere if scope.covers_household(home)} == homes
