"""Those whom a stretch of text speaks of, and what it says of them, before it becomes check-ins."""

from dataclasses import dataclass, field

from parsing.addresses_in_text import Located
from parsing.lexicon import Token
from parsing.temperature import Reading


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

    @property
    def has_data(self) -> bool:
        return bool(self.readings or self.symptoms or self.told or self.unwell)


@dataclass(slots=True)
class Report:
    """The groups of one message or line, with the tokens that made them."""

    groups: list[Group]
    tokens: list[Token]
    addresses: list[Located]
    bare: bool  # nothing but numbers
    many_addresses: bool
    had_past: bool
