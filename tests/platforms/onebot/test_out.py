"""What goes out to QQ, over a real socket."""

import asyncio
import base64
from dataclasses import replace

import pytest

import bot.platforms.onebot.sender
from bot.messages import Chat, ChatKind, FileKind, Outbound, OutboundFile
from bot.platforms.contract import Rejected, TryLater
from tests.platforms.onebot.line import GROUP, PERSON, connected, running, say, seg
from tests.platforms.onebot.peer import WAIT

pytestmark = pytest.mark.asyncio


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


async def test_an_answer_that_comes_late_is_taken_and_nothing_is_sent_again() -> None:
    async with connected(call_timeout=0.05) as (run, peer):
        peer.silent = True
        with pytest.raises(TryLater, match="time-out") as caught:
            await run.platform.send(say("已登记"))
        peer.silent = False
        await peer.answer(peer.calls[-1])
        await run.meet(peer)  # by then the answer has been read
        assert await run.platform.send(say("已登记")) == peer.sends[-1].message_id
        assert len(peer.calls) == 1
    assert caught.value.maybe_sent
    assert caught.value.after == pytest.approx(0.1)


async def test_an_answer_that_comes_late_ends_the_repeat_that_is_under_way() -> None:
    async with connected(call_timeout=0.05) as (run, peer):
        peer.silent = True
        with pytest.raises(TryLater):
            await run.platform.send(say("已登记"))
        run.platform._sender._settings = replace(run.platform._sender._settings, call_timeout=WAIT)
        repeat = asyncio.create_task(run.platform.send(say("已登记")))
        await peer.next_call()
        await peer.next_call()
        await peer.answer(peer.calls[0])
        assert await repeat == peer.sends[-1].message_id


async def test_a_late_failure_is_sent_again() -> None:
    async with connected(call_timeout=0.05) as (run, peer):
        peer.silent = True
        with pytest.raises(TryLater):
            await run.platform.send(say("已登记"))
        peer.silent = False
        peer.fail("send_private_msg", 1200)
        await peer.answer(peer.calls[-1])
        await run.meet(peer)
        assert await run.platform.send(say("已登记"))
        assert len(peer.calls) == 2


async def test_what_is_remembered_of_late_answers_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.platforms.onebot.sender, "UNFINISHED_LIMIT", 3)
    async with connected(call_timeout=0.01) as (run, peer):
        peer.silent = True
        for id in range(1, 9):
            with pytest.raises(TryLater):
                await run.platform.send(say("已登记", id=id))
    assert len(run.platform._sender._went) <= 3


async def test_without_connection_sending_waits() -> None:
    async with running() as run:
        assert not run.platform.online()
        with pytest.raises(TryLater, match="not connected"):
            await run.platform.send(say("已登记"))
