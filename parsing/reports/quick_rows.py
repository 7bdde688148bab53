"""The plainest row of a chain, "3-2-501 张三 36.5 正常", read at a glance: most rows of most chains are like this."""

from functools import lru_cache

from parsing.model import CheckIn
from parsing.people.surnames import looks_like_name
from parsing.writing.lexicon import Pattern, Token

_ROW = Pattern(
    r"(?P<place>[1-9]\d?-[1-9]\d?-[1-9]\d{2,3})?[ ,]?(?P<name>[\u4e00-\u9fff]{2,3})[ :]?(?P<reading>3[4-9]\.\d)[度℃]?"
    r"[ ,]?(?:正常|一切正常|无症状|无不适|无)?[ 。]?"
)


@lru_cache(maxsize=2048)  # a chain is posted again with every line that is added
def quick_row(text: str) -> tuple[CheckIn, tuple[Token, ...]] | None:
    """What such a row reports, as the long way would say it, or None where the row is not that plain."""
    match = _ROW.fullmatch(text)
    if match is None or not looks_like_name(match["name"]):
        return None
    address = match["place"]
    value = float(match["reading"])
    tokens = [
        Token(*match.span("name"), "person", match["name"], "people.before_data"),
        Token(*match.span("reading"), "reading", "", "temperature.read", value),
    ]
    if address:
        tokens.insert(0, Token(0, len(address), "address", address, "address"))
    return CheckIn(match["name"], address, value), tuple(tokens)
