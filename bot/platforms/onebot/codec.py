"""Events of OneBot v11 to `Inbound`. No socket, no clock, no state."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from bot.messages import Chat, ChatKind, Inbound, Sender
from bot.platforms.onebot.wire import Json, Malformed, fields, is_id, number

LAST_SECOND = 4_102_444_800  # 2100; anything later is a wrong unit or garbage
# Tencent's own group assistants (Q群管家 and the like); answering one makes two bots talk to each other.
GROUP_ROBOTS = range(2854196301, 2854216400)
NOBODY: Mapping[str, str] = MappingProxyType({})

_CQ = re.compile(r"\[CQ:([A-Za-z0-9_.-]+)((?:,[^\[\],]*)*)\]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def inbound(
    event: Json, platform: str, account: str, now: datetime, own: Collection[str] = (),
    names: Mapping[str, str] = NOBODY,
) -> Inbound:  # fmt: skip
    """A message event as `Inbound`; `now` stands in for an absent time, `own` are all accounts of the program.

    `names` are those of people who are mentioned by number. Raises `Malformed`.
    """
    group, user, message_id = (number(event.get(key)) for key in ("group_id", "user_id", "message_id"))
    kind = event.get("message_type")
    if kind not in ("group", "private") or not user or not message_id or (kind == "group" and not group):
        raise Malformed("message without type or ids")
    content = _Content((account, *own), event.get("message"), names)
    chat = Chat(platform, ChatKind.GROUP, group) if kind == "group" else Chat(platform, ChatKind.PRIVATE, user)
    return Inbound(
        account=account,
        message_id=message_id,
        chat=chat,
        sender=_sender(user, event.get("sender")),
        text=clean("".join(content.texts)),
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


def unnamed(event: Json) -> set[str]:
    """The people of a group who are mentioned in a message by number only."""
    message = event.get("message")
    if event.get("message_type") != "group" or (isinstance(message, str) and "[CQ:at" not in message):
        return set()
    at = (data for kind, data in segments(message) if kind == "at" and not _given_name(data))
    return {who for who in (number(data.get("qq")) for data in at) if is_id(who)}  # "all" is nobody


def author(event: Json) -> str:
    """Who wrote a message of a history; some call the other side of a conversation `user_id`."""
    return number(fields(event.get("sender")).get("user_id")) or number(event.get("user_id"))


def shown_name(member: Json) -> str:
    """What a group shows of a member: the card, else the nickname."""
    name = member.get("card") or member.get("nickname")
    return clean(name) if isinstance(name, str) else ""


def second(event: Json) -> float:
    """When it was said, 0 if that is not told."""
    at = event.get("time")
    return float(at) if isinstance(at, (int, float)) and 0 < at < LAST_SECOND else 0.0


class _Content:
    """What the segments of one message say."""

    __slots__ = ("images", "mentions_bot", "reply_to", "texts")

    def __init__(self, own: Collection[str], message: object, names: Mapping[str, str]) -> None:
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
                after_name = self._at(own, data, names)
            elif kind == "image":
                source = data.get("url") or data.get("file")
                if isinstance(source, str):
                    self.images.append(source)
            elif kind == "reply":
                self.reply_to = number(data.get("id")) or self.reply_to

    def _at(self, own: Collection[str], data: Json, names: Mapping[str, str]) -> bool:
        who = number(data.get("qq"))
        if who in own:
            self.mentions_bot = True
            return False
        self.texts.append("@" + (_given_name(data) or names.get(who) or who))
        return True


def _given_name(data: Json) -> str:
    name = data.get("name")
    return name.lstrip("@") if isinstance(name, str) and name.strip(" @") else ""


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


def clean(text: str) -> str:
    """Without control characters and the white space around."""
    if not text.isprintable():  # true for nearly every message, and much cheaper than the substitution
        text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def _sender(user: str, sender: object) -> Sender:
    is_bot = len(user) == 10 and user.isdecimal() and int(user) in GROUP_ROBOTS
    return Sender(user, shown_name(fields(sender)), is_bot)


def _time(value: object, now: datetime) -> datetime:
    if isinstance(value, (int, float)) and 0 < value < LAST_SECOND:
        return datetime.fromtimestamp(value, UTC)
    return now
