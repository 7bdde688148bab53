"""Medical observation: registration, the day count, release with its conditions, and what lists show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from community.access import Scope
from community.calendar import HalfDay, half_day
from community.errors import NotFound, NotNow
from community.people import Actor, contact
from community.whose import find_household
from community.work import Priority, Work
from storage.queries import health, people
from storage.queries.health import Observed
from storage.tables import Household, Observation, ObservationState, Person

LOOKBACK_DAYS = 3  # the last three days: today and the two before


@dataclass(frozen=True, slots=True)
class Roll:
    """An observed person as lists show them."""

    name: str
    address: str
    day: int
    days: int
    last_day: date
    missed: int  # half days in a row, ended ones only
    troubled: bool
    silent: bool  # no reading in the present half day
    person_id: int
    household_id: int

    @property
    def silent_and_ill(self) -> bool:
        """Somebody with symptoms who fell silent: first on every list."""
        return self.troubled and self.silent


def register(
    work: Work, actor: Actor, scope: Scope, *, name: str, address: str, start: date, reason: str, days: int | None
) -> tuple[Observation, Household, bool]:
    """Begin an observation (for who is observed already: a renewed contact); True if the household was told."""
    household = household_in(work, scope, address)
    person = _member(work, household, name)
    days = days or work.rules.observation_days
    if start > work.today:
        raise NotNow("observation/starts_later", start=start)
    if start + timedelta(days=days) < work.today:
        raise NotNow("observation/over_already", start=start, days=days)
    before = health.active_observations(work.session, [person.id or 0]).get(person.id or 0)
    if before is not None:
        before.state, before.ended_at, before.ended_by = ObservationState.RENEWED, work.now, actor.person_id
    row = begin(work, person, household, start=start, days=days, reason=reason, by=actor.person_id)
    return row, household, _tell_rules(work, row, person, household)


def begin(
    work: Work, person: Person, household: Household, *, start: date, days: int, reason: str, by: int | None
) -> Observation:
    """Store an observation as of now."""
    row = Observation(
        person_id=person.id or 0, household_id=household.id or 0, community_id=household.community_id,
        grid_id=household.grid_id, building=household.building, start=start, days=days, reason=reason,
        edition=work.rules.edition, registered_at=work.now, registered_by=by,
    )  # fmt: skip
    work.session.add(row)
    return row


def household_in(work: Work, scope: Scope, address: str) -> Household:
    """The household at an address within scope; outside it does not exist for this person."""
    for community in communities_of(work, scope):
        household = find_household(work, community, address)
        if household is not None and scope.covers_household(household):
            return household
    raise NotFound("errors/no_household", address=address)


def communities_of(work: Work, scope: Scope) -> list[str]:
    """The communities that a scope touches."""
    grids = [grid for grid, _ in scope.grounds()]
    found = [work.areas.community_of(grid) for grid in grids]
    return list(dict.fromkeys(community.id for community in found if community))


def _member(work: Work, household: Household, name: str) -> Person:
    """The member with this name; a new one if the household has nobody called so."""
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    for member in members:
        if member.name == name:
            return member
    person = Person(household_id=household.id, name=name, position=len(members))
    work.session.add(person)
    work.session.flush()
    return person


def _tell_rules(work: Work, row: Observation, person: Person, household: Household) -> bool:
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    reader = contact(work.post, [person, *members])
    if reader is None or reader.id is None:
        return False
    values = {
        "name": person.name, "start": row.start, "last_day": last_day(row), "days": row.days,
        "nag_at": work.rules.nag_at, "edition": work.rules.edition,
    }  # fmt: skip
    return work.post.to_person(reader.id, "observation/rules", Priority.NOTICE, values=values)


def last_day(row: Observation) -> date:
    """The last day of an observation: start is day 0."""
    return row.start + timedelta(days=row.days)


def roll(work: Work, scope: Scope) -> list[Roll]:
    """Everybody observed in scope; the silent with symptoms first, then by address."""
    found = health.observed(work.session, scope.grounds(), work.rules.fever_threshold_celsius)
    lines = [_line(work, item) for item in found]
    return sorted(lines, key=lambda line: not line.silent_and_ill)


def _line(work: Work, item: Observed) -> Roll:
    row = item.observation
    return Roll(
        item.person.name, item.household.address, (work.today - row.start).days, row.days, last_day(row),
        missed(work, item), item.troubled, (item.last_index or 0) < work.half.index, item.person.id or 0, item.household.id or 0,
    )  # fmt: skip


def missed(work: Work, item: Observed) -> int:
    """Ended half days in a row without a reading, up to now; 0 as soon as the present one has one."""
    last_ended = work.half.index - 1
    first = first_counted(work, item.observation).index
    heard = item.last_index if item.last_index is not None else first - 1
    return max(0, last_ended - max(heard, first - 1))


def first_counted(work: Work, row: Observation) -> HalfDay:
    """The first half day that can be missed: the one of the registration, if a reminder was still to come in it."""
    began = half_day(row.registered_at, work.zone)
    local = row.registered_at.astimezone(work.zone)
    reminder = work.rules.nag_at[began.half.value == "pm"]
    return began if local.time() <= reminder else began.next()


def unheard(work: Work, scope: Scope, half: HalfDay) -> list[Roll]:
    """Who is under observation and has no reading in a half day."""
    heard = health.heard_in(work.session, scope.grounds(), half.day)
    return [line for line in roll(work, scope) if (line.person_id, half.half.value) not in heard]


def observed_named(work: Work, scope: Scope, name: str, address: str | None) -> tuple[Observation, Person, Household]:
    """The one observed person with this name in scope; several need the address."""
    candidates = {person.id: person for person in people.named(work.session, name) if person.id}
    rows = health.active_observations(work.session, candidates)
    homes = people.households_by_id(work.session, {row.household_id for row in rows.values()})
    fits = [
        (row, candidates[person_id], homes[row.household_id])
        for person_id, row in rows.items()
        if scope.covers_household(homes[row.household_id]) and address in (None, homes[row.household_id].address)
    ]
    if not fits:
        raise NotFound("observation/not_observed", name=name)
    if len(fits) > 1:
        raise NotNow("observation/which", name=name, addresses=[home.address for _, _, home in fits])
    return fits[0]


def release(work: Work, actor: Actor, scope: Scope, name: str, address: str | None) -> dict[str, Any]:
    """End an observation if its conditions hold; returns the values of the certificate."""
    row, person, household = observed_named(work, scope, name, address)
    obstacles = release_obstacles(work, row)
    if obstacles:
        raise NotNow("observation/release_refused", name=name, obstacles=obstacles)
    row.state, row.ended_at, row.ended_by = ObservationState.RELEASED, work.now, actor.person_id
    community = work.areas[household.community_id]
    values = {
        "name": person.name, "address": household.address, "start": row.start, "last_day": last_day(row),
        "community": community.name, "today": work.today, "edition": row.edition, "days": row.days,
        "signed_by": actor.person.name if actor.person else "",
    }  # fmt: skip
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    reader = contact(work.post, [person, *members])
    if reader is not None and reader.id is not None and reader.id != actor.person_id:
        work.post.to_person(reader.id, "observation/certificate", Priority.NOTICE, values=values)
    return values


def release_obstacles(work: Work, row: Observation) -> list[dict[str, Any]]:
    """Why an observation may not end yet: its time, a missing reading, a fever in the last three days."""
    obstacles: list[dict[str, Any]] = []
    if work.today <= last_day(row):
        obstacles.append({"kind": "time", "last_day": last_day(row)})
    since = work.today - timedelta(days=LOOKBACK_DAYS - 1)
    recent = health.recent(work.session, row.person_id, min(since, work.half.previous().day))
    fresh = {(work.half.day, work.half.half.value), (work.half.previous().day, work.half.previous().half.value)}
    if not any((c.day, c.half) in fresh and c.temperature is not None for c in recent):
        obstacles.append({"kind": "reading"})
    hot = [c for c in recent if c.day >= since and work.rules.is_fever(c.temperature)]
    if hot:
        obstacles.append({"kind": "fever", "day": hot[-1].day, "temperature": hot[-1].temperature})
    return obstacles


def due(work: Work, scope: Scope) -> list[Roll]:
    """Whose time is over or ends by tomorrow, in scope."""
    return [line for line in roll(work, scope) if line.last_day <= work.today + timedelta(days=1)]


def of_household(work: Work, members: Sequence[Person]) -> dict[int, Observation]:
    """The present observations of a household's members."""
    return health.active_observations(work.session, [member.id for member in members if member.id])
