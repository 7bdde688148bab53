"""Whether a message in the history is what a call has sent."""

from bot.platforms.onebot.codec import segments
from bot.platforms.onebot.wire import Call, Json


def is_it(call: Call, event: Json) -> bool:
    """Whether text and pictures, or the file, are those that were sent; white space may have changed on the way."""
    if call.upload:
        return call.params["name"] in _files(event)
    sent, seen = _content(call.params["message"]), _content(event.get("message"))
    return sent == seen


def _content(message: object) -> tuple[str, int]:
    text, images = [], 0
    for kind, data in segments(message):
        if kind == "text" and isinstance(data.get("text"), str):
            text.append(data["text"])
        images += kind == "image"
    return "".join("".join(text).split()), images


def _files(event: Json) -> set[object]:
    found = [data for kind, data in segments(event.get("message")) if kind == "file"]
    return {name for data in found for name in (data.get("name"), data.get("file")) if isinstance(name, str)}
