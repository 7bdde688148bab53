"""Queries on check-ins and observations; rounds and lists are set-based, never a query a household."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import String, and_, case, cast, false, func, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from storage.engine import Session
from storage.tables import Checkin, Household, Observation, ObservationState, Person

Grounds = Sequence[tuple[str, str | None]]
"""(grid, building or None for the whole grid) pairs: a person's scope as storage knows it."""


@dataclass(frozen=True, slots=True)
class Observed:
    """An observed person with what lists show of them; `last_index` is the running number of the last half heard."""

    observation: Observation
    person: Person
    household: Household
    last_index: int | None
    troubled: bool  # the last report held a symptom or a reading at or over the threshold


def within(table: type[Checkin | Observation | Household], grounds: Grounds) -> ColumnElement[bool]:
    """The condition "in one of these grids or buildings"."""
    whole = [grid for grid, building in grounds if building is None]
    single = [
        and_(col(table.grid_id) == grid, col(table.building) == building)
        for grid, building in grounds
        if building is not None
    ]
    return or_(false(), col(table.grid_id).in_(whole), *single)


def active_observations(session: Session, person_ids: Iterable[int]) -> dict[int, Observation]:
    """The present observation of each of these people."""
    query = select(Observation).where(
        col(Observation.person_id).in_(list(person_ids)), Observation.state == ObservationState.ACTIVE
    )
    return {row.person_id: row for row in session.exec(query)}


def observed_in_homes(session: Session, household_ids: Iterable[int]) -> dict[int, list[int]]:
    """Who is under observation now in each of these households."""
    query = select(Observation.household_id, Observation.person_id).where(
        col(Observation.household_id).in_(list(household_ids)), Observation.state == ObservationState.ACTIVE
    )
    found: dict[int, list[int]] = {}
    for household_id, person_id in session.exec(query):
        found.setdefault(household_id, []).append(person_id)
    return found


def observations_of(session: Session, person_id: int) -> list[Observation]:
    """Every observation of a person, oldest first."""
    query = select(Observation).where(Observation.person_id == person_id).order_by(col(Observation.id))
    return list(session.exec(query))


def observed(session: Session, grounds: Grounds, threshold: float) -> list[Observed]:
    """Everybody under observation in scope, with the last half day heard and whether there was trouble then."""
    seen = (
        select(
            Checkin.person_id,
            func.max(Checkin.id).label("last_id"),
            func.max(
                case((col(Checkin.temperature).is_not(None), cast(Checkin.day, String) + col(Checkin.half)))
            ).label("last_half"),
        )
        .join(Observation, col(Observation.person_id) == col(Checkin.person_id))
        .where(
            within(Observation, grounds),
            Observation.state == ObservationState.ACTIVE,
            col(Checkin.replaced).is_(False),
            col(Checkin.at) >= col(Observation.registered_at),
        )
        .group_by(col(Checkin.person_id))
        .subquery()
    )
    query = (
        select(Observation, Person, Household, Checkin)
        .join(Person, col(Person.id) == col(Observation.person_id))
        .join(Household, col(Household.id) == col(Observation.household_id))
        .outerjoin(seen, seen.c.person_id == col(Observation.person_id))
        .outerjoin(Checkin, col(Checkin.id) == seen.c.last_id)
        .where(Observation.state == ObservationState.ACTIVE, within(Observation, grounds))
        .order_by(col(Observation.grid_id), col(Household.address), col(Person.position))
        .add_columns(seen.c.last_half)  # SQLModel's typed select takes four
    )
    return [
        Observed(observation, person, household, _index(last_half), is_troubled(checkin, threshold))
        for observation, person, household, checkin, last_half in session.execute(query)
    ]


def _index(last_half: str | None) -> int | None:
    """The running number of a half day written as 2020-02-05am."""
    return None if last_half is None else date.fromisoformat(last_half[:10]).toordinal() * 2 + (last_half[10:] == "pm")


def is_troubled(checkin: Checkin | None, threshold: float) -> bool:
    """Whether a report holds a symptom or a fever reading."""
    if checkin is None:
        return False
    return bool(checkin.symptoms) or (checkin.temperature is not None and checkin.temperature >= threshold)


