"""What people write on WeChat, as the program gets it."""

import asyncio
from datetime import UTC, datetime

import pytest

from bot.messages import Chat, Inbound
from tests.platforms.wechat.line import ALICE, BOB, BOT, GROUP, OTHER_GROUP, PERSON, connected, out
from tests.platforms.wechat.node import Gateway

pytestmark = pytest.mark.asyncio

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAIBAQAY3Y2wAAAAAElFTkSuQmCC"


async def test_a_message_in_a_group(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        id = await run.say("打卡 36.5", GROUP)
        message = await run.next()
        assert (message.account, message.message_id, message.chat) == (BOT, id, GROUP)
        assert (message.sender.id, message.sender.name, message.sender.is_bot) == (ALICE, "Alice", False)
        assert (message.text, message.mentions_bot, message.reply_to, message.images) == ("打卡 36.5", False, None, ())
        assert abs((datetime.now(UTC) - message.at).total_seconds()) < 60


async def test_a_private_message(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.say("我发烧了", PERSON)
        message = await run.next()
        assert (message.chat, message.sender.id, message.sender.name) == (PERSON, ALICE, "Alice")
        assert message.text == "我发烧了"


async def test_a_member_is_called_as_the_group_calls_them(gateway: Gateway) -> None:
    await gateway.tell("/alias", room=GROUP.id, who=ALICE, alias="3-1201 陈芳")
    async with connected(gateway) as run:
        await run.say("36.5", GROUP)
        assert (await run.next()).sender.name == "3-1201 陈芳"
        await run.say("36.5", PERSON)
        assert (await run.next()).sender.name == "Alice"


# -- who is spoken to


async def test_who_is_chosen_from_the_list_of_members_is_mentioned(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.say("@HealthBot\u2005打卡 36.5", GROUP, mentions=[BOT])
        message = await run.next()
        assert (message.text, message.mentions_bot) == ("打卡 36.5", True)


async def test_a_gateway_that_does_not_tell_who_is_mentioned(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.say("打卡 36.5 @HealthBot", GROUP)
        message = await run.next()
        assert (message.text, message.mentions_bot) == ("打卡 36.5", True)


async def test_the_bot_may_have_a_name_of_its_own_in_the_group(gateway: Gateway) -> None:
    await gateway.tell("/alias", room=GROUP.id, who=BOT, alias="联防 小助手")
    async with connected(gateway) as run:
        await run.say("@联防 小助手\u2005帮助", GROUP)
        message = await run.next()
        assert (message.text, message.mentions_bot) == ("帮助", True)


async def test_mentioned_by_a_name_that_nobody_knows(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.say("@旧名字\u2005帮助", GROUP, mentions=[BOT])
        message = await run.next()
        assert (message.text, message.mentions_bot) == ("帮助", True)


async def test_somebody_else_is_mentioned(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.say("@Bob\u200536.5", GROUP, mentions=[BOB])
        message = await run.next()
        assert (message.text, message.mentions_bot) == ("@Bob 36.5", False)
        await run.say("@HealthBot2 36.5", GROUP)
        message = await run.next()
        assert (message.text, message.mentions_bot) == ("@HealthBot2 36.5", False)


async def test_what_is_quoted_is_not_said_again(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.say("「Bob：38.9 发烧」\n- - - - - - - - - - - - - - -\n收到", GROUP)
        message = await run.next()
        assert (message.text, message.mentions_bot) == ("收到", False)
        await run.say("「HealthBot：请问是谁的体温？」\n- - - - - - - - - - - - - - -\n我妈妈的", GROUP)
        message = await run.next()
        assert (message.text, message.mentions_bot) == ("我妈妈的", True)


# -- other kinds


@pytest.mark.parametrize("chat", [GROUP, PERSON])
async def test_a_picture(gateway: Gateway, chat: Chat) -> None:
    async with connected(gateway) as run:
        room = {"room": chat.id} if chat is GROUP else {}
        answer = await gateway.tell("/image", **{"from": ALICE, "name": "体温.png", "base64": PNG, **room})
        message = await run.next()
        assert (message.chat, message.text, message.images) == (chat, "", (f"wechat:{answer['id']}",))


async def test_a_picture_that_is_sent_as_a_file(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        id = await run.raw(type=1, text="<msg>…</msg>", filename="核酸.JPG")
        message = await run.next()
        assert (message.text, message.images) == ("", (f"wechat:{id}",))


@pytest.mark.parametrize("kind", [2, 3, 4, 5, 8, 9, 11, 12, 14, 15, 16])
async def test_what_is_no_text_has_none(gateway: Gateway, kind: int) -> None:
    async with connected(gateway) as run:
        await run.raw(type=kind, text="<?xml version='1.0'?><msg>38.7</msg>")
        assert (await run.next()).text == ""


async def test_a_chain_is_text(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.raw(type=10, text="#接龙\n1. 3-1201 36.5")
        assert (await run.next()).text == "#接龙\n1. 3-1201 36.5"


@pytest.mark.parametrize("kind", [0, 13, 17, 99, 2**31 - 1])
async def test_a_notice_or_a_kind_that_is_not_known_says_nothing_and_breaks_nothing(
    gateway: Gateway, kind: int
) -> None:
    async with connected(gateway) as run:
        await run.raw(type=kind, text="“Alice”撤回了一条消息")
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        assert run.platform.online()


@pytest.mark.parametrize("stamp", [1_580_860_800, 1_580_860_800_000])
async def test_time_stamps_are_seconds_or_milliseconds(gateway: Gateway, stamp: int) -> None:
    async with connected(gateway) as run:
        await run.raw(text="36.5", timestamp=stamp)
        assert (await run.next()).at == datetime(2020, 2, 5, tzinfo=UTC)


@pytest.mark.parametrize("stamp", [0, 9_000_000_000_000_000])
async def test_a_time_stamp_that_is_none(gateway: Gateway, stamp: int) -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)
    async with connected(gateway, now=lambda: now) as run:
        await run.raw(text="36.5", timestamp=stamp)
        assert (await run.next()).at == now


# -- again, own, names


async def test_a_message_that_is_delivered_again_is_handed_over_once(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        id = await run.say("36.5", GROUP)
        await gateway.tell("/reemit", id=id)
        assert (await run.next()).message_id == id
        await gateway.tell("/reemit", id=id)
        await run.say("完", GROUP)
        assert (await run.next()).text == "完"


async def test_a_message_that_was_not_stored_may_come_again(gateway: Gateway) -> None:
    tried, failed = asyncio.Queue[str](), list[str]()

    async def store(message: Inbound) -> None:
        tried.put_nowait(message.text)
        if not failed:
            failed.append(message.text)
            raise RuntimeError(message.text)

    async with connected(gateway, receive=store) as run, asyncio.timeout(5):
        id = await run.say("36.5", GROUP)
        await run.say("36.6", GROUP)
        assert [await tried.get() for _ in range(2)] == ["36.5", "36.6"]
        await gateway.tell("/reemit", id=id)
        assert await tried.get() == "36.5"


async def test_own_messages_are_dropped(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.say("这是我自己说的", GROUP, by=BOT)
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        assert run.host.inbox.empty()


@pytest.mark.parametrize("what", ["topic", "join", "leave", "contact", "room", "members"])
async def test_names_are_asked_again_once_they_may_have_changed(gateway: Gateway, what: str) -> None:
    steps = {
        "topic": ("/topic", {"room": GROUP.id, "topic": "三号楼", "by": BOB}),
        "join": ("/join", {"room": GROUP.id, "who": "wxid_carol", "by": BOB}),
        "leave": ("/leave", {"room": GROUP.id, "who": "wxid_carol", "by": BOB}),
        "contact": ("/dirty", {"type": 2, "id": ALICE}),
        "room": ("/dirty", {"type": 3, "id": GROUP.id}),
        "members": ("/dirty", {"type": 4, "id": GROUP.id}),
    }
    async with connected(gateway) as run:
        await run.say("36.5", GROUP)
        assert (await run.next()).sender.name == "Alice"
        await gateway.tell("/rename", who=ALICE, name="陈芳")
        await run.say("36.5", GROUP)
        assert (await run.next()).sender.name == "Alice"
        path, fields = steps[what]
        await gateway.tell(path, **fields)
        await run.say("36.5", GROUP)
        assert (await run.next()).sender.name == "陈芳"


async def test_a_name_is_asked_for_once(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        key = f"{GROUP.id}/{ALICE}"
        before = (await gateway.tell("/calls", key=key))["n"]
        for _ in range(5):
            await run.say("36.5", GROUP)
            await run.next()
        assert (await gateway.tell("/calls", key=key))["n"] == before + 1


async def test_whose_name_cannot_be_had_is_heard_all_the_same(gateway: Gateway) -> None:
    await gateway.tell("/alias", room=GROUP.id, who=ALICE, alias=None)
    async with connected(gateway) as run:
        await run.say("36.5", GROUP)
        message = await run.next()
        assert (message.sender.id, message.sender.name) == (ALICE, "")
        await gateway.tell("/alias", room=GROUP.id, who=ALICE, alias="陈芳")
        await run.say("36.5", GROUP)
        assert (await run.next()).sender.name == "陈芳"


async def test_a_message_that_the_gateway_does_not_have_costs_no_other(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await gateway.tell("/event", name="message", payload={"messageId": "no-such-message"})
        await gateway.tell("/event", name="message", payload={})
        await run.say("36.6", GROUP)
        assert (await run.next()).text == "36.6"


# -- many at once


async def test_a_burst_keeps_the_order_of_each_conversation(gateway: Gateway) -> None:
    await gateway.tell("/slow", ms=30)  # answers come in another order than the questions
    async with connected(gateway) as run:
        chats = {GROUP: ALICE, OTHER_GROUP: "wxid_carol", PERSON: ALICE}
        bursts = [run.say("第", chat, by=by, count=40) for chat, by in chats.items()]
        await asyncio.gather(*bursts)
        said: dict[Chat, list[str]] = {chat: [] for chat in chats}
        for _ in range(120):
            message = await run.next()
            said[message.chat].append(message.text)
        assert all(texts == [f"第#{number}" for number in range(40)] for texts in said.values())


async def test_handing_over_does_not_wait_for_the_store(gateway: Gateway) -> None:
    begun, durable = asyncio.Queue[str](), asyncio.Event()

    async def store(message: Inbound) -> None:
        begun.put_nowait(message.text)
        await durable.wait()

    async with connected(gateway, receive=store, max_in_flight=3) as run:
        await run.say("第", GROUP, count=5)
        async with asyncio.timeout(5):
            assert [await begun.get() for _ in range(3)] == ["第#0", "第#1", "第#2"]
            await run.send(out("请稍等"))  # there and back
            assert begun.empty()
            durable.set()
            assert [await begun.get() for _ in range(2)] == ["第#3", "第#4"]
