"""The only types that cross a platform's border: what came in, what goes out, and where."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChatKind(StrEnum):
    """A conversation is either with one person or in a group."""

    PRIVATE = "private"
    GROUP = "group"


class FileKind(StrEnum):
    """The kinds of file that the program sends."""

    XLSX = "xlsx"
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation; `id` is the user's id (private) or the group's id on the platform."""

    platform: str
    kind: ChatKind
    id: str


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, as the platform knows them; `name` is what the group shows and is never logged."""

    id: str
    name: str = ""
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message as a platform delivered it; (platform, account, message_id) is unique."""

    account: str  # the program's own account that received it
    message_id: str
    chat: Chat
    sender: Sender
    text: str
    at: datetime
    reply_to: str | None = None  # platform id of the message that is being replied to
    mentions_bot: bool = False
    images: tuple[str, ...] = ()  # addresses or platform ids of attached pictures


@dataclass(frozen=True, slots=True)
class OutboundFile:
    """A rendered file, made only when it is sent."""

    kind: FileKind
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to send; `id` is its row in the outbox and stays the same over retries."""

    id: int
    chat: Chat
    text: str
    file: OutboundFile | None = None
    account: str | None = None  # which own account sends; None: the platform chooses
    reply_to: str | None = None
    via_group: str | None = None  # a group both are in, for a temporary private session
