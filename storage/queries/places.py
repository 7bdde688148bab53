"""Queries on areas, buildings, households and groups."""

from collections.abc import Iterable

from sqlalchemy import func, tuple_
from sqlmodel import col, select

from storage.engine import Session
from storage.tables import Area, Building, ChatGroup, Household


def all_areas(session: Session) -> list[Area]:
    """Every area."""
    return list(session.exec(select(Area)))


def groups_by_key(session: Session, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], ChatGroup]:
    """Bound groups by (platform, platform id)."""
    query = select(ChatGroup).where(tuple_(col(ChatGroup.platform), col(ChatGroup.external_id)).in_(list(keys)))
    return {(group.platform, group.external_id): group for group in session.exec(query)}


def groups_of(session: Session, area_id: str, kind: str) -> list[ChatGroup]:
    """The groups of exactly this area and kind."""
    query = select(ChatGroup).where(ChatGroup.area_id == area_id, ChatGroup.kind == kind)
    return list(session.exec(query.order_by(col(ChatGroup.id))))


def household_at(session: Session, community_id: str, address: str) -> Household | None:
    """The household at an address of a community."""
    query = select(Household).where(Household.community_id == community_id, Household.address == address)
    return session.exec(query).first()


def households_ending(session: Session, community_id: str, building: str, room: str) -> list[Household]:
    """Households of a building whose address ends with a room, where the unit was left out."""
    query = select(Household).where(
        Household.community_id == community_id,
        Household.building == building,
        col(Household.address).endswith(f"-{room}", autoescape=True),
    )
    return list(session.exec(query.limit(2)))


def households_anywhere(session: Session, address: str, community_ids: Iterable[str]) -> list[Household]:
    """Households at an address in any of these communities."""
    query = select(Household).where(Household.address == address, col(Household.community_id).in_(list(community_ids)))
    return list(session.exec(query))


def building(session: Session, community_id: str, name: str) -> Building | None:
    """A building of a community by its name."""
    return session.exec(select(Building).where(Building.community_id == community_id, Building.name == name)).first()


def buildings_of(session: Session, community_id: str) -> list[Building]:
    """All buildings of a community."""
    return list(session.exec(select(Building).where(Building.community_id == community_id)))


def household_count(session: Session) -> int:
    """How many households there are."""
    return session.exec(select(func.count()).select_from(Household)).one()
