"""What must hold of the OneBot codec on any input."""

import json
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Inbound
from bot.platforms.onebot import codec, wire
from bot.platforms.parts import split_text

NOW = datetime(2020, 2, 5, tzinfo=UTC)
IDS = {"message_type": "private", "user_id": 20001, "message_id": 3}
TEXT = st.text(max_size=20) | st.sampled_from(["\ud800", "36.5\udfff", "\x00", "[CQ:at,qq=", "[CQ:at,qq=10000]"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = [*IDS, "post_type", "group_id", "message", "sender", "time", "sub_type", "self_id"]
SEGMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["text", "at", "reply", "image", "face"]),
            "data": st.dictionaries(st.sampled_from(["text", "qq", "id", "url", "file", "name"]), ANY, max_size=3),
        }
    )
)


def read(frame: bytes) -> Inbound | None:
    try:
        return codec.inbound(wire.loads(frame), "qq", "10000", NOW)
    except wire.Malformed:
        return None


patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


@patient
@given(st.binary())
def test_any_bytes(frame: bytes) -> None:
    read(frame)


@patient
@given(st.dictionaries(st.sampled_from(KEYS), ANY))
def test_any_values_in_the_right_places(event: dict[str, object]) -> None:
    message = read(json.dumps({**event, **{key: IDS[key] for key in IDS if key not in event}}).encode())
    if message:
        message.text.encode()
        message.sender.name.encode()


@patient
@given(SEGMENTS | ANY)
def test_any_message(content: object) -> None:
    message = read(json.dumps({**IDS, "message": content}).encode())
    # what is left out is a frame with NaN or a number beyond 64 bits, which is no JSON to orjson
    assert message is None or message.text.encode() is not None


@patient
@given(st.text())
def test_plain_text_survives_both_spellings(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("[", "&#91;").replace("]", "&#93;")
    array = read(json.dumps({**IDS, "message": [{"type": "text", "data": {"text": text}}]}).encode())
    string = read(json.dumps({**IDS, "message": escaped}).encode())
    assert array is not None
    assert array == string
    if text.isprintable():
        assert array.text == text.strip()


@patient
@given(st.text(st.sampled_from("测体温。；，\n ab")), st.integers(1, 40))
def test_split_text_loses_only_white_space(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(part and len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_split_text_cuts_after_a_line() -> None:
    assert split_text("一二三四\n五六七八九", 8) == ["一二三四", "五六七八九"]
    assert split_text("一二三四。五六七八九", 8) == ["一二三四。", "五六七八九"]
    assert split_text("一" * 20, 8) == ["一" * 8, "一" * 8, "一" * 4]
