"""What comes in from QQ, over a real socket."""

import asyncio
import logging
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.messages import Chat, ChatKind, Inbound
from tests.platforms.onebot.line import GROUP, connected, dump, running, seg
from tests.platforms.onebot.peer import WAIT

pytestmark = pytest.mark.asyncio


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


async def test_two_accounts_in_one_group_bring_a_message_once() -> None:
    async with running() as run, run.peer() as one, run.peer(self_id=10001) as two:
        await run.meet(one)
        await run.meet(two)
        for peer in (one, two):
            await peer.group("3-2-501 36.5", time=1580860800)
            await peer.group([seg("at", qq="10001"), seg("text", text=" 今日")], time=1580860801)
        for _ in range(2):  # said twice within one second
            await one.group("好", time=1580860802)
            await two.group("好", time=1580860802)
        await one.group("完", time=1580860803)
        heard = [await run.next() for _ in range(5)]
        await run.meet(two)
    assert sorted(message.text for message in heard) == sorted(["3-2-501 36.5", "今日", "好", "好", "完"])
    assert [message.mentions_bot for message in heard if message.text == "今日"] == [True]
    assert run.host.inbox.empty()


async def test_the_second_account_alone_still_brings_what_the_first_one_missed() -> None:
    """The first one's line may be dead without anybody having noticed."""
    async with running() as run, run.peer() as one, run.peer(self_id=10001) as two:
        await one.group("在", time=1580860800)
        await run.next()
        await two.group("我妈晕倒了", time=1580860801)
        assert (await run.next()).text == "我妈晕倒了"


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
