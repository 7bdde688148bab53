"""Who is told, level by level: grid leader and doctor → committee → subdistrict → district."""

from community.work import Work
from storage.queries import people
from storage.tables import Level, Role, RoleName

R = RoleName
_ABOVE = ((R.COMMITTEE, Level.COMMUNITY), (R.SUBDISTRICT, Level.SUBDISTRICT), (R.DISTRICT, Level.DISTRICT))


def rungs(work: Work, area_id: str) -> list[list[int]]:
    """People to tell, level by level; a level that nobody reachable holds is left out."""
    near = _near(work, area_id)
    return [rung for rung in (near, *(_at(work, area_id, role, level) for role, level in _ABOVE)) if rung]


def _near(work: Work, area_id: str) -> list[int]:
    """Grid leaders of the area (all of them if it is larger than a grid) and the doctors who cover it."""
    leaders = people.holders(work.session, [area_id, *work.areas.grids(area_id)], [R.GRID_LEADER])
    doctors = people.holders(work.session, [area.id for area in work.areas.up(area_id)], [R.DOCTOR])
    return _reachable(work, leaders + doctors)


def _at(work: Work, area_id: str, role: RoleName, level: Level) -> list[int]:
    ids = [area.id for area in work.areas.up(area_id) if area.level == level]
    return _reachable(work, people.holders(work.session, ids, [role])) if ids else []


def _reachable(work: Work, roles: list[Role]) -> list[int]:
    """Each person once, without those who have no account here; nobody if messages reach none of them.

    Whoever refused the last message is kept beside others: danger is tried all the same.
    """
    ids = [id for id in dict.fromkeys(role.person_id for role in roles) if work.post.accounts_of(id)]
    return ids if any(work.post.account_of(id) is not None for id in ids) else []


def holders(work: Work, area_id: str, *names: RoleName) -> list[int]:
    """Reachable people with one of these roles over an area or one above it."""
    return _reachable(work, people.holders(work.session, [area.id for area in work.areas.up(area_id)], list(names)))


def captains(work: Work, grid_id: str, building: str) -> list[int]:
    """Reachable captains of a building."""
    roles = people.holders(work.session, [grid_id], [R.CAPTAIN])
    return _reachable(work, [role for role in roles if role.building in (None, building)])


def nearest(work: Work, grid_id: str, building: str) -> list[int]:
    """Who stands closest to a household: captain and grid leader, else the next level that somebody holds."""
    close = captains(work, grid_id, building) + _at_grid(work, grid_id)
    return list(dict.fromkeys(close)) or next(iter(rungs(work, grid_id)), [])


def _at_grid(work: Work, grid_id: str) -> list[int]:
    return _reachable(work, people.holders(work.session, [grid_id], [R.GRID_LEADER]))


def leaders(work: Work, area_id: str) -> list[int]:
    """The grid leaders of an area, else the next level that somebody holds."""
    found = _reachable(work, people.holders(work.session, [area_id, *work.areas.grids(area_id)], [R.GRID_LEADER]))
    return found or next(iter(rungs(work, area_id)), [])


def doctors_and_committee(work: Work, community_id: str) -> list[int]:
    """Who decides on the end of an observation."""
    return holders(work, community_id, R.DOCTOR, R.COMMITTEE)
