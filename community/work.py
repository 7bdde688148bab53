"""What a piece of work is done with: one transaction, one moment, the rules, and the way out."""

from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from community.answers import Answers
from community.areas import AreaTree
from community.calendar import HalfDay, half_day, local_day
from community.outgoing import Post, Priority
from community.rules import Rules
from storage.engine import Session


@dataclass(frozen=True, slots=True)
class Hotlines:
    """Numbers that may be told to people, from content/hotlines.yaml."""

    emergency: str
    fire: str
    psychological: str


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """What one way out only (mail, a robot, a web hook) is told, and about where."""

    name: str
    takes: tuple[str, ...]  # of alerts, notices, operator
    area: str = ""  # this area and below; empty: the default area


@dataclass(frozen=True, slots=True)
class House:
    """What stays the same for the life of the process."""

    rules: Rules
    zone: ZoneInfo
    hotlines: Hotlines
    default_area: str
    platforms: tuple[str, ...]
    pack: str  # the rule pack's name, by which the knowledge base chooses its answers
    answers: Answers
    channels: tuple[ChannelRule, ...] = ()


@dataclass(slots=True)
class Work:
    """One transaction at one moment."""

    session: Session
    now: datetime
    house: House
    areas: AreaTree
    post: Post
    heard_homes: set[int] = field(default_factory=set)  # households with a new reading of somebody observed

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
    def default_area(self) -> str:
        """Where the words of strangers belong; the top of the tree where the configured area is missing."""
        wanted = self.house.default_area
        tops = (area.id for area in self.areas.by_id.values() if area.parent_id is None)
        return wanted if wanted in self.areas.by_id else next(tops, wanted)

    @property
    def half(self) -> HalfDay:
        """The present half day."""
        return half_day(self.now, self.zone)


__all__ = ["ChannelRule", "Hotlines", "House", "Priority", "Work"]
