"""`Outbound` as calls of the Bot API. No socket, no clock, no state."""

import struct
from dataclasses import dataclass, replace
from typing import Any

from telegram import InputFile

from bot.messages import ChatKind, FileKind, Outbound, OutboundFile
from bot.platforms.contract import Rejected
from bot.platforms.parts import split_text
from bot.platforms.telegram.settings import TelegramSettings

PHOTO_BYTES = 10 * 10**6  # Telegram takes no larger photo, and none of other shapes than these; as files it does
PHOTO_SIDES = 10_000  # width and height together
PHOTO_RATIO = 20

_SIDES = struct.Struct(">II")
_PNG = b"\x89PNG\r\n\x1a\n"
_BEYOND_UTF16 = "\uffff"  # characters after it take two units


@dataclass(frozen=True, slots=True)
class Call:
    """One method to call, without its chat."""

    method: str
    fields: dict[str, Any]
    file: OutboundFile | None = None  # made an upload for each try
    reply_to: int | None = None

    def parameters(self, chat: int) -> dict[str, Any]:
        """What to send to this chat."""
        found = {"chat_id": chat, **self.fields}
        if self.file:
            found["photo" if self.method == "sendPhoto" else "document"] = InputFile(self.file.content, self.file.name)
        if self.reply_to:
            found["reply_parameters"] = {"message_id": self.reply_to, "allow_sending_without_reply": True}
        return found

    def as_document(self) -> "Call":
        """The same picture as a file."""
        return replace(self, method="sendDocument")


def calls(message: Outbound, settings: TelegramSettings) -> list[Call]:
    """The calls that send a message, in order; raises `Rejected` when there is nothing to send.

    A file goes first: if it fails, nothing has been said yet and a retry repeats nothing. A short text goes with it.
    """
    text = _checked(message.text).strip()
    todo = list[Call]()
    if message.file:
        caption = {"caption": text} if text and units(text) <= settings.caption_limit else {}
        method = "sendPhoto" if is_photo(message.file) else "sendDocument"
        todo.append(Call(method, caption, replace(message.file, name=_checked(message.file.name))))
        text = "" if caption else text
    todo += [Call("sendMessage", {"text": part}) for part in split(text, settings.text_limit)]
    if not todo:
        raise Rejected("nothing to send")
    todo[0] = replace(todo[0], reply_to=_reply(message))
    return todo


def chat_id(message: Outbound) -> int:
    """The chat's number; raises `Rejected`. Groups have negative numbers, people positive ones."""
    number = _number(message.chat.id)
    if not number or (number < 0) != (message.chat.kind is ChatKind.GROUP):
        raise Rejected("the recipient is no Telegram chat")
    return number


def units(text: str) -> int:
    """The length of a text as Telegram counts it."""
    return len(text) + sum(character > _BEYOND_UTF16 for character in text)


def split(text: str, limit: int) -> list[str]:
    """Parts of at most `limit` units."""
    whole = [[part] if units(part) <= limit else split_text(part, limit // 2) for part in split_text(text, limit)]
    return [part for parts in whole for part in parts]


def is_photo(file: OutboundFile) -> bool:
    """Whether Telegram takes this file as a photo."""
    if file.kind is not FileKind.PNG or len(file.content) > PHOTO_BYTES or not file.content.startswith(_PNG):
        return False
    if len(file.content) < 24:
        return False
    width, height = _SIDES.unpack_from(file.content, 16)  # the header's first fields, always in this place
    narrow, wide = min(width, height), max(width, height)
    return bool(narrow > 0 and narrow + wide <= PHOTO_SIDES and wide <= PHOTO_RATIO * narrow)


def _reply(message: Outbound) -> int | None:
    """The number of the message that is answered, if it is of the same chat; an edit answers to its message."""
    chat, _, rest = (message.reply_to or "").partition(":")
    return _number(rest.partition(":")[0]) if chat == message.chat.id else None


def _number(text: str) -> int | None:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else None


def _checked(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Rejected("the message cannot be encoded") from None
    return text
