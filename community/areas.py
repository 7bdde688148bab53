"""The tree of areas, held in memory: a few hundred rows that every message needs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from storage.tables import Area, Level


@dataclass(frozen=True, slots=True)
class AreaTree:
    """All areas by id; "in or below" is a prefix of the path."""

    by_id: dict[str, Area]

    @classmethod
    def of(cls, areas: Iterable[Area]) -> "AreaTree":
        """A tree of these rows."""
        return cls({area.id: area for area in areas})

    def __getitem__(self, area_id: str) -> Area:
        return self.by_id[area_id]

    def covers(self, area_id: str, other_id: str) -> bool:
        """Whether `other` is `area` or lies below it."""
        return self.by_id[other_id].path.startswith(self.by_id[area_id].path)

    def related(self, area_id: str, other_id: str) -> bool:
        """Whether one of two areas lies in the other."""
        return self.covers(area_id, other_id) or self.covers(other_id, area_id)

    def up(self, area_id: str) -> Iterator[Area]:
        """The area itself and then each one above it."""
        here: str | None = area_id
        while here is not None:
            area = self.by_id[here]
            yield area
            here = area.parent_id

    def below(self, area_id: str, level: Level) -> list[Area]:
        """Areas of one level in or below an area, by name."""
        found = [area for area in self.by_id.values() if area.level == level and self.covers(area_id, area.id)]
        return sorted(found, key=lambda area: area.name)

    def children(self, area_id: str) -> list[Area]:
        """The areas right below, by name."""
        return sorted((area for area in self.by_id.values() if area.parent_id == area_id), key=lambda area: area.name)

    def grids(self, area_id: str) -> list[str]:
        """The ids of all grids in or below an area."""
        return [area.id for area in self.below(area_id, Level.GRID)]

    def community_of(self, area_id: str) -> Area | None:
        """The community that an area lies in or is."""
        return next((area for area in self.up(area_id) if area.level == Level.COMMUNITY), None)

    def named(self, name: str) -> Area | None:
        """The one area with this name or id, or the only one whose name ends with it."""
        if name in self.by_id:
            return self.by_id[name]
        exact = [area for area in self.by_id.values() if area.name == name]
        ending = exact or [area for area in self.by_id.values() if name and area.name.endswith(name)]
        return ending[0] if len(ending) == 1 else None
