"""Whether a message went out is looked up in the history of its conversation."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.messages import FileKind, OutboundFile
from bot.platforms.contract import CannotTell, TryLater
from tests.platforms.host import WAIT
from tests.platforms.onebot.line import GROUP, PERSON, connected, running, say, seg
from tests.platforms.onebot.peer import OneBotPeer

pytestmark = pytest.mark.asyncio
SINCE = datetime.now(UTC) - timedelta(minutes=5)
LONG = "\n".join(f"第{number}行" for number in range(40))
XLSX = OutboundFile(FileKind.XLSX, "日报.xlsx", b"PK")
PNG = OutboundFile(FileKind.PNG, "图.png", b"\x89PNG")


def remember(peer: OneBotPeer, text: str, **fields: object) -> str:
    """Something that an earlier run of the program has said in the group."""
    return peer.meanwhile(text, user=10000, **fields)


@pytest.mark.parametrize("chat", [GROUP, PERSON], ids=["group", "person"])
@pytest.mark.parametrize("file", [None, PNG], ids=["text", "picture"])
async def test_what_went_is_found_and_what_did_not_is_not(chat, file) -> None:  # type: ignore[no-untyped-def]
    async with connected() as (run, peer):
        peer.remembers = True
        message = say("已登记：36.5℃", chat, id=7, file=file, reply_to="77")
        id = await run.platform.send(message)
        assert await run.platform.find(message, SINCE) == id
        assert await run.platform.find(say("没有说过", chat, id=8), SINCE) is None


async def test_after_a_restart_an_earlier_message_is_found() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        id = remember(peer, "已登记 ")
        remember(peer, "别的")
        peer.meanwhile("已登记", user=20001)  # a resident says the same
        assert await run.platform.find(say("已登记", GROUP), SINCE) == id


async def test_what_was_said_before_is_none_of_it() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        remember(peer, "已登记", time=int((SINCE - timedelta(minutes=1)).timestamp()))
        assert await run.platform.find(say("已登记", GROUP), SINCE) is None


async def test_another_message_with_the_same_words_is_none_of_it() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        await run.platform.send(say("已登记", GROUP, id=1))
        assert await run.platform.find(say("已登记", GROUP, id=2), SINCE) is None


async def test_a_file_is_found_by_its_name() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        message = say("", GROUP, id=5, file=XLSX)
        sent = await run.platform.send(message)
        assert f"/{await run.platform.find(message, SINCE)}" == sent
        other = OutboundFile(FileKind.XLSX, "周报.xlsx", b"PK")
        assert await run.platform.find(say("", GROUP, id=6, file=other), SINCE) is None


async def test_a_long_text_is_found_when_all_of_it_went() -> None:
    async with connected(text_limit=60) as (run, peer):
        peer.remembers = True
        message = say(LONG, GROUP, id=9)
        id = await run.platform.send(message)
        assert await run.platform.find(message, SINCE) == id


async def test_what_is_found_of_an_unfinished_one_is_not_sent_again() -> None:
    async with connected(text_limit=60, call_timeout=0.05) as (run, peer):
        peer.remembers = True
        message = say(LONG, GROUP, id=9)
        answer = peer.hold("send_group_msg")
        with pytest.raises(TryLater) as told:
            await run.platform.send(message)
        assert told.value.maybe_sent
        first = peer.called("send_group_msg")[0]["message"][0]["data"]["text"]
        remember(peer, first)  # it did go; only the answer is missing
        assert await run.platform.find(message, SINCE) is None
        answer.set()
        await run.platform.send(message)
        said = [call["message"][0]["data"]["text"] for call in peer.called("send_group_msg")]
        assert said.count(first) == 1
        assert "\n".join(said) == LONG


async def test_what_stands_on_an_earlier_page_is_found() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        id = remember(peer, "已登记")
        for number in range(300):
            peer.meanwhile(f"第{number}句")
        assert await run.platform.find(say("已登记", GROUP), SINCE) == id


async def test_who_would_have_to_read_too_much_cannot_tell() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        for number in range(700):
            peer.meanwhile(f"第{number}句")
        with pytest.raises(CannotTell):
            await run.platform.find(say("已登记", GROUP), SINCE)


async def test_an_implementation_without_history_cannot_tell_and_is_asked_once() -> None:
    async with connected() as (run, peer):
        for _ in range(2):
            with pytest.raises(CannotTell):
                await run.platform.find(say("已登记", GROUP), SINCE)
        assert len(peer.called("get_group_msg_history")) == 1


async def test_one_that_does_not_answer_or_is_away_cannot_tell() -> None:
    async with connected(find_timeout=0.02) as (run, peer):
        peer.silent = True
        with pytest.raises(CannotTell):
            await run.platform.find(say("已登记", GROUP), SINCE)
    async with running() as run:
        with pytest.raises(CannotTell):
            await run.platform.find(say("已登记", GROUP), SINCE)


async def test_a_conversation_without_a_word_has_nothing() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        peer.fail("get_friend_msg_history", 1200, words="消息undefined不存在")
        assert await run.platform.find(say("已登记"), SINCE) is None


async def test_messages_of_two_people_are_looked_for_at_once() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        one, two = say("已登记", PERSON, id=1), say("已登记", GROUP, id=2)
        ids = [await run.platform.send(message) for message in (one, two)]
        async with asyncio.timeout(WAIT):
            found = await asyncio.gather(run.platform.find(one, SINCE), run.platform.find(two, SINCE))
        assert found == ids


async def test_odd_messages_in_a_history_harm_nothing() -> None:
    async with connected() as (run, peer):
        peer.remembers = True
        for message in ([], [seg("text", text=None)], [seg("file")], [{"type": 3}]):
            peer._store(("group", 900001), message, 10000, {"message_id": len(peer.calls), "user_id": 10000})
        assert await run.platform.find(say("已登记", GROUP, file=XLSX), SINCE) is None


async def test_after_a_break_it_waits_for_the_account_that_sent_it() -> None:
    async with running() as run, run.peer() as one, run.peer(self_id=10001) as two:
        await run.meet(two)
        await run.meet(one)
        for peer in (one, two):
            peer.remembers = True
        message = say("已登记", account="10000", id=3)
        id = await run.platform.send(message)
        await one.drop()
        finding = asyncio.create_task(run.platform.find(message, SINCE))
        await run.meet(two)
        assert not finding.done()
        await one.connect()
        assert await finding == id
        assert two.called("get_friend_msg_history") == []


async def test_an_account_that_stays_away_cannot_tell() -> None:
    async with running(find_timeout=0.02) as run, run.peer() as one, run.peer(self_id=10001) as two:
        await run.meet(two)
        await run.meet(one)
        two.remembers = True
        message = say("已登记", account="10000", id=3)
        await run.platform.send(message)
        await one.drop()
        with pytest.raises(CannotTell):
            await run.platform.find(message, SINCE)
