"""Who is mentioned in a group has a name, for the parser and for those who read the answer."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

import bot.platforms.onebot.names
from tests.platforms.host import WAIT
from tests.platforms.onebot.line import Running, dump, running, seg
from tests.platforms.onebot.peer import OneBotPeer

pytestmark = pytest.mark.asyncio

MENTION = [seg("at", qq="20002"), seg("text", text=" 36.5")]


@asynccontextmanager
async def group(**options: Any) -> AsyncIterator[tuple[Running, OneBotPeer]]:
    """A group in which 20002 is 张伟 and 20003 李娜."""
    async with running(**options) as run, run.peer() as peer:
        peer.members = {900001: {20001: "王芳", 20002: "3-2-501 张伟", 20003: "李娜"}}
        await run.meet(peer)
        yield run, peer


async def test_a_mention_shows_the_card() -> None:
    async with group() as (run, peer):
        await peer.group(MENTION)
        assert (await run.next()).text == "@3-2-501 张伟 36.5"


async def test_the_nickname_stands_in_for_a_card_and_cq_strings_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    nicknames = [{"user_id": "20002", "nickname": "伟哥", "card": ""}]
    monkeypatch.setattr(OneBotPeer, "_member", lambda *_: nicknames)
    async with group() as (run, peer):
        await peer.group("[CQ:at,qq=20002] 36.5", cq=True)
        assert (await run.next()).text == "@伟哥 36.5"


async def test_a_name_that_came_along_needs_no_question() -> None:
    async with group() as (run, peer):
        await peer.group([seg("at", qq="20002", name="@张伟"), seg("text", text="36.5")])
        assert (await run.next()).text == "@张伟 36.5"
        await peer.group([seg("at", qq="all"), seg("text", text=" 开会")])
        assert (await run.next()).text == "@all 开会"
        await peer.group([seg("at", qq="10000"), seg("text", text=" 今日")])
        assert (await run.next()).mentions_bot
        assert peer.called("get_group_member_list") == []


async def test_many_messages_at_once_ask_once_and_keep_their_order() -> None:
    async with group() as (run, peer):
        answer = peer.hold("get_group_member_list")
        for number in range(50):
            await peer.group([seg("at", qq=str(20002 + number % 2)), seg("text", text=f" {number}")])
            await peer.group(f"没有提到谁 {number}")
        await peer.group("别的群", group=900002)
        assert (await run.next()).text == "别的群"  # which has nothing to wait for
        answer.set()
        heard = [(await run.next()).text for _ in range(100)]
        names = ("3-2-501 张伟", "李娜")
        assert heard[::2] == [f"@{names[number % 2]} {number}" for number in range(50)]
        assert heard[1::2] == [f"没有提到谁 {number}" for number in range(50)]
        assert len(peer.called("get_group_member_list")) == 1


async def test_without_an_answer_the_number_stays_and_nobody_waits_twice() -> None:
    async with group(name_timeout=0.05) as (run, peer):
        answer = peer.hold("get_group_member_list")
        await peer.group([seg("at", qq="20002"), seg("text", text=" 晕倒了")])
        assert (await run.next()).text == "@20002 晕倒了"
        run.platform._intake._settings = replace(run.platform._settings, name_timeout=WAIT)
        await peer.group([seg("at", qq="20002"), seg("text", text=" 快来")])
        async with asyncio.timeout(WAIT / 2):
            assert (await run.next()).text == "@20002 快来"
        answer.set()
        await _until_named(run, peer)
        assert len(peer.called("get_group_member_list")) == 1


async def _until_named(run: Running, peer: OneBotPeer) -> None:
    """The answer that came late is used for what is said next."""
    async with asyncio.timeout(WAIT):
        while True:
            await peer.group(MENTION)
            if (await run.next()).text == "@3-2-501 张伟 36.5":
                return


async def test_an_implementation_without_a_list_is_asked_for_each_person_once() -> None:
    async with group() as (run, peer):
        peer.lacks = {"get_group_member_list"}
        for _ in range(3):
            await peer.group([seg("at", qq="20002"), seg("at", qq="20009"), seg("text", text="好")])
        assert [(await run.next()).text for _ in range(3)] == ["@3-2-501 张伟@20009 好"] * 3
        assert sorted(asked["user_id"] for asked in peer.called("get_group_member_info")) == [20002, 20009]
        assert len(peer.called("get_group_member_list")) == 1


async def test_an_implementation_that_has_neither_is_left_alone() -> None:
    async with running() as run, run.peer() as peer:
        for _ in range(3):
            await peer.group(MENTION)
            assert (await run.next()).text == "@20002 36.5"
        assert len(peer.called("get_group_member_list")) == 1
        assert len(peer.called("get_group_member_info")) == 1


async def test_a_new_card_is_asked_for() -> None:
    async with group() as (run, peer):
        await peer.group(MENTION)
        await run.next()
        peer.members[900001][20002] = "3-2-502 张伟"
        await peer.notice("group_card", user=20002, card_new="3-2-502 张伟", card_old="3-2-501 张伟")
        await peer.group(MENTION)
        assert (await run.next()).text == "@3-2-502 张伟 36.5"
        assert len(peer.called("get_group_member_list")) == 1


async def test_somebody_who_has_just_come_has_a_name() -> None:
    async with group() as (run, peer):
        await peer.group([seg("at", qq="20050"), seg("text", text=" 你好")])
        assert (await run.next()).text == "@20050 你好"
        peer.members[900001][20050] = "新邻居"
        await peer.notice("group_increase", user=20050)
        await peer.group([seg("at", qq="20050"), seg("text", text=" 你好")])
        assert (await run.next()).text == "@新邻居 你好"


async def test_a_list_is_kept_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.platforms.onebot.names, "KEPT", 0.0)
    async with group() as (run, peer):
        for _ in range(2):
            await peer.group(MENTION)
            assert (await run.next()).text == "@3-2-501 张伟 36.5"
        assert len(peer.called("get_group_member_list")) == 2


async def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.platforms.onebot.names, "GROUPS", 2)
    async with group() as (run, peer):
        for group_id in range(900001, 900006):
            peer.members[group_id] = {20002: "张伟"}
            await peer.group(MENTION, group=group_id)
            assert (await run.next()).text == "@张伟 36.5"
        assert len(run.platform._intake._names._groups) == 2


async def test_two_accounts_bring_a_mention_once() -> None:
    async with group() as (run, one), run.peer(self_id=10001) as two:
        two.members = one.members
        await run.meet(two)
        for peer in (one, two):
            await peer.group(MENTION, time=1580860800)
        assert (await run.next()).text == "@3-2-501 张伟 36.5"
        await run.meet(two)
        assert run.host.inbox.empty()


async def test_a_connection_that_breaks_meanwhile_takes_no_message_along() -> None:
    async with group() as (run, peer):
        peer.hold("get_group_member_list")
        await peer.group(MENTION)
        async with asyncio.timeout(WAIT):
            while not peer.called("get_group_member_list"):
                await peer.next_call()
        await peer.drop()
        assert (await run.next()).text == "@20002 36.5"


@pytest.mark.parametrize("data", [None, "x", {}, [1], [{"user_id": None}], [{"user_id": 20002, "card": 3}]])
async def test_odd_answers_harm_nothing(data: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneBotPeer, "_member", lambda *_: data)
    async with group() as (run, peer):
        await peer.group(MENTION)
        assert (await run.next()).text == "@20002 36.5"


async def test_no_name_is_written_to_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with group() as (run, peer):
        await peer.group(MENTION)
        await run.next()
        await peer.notice("group_card", user=20002, card_new="李四")
    assert not any(word in dump(caplog) for word in ("张伟", "李四", "20002", "900001"))
