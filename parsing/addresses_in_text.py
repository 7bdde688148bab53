"""Addresses of a whole message: a header completes the bare rooms and units that stand below it."""

from collections.abc import Iterable

from parsing.address import Address, addresses, bare_rooms, complete
from parsing.writing.lexicon import Pattern

Located = Address
_FIGURES = Pattern(r"(?<![\d.])\d{3,4}(?![\d.])")
_ROOM_FIRST = Pattern(r" ?([1-9]\d{2,3})(?:室|房|号)?[ :,]{0,2}[\u4e00-\u9fff]{2}")
_COMPACT = range(340, 431)  # "3-2-501 365": more likely a reading than a room


def locate(text: str, header: Located | None = None) -> list[Located]:
    """All addresses of the text in order, completed by the header above each."""
    found = addresses(text)
    if not found and header is None:
        return _roll(text)
    result: list[Located] = []
    above = head = header
    for address in found:
        heading = head if address.short else above
        whole = complete(address, heading) if heading else address
        if whole.building or whole.is_header:
            above = whole
            if head is None or not whole.room:
                head = whole
        result.append(whole)
    rooms = _rooms(text, header, result)
    return sorted([*result, *rooms], key=lambda place: place.start) if rooms else result


def headless(rows: Iterable[str]) -> Located | None:
    """A header that names nothing, where two rows or more begin with a room and a name: then rooms are rooms."""
    rooms = sum(bool((match := _ROOM_FIRST.match(row)) and int(match[1]) not in _COMPACT) for row in rows)
    return Address(0, 0) if rooms > 1 else None


def _roll(text: str) -> list[Located]:
    """Two or more rooms with what they report, and no building: "301欧阳36.5；302上官婉36.8"."""
    if len(_FIGURES.findall(text)) < 2:
        return []
    rooms = [(start, end, room) for start, end, room in bare_rooms(text, 0) if int(room or 0) not in _COMPACT]
    return [Address(start, end, room=room) for start, end, room in rooms] if len(rooms) > 1 else []


def _rooms(text: str, header: Located | None, taken: list[Located]) -> list[Located]:
    """Bare rooms below the nearest address that names their building."""
    first = 0 if header else next((place.end for place in taken if place.building or place.unit), len(text))
    rooms: list[Located] = []
    for start, end, room in bare_rooms(text, first):
        above = next(
            (place for place in reversed(taken) if (place.building or place.unit) and place.start < start), header
        )
        if above is None or any(place.start < end and place.end > start for place in taken):
            continue
        if above.is_header or int(room or 0) not in _COMPACT:
            rooms.append(Address(start, end, above.part, above.building, above.unit, room))
    return rooms
