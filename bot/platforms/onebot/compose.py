"""What is to be sent, as calls."""

from base64 import b64encode

from bot.messages import ChatKind, FileKind, Outbound
from bot.platforms.contract import Rejected
from bot.platforms.onebot.wire import Call, Json, qq
from bot.platforms.parts import split_text

TEXT_LIMIT = 4500  # characters; QQ cuts or refuses longer messages


def calls(message: Outbound, via_group: str | None = None, limit: int = TEXT_LIMIT) -> list[Call]:
    """The calls that send a message, in order; raises `Rejected` when there is nothing or nobody to send to.

    XLSX goes as `base64://`, which NapCat and LLOneBot accept; Lagrange.OneBot takes only paths on its own disk and
    answers with an error. It goes before the text: if it fails, nothing has been said yet and a retry repeats nothing.
    """
    chat, file, todo = message.chat, message.file, list[Call]()
    scope = "group" if chat.kind is ChatKind.GROUP else "private"
    target = {"group_id" if scope == "group" else "user_id": qq(chat.id)}
    if file and file.kind is FileKind.XLSX:
        params = {**target, "file": _base64(file.content), "name": file.name}
        todo.append(Call(f"upload_{scope}_file", params, upload=True))
    if scope == "private" and via_group:
        target["group_id"] = qq(via_group)
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


def _segment(kind: str, **data: str) -> Json:
    return {"type": kind, "data": data}


def _base64(content: bytes) -> str:
    return "base64://" + b64encode(content).decode("ascii")
