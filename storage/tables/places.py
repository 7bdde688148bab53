"""Where people live and talk: areas, buildings, households, chat groups."""

from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint


class Level(StrEnum):
    """Administrative levels, from the top down."""

    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMUNITY = "community"
    GRID = "grid"


class GroupKind(StrEnum):
    """Who sits in a chat group; it decides what may be written there."""

    RESIDENTS = "residents"
    STAFF = "staff"


class Area(SQLModel, table=True):
    """An administrative area; `path` holds the ids from the top, so that "in or below" is a prefix."""

    id: str = Field(primary_key=True)
    level: str
    name: str
    parent_id: str | None = Field(default=None, foreign_key="area.id")
    path: str = Field(index=True)


class Building(SQLModel, table=True):
    """A building of a community and the grid it belongs to."""

    __table_args__ = (UniqueConstraint("community_id", "name"),)
    id: int | None = Field(default=None, primary_key=True)
    community_id: str = Field(foreign_key="area.id")
    grid_id: str = Field(foreign_key="area.id", index=True)
    name: str


class Household(SQLModel, table=True):
    """A household at a canonical address such as 3-2-501, unique in its community."""

    __table_args__ = (UniqueConstraint("community_id", "address"),)
    id: int | None = Field(default=None, primary_key=True)
    community_id: str = Field(foreign_key="area.id")
    grid_id: str = Field(foreign_key="area.id", index=True)
    building: str
    address: str


class ChatGroup(SQLModel, table=True):
    """A chat group that belongs to an area."""

    __tablename__ = "chat_group"
    __table_args__ = (UniqueConstraint("platform", "external_id"),)
    id: int | None = Field(default=None, primary_key=True)
    platform: str
    external_id: str
    name: str = ""
    area_id: str = Field(foreign_key="area.id", index=True)
    kind: str
