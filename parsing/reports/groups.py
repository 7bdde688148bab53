"""Those whom a stretch of text speaks of, and what it says of them, before it becomes check-ins."""

from dataclasses import dataclass, field, replace

from parsing.addresses_in_text import Located
from parsing.health.temperature import Reading
from parsing.writing.lexicon import Token


@dataclass(slots=True)
class Group:
    """Those whom one stretch of the text speaks of, and what it says of them."""

    persons: list[str]
    start: int
    address: str | None = None
    named: bool = True  # False: nobody was named, so it is the sender
    readings: list[tuple[Reading, str | None]] = field(default_factory=list)
    symptoms: list[str] = field(default_factory=list)
    told: bool = False  # well, or a symptom denied
    strong: bool = False  # told in words that need no question before
    unwell: bool = False
    skip: bool = False  # a pet or somebody who does not belong to the household
    end: int = 0
    words: list[str] = field(default_factory=list)  # as the text calls each of the persons

    shared: bool = False  # said of all, before anybody was named

    @property
    def has_data(self) -> bool:
        return bool(self.readings or self.symptoms or self.told or self.unwell)

    def take(self, other: "Group") -> None:
        """Add what is said of the same people elsewhere."""
        self.readings += other.readings
        self.symptoms += other.symptoms
        self.named |= other.named
        self.told |= other.told
        self.strong |= other.strong
        self.unwell |= other.unwell

    def moved(self, by: int) -> "Group":
        """The group at its place in a text that the line of it is part of."""
        readings = [(replace(r, start=r.start + by, end=r.end + by), when) for r, when in self.readings]
        return replace(self, start=self.start + by, end=self.end + by, readings=readings)


@dataclass(slots=True)
class Report:
    """The groups of one message or line, with the tokens that made them."""

    groups: list[Group]
    tokens: list[Token]
    addresses: list[Located]
    bare: bool  # nothing but numbers
    many_addresses: bool
    had_past: bool
