"""What the program sends on WeChat, as it arrives, and what becomes of it if it does not."""

import asyncio
from base64 import b64decode
from datetime import UTC, datetime

import pytest

from bot.messages import Chat, ChatKind, FileKind, OutboundFile
from bot.platforms.contract import CannotTell, Rejected, Trouble, TryLater
from bot.platforms.wechat import WechatPlatform
from tests.platforms.wechat.line import ALICE, BOB, BOT, GROUP, IMPATIENT, OTHER_GROUP, PERSON, connected, out, settings
from tests.platforms.wechat.node import Gateway

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("chat", [GROUP, PERSON])
async def test_a_text(gateway: Gateway, chat: Chat) -> None:
    async with connected(gateway) as run:
        id = await run.send(out("已登记：36.5℃", chat))
        seen = await run.seen()
        assert (seen["conversationId"], seen["text"], seen["mentionIdList"]) == (chat.id, "已登记：36.5℃", [])
        assert id == seen["id"] != ""


async def test_an_answer_in_a_group_speaks_to_who_asked(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        question = await run.say("打卡 36.5", GROUP)
        await run.next()
        await run.send(out("已登记", GROUP, reply_to=question))
        seen = await run.seen()
        assert (seen["text"], seen["mentionIdList"]) == ("@Alice\u2005已登记", [ALICE])


async def test_only_the_first_part_of_an_answer_speaks_to_somebody(gateway: Gateway) -> None:
    async with connected(gateway, text_limit=20) as run:
        question = await run.say("帮助", GROUP, by=BOB)
        await run.next()
        await run.send(out("第一行说的是这些\n第二行说的是那些", GROUP, reply_to=question))
        seen = [await run.seen(), await run.seen()]
        assert [part["text"] for part in seen] == ["@Bob\u2005第一行说的是这些", "第二行说的是那些"]
        assert [part["mentionIdList"] for part in seen] == [[BOB], []]


@pytest.mark.parametrize(("chat", "reply_to"), [(GROUP, "unknown"), (OTHER_GROUP, ""), (PERSON, "")])
async def test_nobody_is_spoken_to_elsewhere(gateway: Gateway, chat: Chat, reply_to: str) -> None:
    async with connected(gateway) as run:
        question = await run.say("打卡 36.5", GROUP)
        await run.next()
        await run.send(out("已登记", chat, reply_to=reply_to or question))
        seen = await run.seen()
        assert (seen["text"], seen["mentionIdList"]) == ("已登记", [])


@pytest.mark.parametrize(("kind", "name"), [(FileKind.XLSX, "三号楼 日报.xlsx"), (FileKind.PNG, "趋势.png")])
async def test_a_file_goes_before_its_text(gateway: Gateway, kind: FileKind, name: str) -> None:
    content = b"PK\x03\x04" + bytes(range(256)) * 100
    async with connected(gateway) as run:
        id = await run.send(out("今日日报", GROUP, file=OutboundFile(kind, name, content)))
        file, text = await run.seen(), await run.seen()
        assert (file["kind"], file["name"], b64decode(file["content"])) == ("file", name, content)
        assert (text["text"], text["id"]) == ("今日日报", id)


async def test_a_file_without_a_text(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        id = await run.send(out("", PERSON, file=OutboundFile(FileKind.XLSX, "日报.xlsx", b"PK")))
        file = await run.seen()
        assert (file["conversationId"], file["id"], file["mediaType"]) == (
            PERSON.id, id, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )  # fmt: skip


async def test_the_largest_file_goes_and_a_larger_one_never_will(gateway: Gateway) -> None:
    largest = OutboundFile(FileKind.XLSX, "日报.xlsx", bytes(3 * 2**20 - 2**16))
    async with connected(gateway) as run:
        await run.send(out("", GROUP, file=largest))
        assert (await run.seen())["bytes"] == len(largest.content)
        with pytest.raises(Rejected, match="too large"):
            await run.send(out("", GROUP, id=2, file=OutboundFile(FileKind.XLSX, "日报.xlsx", bytes(3 * 2**20 + 1))))
        assert run.platform.online()


async def test_a_long_text_is_sent_in_parts(gateway: Gateway) -> None:
    text = "\n".join(f"第{number}户：已登记，一切正常。" for number in range(60))
    async with connected(gateway, text_limit=200) as run:
        id = await run.send(out(text, GROUP))
        parts = [await run.seen()]
        while parts[-1]["id"] != id:
            parts.append(await run.seen())
        assert max(len(part["text"]) for part in parts) <= 200
        assert "\n".join(part["text"] for part in parts) == text


async def test_a_failure_of_the_gateway_may_be_tried_again(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await gateway.tell("/fail", n=1)
        with pytest.raises(TryLater) as caught:
            await run.send(out("已登记", GROUP))
        assert (caught.value.maybe_sent, caught.value.whole_account, caught.value.offline) == (False, False, False)
        assert "injected" not in str(caught.value)
        assert run.platform.online()
        await run.send(out("已登记", GROUP))
        assert (await run.seen())["text"] == "已登记"


@pytest.mark.parametrize("code", [3, 5, 7, 12])
async def test_what_the_gateway_refuses_for_good(gateway: Gateway, code: int) -> None:
    async with connected(gateway) as run:
        await gateway.tell("/fail", n=1, code=code)
        with pytest.raises(Rejected, match="text: "):
            await run.send(out("已登记", GROUP))
        await run.send(out("已登记", GROUP, id=2))
        assert len((await gateway.tell("/outbound"))["out"]) == 1


async def test_a_gateway_that_wants_less(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await gateway.tell("/fail", n=1, code=8)
        with pytest.raises(TryLater) as caught:
            await run.send(out("已登记", GROUP))
        assert (caught.value.after, caught.value.whole_account, caught.value.maybe_sent) == (30.0, True, False)


async def test_a_retry_repeats_no_part_that_is_out(gateway: Gateway) -> None:
    message = out("第一行说的是这些事情\n第二行说的是那些事情", GROUP, id=3)
    async with connected(gateway, text_limit=20) as run:
        await gateway.tell("/fail", n=1, after=1)
        with pytest.raises(TryLater):
            await run.send(message)
        assert (await run.seen())["text"] == "第一行说的是这些事情"
        id = await run.send(message)
        seen = await run.seen()
        assert (seen["text"], seen["id"]) == ("第二行说的是那些事情", id)
        assert (await gateway.tell("/count"))["n"] == 2


async def test_somebody_whom_the_gateway_does_not_know(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        with pytest.raises(TryLater, match="text: "):
            await run.send(out("您好", Chat("wechat", ChatKind.PRIVATE, "wxid_nobody")))


async def test_what_can_never_be_sent(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        for message in (out(""), out(" \n"), out("\ud83d"), out("您好", Chat("wechat", ChatKind.PRIVATE, ""))):
            with pytest.raises(Rejected):
                await run.send(message)
        with pytest.raises(Rejected):
            await run.send(out("", file=OutboundFile(FileKind.PNG, "\ud83d.png", b"")))
        assert (await gateway.tell("/count"))["n"] == 0


async def test_nothing_goes_while_there_is_no_connection(gateway: Gateway) -> None:
    platform = WechatPlatform(settings(gateway))
    assert (platform.online(), platform.account_of(out("已登记"))) == (False, "")
    with pytest.raises(TryLater) as caught:
        await platform.send(out("已登记"))
    assert (caught.value.offline, caught.value.maybe_sent) == (True, False)


async def test_a_message_may_be_out_if_the_gateway_does_not_answer(gateway: Gateway) -> None:
    async with connected(gateway, call_timeout=0.2) as run:
        gateway.freeze()
        with pytest.raises(TryLater) as caught:
            await run.send(out("已登记", GROUP))
        gateway.thaw()
        assert (caught.value.maybe_sent, caught.value.offline) == (True, False)


async def test_a_message_may_be_out_if_the_connection_breaks(gateway: Gateway) -> None:
    async with connected(gateway, **{**IMPATIENT, "call_timeout": 5.0}) as run:
        gateway.freeze()
        with pytest.raises(TryLater) as caught:
            await run.send(out("已登记", GROUP))
        await run.trouble(Trouble.SILENT)
        gateway.thaw()
        assert caught.value.maybe_sent
        await run.trouble(None)


async def test_many_at_once(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        ids = await asyncio.gather(*(run.send(out(f"第{number}句", GROUP, id=number)) for number in range(100)))
        seen = [await run.seen() for _ in range(100)]
        assert {part["id"]: part["text"] for part in seen} == {id: f"第{n}句" for n, id in enumerate(ids)}


async def test_what_was_sent_cannot_be_looked_up(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        with pytest.raises(CannotTell):
            await run.platform.find(out("已登记"), datetime.now(UTC))
        assert run.platform.account_of(out("已登记")) == BOT
