"""Who is spoken to in a text, and what of it is only quoted."""

import re
from collections.abc import Collection
from dataclasses import dataclass

# Clients that cannot quote, and gateways for what they cannot say otherwise, put the quoted message before the answer.
_QUOTE = re.compile(r"\s*「([^\n:：」]{0,64})[:：].*?」\s*\n(?:[-—–][ \t]*){5,}\n", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ENDS_NAME = "\u2005"  # which WeChat's clients put after a name that was chosen from the list of members
_CHOSEN = re.compile(rf"@[^@{_ENDS_NAME}\n]{{1,64}}{_ENDS_NAME}")


@dataclass(frozen=True, slots=True)
class Said:
    """A text without what was only quoted, and without what was only said to address the program."""

    text: str
    mentions_bot: bool = False


def read(text: str, own_names: Collection[str], mentioned: Collection[str], own_id: str) -> Said:
    """Take quotation and own name out of a text of a group; `mentioned` are ids, which not every gateway has."""
    text, quoted = unquoted(clean(text))
    by_id = own_id in mentioned
    found = False
    for name in sorted(filter(None, own_names), key=len, reverse=True):  # "联防" may be the beginning of another one
        text, times = _address(name, sure=by_id).subn(" ", text)
        found = found or times > 0
    if by_id and not found and len(mentioned) == 1:  # by a name that is not known here
        text = _CHOSEN.sub(" ", text, count=1)
    return Said(_spaced(text), by_id or found or quoted in filter(None, own_names))


def unquoted(text: str) -> tuple[str, str]:
    """A text without the message that it quotes, and the name of whom that was by."""
    quote = _QUOTE.match(text)
    return (text[quote.end() :].strip(), quote[1].strip()) if quote else (text, "")


def clean(text: str) -> str:
    """Without control characters, lines ended in one way."""
    if not text.isprintable():  # true for nearly every message, and much cheaper than the substitution
        text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def private(text: str) -> str:
    """A text of a conversation of two."""
    return _spaced(unquoted(clean(text))[0])


def may_address(text: str) -> bool:
    """Whether the own names have to be known to read this."""
    return "@" in text or "「" in text


def _address(name: str, *, sure: bool) -> re.Pattern[str]:
    # Chosen from the list, the name ends in a sign of its own; typed by hand it ends where the word ends.
    end = rf"{_ENDS_NAME}?" if sure else rf"(?:{_ENDS_NAME}|(?!\w))"
    return re.compile(rf"(?<![A-Za-z0-9_.@])@{re.escape(name)}{end}", re.IGNORECASE)


def _spaced(text: str) -> str:
    return text.replace(_ENDS_NAME, " ").strip()
