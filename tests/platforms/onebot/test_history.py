"""What was said in a group while the line was broken is handled after the next connection, once."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.platforms.host import WAIT
from tests.platforms.onebot.line import TOKEN, running
from tests.platforms.onebot.peer import ListeningPeer, OneBotPeer

pytestmark = pytest.mark.asyncio
EARLIER = timedelta(hours=2)


def before(**ago: float) -> int:
    return int(time.time() - timedelta(**ago).total_seconds())


async def test_what_was_said_meanwhile_is_handled_once_and_in_order() -> None:
    async with running() as run, run.peer() as peer:
        peer.remembers = True
        said = await peer.group("上一句")
        await run.host.next()
        peer.meanwhile("上一句", message_id=int(said))
        await peer.drop()
        peer.meanwhile("3-2-502 36.5")
        peer.meanwhile("36.6", group=900002, user=20003)
        await peer.connect()
        heard = [await run.host.next() for _ in range(3)]
        assert [message.text for message in heard if message.message_id != said] == ["3-2-502 36.5", "36.6"]
        assert {message.chat.id for message in heard} == {"900001", "900002"}
        # What was heard before comes under the id that it had, by which the store knows it.
        assert {message.message_id for message in heard if message.text == "上一句"} == {said}
        assert run.host.gaps.empty()


async def test_after_a_start_the_store_says_since_when() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        peer.meanwhile("昨天说的", time=before(hours=5))
        peer.meanwhile("刚才说的", time=before(hours=1))
        async with peer:
            message = await run.host.next()
            assert (message.text, message.at) == ("刚才说的", datetime.fromtimestamp(before(hours=1), UTC))
            await peer.group("现在说的")
            assert (await run.host.next()).text == "现在说的"


async def test_a_new_installation_answers_no_old_talk() -> None:
    async with running() as run:
        peer = run.peer()
        peer.remembers = True
        peer.meanwhile("老话")
        async with peer:
            await peer.group("新话")
            assert (await run.host.next()).text == "新话"


async def test_its_own_words_are_no_messages() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        peer.meanwhile("已登记", user=10000)
        peer.meanwhile("36.5")
        async with peer:
            assert (await run.host.next()).text == "36.5"


@pytest.mark.parametrize("remembers", [True, False])
async def test_what_cannot_be_read_is_said_to_be_missed(remembers: bool) -> None:
    """An implementation without history, and one whose page does not reach back far enough."""
    since = datetime.now(UTC) - EARLIER
    async with running() as run:
        run.host.heard["10000"] = since
        peer = run.peer()
        peer.remembers = remembers
        for number in range(250):
            peer.meanwhile(f"第{number}句")
        async with peer:
            account, begin, end = await run.host.gap()
            assert (account, begin) == ("10000", since)
            assert since < end <= datetime.now(UTC)


async def test_a_line_that_breaks_while_it_is_read_is_read_again() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers, peer.silent = True, True
        peer.meanwhile("36.5", time=before(hours=1))
        async with peer:
            assert (await peer.next_call())["action"] == "get_group_list"
            peer.silent = False
            await peer.reconnect()
            assert (await run.host.next()).text == "36.5"


async def test_live_talk_does_not_wait_for_the_history() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers, peer.silent = True, True
        async with peer:
            await peer.next_call()
            await peer.group("现在说的")
            assert (await run.host.next()).text == "现在说的"


async def test_by_forward_websocket_too() -> None:
    async with ListeningPeer(TOKEN) as peer:
        peer.remembers = True
        peer.meanwhile("36.5", time=before(hours=1))
        async with running(listen=False, forward=(peer.address,)) as run:
            run.host.heard["10000"] = datetime.now(UTC) - EARLIER
            async with asyncio.timeout(WAIT):
                assert (await run.host.next()).text == "36.5"


@pytest.mark.parametrize("data", [None, "x", [], {}, [1], [{"group_id": None}], [{"group_id": "x"}]])
async def test_odd_answers_harm_nothing(data: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneBotPeer, "_told", lambda *_: data)
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        async with peer:
            await peer.group("36.5")
            assert (await run.host.next()).text == "36.5"
