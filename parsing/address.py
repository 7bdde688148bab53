"""Addresses within a community: building, unit and room in all spellings, and a named part before them."""

import re
from dataclasses import dataclass

from parsing.writing.lexicon import Pattern
from parsing.writing.numerals import DIGIT_CLASS, to_int

_SMALL = rf"(?:\d{{1,3}}|[{DIGIT_CLASS}十]{{1,3}})"
_FLOOR_ROOM = "[一二三]?十[一二三四五六七八九]?[零〇][一二三四五六七八九]"  # "十二零四": floor 12, room 04
_ROOM = rf"(?:\d{{1,4}}(?![\d.度℃点])|[{DIGIT_CLASS}]{{3,4}}(?![度点])|[一二]?[千百][{DIGIT_CLASS}十百]{{1,5}}|{_FLOOR_ROOM})"
_ADDRESS = Pattern(
    rf"(?<![\d.A-Za-z])(?:"
    rf"(?P<building>[A-Za-z]\d{{1,2}}(?=[栋幢座])|[A-Za-z]|{_SMALL}) ?(?:号楼|[栋幢座撞]|号院(?=\d)|#楼?|号(?={_SMALL} ?(?:单元|门|-)|[\d]{{3,4}})|"
    rf"楼(?={_SMALL} ?(?:单元|门)))"
    rf"(?:[ -]?(?P<unit>{_SMALL}|[A-Za-z]) ?(?:单元|[门单](?![口位])|-|/))?(?:[ -]?(?P<room>{_ROOM}))?(?:室|房间?|户|号(?!楼))?"
    rf"|(?P<unit2>{_SMALL}) ?单元[ -]?(?P<room2>{_ROOM})?(?:室|房间?|户|号(?!楼))?"
    r"|(?P<building3>\d{1,3}|[A-Za-z])(?P<dash>[-—/])(?P<unit3>\d{1,2})(?P=dash)(?P<room3>\d{1,4})(?![\d.]|[-/]\d)(?:室|房|户)?"
    r"|(?P<building4>\d{1,3}|[A-Za-z]\d?)[-—](?P<room4>\d{3,4})(?![\d.]|[-/]\d)(?:室|房|户)?"
    rf"|(?P<building5>[A-F])(?P<room5>\d{{3,4}})(?![\d.次路])"
    rf"|(?P<room6>\d{{3,4}}|[{DIGIT_CLASS}]{{3,4}})(?:室|房(?!子|价|贷|租)|户(?!人))"
    r")"
)
_CORE = Pattern(r"[\dA-Za-z零〇一二三四五六七八九十两幺] ?(?:[-—/#栋幢座楼单室房户撞]|号[楼院\d])|[A-F]\d{3}")
_PART = Pattern(
    r"((?:[东南西北中上下前后新老][区院苑园村街里]|[A-Z甲乙丙丁]区|[一二三四五六\d]+期|\d+号院|"
    r"[\u4e00-\u9fff]{1,5}(?:花园|家园|小区|公寓|新村|[苑园府庭湾城里坊居庄院弄])(?:[一二三四五六\d]+期|[东南西北A-Z]区)?))[- ,]?$"
)
_ON_A_FLOOR = Pattern(_FLOOR_ROOM)
_LEAD = Pattern(r"^.*[我住在是家的替帮报给您好本咱俺们到了]")
_BARE_ROOM = Pattern(
    r"(?:(?<=\n)|(?<=[,;:。、 |])|^)(\d{3,4})(?:室|号|房)?(?=[ :|(]{0,2}[\u4e00-\u9fff]| +\d\d[.度。]| *[:|] *\d)"
)
# Rooms read out one figure after the other, as in speech without stops: "五零一的范老师三十六度五六零二的小崔…".
_SPOKEN_ROOM = Pattern(rf"[一二三四五六七八九幺两][零〇一二三四五六七八九幺洞][{DIGIT_CLASS}](?=室?(?:的|家)|室)")


@dataclass(frozen=True, slots=True)
class Address:
    """An address at a place in the text, its parts in canonical figures."""

    start: int
    end: int
    part: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""
    short: bool = False  # "2-101", which below the name of a building is a unit and a room

    @property
    def canonical(self) -> str:
        """Parts that are there, joined by dashes: "东区-3-2-501"."""
        return "-".join(filter(None, (self.part, self.building, self.unit, self.room)))

    @property
    def is_header(self) -> bool:
        """A building or unit without a room, which completes the rooms below it."""
        return bool(self.building or self.unit) and not self.room


def addresses(text: str) -> list[Address]:
    """All addresses, left to right."""
    if not _CORE.search(text):
        return []
    return [_address(text, match) for match in _ADDRESS.finditer(text)]


def parse_address(text: str) -> str | None:
    """The first address in canonical form, or None."""
    from parsing.writing.text import fold

    found = addresses(fold(text).text)
    return found[0].canonical if found else None


def bare_rooms(text: str, start: int) -> list[tuple[int, int, str]]:
    """Rooms written alone from a place on: where they stand, and their figures."""
    written = [(match.start(1), match.end(), match[1]) for match in _BARE_ROOM.finditer(text, start)]
    spoken = [(match.start(), match.end(), _figure(match[0])) for match in _SPOKEN_ROOM.finditer(text, start)]
    return sorted(written + spoken)


def complete(address: Address, header: Address) -> Address:
    """A room or unit with the building of the address above it."""
    if address.short and header.is_header and not header.unit and address.building != header.building:
        return Address(address.start, address.end, header.part, header.building, address.building, address.room)
    if address.building or not (address.unit or address.room):
        return address
    unit = address.unit or header.unit
    return Address(address.start, address.end, header.part, header.building, unit, address.room)


def _figure(word: str | None) -> str:
    if not word:
        return ""
    if word.isascii():
        return (word.lstrip("0") or "0") if word.isdigit() else word.upper()
    if _ON_A_FLOOR.fullmatch(word):
        floor, room = word.replace("〇", "零").split("零")
        return f"{to_int(floor)}0{to_int(room)}"
    return str(to_int(word) or "")


def _room(word: str | None) -> str:
    return word if word and word.isascii() else _figure(word)


def _address(text: str, match: re.Match[str]) -> Address:
    groups = match.groupdict()
    building = next((groups[key] for key in ("building", "building3", "building4", "building5") if groups[key]), None)
    unit = groups["unit"] or groups["unit2"] or groups["unit3"]
    room = next((groups[key] for key in ("room", "room2", "room3", "room4", "room5", "room6") if groups[key]), None)
    start = match.start()
    part = ""
    if before := _PART.search(text, max(0, start - 9), start):
        part = _LEAD.sub("", before[1])
        if len(part) >= 2:
            start = before.end(1) - len(part)
            part = re.sub("[一二三四五六](?=期)", lambda figure: str(to_int(figure[0])), part)
        else:
            part = ""
    short = bool(groups["building4"])
    return Address(start, match.end(), part, _figure(building), _figure(unit), _room(room), short)
