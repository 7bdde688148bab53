"""`Outbound` as calls of the gateway. No connection, no clock, no state."""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import orjson
from wechaty_grpc.wechaty import PuppetStub

from bot.messages import ChatKind, Outbound, OutboundFile
from bot.platforms.contract import Rejected
from bot.platforms.parts import split_text
from bot.platforms.wechat.intake import Author
from bot.platforms.wechat.settings import WechatSettings

BASE64 = 1  # type of a FileBox that carries its content
FILE_LIMIT = 3 * 2**20  # bytes; in base64 and its JSON that is what gRPC takes in one message (4 MiB)


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to send to a conversation: a text, which may speak to somebody, or a file."""

    text: str = ""
    mentioned: tuple[str, ...] = ()
    file: str = ""  # a FileBox as JSON

    @property
    def what(self) -> str:
        """Which of both."""
        return "file" if self.file else "text"

    async def make(self, stub: PuppetStub, chat: str) -> str:
        """The id of what is out, empty if the gateway gives none."""
        answer: Any
        if self.file:
            answer = await stub.message_send_file(conversation_id=chat, filebox=self.file)
        else:
            # so it is spelled there
            answer = await stub.message_send_text(
                conversation_id=chat, text=self.text, mentonal_ids=list(self.mentioned)
            )
        return str(answer.id or "")


def calls(message: Outbound, author: Author | None, settings: WechatSettings) -> list[Call]:
    """The calls that send a message, in order; raises `Rejected` when there is nothing to send.

    A file goes first: if it fails, nothing has been said yet and a retry repeats nothing. Gateways cannot quote, so
    an answer in a group speaks to the `author` of what it answers.
    """
    text, mentioned = _checked(message.text).strip(), tuple[str, ...]()
    if text and author and author.group == message.chat.id and message.chat.kind is ChatKind.GROUP and author.name:
        text, mentioned = f"@{author.name}\u2005{text}", (author.id,)
    todo = [Call(file=_file_box(message.file))] if message.file else []
    parts = split_text(text, settings.text_limit)
    todo += [Call(part, mentioned if number == 0 else ()) for number, part in enumerate(parts)]
    if not todo or not message.chat.id:
        raise Rejected("nothing to send" if message.chat.id else "nobody to send to")
    return todo


def _file_box(file: OutboundFile) -> str:
    if len(file.content) > FILE_LIMIT:
        raise Rejected("file: too large")
    content = b64encode(file.content).decode("ascii")
    # `boxType` is what versions before 1.0 of file-box read
    box = {"type": BASE64, "boxType": BASE64, "name": _checked(file.name), "base64": content, "metadata": {}}
    return orjson.dumps(box).decode()


def _checked(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Rejected("the message cannot be encoded") from None
    return text
