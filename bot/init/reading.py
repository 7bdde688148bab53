"""What is typed → what is meant. Pure: no terminal, no file; what cannot be meant raises `Wrong` with its words."""

import re
from collections.abc import Collection
from unicodedata import normalize
from urllib.parse import urlsplit

MOST_BUILDINGS = 200  # in one range; 1-4000 is a slip
TOKEN_LENGTH = 8  # of one that is made up now: whoever guesses it may speak for every resident
YES, NO = ("是", "要", "y", "yes", "1"), ("否", "不", "不是", "不要", "n", "no", "2")

_UNIT = re.compile(r"(?:号楼|栋|幢|座|楼|号)(?=$|[-至到])")
_RANGE = re.compile(r"(\d{1,4})[-至到](\d{1,4})")
_NUMBERED = r"(?:\d{1,2}[区期]-?)?\d{1,4}[A-Z]?"
_BUILDING = re.compile(rf"{_NUMBERED}|[A-Z\u4e00-\u9fff][A-Z0-9\u4e00-\u9fff]{{0,11}}(?:-\d{{1,4}})?")
_PLACE = re.compile(r"[A-Za-z0-9\u4e00-\u9fff·（）()-]{2,30}")
_PERSON = re.compile(r"[A-Za-z\u4e00-\u9fff·]{2,20}")
_BOT_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{10,}")
_TOKEN = re.compile(r"[!-~]{1,256}")
_BOT_API = re.compile(r'https?://[^\s"\\]+/bot')
_PROXY = re.compile(r"(?:https?|socks5h?)://\S+")


class Wrong(Exception):
    """An answer that cannot be used; `words` is a template that says what is allowed, `values` fill it in."""

    def __init__(self, words: str, **values: object) -> None:
        super().__init__(words)
        self.words = words
        self.values = values


def plain(text: str) -> str:
    """Full-width letters and digits as half-width ones, without spaces around."""
    return normalize("NFKC", text).strip()


def place(text: str, others: Collection[str] = ()) -> str:
    """The name of a district, subdistrict or community; commands call areas by name, so none is called like another."""
    if not _PLACE.fullmatch(name := plain(text)):
        raise Wrong("init/wrong_place")
    if name in others:
        raise Wrong("init/wrong_place_twice", name=name)
    return name


def person(text: str) -> str:
    """Somebody's name."""
    if not _PERSON.fullmatch(name := plain(text)):
        raise Wrong("init/wrong_person")
    return name


def person_or_nobody(text: str) -> str:
    """Somebody's name, or nothing."""
    return person(text) if plain(text) else ""


def buildings(text: str, elsewhere: Collection[str] = ()) -> tuple[str, ...]:
    """`1-4`, `5,6,8-10`, `A栋、B栋`: the buildings of a grid; none may be in another one already."""
    joined = re.sub(r"\s*[-~—–]\s*", "-", plain(text).upper())
    found: list[str] = []
    for part in filter(None, re.split(r"[,、;\s]+", joined)):
        found += _part(part)
    if not found:
        raise Wrong("init/wrong_buildings", part=text.strip())
    if double := next((name for name in found if name in elsewhere or found.count(name) > 1), None):
        raise Wrong("init/wrong_building_twice", building=double)
    return tuple(found)


def buildings_or_none(text: str, elsewhere: Collection[str]) -> tuple[str, ...]:
    """The buildings of one more grid, or nothing."""
    return buildings(text, elsewhere) if plain(text) else ()


def _part(part: str) -> list[str]:
    bare = _UNIT.sub("", part)
    if span := _RANGE.fullmatch(bare):
        first, last = int(span[1]), int(span[2])
        if not first <= last < first + MOST_BUILDINGS:
            raise Wrong("init/wrong_buildings", part=part)
        return [str(number) for number in range(first, last + 1)]
    if not _BUILDING.fullmatch(bare) or (bare == part and not re.search(r"[0-9A-Z]", bare)):  # 不知道 is no building
        raise Wrong("init/wrong_buildings", part=part)
    return [str(int(bare)) if bare.isdecimal() else bare]


def number(text: str, most: int) -> int:
    """A number from 1 to `most`."""
    if not (bare := plain(text)).isdecimal() or not 1 <= int(bare) <= most:
        raise Wrong("init/wrong_choice", most=most)
    return int(bare)


def choice(text: str, names: tuple[tuple[str, ...], ...]) -> str:
    """One of several, by its number or by any of its names; the first name is what is returned."""
    said = plain(text).lower()
    for position, spellings in enumerate(names, 1):
        if said == str(position) or said in spellings:
            return spellings[0]
    raise Wrong("init/wrong_choice", most=len(names))


def yes(text: str) -> bool:
    """Yes or no."""
    said = plain(text).lower()
    if said not in (*YES, *NO):
        raise Wrong("init/wrong_yes")
    return said in YES


def port(text: str) -> int:
    """A port."""
    bare = plain(text)
    if not bare.isdecimal() or not 1 <= int(bare) <= 65535:
        raise Wrong("init/wrong_port")
    return int(bare)


def websocket(text: str) -> str:
    """Where a OneBot program waits; `127.0.0.1:3001` is enough."""
    written = plain(text)
    address = written if "://" in written else f"ws://{written}"
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        good = False
    if not good or re.search(r'[\s"\\]', address):
        raise Wrong("init/wrong_websocket")
    return address


def endpoint(text: str) -> str:
    """`host:port`."""
    host, _, last = (address := plain(text)).rpartition(":")
    if not re.fullmatch(r'[^\s/"\\]+', host) or not last.isdecimal() or not 1 <= int(last) <= 65535:
        raise Wrong("init/wrong_endpoint")
    return address


def bot_api(text: str) -> str:
    """Where Telegram's Bot API is; it ends in /bot."""
    if not _BOT_API.fullmatch(address := plain(text).rstrip("/")):
        raise Wrong("init/wrong_bot_api")
    return address


def proxy(text: str) -> str:
    """A proxy, or nothing."""
    if (address := text.strip()) and not _PROXY.fullmatch(address):
        raise Wrong("init/wrong_proxy")
    return address


def bot_token(text: str) -> str:
    """What BotFather gives."""
    if not _BOT_TOKEN.fullmatch(given := text.strip()):
        raise Wrong("init/wrong_bot_token")
    return given


def token(text: str) -> str:
    """A token that stands on the other side already."""
    if not _TOKEN.fullmatch(given := text.strip()):
        raise Wrong("init/wrong_token")
    return given


def own_token(text: str) -> str:
    """A token that both sides agree on now, or nothing: then the program makes one up."""
    if not (given := text.strip()):
        return ""
    if len(given) < TOKEN_LENGTH:
        raise Wrong("init/wrong_own_token", least=TOKEN_LENGTH)
    return token(given)
