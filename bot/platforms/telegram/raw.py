"""Values as the other side sent them, which may be anything."""

import json
from typing import Any

import orjson

Json = dict[str, Any]

LARGEST_ID = 2**63


class Malformed(ValueError):
    """Not what the Bot API describes; the text is a reason and never a piece of the update."""


def loads(payload: bytes) -> Json:
    """The JSON object in a payload; raises `Malformed`."""
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError:
        value = _mended(payload)
    if not isinstance(value, dict):
        raise Malformed("no object")
    return value


def _mended(payload: bytes) -> Any:
    # Half an emoji at the end of a name is a lone surrogate; the messages around it are worth having.
    try:
        value = json.loads(payload.decode("utf-8", "replace"), strict=False)
        return orjson.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "ignore"))
    except (ValueError, RecursionError):
        raise Malformed("no JSON") from None  # the decoder's error carries the whole document


def update_id(update: object) -> int | None:
    """The update's number, by which it is acknowledged."""
    id = update.get("update_id") if isinstance(update, dict) else None
    return id if isinstance(id, int) and not isinstance(id, bool) else None


def number(value: object) -> str:
    """An id as text; empty if it is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not -LARGEST_ID < value < LARGEST_ID:
        return ""
    return str(value)


def text_of(value: object) -> str:
    """The text that this is; empty if it is none."""
    return value if isinstance(value, str) else ""
