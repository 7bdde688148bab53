"""What the gateway says as data: events and messages. No connection, no clock, no state."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any

import orjson

from bot.messages import Chat, ChatKind, Inbound, Sender
from bot.platforms.wechat import words

LAST_SECOND = 2_145_888_000  # 2038; a later time stamp is in milliseconds, or garbage
LONGEST_ID = 256

# Accounts of WeChat itself; answering one makes two machines talk to each other.
SERVICES = frozenset(
    {
        *("weixin", "fmessage", "filehelper", "floatbottle", "medianote", "newsapp", "notification_messages"),
        *("qmessage", "qqmail", "tmessage", "weibo", "blogapp", "officialaccounts", "helper_entry"),
    }
)
OFFICIAL = 2  # type of a contact


class Kind(IntEnum):
    """Kinds of messages as gateways count them; `wechaty_grpc.MessageType` counts differently."""

    ATTACHMENT = 1
    AUDIO = 2
    CONTACT = 3
    CHAT_HISTORY = 4
    EMOTICON = 5
    IMAGE = 6
    TEXT = 7
    LOCATION = 8
    MINI_PROGRAM = 9
    GROUP_NOTE = 10  # a chain, with its text
    TRANSFER = 11
    RED_ENVELOPE = 12
    RECALLED = 13
    URL = 14
    VIDEO = 15
    POST = 16


_SAID = frozenset(Kind) - {Kind.RECALLED}  # any other is a notice of WeChat, such as who joined
_WITH_TEXT = frozenset({Kind.TEXT, Kind.GROUP_NOTE})  # the "text" of the others is XML or the content of the file
_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")


class Malformed(ValueError):
    """Not what a gateway says; the text is a reason and never a piece of it."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as the gateway stores it, of which everything may be garbage."""

    id: str
    kind: int
    author: str
    room: str  # empty: a conversation of two
    text: str
    stamp: float
    mentioned: tuple[str, ...]
    file_name: str

    @property
    def is_said(self) -> bool:
        """Whether somebody says something with it."""
        return self.kind in _SAID

    @property
    def written(self) -> str:
        """What is written in it."""
        return self.text if self.kind in _WITH_TEXT and not self.text.startswith(("<?xml", "<msg")) else ""


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody as a group shows them, or as they call themselves."""

    name: str = ""
    official: bool = False


def event(payload: str) -> dict[str, Any]:
    """What an event holds; raises `Malformed`."""
    try:
        value = orjson.loads(payload) if payload else {}
    except orjson.JSONDecodeError:
        raise Malformed("no JSON") from None  # the decoder's error carries the whole document
    if not isinstance(value, dict):
        raise Malformed("no object")
    return value


def text_of(fields: dict[str, Any], key: str) -> str:
    """The text in a field; empty if there is none."""
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def raw(id: str, payload: Any) -> Raw:
    """The answer of `message_payload` to this id; raises `Malformed`."""
    author, room = str(payload.from_id), str(payload.room_id)
    if not author or max(len(author), len(room), len(id)) > LONGEST_ID:
        raise Malformed("message without author")
    mentioned, kind = tuple(payload.mention_ids), int(payload.type)
    return Raw(id, kind, author, room, str(payload.text), payload.timestamp, mentioned, str(payload.filename))


def chat_of(message: Raw, platform: str) -> Chat:
    """The conversation that a message belongs to."""
    if message.room:
        return Chat(platform, ChatKind.GROUP, message.room)
    return Chat(platform, ChatKind.PRIVATE, message.author)


def inbound(
    message: Raw, platform: str, account: str, author: Face, own_names: Collection[str], now: datetime
) -> Inbound:
    """A message as `Inbound`; `now` stands in for a time that is none."""
    if message.room:
        said = words.read(message.written, own_names, message.mentioned, account)
    else:
        said = words.Said(words.private(message.written))
    return Inbound(
        account=account,
        message_id=message.id,
        chat=chat_of(message, platform),
        sender=Sender(message.author, author.name, author.official or message.author in SERVICES),
        text=said.text,
        at=moment(message.stamp, now),
        mentions_bot=said.mentions_bot,
        images=(f"wechat:{message.id}",) if _is_picture(message) else (),
    )


def moment(stamp: float, now: datetime) -> datetime:
    """A time stamp, in whatever unit, as a time; `now` if it is garbage."""
    seconds = stamp / 1000 if stamp >= LAST_SECOND else stamp
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < LAST_SECOND else now


def _is_picture(message: Raw) -> bool:
    is_file = message.kind == Kind.ATTACHMENT and message.file_name.lower().endswith(_PICTURES)
    return message.kind == Kind.IMAGE or is_file
