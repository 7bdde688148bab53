"""Frames that are no OneBot event, and what the log says of them."""

import json
import logging
from datetime import UTC
from typing import Any

import pytest

from bot.platforms.contract import Rejected, TryLater
from tests.platforms.onebot.line import TOKEN, connected, dump, say, seg

pytestmark = pytest.mark.asyncio


NAME, WORDS, NUMBER = "王小明", "我发烧了38.9", 20998877
EVENT = {"post_type": "message", "message_type": "private", "self_id": 10000, "user_id": NUMBER, "message_id": 3}


def event(**fields: Any) -> bytes:
    return json.dumps({**EVENT, "message": WORDS, "sender": {"nickname": NAME}, **fields}, ensure_ascii=False).encode()


GARBAGE = {
    "empty": b"",
    "no JSON": f"{WORDS} {NUMBER}".encode(),
    "cut off": event()[:-3],
    "array": f'["{WORDS}"]'.encode(),
    "string": f'"{WORDS}"'.encode(),
    "null": b"null",
    "invalid UTF-8": b'{"post_type": "message", "message": "\xff\xfe',
    "deep": b"[" * 100_000,
    "huge number": b'{"post_type": ' + b"9" * 10_000 + b"}",
    "NaN": b'{"post_type": NaN}',
    "no fields": b"{}",
    "event without fields": b'{"post_type": "message"}',
    "no message id": event(message_id=None),
    "no user": event(user_id=None),
    "user is an object": event(user_id={"id": NUMBER}),
    "no group": event(message_type="group"),
    "odd type": event(message_type="guild"),
    "post_type is a list": event(post_type=[1]),
    "response without echo": json.dumps({"status": "ok", "retcode": 0, "data": {"text": WORDS}}).encode(),
    "response with an odd echo": json.dumps({"status": "ok", "retcode": 0, "echo": {"a": [WORDS]}}).encode(),
}


@pytest.mark.parametrize("frame", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_leaves_the_connection_usable(frame: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected() as (run, peer):
        await peer.raw(frame)
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"
        assert run.host.inbox.empty()
    for secret in (NAME, WORDS, str(NUMBER)):
        assert secret not in dump(caplog)


ODD = {
    "no sender": (event(sender=None), WORDS),
    "sender is a list": (event(sender=[1]), WORDS),
    "no message": (event(message=None), ""),
    "message is a number": (event(message=5), ""),
    "one segment": (event(message=seg("text", text=WORDS)), WORDS),
    "no time": (event(time=None), WORDS),
    "time in the far future": (event(time=1e300), WORDS),
    "lone surrogate": (event(message="@").replace(b'"@"', rb'"36.5\ud800"'), "36.5���"),
    "lone surrogate in the name": (event(sender="@").replace(b'"@"', rb'{"nickname": "\udfff"}'), WORDS),
    "raw control characters": (event(message="@").replace(b'"@"', b'"36\x00.\x075\n"'), "36.5"),
    "escaped control characters": (event(message="\x0036\x1b.5\r\n咳嗽\x7f"), "36.5\n咳嗽"),
    "invalid UTF-8": (event(message="@").replace(b'"@"', b'"36.5\xff"'), "36.5�"),
    "long": (event(message="咳" * 100_000), "咳" * 100_000),
    "CQ without end": (event(message="[CQ:at,qq=1" + ",a" * 10_000), "[CQ:at,qq=1" + ",a" * 10_000),
}


@pytest.mark.parametrize(("frame", "text"), ODD.values(), ids=ODD.keys())
async def test_odd_messages_arrive_all_the_same(frame: bytes, text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected() as (run, peer):
        await peer.raw(frame)
        message = await run.next()
        assert message.text == text
        message.text.encode()
        message.sender.name.encode()
        assert message.at.tzinfo is UTC
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"
    for secret in (NAME, WORDS, str(NUMBER)):
        assert secret not in dump(caplog)


async def test_a_frame_over_the_limit_ends_only_its_connection(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with connected(max_frame=2**16) as (run, peer):
        await peer.raw(event(message=WORDS * 2**14))
        assert await peer.closed() == 1009
        await peer.connect()
        await run.meet(peer)
    assert any(1009 in getattr(record, "codes", []) for record in caplog.records)
    assert WORDS not in dump(caplog)


async def test_nothing_personal_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(call_timeout=0.05) as (run, peer):
        await peer.group(WORDS, user=NUMBER, name=NAME, group=98765432)
        message = await run.next()
        peer.fail("send_group_msg", 1400, 1200)
        for error in (Rejected, TryLater):
            with pytest.raises(error) as caught:
                await run.platform.send(say("王小明已登记38.9", message.chat))
            assert "王小明" not in str(caught.value)
            assert "98765432" not in str(caught.value)
        peer.silent = True
        with pytest.raises(TryLater):
            await run.platform.send(say("王小明已登记38.9", message.chat))
        await peer.drop()
    lines = dump(caplog)
    for secret in (WORDS, NAME, str(NUMBER), "98765432", "38.9", TOKEN):
        assert secret not in lines
