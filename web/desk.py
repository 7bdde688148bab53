"""The seam between the pages and the program: what the sandbox page may ask, and what it gets back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

PRIVATE = "private"  # the conversation name for the viewer's own chat with the bot
RESIDENT = "resident"  # `Persona.role` of those who only live here
STRANGER = "stranger"  # `Persona.role` of those who are bound to nothing


class DeskRefused(Exception):
    """The program will not do this; `message` is plain Chinese and is shown to the visitor as it is."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody of the sample as whom the visitor may write."""

    id: str
    name: str
    role: str  # a role of SPEC.md, or STRANGER; everything but RESIDENT and STRANGER counts as staff here
    role_label: str  # the role in Chinese
    place: str  # household or area in Chinese; may be empty


@dataclass(frozen=True, slots=True)
class GroupView:
    """A chat group and who sees it."""

    id: str
    name: str
    kind: str  # "residents" or "staff"
    members: frozenset[str]  # persona ids


@dataclass(frozen=True, slots=True)
class FileRef:
    """A file in a bubble; its bytes come from `Desk.file(id)`."""

    id: str  # letters, digits, "-" and "_" only, at most 64: it stands in an address
    kind: str  # "png" is shown as a picture, anything else is a download
    name: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as a conversation shows it."""

    id: int  # from 1; grows over all conversations, in the order of being said
    who: str | None  # persona id; None is the bot
    who_name: str
    text: str
    at: datetime  # aware
    file: FileRef | None = None
    reply_to: int | None = None  # id of the bubble this one answers
    photo: bool = False  # a picture came with it


class EventKind(StrEnum):
    """What can change under an open page."""

    BUBBLE = "bubble"
    CLOCK = "clock"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class DeskEvent:
    """One change. It names the conversation only, so that the page fetches what it shows and marks the rest unread."""

    kind: EventKind
    at: datetime  # the sandbox clock after the change; aware
    bubble: int = 0  # BUBBLE: its id
    where: str = ""  # BUBBLE: the group's id, or PRIVATE
    viewer: str = ""  # BUBBLE in PRIVATE: the persona whose private chat it is
    by: str | None = None  # BUBBLE: persona id of the writer; None is the bot


class Desk(Protocol):
    """The running sandbox. Calls may overlap; every method may be called from one event loop only."""

    async def personas(self) -> list[Persona]:
        """Everybody one may write as, in the order they are offered."""

    async def groups(self) -> list[GroupView]:
        """All chat groups, in the order they are listed."""

    async def history(self, viewer: str, conversation: str, after: int = 0, limit: int = 200) -> list[Bubble]:
        """Bubbles, oldest first: with `after` 0 the newest `limit`, else the first `limit` whose id is greater."""

    async def say(self, who: str, where: str, text: str, reply_to: int | None, photo: bool) -> None:
        """Writes as `who`; returns when the message is durable, not when it is answered."""

    async def now(self) -> datetime:
        """The sandbox clock, in the sample's own zone: all times are shown in the zone of this value."""

    async def forward(self, to: datetime) -> None:
        """Moves the clock on and returns when everything due on the way has happened."""

    async def file(self, id: str) -> tuple[str, str, bytes]:
        """Name, media type and content of a file that a bubble refers to."""

    def events(self, after: int) -> AsyncIterator[DeskEvent]:
        """First every BUBBLE whose id is greater than `after`, then what happens, until the program stops.

        Nothing is left out between the two; several pages listen at once. After a RESET it ends:
        the page connects again.
        """

    async def reset(self) -> None:
        """Starts again from the sample; ids may start again at 1."""
