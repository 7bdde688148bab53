"""Updates of the Bot API to `Inbound`. No socket, no clock, no state."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.messages import Chat, ChatKind, Inbound, Sender
from bot.platforms.telegram import words
from bot.platforms.telegram.raw import Json, Malformed, number, text_of

UPDATES = ("message", "edited_message")  # all that is asked for
LAST_SECOND = 4_102_444_800  # 2100; a later date is in milliseconds, or garbage

# What people say things with; a message without any of it tells of the chat itself: who joined, what was pinned.
_CONTENT = frozenset(
    {
        *("text", "caption", "photo", "document", "animation", "audio", "sticker", "story", "video", "video_note"),
        *("voice", "live_photo", "paid_media", "checklist", "contact", "dice", "game", "poll", "venue", "location"),
    }
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Me:
    """The bot's own account."""

    id: str
    username: str = ""
    hears_all: bool = True  # false: what BotFather calls privacy mode

    @property
    def limits(self) -> str:
        """What the operator should know of this account; empty if there is nothing."""
        return "" if self.hears_all else "privacy mode: in groups only commands, mentions and replies are heard"


def me(result: object) -> Me:
    """The answer of getMe; raises `Malformed`."""
    fields = result if isinstance(result, dict) else {}
    id = number(fields.get("id"))
    if not id:
        raise Malformed("getMe without id")
    return Me(id, text_of(fields.get("username")), fields.get("can_read_all_group_messages") is not False)


def message_id(chat: str, message: str) -> str:
    """A message's id here: Telegram numbers messages in each chat from one."""
    return f"{chat}:{message}"


def inbound(update: Json, platform: str, own: Me, now: datetime) -> Inbound | None:
    """An update as `Inbound`, None if nobody says anything in it; `now` stands in for an absent time.

    Raises `Malformed`.
    """
    edited = "message" not in update
    message = update.get("edited_message" if edited else "message")
    if message is None:
        return None  # of a kind that was not asked for
    if not isinstance(message, dict):
        raise Malformed("message is no object")
    chat = _chat(message.get("chat"), platform)
    sender = _sender(message)
    if chat is None or sender is None or sender.id == own.id or message.keys().isdisjoint(_CONTENT):
        return None
    text, entities = _written(message)
    said = words.read(text, entities, own.id, own.username)
    if said.for_other and chat.kind is ChatKind.GROUP:
        return None  # a command of another bot, which would be an unknown command here
    if said.text.split(maxsplit=1)[:1] == ["/start"] and (chat.kind is ChatKind.PRIVATE or said.mentions_bot):
        said.text = "/帮助"  # what everybody's first message to a bot is, with or without a parameter
    number_here = number(message.get("message_id"))
    if not number_here:
        raise Malformed("message without id")
    id, at = message_id(number(message["chat"]["id"]), number_here), message.get("date")
    if edited:
        at = message.get("edit_date")
        if not text or not number(at):
            return None  # a live position moves, or a link was given its preview
        # An id of its own: who corrects 36.5 to 38.5 must be heard, and the first id is taken.
        id += f":edit{at}"
    reply = _reply(message)
    return Inbound(
        account=own.id,
        message_id=id,
        chat=chat,
        sender=sender,
        text=_clean(said.text),
        at=_time(at, now),
        reply_to=message_id(number(message["chat"]["id"]), number(reply["message_id"])) if reply else None,
        mentions_bot=said.mentions_bot or (reply is not None and _author(reply) == own.id),
        images=_images(message),
    )


def _chat(fields: object, platform: str) -> Chat | None:
    """The conversation; None for channels, in which the bot has nobody to talk with."""
    if not isinstance(fields, dict) or not (id := number(fields.get("id"))):
        raise Malformed("message without chat")
    match fields.get("type"):
        case "private":
            return Chat(platform, ChatKind.PRIVATE, id)
        case "group" | "supergroup":
            return Chat(platform, ChatKind.GROUP, id)
    return None


def _sender(message: Json) -> Sender | None:
    author = message.get("from")
    if not isinstance(author, dict) or not (id := number(author.get("id"))):
        return None
    name = " ".join(part for key in ("first_name", "last_name") if (part := _clean(text_of(author.get(key)))))
    # Written in the name of a group or channel: whoever it was cannot be known, nor answered.
    nobody = isinstance(message.get("sender_chat"), dict)
    return Sender(id, name, is_bot=author.get("is_bot") is True or nobody)


def _author(message: Json) -> str:
    author = message.get("from")
    return number(author.get("id")) if isinstance(author, dict) else ""


def _written(message: Json) -> tuple[str, object]:
    if text := text_of(message.get("text")):
        return text, message.get("entities")
    return text_of(message.get("caption")), message.get("caption_entities")


def _reply(message: Json) -> Json | None:
    """The message that is being replied to; in a forum everything "replies" to the opening of its topic."""
    reply = message.get("reply_to_message")
    if not isinstance(reply, dict) or "forum_topic_created" in reply or not number(reply.get("message_id")):
        return None
    return reply


def _images(message: Json) -> tuple[str, ...]:
    """The address of the picture in its largest size, whether it was sent as photo or as file."""
    sizes = message.get("photo")
    found = [size for size in sizes if _file(size)] if isinstance(sizes, list) else []
    if found:
        return (f"telegram:{_file(max(found, key=_area))}",)
    document = message.get("document")
    if isinstance(document, dict) and text_of(document.get("mime_type")).startswith("image/") and _file(document):
        return (f"telegram:{_file(document)}",)
    return ()


def _file(fields: object) -> str:
    return text_of(fields.get("file_id")) if isinstance(fields, dict) else ""


def _area(size: Json) -> int:
    width, height = size.get("width"), size.get("height")
    return width * height if isinstance(width, int) and isinstance(height, int) else 0


def _time(value: object, now: datetime) -> datetime:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return now
    seconds = value / 1000 if value > LAST_SECOND else value
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < LAST_SECOND else now


def _clean(text: str) -> str:
    if not text.isprintable():  # true for nearly every message, and much cheaper than the substitution
        text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()
