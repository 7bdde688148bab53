"""What was said in a group while the line was broken is handled after the next connection, once."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

import bot.platforms.onebot.catchup
from tests.platforms.host import WAIT
from tests.platforms.onebot.line import PERSON, TOKEN, Running, running
from tests.platforms.onebot.listening import ListeningPeer
from tests.platforms.onebot.peer import OneBotPeer

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


async def test_what_cannot_be_read_is_said_to_be_missed() -> None:
    since = datetime.now(UTC) - EARLIER
    async with running() as run:
        run.host.heard["10000"] = since
        async with run.peer():
            account, begin, end = await run.host.gap()
            assert (account, begin) == ("10000", since)
            assert since < end <= datetime.now(UTC)


@pytest.mark.parametrize("counts_by_group", [False, True], ids=["NapCat", "LLOneBot"])
async def test_more_than_one_page_is_read_each_message_once_and_in_order(counts_by_group: bool) -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers, peer.counts_by_group = True, counts_by_group
        peer.meanwhile("昨天", time=before(hours=30))
        said = [f"第{number}句" for number in range(450)]
        for number, text in enumerate(said):
            peer.meanwhile(text, time=before(hours=1) + number // 3)
        async with peer:
            assert [(await run.host.next()).text for _ in said] == said
            await _and_nothing_else(run, peer)
        assert run.host.gaps.empty()
        assert len(peer.called("get_group_msg_history")) == 3


async def test_an_implementation_that_does_not_go_back_further_leaves_a_gap() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        peer._page_of = lambda _, params: peer._past["group", 900001][-params["count"] :]  # type: ignore[method-assign]
        for number in range(250):
            peer.meanwhile(f"第{number}句", time=before(hours=1))
        async with peer:
            assert (await run.host.gap())[0] == "10000"
            assert run.host.inbox.qsize() == 200


async def test_pages_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.platforms.onebot.catchup, "MOST_PAGES", 2)
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        for number in range(1000):
            peer.meanwhile(f"第{number}句", time=before(hours=1))
        async with peer:
            await run.host.gap()
        assert len(peer.called("get_group_msg_history")) == 2


async def test_an_empty_group_which_napcat_calls_an_error_hides_no_other() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        peer.meanwhile("老话", group=900001, time=before(hours=5))
        peer.meanwhile("36.5", group=900002, time=before(hours=1))
        peer.fail("get_group_msg_history", 1200, words="消息undefined不存在")
        async with peer:
            assert (await run.host.next()).text == "36.5"
            await _and_nothing_else(run, peer)
        assert run.host.gaps.empty()


async def test_a_group_that_cannot_be_read_is_a_gap_and_hides_no_other() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        peer.meanwhile("不见了", group=900001, time=before(hours=1))
        peer.meanwhile("36.5", group=900002, time=before(hours=1))
        peer.fail("get_group_msg_history", 1200)
        async with peer:
            assert (await run.host.next()).text == "36.5"
            await run.host.gap()


# --- private conversations ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lacks", [set[str](), {"get_recent_contact"}], ids=["NapCat", "LLOneBot"])
async def test_what_somebody_wrote_in_private_meanwhile_is_handled(lacks: set[str]) -> None:
    async with running() as run, run.peer() as peer:
        peer.remembers, peer.lacks = True, lacks
        await run.meet(peer)
        await peer.drop()
        peer.meanwhile_private("我妈晕倒了")
        peer.meanwhile_private("昨天说的", user=20003, time=before(hours=30))
        peer.meanwhile_private("已登记", user=20001, author=10000)  # ours, in the conversation with 20001
        peer.meanwhile("36.6", user=20004, time=before(seconds=1))
        await peer.connect()
        heard = [await run.host.next() for _ in range(2)]
        assert [message.text for message in heard] == ["36.6", "我妈晕倒了"]
        assert heard[1].chat == PERSON
        await _and_nothing_else(run, peer)
        assert run.host.gaps.empty()


async def test_only_those_are_asked_about_who_have_written_lately() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        for user in range(20100, 20150):
            peer.meanwhile_private("老话", user=user, time=before(hours=5))
        peer.meanwhile_private("36.5", user=20001, time=before(hours=1))
        async with peer:
            assert (await run.host.next()).text == "36.5"
            assert {asked["user_id"] for asked in peer.called("get_friend_msg_history")} == {20001}


async def test_without_private_histories_it_does_and_asks_once() -> None:
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers, peer.lacks = True, {"get_friend_msg_history", "get_recent_contact"}
        for user in range(20001, 20020):
            peer.meanwhile_private("36.5", user=user, time=before(hours=1))
        peer.meanwhile("36.6", time=before(hours=1))
        async with peer:
            assert (await run.host.next()).text == "36.6"
            await _and_nothing_else(run, peer)
        assert len(peer.called("get_friend_msg_history")) == 1
        assert run.host.gaps.empty()


async def test_so_many_friends_that_not_all_are_read_are_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.platforms.onebot.catchup, "MOST_PEOPLE", 3)
    async with running() as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers, peer.lacks = True, {"get_recent_contact"}
        for user in range(20001, 20006):
            peer.meanwhile_private("36.5", user=user, time=before(hours=1))
        async with peer:
            await run.host.gap()
            assert len({asked["user_id"] for asked in peer.called("get_friend_msg_history")}) == 3


async def test_an_implementation_that_has_stopped_answering_is_not_asked_on_and_on() -> None:
    async with running(call_timeout=0.01) as run:
        run.host.heard["10000"] = datetime.now(UTC) - EARLIER
        peer = run.peer()
        peer.remembers = True
        for group in range(900001, 900021):
            peer.meanwhile("36.5", group=group)
        peer.hold("get_group_msg_history")
        async with peer:
            await run.host.gap()
            assert len(peer.called("get_group_msg_history")) == 3


async def _and_nothing_else(run: Running, peer: OneBotPeer) -> None:
    await peer.private("完")
    assert (await run.host.next()).text == "完"


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
