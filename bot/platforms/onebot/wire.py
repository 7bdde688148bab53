"""Frames of OneBot v11 and what is in them everywhere: JSON objects, ids, calls."""

import json
from dataclasses import dataclass
from typing import Any

import orjson

from bot.platforms.contract import Rejected

Json = dict[str, Any]


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


def is_id(value: str) -> bool:
    """Whether this is a number that QQ may have given."""
    return value.isascii() and value.isdecimal() and len(value) < 19


def fields(value: object) -> Json:
    """The object that should be here; an empty one if something else is."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Json]:
    """The objects of the list that should be here."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def qq(value: str) -> int:
    """An id as a number: Lagrange.OneBot refuses ids in quotes, the others take both. Raises `Rejected`."""
    if is_id(value):
        return int(value)
    raise Rejected("the recipient is no QQ number")


def _mended(frame: bytes) -> Any:
    # Nicknames cut in the middle of an emoji arrive as lone surrogates, pasted text with raw control characters;
    # the message around them is worth having. Rare, so the slow way over the standard library is good enough.
    try:
        value = json.loads(frame.decode("utf-8", "replace"), strict=False)
        text = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass").decode("utf-8", "replace")
        return orjson.loads(text)
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None  # the decoder's error carries the whole document
