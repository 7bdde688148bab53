"""What a platform has to show for the contract suite: itself running, and a peer that plays the other side."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from bot.messages import Chat
from bot.platforms.contract import Platform
from tests.platforms.host import FakeHost


@dataclass(frozen=True, slots=True)
class Seen:
    """One message as the people in a conversation see it."""

    chat: Chat
    text: str
    id: str  # the platform's id of it
    reply_to: str | None = None
    file_name: str = ""
    file: bytes = b""


class Line(Protocol):
    """A running platform with its peer; `cannot` names what the platform does not have at all (with the reason)."""

    platform: Platform
    host: FakeHost
    group: Chat
    person: Chat
    cannot: dict[str, str]  # "in" "group" "reply" "mention" "image" "file" "redeliver" "history" … -> why

    async def say(
        self, text: str, chat: Chat, *, mention: bool = False, reply_to: str | None = None, image: bool = False
    ) -> str:
        """Somebody writes; the platform's id of the message."""

    async def again(self, message_id: str) -> None:
        """The peer delivers a message once more."""

    async def seen(self) -> Seen:
        """The next message that arrived at the other side."""

    async def cut(self) -> None:
        """The connection breaks without a word; messages of the peer do not come through until `restore`."""

    async def restore(self) -> None:
        """The other side is there again; returns when the platform is back in service."""

    async def slow_down(self, seconds: float) -> None:
        """The next thing that is sent is answered with "too fast", to be tried again after so long."""

    async def refuse(self) -> None:
        """The next thing that is sent is refused for good."""


Opening = Callable[..., AbstractAsyncContextManager[Line]]
"""Opens a line; `wrong_credentials=True` presents a token that the other side does not take (or the other way round)."""
