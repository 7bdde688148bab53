"""Which characters of a text are understood already, so that no word is read twice."""

from collections.abc import Iterable

from parsing.writing.lexicon import Token


class Taken:
    """The characters that tokens cover; asking costs the same however many there are."""

    __slots__ = ("_marks",)

    def __init__(self, length: int, tokens: Iterable[Token] = ()) -> None:
        self._marks = bytearray(length)
        for token in tokens:
            self.add(token.start, token.end)

    def add(self, start: int, end: int) -> None:
        """Take the characters from `start` up to `end`."""
        self._marks[start:end] = b"\1" * (end - start)

    def meets(self, start: int, end: int) -> bool:
        """Whether any character of the stretch is taken."""
        return 1 in self._marks[start:end]


_SURE = frozenset({"people.member", "people.introduced", "people.before_data"})
_HEALTH = frozenset({"symptom", "denied", "feared", "over"})


def people_and_health(text: str, places: list[Token], persons: list[Token], others: list[Token]) -> list[Token]:
    """The tokens without overlaps: people first by length, then symptoms and states outside of what is taken."""
    kept = _people(text, places, persons, others) if persons else []
    if not others:
        return kept
    if any(token.rule == "people.before_data" for token in kept):
        listed = Taken(len(text), (token for token in kept if token.rule == "people.before_data"))
        others = [token for token in others if not listed.meets(token.start, token.end)]
    addresses = Taken(len(text), places) if places else None
    symptoms = Taken(len(text), (token for token in others if token.kind in _HEALTH))
    for token in others:
        weak = token.kind == "unwell" or (token.kind.startswith("well") and token.rule != "state.well")
        if addresses and addresses.meets(token.start, token.end):
            continue
        if not (weak and symptoms.meets(token.start, token.end)):
            kept.append(token)
    return kept


def _people(text: str, places: list[Token], persons: list[Token], others: list[Token]) -> list[Token]:
    """Names that are sure, then the longest words; titles only where no symptom or state is told in them."""
    taken = Taken(len(text), places)
    titled = any(token.rule == "people.titled" for token in persons)
    health = Taken(len(text), (token for token in others if titled and token.kind != "well_weak"))
    kept: list[Token] = []
    for token in sorted(persons, key=lambda t: (t.rule not in _SURE, t.start - t.end)):
        if not taken.meets(token.start, token.end):
            taken.add(token.start, token.end)
            if token.rule != "people.titled" or not health.meets(token.start, token.end):
                kept.append(token)
    return kept
