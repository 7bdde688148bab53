"""Tokens, accounts, lost and silent connections, over a real socket."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest
from websockets.exceptions import InvalidStatus

from bot.messages import Chat, ChatKind
from bot.platforms.contract import Trouble, TryLater
from bot.platforms.onebot import OneBotSettings
from tests.platforms.host import WAIT
from tests.platforms.onebot.line import TOKEN, connected, dump, running, say
from tests.platforms.onebot.peer import OneBotPeer

pytestmark = pytest.mark.asyncio


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


async def test_states_say_why_nobody_is_there() -> None:
    async with running() as run:
        assert [state.trouble for state in run.platform.states()] == [Trouble.STARTING]
        with pytest.raises(InvalidStatus):
            await run.peer("wrong").connect()
        assert [state.trouble for state in run.platform.states()] == [Trouble.REFUSED]
        async with run.peer() as peer:
            await run.meet(peer)
            assert [(state.account, state.trouble) for state in run.platform.states()] == [("10000", None)]
            await peer.heartbeat(online=False)
            await run.meet(peer)
            (state,) = run.platform.states()
            assert (state.account, state.trouble) == ("10000", Trouble.LOGGED_OUT)
            await peer.heartbeat(online=False)
            await run.meet(peer)
            assert run.platform.states() == (state,)
        async with asyncio.timeout(WAIT):
            while run.platform.accounts():
                await asyncio.sleep(0.005)  # a broken line is noticed without an event
        assert [state.trouble for state in run.platform.states()] == [Trouble.CLOSED]


async def test_a_late_answer_of_one_account_is_no_answer_to_another() -> None:
    """Questions that both are asked have the same echo."""
    async with running(call_timeout=0.05) as run, run.peer() as one, run.peer(self_id=10001) as two:
        await run.meet(one)
        await run.meet(two)
        held = one.hold("get_group_list")
        for peer in (one, two):
            peer.remembers = True
        run.host.heard = {"10000": datetime.now(UTC), "10001": datetime.now(UTC)}
        await one.reconnect()
        async with asyncio.timeout(WAIT):
            while not one.called("get_group_list"):
                await one.next_call()
        await run.host.gap()
        two.hold("get_group_list")
        await two.reconnect()
        async with asyncio.timeout(WAIT):
            while not two.called("get_group_list"):
                await two.next_call()
        one.meanwhile("只在第一个号的群里", group=900003)
        held.set()
        await run.meet(one)
        await run.host.gap()
        assert two.called("get_group_msg_history") == []


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


async def test_after_a_change_of_number_messages_go_by_the_new_account() -> None:
    async with running() as run, run.peer(self_id=10001) as new:
        await run.meet(new)
        await run.platform.send(say("发热警报", account="10000"))
        assert (await new.next_send()).text == "发热警报"


async def test_an_account_that_qq_has_thrown_out_is_stood_in_for() -> None:
    async with running() as run, run.peer() as one, run.peer(self_id=10001) as two:
        await run.meet(two)
        await one.heartbeat(online=False)
        await run.meet(one)
        await run.platform.send(say("发热警报", account="10000"))
        assert (await two.next_send()).text == "发热警报"


async def test_a_group_is_written_to_by_an_account_that_is_in_it() -> None:
    async with running() as run, run.peer() as elsewhere, run.peer(self_id=10001) as there:
        await run.meet(elsewhere)
        await there.group("在吗", group=900002)
        await run.next()
        await run.platform.send(say("接龙", Chat("qq", ChatKind.GROUP, "900002"), account="10002"))
        assert (await there.next_send()).text == "接龙"


async def test_a_group_of_the_only_account_stays_with_it_when_a_second_one_comes() -> None:
    async with running() as run, run.peer(self_id=10001) as there:
        await there.group("在吗", group=900002)
        await run.next()
        async with run.peer() as elsewhere:
            await run.meet(elsewhere)
            await there.reconnect()
            await run.meet(there)
            await run.platform.send(say("接龙", Chat("qq", ChatKind.GROUP, "900002")))
            assert (await there.next_send()).text == "接龙"


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
