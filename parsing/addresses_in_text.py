"""Addresses of a whole message: a header completes the bare rooms and units that stand below it."""

from parsing.address import Address, addresses, bare_rooms, complete

Located = Address


def locate(text: str, header: Located | None = None) -> list[Located]:
    """All addresses of the text in order, completed by the header above each."""
    found = addresses(text)
    if not found and header is None:
        return []
    result: list[Located] = []
    above = header
    for address in found:
        whole = complete(address, above) if above is not None else address
        if whole.building:
            above = whole
        result.append(whole)
    if above is not None:
        result += _rooms(text, above, result, header is not None and above is header)
        result.sort(key=lambda place: place.start)
    return result


def _rooms(text: str, above: Located, taken: list[Located], from_outside: bool) -> list[Located]:
    start = Address(0, 0, above.part, above.building, above.unit) if from_outside else above
    compact = range(340, 431)  # "3-2-501 365": more likely a reading than a room
    rooms = [room for room in bare_rooms(text, start) if above.is_header or int(room.room) not in compact]
    return [room for room in rooms if not any(t.start < room.end and t.end > room.start for t in taken)]
