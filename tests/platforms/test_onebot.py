"""The QQ platform against a peer on a real socket."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from bot.messages import Chat, ChatKind, FileKind, Inbound, Outbound, OutboundFile
from bot.platforms.contract import Receive, Rejected, TryLater
from bot.platforms.onebot import OneBotPlatform, OneBotSettings
from tests.platforms.onebot_peer import WAIT, OneBotPeer

pytestmark = pytest.mark.asyncio

TOKEN = "s3cret+令牌".encode().hex()
GROUP = Chat("qq", ChatKind.GROUP, "900001")
PERSON = Chat("qq", ChatKind.PRIVATE, "20001")


@dataclass
class Running:
    """A running platform and what it handed over."""

    platform: OneBotPlatform
    inbox: asyncio.Queue[Inbound] = field(default_factory=asyncio.Queue)

    def peer(self, token: str = TOKEN, **options: Any) -> OneBotPeer:
        return OneBotPeer(f"ws://127.0.0.1:{self.platform.port}/onebot/v11/ws", token, **options)

    async def next(self) -> Inbound:
        async with asyncio.timeout(WAIT):
            return await self.inbox.get()

    async def meet(self, peer: OneBotPeer) -> None:
        """Wait until the platform has seen this peer's connection."""
        await peer.private("在吗", message_id=1)
        await self.next()


@asynccontextmanager
async def running(receive: Receive | None = None, **options: Any) -> AsyncIterator[Running]:
    run = Running(OneBotPlatform(OneBotSettings(**{"token": TOKEN, "port": 0, "call_timeout": WAIT, **options})))
    task = asyncio.create_task(run.platform.run(receive or run.inbox.put))
    listening = asyncio.create_task(run.platform.listening.wait())
    await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield run
    finally:
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=WAIT)  # not `await task`: its cancellation would hide a time-out
        assert done, "the platform does not stop"


@asynccontextmanager
async def connected(**options: Any) -> AsyncIterator[tuple[Running, OneBotPeer]]:
    async with running(**options) as run, run.peer() as peer:
        await run.meet(peer)
        yield run, peer


def say(text: str, chat: Chat = PERSON, **fields: Any) -> Outbound:
    return Outbound(id=fields.pop("id", 1), chat=chat, text=text, **fields)


