"""What a piece of work is done with: one transaction, one moment, the rules, and the way out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from community.areas import AreaTree
from community.calendar import HalfDay, half_day, local_day
from community.outgoing import Post, Priority
from community.rules import Rules
from storage.engine import Session


@dataclass(frozen=True, slots=True)
class Hotlines:
    """Numbers that may be told to people, from content/hotlines.yaml."""

    emergency: str
    psychological: str


@dataclass(frozen=True, slots=True)
class House:
    """What stays the same for the life of the process."""

    rules: Rules
    zone: ZoneInfo
    hotlines: Hotlines
    default_area: str
    platforms: tuple[str, ...]
    group_receipts: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Work:
    """One transaction at one moment."""

    session: Session
    now: datetime
    house: House
    areas: AreaTree
    post: Post

    @property
    def rules(self) -> Rules:
        """The rule pack that is switched on."""
        return self.house.rules

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which local days end."""
        return self.house.zone

    @property
    def today(self) -> date:
        """The local date."""
        return local_day(self.now, self.zone)

    @property
    def half(self) -> HalfDay:
        """The present half day."""
        return half_day(self.now, self.zone)


__all__ = ["Hotlines", "House", "Priority", "Work"]
