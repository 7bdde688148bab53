"""The robots of WeCom, DingTalk and Feishu: what they are sent, and what their answers mean."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.messages import FileKind, OutboundFile
from bot.platforms.channels import ChannelsPlatform, ChannelsSettings
from bot.platforms.channels.robot_address import read_address
from bot.platforms.channels.robots import IMAGE_LIMIT, Robot
from bot.platforms.contract import Rejected, Trouble, TryLater
from tests.platforms.channels.hooks import HANG, HANG_UP, HookPeer, hook_peer
from tests.platforms.channels.line import PNG, SECRET, TEXT, XLSX, running, say, self_signed, state

PATHS = {
    "wecom": f"/cgi-bin/webhook/send?key={SECRET}",
    "dingtalk": f"/robot/send?access_token={SECRET}",
    "feishu": f"/open-apis/bot/v2/hook/{SECRET}",
}
TAKEN = {
    "wecom": {"errcode": 0, "errmsg": "ok"},
    "dingtalk": {"errcode": 0, "errmsg": "ok"},
    "feishu": {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"},
}


@pytest.fixture
async def peer() -> AsyncIterator[HookPeer]:
    async with hook_peer(answer=json.dumps({"errcode": 0, "code": 0}).encode()) as peer:
        yield peer


@pytest.fixture
async def platform(peer: HookPeer) -> AsyncIterator[ChannelsPlatform]:
    async with running({maker: f"http://{peer.place}{path}" for maker, path in PATHS.items()}) as platform:
        yield platform


@pytest.fixture(params=list(PATHS))
def maker(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def body(maker: str, text: str) -> dict[str, Any]:
    if maker == "feishu":
        return {"msg_type": "text", "content": {"text": text}}
    return {"msgtype": "text", "text": {"content": text}}


async def test_a_message_arrives(platform: ChannelsPlatform, peer: HookPeer, maker: str) -> None:
    peer.plan(200, TAKEN[maker])
    assert await platform.send(say(channel=maker)) == f"{maker}-7"
    request = await peer.next()
    assert request.method == "POST"
    assert request.path == PATHS[maker].partition("?")[0]
    assert SECRET in (request.path if maker == "feishu" else request.query.values())
    assert request.headers["content-type"].startswith("application/json")
    assert request.json == body(maker, TEXT)
    assert state(platform, maker).trouble is None


@pytest.mark.parametrize(
    ("maker", "answer", "after"),
    [
        ("wecom", {"errcode": 45009, "errmsg": "api freq out of limit"}, 60.0),
        ("wecom", {"errcode": 45033}, 60.0),
        ("dingtalk", {"errcode": 130101, "errmsg": "send too fast"}, 120.0),
        ("dingtalk", {"errcode": 410100}, 120.0),
        ("feishu", {"code": 11232, "msg": "frequency limited"}, 60.0),
        ("feishu", {"code": 9499, "msg": "too many requests"}, 60.0),
    ],
)
async def test_too_fast(
    platform: ChannelsPlatform, peer: HookPeer, maker: str, answer: dict[str, Any], after: float
) -> None:
    peer.plan(200, answer)
    with pytest.raises(TryLater) as caught:
        await platform.send(say(channel=maker))
    assert (caught.value.after, caught.value.whole_account, caught.value.maybe_sent) == (after, True, False)
    assert state(platform, maker).trouble is None
    await platform.send(say(channel=maker))
    assert peer.came == 2


@pytest.mark.parametrize(
    ("maker", "answer", "trouble"),
    [
        ("wecom", {"errcode": 93000, "errmsg": f"invalid webhook url, {SECRET}"}, Trouble.REFUSED),
        ("wecom", {"errcode": 40058, "errmsg": "?"}, Trouble.FAILING),
        ("dingtalk", {"errcode": 300001, "errmsg": "token is not exist"}, Trouble.REFUSED),
        ("dingtalk", {"errcode": 310000, "errmsg": "sign not match"}, Trouble.FAILING),
        ("feishu", {"code": 19001, "msg": "incoming webhook access token invalid"}, Trouble.REFUSED),
        ("feishu", {"code": 19021, "msg": "sign match fail"}, Trouble.REFUSED),
        ("feishu", {"code": 9499, "msg": "Bad Request", "data": {}}, Trouble.FAILING),
    ],
)
async def test_a_refusal_of_the_robot(
    platform: ChannelsPlatform, peer: HookPeer, maker: str, answer: dict[str, Any], trouble: Trouble
) -> None:
    peer.plan(200, answer)
    code = answer.get("errcode", answer.get("code"))
    with pytest.raises(Rejected, match=f"^code {code}$"):
        await platform.send(say(channel=maker))
    assert (state(platform, maker).trouble, state(platform, maker).detail) == (trouble, f"code {code}")
    assert platform.online()  # the other two


@pytest.mark.parametrize(
    ("maker", "answer"), [("feishu", {"code": 19024}), ("wecom", {"errcode": 45002}), ("dingtalk", {"errcode": 430104})]
)
async def test_a_refusal_of_the_words_alone(
    platform: ChannelsPlatform, peer: HookPeer, maker: str, answer: dict[str, Any]
) -> None:
    peer.plan(200, answer)
    with pytest.raises(Rejected):
        await platform.send(say(channel=maker))
    assert state(platform, maker).trouble is None


@pytest.mark.parametrize(
    ("maker", "answer"), [("wecom", {"errcode": -1}), ("dingtalk", {"errcode": -1}), ("feishu", {"code": 2200})]
)
async def test_a_busy_robot_is_asked_again(
    platform: ChannelsPlatform, peer: HookPeer, maker: str, answer: dict[str, Any]
) -> None:
    peer.plan(200, answer)
    with pytest.raises(TryLater) as caught:
        await platform.send(say(channel=maker))
    assert not caught.value.maybe_sent
    assert not caught.value.whole_account


@pytest.mark.parametrize("answer", [b"<html>sign in to the network</html>", b"[]", b'{"errcode": "?"}', b""])
async def test_an_answer_of_somebody_in_between(
    platform: ChannelsPlatform, peer: HookPeer, maker: str, answer: bytes
) -> None:
    peer.plan(200, answer)
    with pytest.raises(TryLater) as caught:
        await platform.send(say(channel=maker))
    assert caught.value.maybe_sent
    assert state(platform, maker).trouble is Trouble.FAILING


async def test_http_codes_count_as_well(platform: ChannelsPlatform, peer: HookPeer, maker: str) -> None:
    peer.plan(429, Retry_After="9")
    with pytest.raises(TryLater) as caught:
        await platform.send(say(channel=maker))
    assert (caught.value.after, caught.value.whole_account) == (9.0, True)
    peer.plan(502)
    with pytest.raises(TryLater, match="502"):
        await platform.send(say(channel=maker))
    peer.plan(404)
    with pytest.raises(Rejected, match="404"):
        await platform.send(say(channel=maker))


async def test_the_line(peer: HookPeer, maker: str) -> None:
    url = f"http://{peer.place}{PATHS[maker]}"
    async with running({maker: url}, answer_timeout=0.1) as platform:
        for plan, trouble in ((HANG, Trouble.SILENT), (HANG_UP, Trouble.CLOSED)):
            peer.plan(plan)
            with pytest.raises(TryLater) as caught:
                await platform.send(say(channel=maker))
            assert caught.value.maybe_sent
            assert state(platform, maker).trouble is trouble
        await peer.close()
        with pytest.raises(TryLater) as caught:
            await platform.send(say(channel=maker))
        assert not caught.value.maybe_sent
        assert state(platform, maker).trouble is Trouble.UNREACHABLE
        await peer.open()
        await platform.send(say(channel=maker))
        assert state(platform, maker).trouble is None


async def test_a_strange_certificate_gets_nothing(tmp_path: Path, maker: str) -> None:
    async with hook_peer(self_signed(tmp_path)) as peer, running({maker: f"https://{peer.place}{PATHS[maker]}"}) as run:
        with pytest.raises(TryLater) as caught:
            await run.send(say(channel=maker))
        assert not caught.value.maybe_sent
        assert state(run, maker).trouble is Trouble.UNTRUSTED
        assert peer.came == 0


@pytest.mark.parametrize("piece", ["汉", "a", "🏠"])
async def test_a_long_text_goes_in_parts_that_the_robot_takes(
    platform: ChannelsPlatform, peer: HookPeer, piece: str
) -> None:
    text = "\n".join(piece * 50 for _ in range(120))
    await platform.send(say(text, channel="wecom"))
    parts = [(await peer.next()).json["text"]["content"] for _ in range(peer.came)]
    assert all(len(part.encode()) <= 2048 for part in parts)
    assert "\n".join(parts) == text


async def test_a_retry_goes_on_where_it_stopped(platform: ChannelsPlatform, peer: HookPeer) -> None:
    text = "\n".join("汉" * 50 for _ in range(30))
    peer.plan(200, TAKEN["wecom"])
    peer.plan(200, {"errcode": 45009})
    with pytest.raises(TryLater):
        await platform.send(say(text, channel="wecom"))
    await platform.send(say(text, channel="wecom"))
    parts = [(await peer.next()).json["text"]["content"] for _ in range(peer.came)]
    assert parts[1] == parts[2]
    assert "\n".join([parts[0], *parts[2:]]) == text


async def test_wecom_shows_a_picture(platform: ChannelsPlatform, peer: HookPeer) -> None:
    await platform.send(say("", channel="wecom", file=PNG))
    sent = (await peer.next()).json
    assert sent["msgtype"] == "image"
    assert base64.b64decode(sent["image"]["base64"]) == PNG.content
    assert sent["image"]["md5"] == hashlib.md5(PNG.content).hexdigest()
    assert peer.came == 1


@pytest.mark.parametrize(
    "file", [XLSX, OutboundFile(FileKind.PNG, "大图.png", bytes(IMAGE_LIMIT + 1))], ids=["xlsx", "png"]
)
async def test_wecom_takes_a_file(platform: ChannelsPlatform, peer: HookPeer, file: OutboundFile) -> None:
    peer.plan(200, {"errcode": 0, "type": "file", "media_id": "m-1"})
    await platform.send(say(channel="wecom", file=file))
    upload, message, words = await peer.next(), await peer.next(), await peer.next()
    assert (upload.path, upload.query) == ("/cgi-bin/webhook/upload_media", {"key": SECRET, "type": "file"})
    (field,) = upload.multipart
    assert field.get_payload(decode=True) == file.content
    assert file.name.encode() in upload.body
    assert message.json == {"msgtype": "file", "file": {"media_id": "m-1"}}
    assert words.json == body("wecom", TEXT)


async def test_a_refused_upload_is_a_refusal(platform: ChannelsPlatform, peer: HookPeer) -> None:
    peer.plan(200, {"errcode": 93000})
    with pytest.raises(Rejected):
        await platform.send(say(channel="wecom", file=XLSX))
    assert peer.came == 1


@pytest.mark.parametrize("maker", ["dingtalk", "feishu"])
async def test_who_takes_no_files_gets_the_words(platform: ChannelsPlatform, peer: HookPeer, maker: str) -> None:
    await platform.send(say(channel=maker, file=XLSX))
    await platform.send(say("", id=8, channel=maker, file=XLSX))
    assert (await peer.next()).json == body(maker, TEXT)
    assert (await peer.next()).json == body(maker, XLSX.name)


async def test_dingtalk_signs(peer: HookPeer) -> None:
    address = read_address(f"http://{peer.place}{PATHS['dingtalk']}&secret=SEC42")
    robot = Robot(address, ChannelsSettings({"x": "y"}), now=lambda: 1580860800.123)
    assert await robot.deliver(robot.parts(say())[0], set()) is None
    query = (await peer.next()).query
    expected = hmac.new(b"SEC42", b"1580860800123\nSEC42", hashlib.sha256).digest()
    assert query["timestamp"] == "1580860800123"
    assert base64.b64decode(query["sign"], validate=True) == expected
    assert "SEC42" not in query.values()


async def test_feishu_signs(peer: HookPeer) -> None:
    address = read_address(f"http://{peer.place}{PATHS['feishu']}?secret=SEC42")
    robot = Robot(address, ChannelsSettings({"x": "y"}), now=lambda: 1580860800.9)
    assert await robot.deliver(robot.parts(say())[0], set()) is None
    request = await peer.next()
    expected = hmac.new(b"1580860800\nSEC42", b"", hashlib.sha256).digest()
    assert request.json["timestamp"] == "1580860800"
    assert base64.b64decode(request.json["sign"], validate=True) == expected
    assert request.json["content"] == {"text": TEXT}
    assert request.query == {}


async def test_dingtalk_calls_people(peer: HookPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "bot.platforms.channels.robot_address._HOSTS",
        {"dingtalk": (read_address(f"dingtalk://{SECRET}").maker, f"http://{peer.place}")},
    )
    async with running({"duty": f"dingtalk://{SECRET}/13800000000"}) as platform:
        await platform.send(say())
        assert (await peer.next()).json["at"] == {"atMobiles": ["13800000000"], "isAtAll": False}


async def test_words_that_are_no_unicode_are_refused(platform: ChannelsPlatform, peer: HookPeer, maker: str) -> None:
    with pytest.raises(Rejected):
        await platform.send(say("\ud800", channel=maker))
    assert state(platform, maker).trouble is None
    assert peer.came == 0