def seg(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


# -- in


async def test_group_message_in() -> None:
    async with running() as run, run.peer() as peer:
        ident = await peer.group("3-2-501 体温36.8", time=1580860800, name="张伟")
        message = await run.next()
    assert message.account == "10000"
    assert message.message_id == ident
    assert message.chat == GROUP
    assert (message.sender.id, message.sender.name, message.sender.is_bot) == ("20001", "张伟", False)
    assert message.text == "3-2-501 体温36.8"
    assert message.at == datetime(2020, 2, 5, 0, 0, tzinfo=UTC)
    assert message.reply_to is None
    assert not message.mentions_bot
    assert message.images == ()


async def test_private_message_in() -> None:
    async with running() as run, run.peer() as peer:
        await peer.private("36.5", user=20002)
        message = await run.next()
    assert message.chat == Chat("qq", ChatKind.PRIVATE, "20002")
    assert message.text == "36.5"


async def test_card_in_the_group_goes_before_the_nickname() -> None:
    async with running() as run, run.peer() as peer:
        await peer.group("好", sender={"nickname": "小白", "card": "3-2-501 张伟"})
        assert (await run.next()).sender.name == "3-2-501 张伟"


@pytest.mark.parametrize("own", [10000, "10000"])
async def test_mention_of_the_bot_is_seen_and_taken_out(own: int | str) -> None:
    async with running() as run, run.peer() as peer:
        await peer.group([seg("at", qq=own), seg("text", text=" 今日")])
        message = await run.next()
    assert message.mentions_bot
    assert message.text == "今日"


async def test_mention_of_others_stays_in_the_text() -> None:
    async with running() as run, run.peer() as peer:
        names = [
            seg("at", qq="20002", name="@李梅"),
            seg("text", text="36.5"),
            seg("at", qq=20003),
            seg("at", qq="all"),
        ]
        await peer.group(names)
        message = await run.next()
    assert not message.mentions_bot
    assert message.text == "@李梅 36.5@20003@all"


@pytest.mark.parametrize("ident", [-812345, "-812345"])
async def test_reply_in(ident: int | str) -> None:
    async with running() as run, run.peer() as peer:
        await peer.group([seg("reply", id=ident), seg("text", text="收到")])
        message = await run.next()
    assert message.reply_to == "-812345"
    assert message.text == "收到"


async def test_images_in() -> None:
    async with running() as run, run.peer() as peer:
        pictures = [seg("image", url="http://x/1.png", file="a"), seg("image", file="b.png")]
        await peer.private([pictures[0], seg("text", text="体温计"), pictures[1]])
        message = await run.next()
    assert message.images == ("http://x/1.png", "b.png")
    assert message.text == "体温计"


async def test_unknown_segments_are_left_out() -> None:
    async with running() as run, run.peer() as peer:
        odd: list[Any] = [seg("face", id="1"), {"type": "mface"}, {"type": 5}, "text", None, seg("text", text=5)]
        await peer.group([*odd, {"type": "text", "data": None}, seg("text", text="好的")])
        assert (await run.next()).text == "好的"


async def test_cq_string_means_the_same_as_the_array() -> None:
    array = [
        seg("reply", id="77"),
        seg("at", qq="10000"),
        seg("text", text=" 价格[3,5]&amp;体温36.5,"),
        seg("at", qq="20002"),
        seg("face", id="1"),
        seg("image", file="a.png", url="http://x/?a=1&b=[2,3]"),
    ]
    string = (
        "[CQ:reply,id=77][CQ:at,qq=10000] 价格&#91;3,5&#93;&amp;amp;体温36.5,[CQ:at,qq=20002][CQ:face,id=1]"
        "[CQ:image,file=a.png,url=http://x/?a=1&amp;b=&#91;2&#44;3&#93;]"
    )
    async with running() as run, run.peer() as peer:
        await peer.group(array, message_id=5, time=1580860800)
        await peer.group(string, message_id=5, time=1580860800, cq=True)
        one, other = await run.next(), await run.next()
    assert one == other
    assert one.text == "价格[3,5]&amp;体温36.5,@20002"
    assert one.images == ("http://x/?a=1&b=[2,3]",)
    assert (one.reply_to, one.mentions_bot) == ("77", True)


async def test_a_repeated_delivery_keeps_its_id() -> None:
    async with running() as run, run.peer() as peer:
        for _ in range(2):
            await peer.private("36.5", message_id=42)
        assert [(await run.next()).message_id for _ in range(2)] == ["42", "42"]


async def test_own_words_and_grey_lines_are_dropped() -> None:
    async with running() as run, run.peer() as peer, run.peer(self_id=10001) as other:
        await run.meet(other)
        await peer.group("自己说的", user=10000)
        await peer.group("自己说的", post_type="message_sent")
        await peer.group("另一个号说的", user=10001)
        await peer.group("群主开启了全员禁言", sub_type="notice")
        await peer.group("居民说的")
        assert (await run.next()).text == "居民说的"


async def test_the_groups_assistant_is_known_as_a_bot() -> None:
    async with running() as run, run.peer() as peer:
        await peer.group("欢迎新人", user=2854196310)
        assert (await run.next()).sender.is_bot


async def test_other_events_are_taken_quietly(caplog: pytest.LogCaptureFixture) -> None:
    async with connected() as (run, peer):
        caplog.clear()
        await peer.heartbeat()
        await peer.event(post_type="notice", notice_type="group_increase", group_id=900001, user_id=20001)
        await peer.event(post_type="request", request_type="friend", user_id=20001, comment="加我", flag="f")
        await peer.event(post_type="meta_event", meta_event_type="heartbeat", status=None, interval="soon")
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"
    assert [record.levelname for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_the_account_comes_from_the_first_event_when_no_header_says_it() -> None:
    async with running() as run, run.peer(self_header=False, self_id=10005) as peer:
        await peer.private("36.5")
        assert (await run.next()).account == "10005"
        assert run.platform.accounts() == ("10005",)


async def test_many_may_be_outstanding_and_keep_their_order() -> None:
    started: list[str] = []
    done = asyncio.Event()
    everyone = asyncio.Event()

    async def receive(message: Inbound) -> None:
        started.append(message.text)
        if len(started) == 200:
            everyone.set()
        await done.wait()

    async with running(receive=receive) as run, run.peer() as peer:
        for number in range(200):
            await peer.private(str(number))
        async with asyncio.timeout(WAIT):
            await everyone.wait()
        assert started == [str(number) for number in range(200)]
        done.set()


async def test_no_more_than_the_limit_is_in_flight() -> None:
    waiting: asyncio.Queue[asyncio.Future[None]] = asyncio.Queue()
    most = 0

    async def receive(_: Inbound) -> None:
        nonlocal most
        future = asyncio.get_running_loop().create_future()
        waiting.put_nowait(future)
        most = max(most, waiting.qsize())
        await future

    async with running(receive=receive, max_in_flight=4) as run, run.peer() as peer:
        for number in range(40):
            await peer.private(str(number))
        async with asyncio.timeout(WAIT):
            for _ in range(40):
                (await waiting.get()).set_result(None)
    assert most <= 4


async def test_stopping_does_not_wait_for_a_store_that_hangs() -> None:
    called = asyncio.Event()

    async def receive(_: Inbound) -> None:
        called.set()
        await asyncio.Event().wait()

    async with asyncio.timeout(WAIT):
        async with running(receive=receive, max_in_flight=1) as run, run.peer() as peer:
            for _ in range(50):
                await peer.private("36.5")
            await called.wait()


async def test_a_failing_receive_takes_only_itself_down(caplog: pytest.LogCaptureFixture) -> None:
    inbox: asyncio.Queue[Inbound] = asyncio.Queue()

    async def receive(message: Inbound) -> None:
        if message.text == "坏":
            raise RuntimeError(message.text)
        await inbox.put(message)

    async with running(receive=receive) as run, run.peer() as peer:
        await peer.private("坏")
        await peer.private("好")
        async with asyncio.timeout(WAIT):
            assert (await inbox.get()).text == "好"
    assert "坏" not in dump(caplog)
    assert "RuntimeError" in dump(caplog)


# -- out


async def test_group_message_out() -> None:
    async with connected() as (run, peer):
        ident = await run.platform.send(say("已登记", GROUP, reply_to="77"))
        sent = await peer.next_send()
    assert ident == sent.message_id
    assert (sent.action, sent.params["group_id"]) == ("send_group_msg", 900001)
    assert sent.segments == [("reply", {"id": "77"}), ("text", {"text": "已登记"})]


async def test_private_message_out() -> None:
    async with connected() as (run, peer):
        await run.platform.send(say("已登记"))
        sent = await peer.next_send()
    assert sent.action == "send_private_msg"
    assert sent.params == {"user_id": 20001, "message": [seg("text", text="已登记")]}


async def test_private_message_through_a_group() -> None:
    async with connected() as (run, peer):
        await run.platform.send(say("请测体温", via_group="900001"))
        assert (await peer.next_send()).params["group_id"] == 900001


async def test_the_answer_to_a_temporary_session_names_its_group() -> None:
    async with connected() as (run, peer):
        await peer.private("36.5", sub_type="group", sender={"group_id": 900002, "nickname": "吴昊"})
        await run.next()
        await run.platform.send(say("已登记"))
        assert (await peer.next_send()).params["group_id"] == 900002


@pytest.mark.parametrize("chat", [GROUP, PERSON])
async def test_picture_out(chat: Chat) -> None:
    async with connected() as (run, peer):
        await run.platform.send(say("今日图", chat, file=OutboundFile(FileKind.PNG, "a.png", b"\x89PNG")))
        sent = await peer.next_send()
    assert [kind for kind, _ in sent.segments] == ["text", "image"]
    assert sent.segments[1][1]["file"] == "base64://" + base64.b64encode(b"\x89PNG").decode()


@pytest.mark.parametrize(("chat", "action"), [(GROUP, "upload_group_file"), (PERSON, "upload_private_file")])
async def test_spreadsheet_out(chat: Chat, action: str) -> None:
    async with connected() as (run, peer):
        await run.platform.send(say("日报", chat, file=OutboundFile(FileKind.XLSX, "日报.xlsx", b"PK\x03")))
        upload, text = await peer.next_send(), await peer.next_send()
    assert upload.action == action
    assert upload.params["name"] == "日报.xlsx"
    assert base64.b64decode(upload.params["file"].removeprefix("base64://")) == b"PK\x03"
    assert text.text == "日报"


async def test_spreadsheet_without_text_returns_the_files_id() -> None:
    async with connected() as (run, peer):
        ident = await run.platform.send(say("", GROUP, file=OutboundFile(FileKind.XLSX, "a.xlsx", b"PK")))
        assert ident == f"/{(await peer.next_send()).message_id}"


async def test_long_text_goes_in_parts_and_a_retry_repeats_none() -> None:
    text = "\n".join(f"第{number}行" for number in range(40))
    async with connected(text_limit=60) as (run, peer):
        peer.fail("send_private_msg", 0, 1200)
        with pytest.raises(TryLater):
            await run.platform.send(say(text, id=9))
        ident = await run.platform.send(say(text, id=9))
        sends = peer.sends
    assert len(sends) > 2
    assert "\n".join(sent.text for sent in sends) == text
    assert ident == sends[-1].message_id


@pytest.mark.parametrize("retcode", [400, 404, 1400, 1404])
async def test_refusals(retcode: int) -> None:
    async with connected() as (run, peer):
        peer.fail("send_private_msg", retcode)
        with pytest.raises(Rejected, match=str(retcode)):
            await run.platform.send(say("已登记"))


@pytest.mark.parametrize(("retcode", "after"), [(-1, None), (100, None), (429, 30.0), (1200, None)])
async def test_failures_worth_a_retry(retcode: int, after: float | None) -> None:
    async with connected() as (run, peer):
        peer.fail("send_private_msg", retcode)
        with pytest.raises(TryLater) as caught:
            await run.platform.send(say("已登记"))
    assert caught.value.after == after


@pytest.mark.parametrize(
    "message", [say(""), say("好", Chat("qq", ChatKind.PRIVATE, "zhangwei")), say("好", via_group="x"), say("坏\ud800")]
)
async def test_what_cannot_be_sent_is_refused_at_once(message: Outbound) -> None:
    async with connected() as (run, peer):
        with pytest.raises(Rejected):
            await run.platform.send(message)
        assert peer.calls == []


async def test_a_call_without_answer_times_out() -> None:
    async with connected(call_timeout=0.05) as (run, peer):
        peer.silent = True
        with pytest.raises(TryLater, match="time-out"):
            await run.platform.send(say("已登记"))


async def test_a_peer_that_stops_reading_blocks_no_sender_for_long() -> None:
    async with connected(call_timeout=0.1) as (run, peer):
        peer.freeze()
        picture = OutboundFile(FileKind.PNG, "a.png", bytes(8 * 2**20))
        async with asyncio.timeout(WAIT):
            for _ in range(2):  # the first fills the buffers, the second has to wait for them
                with pytest.raises(TryLater, match="time-out"):
                    await run.platform.send(say("", file=picture))
        await peer.drop()


async def test_an_answer_nobody_waits_for_is_ignored() -> None:
    async with connected(call_timeout=0.05) as (run, peer):
        peer.echo_as = "other"
        with pytest.raises(TryLater, match="time-out"):
            await run.platform.send(say("已登记"))
        peer.echo_as = None
        assert await run.platform.send(say("已登记"))


async def test_without_connection_sending_waits() -> None:
    async with running() as run:
        assert not run.platform.online()
        with pytest.raises(TryLater, match="not connected"):
            await run.platform.send(say("已登记"))


# -- connections


async def test_online_follows_connection_and_heartbeat() -> None:
    async with connected() as (run, peer):
        assert run.platform.online()
        await peer.heartbeat(online=False)
        await run.meet(peer)
        assert not run.platform.online()
        await peer.heartbeat()
        await run.meet(peer)
        assert run.platform.online()


async def test_token_is_accepted_from_the_query() -> None:
    async with running() as run, run.peer(query=True) as peer:
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"


async def test_a_token_with_a_plus_is_taken_as_it_is_written() -> None:
    async with running(token="a+b/c=") as run, run.peer("a+b/c=", query=True) as peer:
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"


@pytest.mark.parametrize(("token", "status"), [("", 401), ("wrong-令牌".encode().hex(), 403)])
@pytest.mark.parametrize("query", [False, True])
async def test_bad_tokens_are_refused(
    token: str, status: int, *, query: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async with running() as run:
        with pytest.raises(InvalidStatus) as caught:
            await run.peer(token, query=query).connect()
    assert caught.value.response.status_code == status
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [getattr(record, "status", None) for record in warnings] == [status]
    assert TOKEN not in dump(caplog)
    assert not token or token not in dump(caplog)


async def test_another_path_is_not_found() -> None:
    async with running() as run:
        with pytest.raises(InvalidStatus) as caught:
            await OneBotPeer(f"ws://127.0.0.1:{run.platform.port}/", TOKEN).connect()
    assert caught.value.response.status_code == 404


async def test_a_token_is_mandatory_unless_said_otherwise() -> None:
    with pytest.raises(ValueError, match="token"):
        OneBotSettings(token="")
    async with running(token="", allow_no_token=True) as run, run.peer("") as peer:
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"


async def test_the_token_is_in_no_repr() -> None:
    assert TOKEN not in repr(OneBotSettings(token=TOKEN))


async def test_a_new_connection_replaces_the_old_and_frees_its_calls() -> None:
    async with connected() as (run, old):
        old.silent = True
        waiting = asyncio.create_task(run.platform.send(say("已登记")))
        await old.next_call()
        async with run.peer() as new:
            with pytest.raises(TryLater, match="replaced"):
                await waiting
            await run.meet(new)
            await old.closed()
            await run.platform.send(say("已登记"))
            assert (await new.next_send()).text == "已登记"
            assert run.platform.accounts() == ("10000",)


async def test_a_dropped_line_frees_its_calls_and_the_peer_may_return() -> None:
    async with connected() as (run, peer):
        peer.silent = True
        waiting = asyncio.create_task(run.platform.send(say("已登记")))
        await peer.next_call()
        await peer.drop()
        with pytest.raises(TryLater, match="lost"):
            await waiting
        assert not run.platform.online()
        peer.silent = False
        await peer.connect()
        await run.meet(peer)
        assert await run.platform.send(say("已登记"))


async def test_several_accounts_each_send_for_themselves() -> None:
    async with running() as run, run.peer() as one, run.peer(self_id=10001) as two:
        await run.meet(one)
        await run.meet(two)
        await run.platform.send(say("一", account="10000"))
        await run.platform.send(say("二", account="10001"))
        assert (await one.next_send()).text == "一"
        assert (await two.next_send()).text == "二"
        with pytest.raises(TryLater):
            await run.platform.send(say("三", account="10002"))


async def test_an_answer_goes_through_the_account_of_the_conversation() -> None:
    async with running() as run, run.peer() as one, run.peer(self_id=10001) as two:
        await run.meet(one)
        await two.group("在吗", group=900002)
        await run.next()
        await run.platform.send(say("在", Chat("qq", ChatKind.GROUP, "900002")))
        assert (await two.next_send()).text == "在"


async def test_a_peer_that_falls_silent_is_cut_off() -> None:
    async with running(watchdog=0.05) as run, run.peer(heartbeat_ms=10) as peer:
        assert await peer.closed() == 1011
        assert not run.platform.online()


async def test_a_peer_that_never_beats_is_not() -> None:
    async with running(watchdog=0.01) as run, run.peer() as peer:
        await run.meet(peer)
        await asyncio.sleep(0.05)  # the absence of something has no event
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"


# -- garbage

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
        assert run.inbox.empty()
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


def dump(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that any handler could write of the records but the noise of asyncio's selector."""
    return "\n".join(str(vars(record)) for record in caplog.records if record.name != "asyncio")
