"""What must hold of the codec on any input."""

import json
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.messages import Inbound
from bot.platforms.telegram import codec, outgoing, raw, words

NOW = datetime(2020, 2, 5, tzinfo=UTC)
ME = codec.Me("7", "bot_bot")
CHAT = {"id": -5, "type": "group"}
FROM = {"id": 20001}
IDS = {"message_id": 3, "chat": CHAT, "from": FROM, "text": "36.5"}
TEXT = st.text(max_size=20) | st.sampled_from(["\ud800", "36.5\udfff", "\x00", "@bot_bot", "/x@bot_bot", "/x@y"])
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from([CHAT, FROM]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = [*IDS, "date", "edit_date", "caption", "photo", "document", "entities", "reply_to_message", "sender_chat"]
ENTITIES = st.lists(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["text_mention", "mention", "bot_command"]),
            "offset": st.integers(-2, 30),
            "length": st.integers(-2, 30),
            "user": st.sampled_from([{"id": 7}, {"id": 8}, {}, None]),
        }
    )
)
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the machine may be busy


def read(payload: bytes) -> Inbound | None:
    try:
        return codec.inbound(raw.loads(payload), "telegram", ME, NOW)
    except raw.Malformed:
        return None


@patient
@given(st.binary())
def test_any_bytes(payload: bytes) -> None:
    read(payload)


@patient
@given(st.sampled_from(codec.UPDATES), ANY | st.dictionaries(st.sampled_from(KEYS), ANY))
def test_any_values_in_the_right_places(kind: str, content: object) -> None:
    whole = {**IDS, **content} if isinstance(content, dict) else content
    message = read(json.dumps({"update_id": 1, kind: whole}).encode())
    if message:
        message.text.encode()
        message.sender.name.encode()
        assert message.message_id.startswith(f"{message.chat.id}:")


@patient
@given(TEXT, ENTITIES)
def test_any_entities_leave_text_that_can_be_written_down(text: str, entities: list[object]) -> None:
    clean = text.encode("utf-8", "ignore").decode()
    words.read(clean, entities, "7", "bot_bot").text.encode()


@patient
@given(st.text(st.sampled_from("测😷👨。，\n ab")), st.integers(2, 40))
def test_no_part_of_a_text_is_too_long_and_none_is_lost(text: str, limit: int) -> None:
    parts = outgoing.split(text, limit)
    assert all(part and len(part.encode("utf-16-le")) // 2 <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())
