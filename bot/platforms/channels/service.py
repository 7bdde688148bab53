"""What every kind of channel does: cut a message into parts, and deliver one of them."""

from dataclasses import dataclass
from typing import Protocol
from urllib.request import getproxies, proxy_bypass

from bot.messages import Outbound, OutboundFile
from bot.platforms.channels.verdict import Failure
from bot.platforms.parts import split_text

TITLE_LIMIT = 60  # characters of a subject that people read in a list


class Unusable(Exception):
    """The address of a channel cannot be used; the text is a reason and never a piece of the address."""


@dataclass(frozen=True, slots=True)
class Part:
    """One call of a service."""

    text: str
    title: str = ""
    file: OutboundFile | None = None


class Service(Protocol):
    """One channel's other side."""

    @property
    def host(self) -> tuple[str, int] | None:
        """Where it listens, as far as that is known."""

    def parts(self, message: Outbound) -> list[Part]:
        """The calls that send a message, in order."""

    async def deliver(self, part: Part, done: set[str]) -> Failure | None:
        """Send one part; `done` holds who already has it, and is kept over retries."""


def behind_proxy(host: str) -> bool:
    """Whether HTTP goes to this host by a proxy: then a connection of one's own tells nothing."""
    return bool(getproxies()) and not proxy_bypass(host)


def text_parts(message: Outbound, limit: int, *, in_bytes: bool = False) -> list[Part]:
    """The text in parts of at most `limit`; a file that cannot go along is named, so that people know of it."""
    text = message.text.strip() or (message.file.name if message.file else "")
    title = text.partition("\n")[0].strip()[:TITLE_LIMIT]
    if in_bytes:
        limit //= max((len(character.encode("utf-8", "replace")) for character in set(text)), default=1)
    return [Part(part, title) for part in split_text(text, limit)]
