"""Who is spoken to in a text: the bot's own name is taken out, other people's names stay readable."""

import re
from dataclasses import dataclass
from functools import lru_cache

_COMMAND = re.compile(r"\s*/\s*([^\s@/]+)@([A-Za-z0-9_]+)")
_UTF16 = "utf-16-le"


@dataclass(slots=True)
class Said:
    """A text without what was only said to address the bot."""

    text: str
    mentions_bot: bool = False
    for_other: bool = False  # a command that names another bot


def read(text: str, entities: object, own_id: str, username: str) -> Said:
    """Take the bot's name out of a text; `entities` are as Telegram sends them, or garbage."""
    text, mentioned = _linked_names(text, entities, own_id)
    said = Said(text, mentioned)
    _command(said, username)
    if username and "@" in said.text:
        # Not by its entity: there is none after a Chinese character, where nobody types a space.
        said.text, found = _own_name(username).subn(" ", said.text)
        said.mentions_bot |= found > 0
    return said


def _command(said: Said, username: str) -> None:
    """`/checkin@OurBot 36.5` is `/checkin 36.5`, said to us."""
    command = _COMMAND.match(said.text)
    if command is None:
        return
    if username and command[2].lower() == username.lower():
        said.text = f"/{command[1]} {said.text[command.end() :].lstrip()}".rstrip()
        said.mentions_bot = True
    elif command[1].isascii():  # /打卡@zhangwei is no command to Telegram, and names a person
        said.for_other = True


def _linked_names(text: str, entities: object, own_id: str) -> tuple[str, bool]:
    """People without a username are mentioned by a link on their name, which then lacks its "@"."""
    if not isinstance(entities, list) or not (links := [link for link in map(_link, entities) if link]):
        return text, False
    units = text.encode(_UTF16, "replace")  # offsets count UTF-16 units: an emoji is two
    mentioned = False
    for start, end, who in sorted(links, reverse=True):
        name = units[2 * start : 2 * end].decode(_UTF16, "replace")
        if not name.strip():
            continue
        mentioned |= who == own_id
        rest = units[2 * end :].decode(_UTF16, "replace")
        # "@张伟" and "36.5" must not become one word
        shown = "" if who == own_id else f"@{name.lstrip('@')}{'' if rest[:1].isspace() or not rest else ' '}"
        units = units[: 2 * start] + shown.encode(_UTF16, "replace") + units[2 * end :]
    return units.decode(_UTF16, "replace"), mentioned


def _link(entity: object) -> tuple[int, int, str] | None:
    """Where a linked name starts and ends, and whose it is."""
    if not isinstance(entity, dict) or entity.get("type") != "text_mention":
        return None
    start, length, user = entity.get("offset"), entity.get("length"), entity.get("user")
    if not isinstance(start, int) or not isinstance(length, int) or start < 0 or length <= 0:
        return None
    return start, start + length, str(user.get("id")) if isinstance(user, dict) else ""


@lru_cache(maxsize=8)
def _own_name(username: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9_.@/])@{re.escape(username)}(?![A-Za-z0-9_])", re.IGNORECASE)
