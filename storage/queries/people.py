"""Queries on people, their accounts and roles."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import col, select

from storage.engine import Session
from storage.tables import Account, Checkin, DoorCode, Household, Person, Role, Setting

UNREACHED = "unreached/"  # account id → since when private messages do not reach it


def accounts_by_key(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Account]:
    """Accounts by (platform, platform id)."""
    found: dict[tuple[str, str], Account] = {}
    by_platform: dict[str, list[str]] = {}
    for platform, external_id in keys:
        by_platform.setdefault(platform, []).append(external_id)
    for platform, ids in by_platform.items():
        query = select(Account).where(Account.platform == platform, col(Account.external_id).in_(ids))
        found |= {(platform, account.external_id): account for account in session.exec(query)}
    return found


def accounts_of(session: Session, person_id: int) -> list[Account]:
    """All accounts of a person."""
    return list(session.exec(select(Account).where(Account.person_id == person_id)))


def accounts_of_all(session: Session, person_ids: Iterable[int]) -> list[Account]:
    """All accounts of these people."""
    return list(session.exec(select(Account).where(col(Account.person_id).in_(list(person_ids)))))


def other_accounts(session: Session, person_ids: Iterable[int], but: Iterable[int]) -> list[Account]:
    """The accounts of these people that are not among `but`."""
    query = select(Account).where(col(Account.person_id).in_(list(person_ids)), col(Account.id).not_in(list(but)))
    return list(session.exec(query))


def by_ids(session: Session, person_ids: Iterable[int]) -> dict[int, Person]:
    """People by id."""
    return {p.id: p for p in session.exec(select(Person).where(col(Person.id).in_(list(person_ids)))) if p.id}


def members(session: Session, household_ids: Iterable[int]) -> dict[int, list[Person]]:
    """The people of each household, its contact first."""
    ids = list(household_ids)
    found: dict[int, list[Person]] = {household_id: [] for household_id in ids}
    query = select(Person).where(col(Person.household_id).in_(ids)).order_by(col(Person.position), col(Person.id))
    for person in session.exec(query):
        if person.household_id is not None:
            found[person.household_id].append(person)
    return found


def households_by_id(session: Session, household_ids: Iterable[int]) -> dict[int, Household]:
    """Households by id."""
    query = select(Household).where(col(Household.id).in_(list(household_ids)))
    return {household.id: household for household in session.exec(query) if household.id}


def roles_of(session: Session, person_ids: Iterable[int]) -> dict[int, list[Role]]:
    """The roles that these people hold now."""
    ids = list(person_ids)
    found: dict[int, list[Role]] = {person_id: [] for person_id in ids}
    for role in session.exec(select(Role).where(col(Role.person_id).in_(ids), col(Role.ended_at).is_(None))):
        found[role.person_id].append(role)
    return found


def holders(session: Session, area_ids: Sequence[str], names: Sequence[str]) -> list[Role]:
    """Who holds one of these roles over exactly one of these areas."""
    query = select(Role).where(col(Role.area_id).in_(area_ids), col(Role.role).in_(names), col(Role.ended_at).is_(None))
    return list(session.exec(query.order_by(col(Role.id))))


def named(session: Session, name: str) -> list[Person]:
    """Everybody with this name."""
    return list(session.exec(select(Person).where(Person.name == name).order_by(col(Person.id))))


def roles_named(session: Session, name: str) -> list[Role]:
    """Present roles of everybody with this name."""
    query = select(Role).join(Person, col(Person.id) == col(Role.person_id))
    return list(session.exec(query.where(Person.name == name, col(Role.ended_at).is_(None))))


def code_owner(session: Session, code_hash: str) -> DoorCode | None:
    """The door code with this hash."""
    return session.exec(select(DoorCode).where(DoorCode.code_hash == code_hash)).first()


def unreached(session: Session, since: datetime) -> set[int]:
    """The accounts that refused a private message since a moment."""
    found = facts_under(session, UNREACHED)
    return {int(key.removeprefix(UNREACHED)) for key, at in found.items() if datetime.fromisoformat(at) > since}


def facts_under(session: Session, prefix: str) -> dict[str, Any]:
    """The small facts whose keys begin with a prefix that ends with a slash."""
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    rows = session.exec(select(Setting).where(col(Setting.key) >= prefix, col(Setting.key) < end))
    return {row.key: row.value for row in rows if row.value is not None}


def drop_fact(session: Session, key: str) -> None:
    """Forget a small fact."""
    row = session.get(Setting, key)
    if row is not None:
        session.delete(row)


def heard_in(session: Session, inbound_id: int) -> list[Checkin]:
    """What was checked in with one message."""
    return list(session.exec(select(Checkin).where(Checkin.inbound_id == inbound_id).order_by(col(Checkin.id))))


def hand_over_checkins(session: Session, giver_id: int, taker_id: int) -> None:
    """What was reported for one person is another's: two records of one person."""
    session.execute(update(Checkin).where(col(Checkin.person_id) == giver_id).values(person_id=taker_id))