def heard(session: Session, person_ids: Iterable[int], day: date) -> dict[tuple[int, str], float]:
    """The last reading of each person and half of a day."""
    query = (
        select(Checkin.person_id, Checkin.half, Checkin.temperature)
        .where(
            col(Checkin.person_id).in_(list(person_ids)),
            Checkin.day == day,
            col(Checkin.replaced).is_(False),
            col(Checkin.temperature).is_not(None),
        )
        .order_by(col(Checkin.id))
    )
    return {(person, half): reading for person, half, reading in session.exec(query) if person and reading}


def heard_in(session: Session, grounds: Grounds, day: date) -> dict[tuple[int, str], float]:
    """The last reading of each (person, half) on a day, of everybody in scope."""
    query = select(Checkin.person_id, Checkin.half, Checkin.temperature).where(
        within(Checkin, grounds),
        Checkin.day == day,
        col(Checkin.replaced).is_(False),
        col(Checkin.temperature).is_not(None),
        col(Checkin.person_id).is_not(None),
    )
    rows = session.exec(query.order_by(col(Checkin.id)))
    return {(person, half): reading for person, half, reading in rows if person is not None and reading is not None}


def on_roll(session: Session, grounds: Grounds, day: date) -> list[tuple[Observation, Person, Household]]:
    """Observations in scope that had begun by a day, present and ended ones, for its report."""
    query = (
        select(Observation, Person, Household)
        .join(Person, col(Person.id) == col(Observation.person_id))
        .join(Household, col(Household.id) == col(Observation.household_id))
        .where(within(Observation, grounds), col(Observation.start) <= day)
        .order_by(col(Observation.grid_id), col(Household.address), col(Person.position))
    )
    return [(observation, person, household) for observation, person, household in session.exec(query)]


def changed_between(
    session: Session, grounds: Grounds, start: datetime, end: datetime
) -> list[tuple[Observation, Person, Household]]:
    """Observations in scope that were registered or ended in a span of time."""
    query = (
        select(Observation, Person, Household)
        .join(Person, col(Person.id) == col(Observation.person_id))
        .join(Household, col(Household.id) == col(Observation.household_id))
        .where(
            within(Observation, grounds),
            or_(
                and_(col(Observation.registered_at) >= start, col(Observation.registered_at) < end),
                and_(col(Observation.ended_at) >= start, col(Observation.ended_at) < end),
            ),
        )
    )
    return [(observation, person, household) for observation, person, household in session.exec(query)]


def checkins_on(session: Session, grounds: Grounds, day: date) -> list[tuple[Checkin, Person | None, Household | None]]:
    """All valid check-ins of a day in scope, in the order in which they came."""
    query = (
        select(Checkin, Person, Household)
        .outerjoin(Person, col(Person.id) == col(Checkin.person_id))
        .outerjoin(Household, col(Household.id) == col(Checkin.household_id))
        .where(within(Checkin, grounds), Checkin.day == day, col(Checkin.replaced).is_(False))
        .order_by(col(Checkin.id))
    )
    return [(checkin, person, household) for checkin, person, household in session.exec(query)]


def recent(session: Session, person_id: int, since: date) -> list[Checkin]:
    """A person's valid check-ins from a day on, oldest first."""
    query = select(Checkin).where(
        Checkin.person_id == person_id, col(Checkin.day) >= since, col(Checkin.replaced).is_(False)
    )
    return list(session.exec(query.order_by(col(Checkin.id))))


def last_of(session: Session, person_id: int, day: date) -> Checkin | None:
    """The last valid check-in of a person on a day."""
    query = select(Checkin).where(Checkin.person_id == person_id, Checkin.day == day, col(Checkin.replaced).is_(False))
    return session.exec(query.order_by(col(Checkin.id).desc()).limit(1)).first()


def unnamed_of(session: Session, inbound_id: int | None, temperature: float | None) -> Checkin | None:
    """The entry of a message that was stored without a person, with this reading."""
    query = select(Checkin).where(
        Checkin.inbound_id == inbound_id, col(Checkin.person_id).is_(None), col(Checkin.replaced).is_(False)
    )
    return next((row for row in session.exec(query) if row.temperature == temperature), None)


def count_checkins(session: Session) -> int:
    """How many check-ins are stored, replaced ones included."""
    return session.exec(select(func.count()).select_from(Checkin)).one()
