"""OneBot v11 as data: frames to `Inbound`, `Outbound` to calls. No socket, no clock, no state."""

import json
import re
from base64 import b64encode
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from bot.messages import Chat, ChatKind, FileKind, Inbound, Outbound, Sender
from bot.platforms.contract import Rejected, SendError, TryLater
from bot.platforms.parts import split_text

Json = dict[str, Any]

TEXT_LIMIT = 4500  # characters; QQ cuts or refuses longer messages
LAST_SECOND = 4_102_444_800  # 2100; anything later is a wrong unit or garbage
# Tencent's own group assistants (Q群管家 and the like); answering one makes two bots talk to each other.
GROUP_ROBOTS = range(2854196301, 2854216400)

REFUSED = frozenset({400, 404, 1400, 1404})  # wrong parameters, action not supported; 1xxx is the WebSocket spelling
PAUSES = {429: 30.0}  # seconds to wait after a retcode; without an entry the caller chooses

_CQ = re.compile(r"\[CQ:([A-Za-z0-9_.-]+)((?:,[^\[\],]*)*)\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Malformed(ValueError):
    """Not what OneBot v11 describes; the text is a reason and never a piece of the frame."""


@dataclass(frozen=True, slots=True)
class Call:
    """One action to call, without its echo."""

    action: str
    params: Json
    upload: bool = False


def loads(frame: bytes) -> Json:
    """The JSON object in a frame; raises `Malformed`."""
    try:
        value = orjson.loads(frame)
    except orjson.JSONDecodeError:
        value = _mended(frame)
    if not isinstance(value, dict):
        raise Malformed("no object")
    return value


def _mended(frame: bytes) -> Any:
    # Nicknames cut in the middle of an emoji arrive as lone surrogates, pasted text with raw control characters;
    # the message around them is worth having. Rare, so the slow way over the standard library is good enough.
    try:
        value = json.loads(frame.decode("utf-8", "replace"), strict=False)
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        return orjson.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None  # the decoder's error carries the whole document


def dumps(call: Call, echo: str) -> bytes:
    """The frame of a call; raises `Rejected` for text that is not Unicode."""
    try:
        return orjson.dumps({"action": call.action, "params": call.params, "echo": echo})
    except orjson.JSONEncodeError:
        raise Rejected("the message cannot be encoded") from None


def number(value: object) -> str:
    """An id in its one spelling, whether it came as number or as string; empty if it is neither."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def inbound(event: Json, platform: str, account: str, now: datetime, own: Collection[str] = ()) -> Inbound:
    """A message event as `Inbound`; `now` stands in for an absent time, `own` are all accounts of the program.

    Raises `Malformed`.
    """
    group, user, message_id = (number(event.get(key)) for key in ("group_id", "user_id", "message_id"))
    kind = event.get("message_type")
    if kind not in ("group", "private") or not user or not message_id or (kind == "group" and not group):
        raise Malformed("message without type or ids")
    content = _Content((account, *own), event.get("message"))
    chat = Chat(platform, ChatKind.GROUP, group) if kind == "group" else Chat(platform, ChatKind.PRIVATE, user)
    return Inbound(
        account=account,
        message_id=message_id,
        chat=chat,
        sender=_sender(user, event.get("sender")),
        text=_clean("".join(content.texts)),
        at=_time(event.get("time"), now),
        reply_to=content.reply_to,
        mentions_bot=content.mentions_bot,
        images=tuple(content.images),
    )


def temporary_group(event: Json) -> str:
    """The group through which a person who is no friend writes in private; empty for friends."""
    sender = event.get("sender")
    if event.get("sub_type") != "group" or event.get("message_type") != "private":
        return ""
    return number(event.get("group_id")) or (number(sender.get("group_id")) if isinstance(sender, dict) else "")


def segments(message: object) -> Iterator[tuple[str, Json]]:
    """(type, data) of a message in array, single-segment or CQ string form; what is no segment is left out."""
    if isinstance(message, str):
        yield from _cq_segments(message)
        return
    for item in [message] if isinstance(message, dict) else message if isinstance(message, list) else []:
        if isinstance(item, dict) and isinstance(item.get("type"), str):
            data = item.get("data")
            yield item["type"], data if isinstance(data, dict) else {}


def calls(message: Outbound, via_group: str | None = None, limit: int = TEXT_LIMIT) -> list[Call]:
    """The calls that send a message, in order; raises `Rejected` when there is nothing or nobody to send to.

    XLSX goes as `base64://`, which NapCat and LLOneBot accept; Lagrange.OneBot takes only paths on its own disk and
    answers with an error. It goes before the text: if it fails, nothing has been said yet and a retry repeats nothing.
    """
    chat, file, todo = message.chat, message.file, list[Call]()
    scope = "group" if chat.kind is ChatKind.GROUP else "private"
    target = {"group_id" if scope == "group" else "user_id": _qq(chat.id)}
    if file and file.kind is FileKind.XLSX:
        params = {**target, "file": _base64(file.content), "name": file.name}
        todo.append(Call(f"upload_{scope}_file", params, upload=True))
    if scope == "private" and via_group:
        target["group_id"] = _qq(via_group)
    bodies = [[_segment("text", text=part)] for part in split_text(message.text, limit)]
    if file and file.kind is FileKind.PNG:
        bodies = bodies or [[]]
        bodies[-1].append(_segment("image", file=_base64(file.content)))
    if bodies and message.reply_to:
        bodies[0].insert(0, _segment("reply", id=message.reply_to))
    todo += [Call(f"send_{scope}_msg", {**target, "message": body}) for body in bodies]
    if not todo:
        raise Rejected("nothing to send")
    return todo


def sent_id(response: Json, action: str) -> str:
    """The id in a response, empty if the action gives none; raises `Rejected` or `TryLater` by its retcode."""
    retcode, data = response.get("retcode"), response.get("data")
    if retcode != 0 and response.get("status") not in ("ok", "async"):
        raise failure(action, retcode)
    if not isinstance(data, dict):
        return ""
    return number(data.get("message_id")) or number(data.get("file_id"))


def failure(action: str, retcode: object) -> SendError:
    """The error for a retcode. The wording is left out: implementations put user ids into it."""
    if retcode in REFUSED:
        return Rejected(f"{action}: retcode {retcode}")
    # 1200 covers time-outs, mutes and unknown people alike, so the caller's limit of retries decides.
    code = retcode if isinstance(retcode, int) else None
    return TryLater(f"{action}: retcode {code}", PAUSES.get(code) if code is not None else None)


class _Content:
    """What the segments of one message say."""

    __slots__ = ("images", "mentions_bot", "reply_to", "texts")

    def __init__(self, own: Collection[str], message: object) -> None:
        self.texts: list[str] = []
        self.images: list[str] = []
        self.reply_to: str | None = None
        self.mentions_bot = False
        after_name = False
        for kind, data in segments(message):
            if kind == "text":
                text = data.get("text")
                if isinstance(text, str) and text:
                    # "@张伟" and "36.5" are separate segments and must not become one word
                    self.texts.append(f" {text}" if after_name and not text[0].isspace() else text)
                    after_name = False
            elif kind == "at":
                after_name = self._at(own, data)
            elif kind == "image":
                source = data.get("url") or data.get("file")
                if isinstance(source, str):
                    self.images.append(source)
            elif kind == "reply":
                self.reply_to = number(data.get("id")) or self.reply_to

    def _at(self, own: Collection[str], data: Json) -> bool:
        who = number(data.get("qq"))
        if who in own:
            self.mentions_bot = True
            return False
        name = data.get("name")
        self.texts.append("@" + (name.lstrip("@") if isinstance(name, str) and name.strip(" @") else who))
        return True


def _cq_segments(message: str) -> Iterator[tuple[str, Json]]:
    end = 0
    for code in _CQ.finditer(message):
        if code.start() > end:
            yield "text", {"text": _unescape(message[end : code.start()])}
        pairs = (pair.partition("=") for pair in code[2].split(",")[1:])
        yield code[1], {key: _unescape(value) for key, _, value in pairs}
        end = code.end()
    if end < len(message):
        yield "text", {"text": _unescape(message[end:])}


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    return text.replace("&#91;", "[").replace("&#93;", "]").replace("&#44;", ",").replace("&amp;", "&")


def _clean(text: str) -> str:
    if not text.isprintable():  # true for nearly every message, and much cheaper than the substitution
        text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def _sender(user: str, sender: object) -> Sender:
    fields = sender if isinstance(sender, dict) else {}
    name = fields.get("card") or fields.get("nickname")
    is_bot = len(user) == 10 and user.isdecimal() and int(user) in GROUP_ROBOTS
    return Sender(user, _clean(name) if isinstance(name, str) else "", is_bot)


def _time(value: object, now: datetime) -> datetime:
    if isinstance(value, (int, float)) and 0 < value < LAST_SECOND:
        return datetime.fromtimestamp(value, UTC)
    return now


def _segment(kind: str, **data: str) -> Json:
    return {"type": kind, "data": data}


def _base64(content: bytes) -> str:
    return "base64://" + b64encode(content).decode("ascii")


def _qq(value: str) -> int:
    # Lagrange.OneBot refuses ids in quotes, the others take both.
    if value.isascii() and value.isdecimal() and len(value) < 19:
        return int(value)
    raise Rejected("the recipient is no QQ number")
