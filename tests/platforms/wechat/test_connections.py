"""The connection: what may go wrong with it, what the operator sees of that, and how it comes back."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from grpclib.exceptions import GRPCError, StreamTerminatedError

from bot.messages import Inbound
from bot.platforms.contract import Trouble, TryLater
from bot.platforms.wechat import codec
from bot.platforms.wechat.faults import NotConnected, Silent
from bot.platforms.wechat.link import Link
from tests.platforms.host import WAIT
from tests.platforms.wechat.line import (
    ALICE,
    BOT,
    GROUP,
    IMPATIENT,
    PERSON,
    QUICK,
    connected,
    dump,
    out,
    running,
    settings,
)
from tests.platforms.wechat.node import TOKEN, Gateway, start

pytestmark = pytest.mark.asyncio


async def test_in_service(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        assert (run.state.account, run.state.trouble, run.state.code) == (BOT, None, "")
        assert run.platform.online()
        assert run.watch.seen == ["none"]
    assert (run.state.trouble, run.platform.online()) == (Trouble.STARTING, False)


async def test_stopped_and_started_again(gateway: Gateway) -> None:
    for text in ("36.5", "36.6"):
        async with connected(gateway) as run:
            await run.say(text, GROUP)
            assert (await run.next()).text == text


# -- the gateway is not there


async def test_nobody_is_there_at_first(gateway: Gateway) -> None:
    gateway.kill()
    async with running(gateway) as run:
        await run.trouble(Trouble.UNREACHABLE)
        assert not run.platform.online()
        with pytest.raises(TryLater):
            await run.send(out("已登记"))
        await start(gateway)
        await run.trouble(None)
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"


async def test_killed_and_started_again(gateway: Gateway) -> None:
    begin = datetime.now(UTC)
    async with connected(gateway) as run:
        await run.say("36.5", GROUP)
        await run.next()
        gateway.kill()
        await run.trouble(Trouble.UNREACHABLE)
        assert not run.platform.online()
        assert run.state.account == run.platform.account_of(out("已登记")) == BOT
        await start(gateway)
        await run.trouble(None)
        run.seq = 0
        await run.say("36.6", GROUP)
        assert (await run.next()).text == "36.6"
        await run.send(out("已登记", GROUP))
        assert (await run.seen())["text"] == "已登记"
        account, since, until = await run.host.gap()
        assert account == BOT
        assert begin <= since < until <= datetime.now(UTC)
        assert run.host.gaps.empty()


async def test_frozen_and_thawed(gateway: Gateway) -> None:
    async with connected(gateway, **IMPATIENT) as run:
        gateway.freeze()
        await run.trouble(Trouble.SILENT)
        assert not run.platform.online()
        gateway.thaw()
        await run.trouble(None)
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        assert set(run.watch.seen) <= {"none", "silent", "unreachable"}


async def test_frozen_when_it_starts(gateway: Gateway) -> None:
    gateway.freeze()
    async with running(gateway, **IMPATIENT) as run:
        await run.trouble(Trouble.SILENT)
        gateway.thaw()
        await run.trouble(None)


async def test_a_quiet_line_stays(gateway: Gateway) -> None:
    async with connected(gateway, pulse=0.05, keepalive=0.05, keepalive_timeout=WAIT) as run:
        for _ in range(2):
            await gateway.tell("/dong")  # the answer to a ding, which this gateway gives after a second
        assert run.watch.seen == ["none"]


async def test_a_stream_that_is_deaf_on_a_gateway_that_answers(gateway: Gateway) -> None:
    async with connected(gateway, pulse=0.05, echo=1.5) as run:
        await gateway.tell("/dong")
        await run.say("36.5", GROUP)
        await run.next()  # so what came before it has been heard too
        await gateway.tell("/deafen")
        await run.trouble(Trouble.SILENT)
        await run.trouble(None)  # a new stream has ears again


async def test_a_slow_store_is_not_the_gateways_fault(gateway: Gateway) -> None:
    durable, begun = asyncio.Event(), asyncio.Event()

    heard = asyncio.Event()

    async def store(message: Inbound) -> None:
        heard.set()
        if message.text != "36.5":
            begun.set()
            await durable.wait()

    async with connected(gateway, receive=store, max_in_flight=1, pulse=0.05, echo=0.4) as run:
        await gateway.tell("/dong")
        await run.say("36.5", GROUP)
        await heard.wait()  # so the stream is known to answer
        await run.say("第", GROUP, count=3)
        await begun.wait()
        await asyncio.sleep(0.8)  # for which nothing is taken from the stream; longer than `echo`
        assert run.watch.seen == ["none"]
        durable.set()


# -- the token, the stream


async def test_a_wrong_token(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with running(gateway, token="wr0ng-secret") as run:
        state = await run.trouble(Trouble.REFUSED)
        assert (state.account, run.platform.online()) == ("", False)
        assert "wr0ng" not in repr(state)
    assert "wr0ng" not in dump(caplog)


@asynccontextmanager
async def other_client(gateway: Gateway) -> AsyncIterator[asyncio.Task[None]]:
    """Takes the stream as Wechaty's own clients do; the task ends when somebody takes it from there."""
    link = Link(settings(gateway))
    await link.open()
    await link.call(lambda stub: stub.stop())
    await link.call(lambda stub: stub.start())
    listening = asyncio.Event()
    holds = asyncio.create_task(_hold(link, listening))
    async with asyncio.timeout(WAIT):
        await listening.wait()
    try:
        yield holds
    finally:
        await link.close()
        await asyncio.wait({holds})


async def _hold(link: Link, listening: asyncio.Event) -> None:
    while link.alive:
        try:
            async for _ in link.events():
                listening.set()
        except GRPCError:  # the platform was faster
            await link.call(lambda stub: stub.stop())
            await link.call(lambda stub: stub.start())
        except (StreamTerminatedError, NotConnected, Silent):
            return
        else:
            return


async def test_another_client_takes_the_stream_and_leaves(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        async with other_client(gateway) as holds:
            state = await run.trouble(Trouble.TAKEN)
            assert (state.account, run.platform.online()) == (BOT, False)
            await asyncio.sleep(0.2)  # of some tries
            assert not holds.done()
            assert run.state.trouble is Trouble.TAKEN
        await run.trouble(None)
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        assert (await run.host.gap())[0] == BOT


async def test_a_stream_that_somebody_keeps_is_taken_back_at_last(gateway: Gateway) -> None:
    async with connected(gateway, taken_pause=0.3) as run, other_client(gateway) as holds:
        await run.trouble(Trouble.TAKEN)
        await run.trouble(None)
        async with asyncio.timeout(WAIT):
            await holds  # its stream was ended


async def test_a_dead_connection_of_ours_is_replaced_at_once(gateway: Gateway) -> None:
    dead = Link(settings(gateway))
    await dead.open()
    events = dead.events()
    await anext(events)
    async with connected(gateway) as run:
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        assert run.watch.seen == ["none"]
    await events.aclose()
    await dead.close()


# -- what is odd


async def test_an_error_of_the_gateway_ends_nothing(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(gateway) as run:
        await gateway.tell("/error", data="cannot send 我发烧了 to wxid_alice")
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        assert run.watch.seen == ["none"]
    assert "wechat_gateway_error" in dump(caplog)
    assert "发烧" not in dump(caplog)


@pytest.mark.parametrize(
    ("name", "payload"),
    [("message", {"messageId": 7}), ("message", []), ("room-topic", {}), ("room-join", {"roomId": None}),
     ("dirty", {"payloadType": 1, "payloadId": "x"}), ("scan", {}), ("login", {}), ("logout", None),
     ("friendship", {"friendshipId": "f"}), ("room-invite", {}), ("heartbeat", {"data": "x"}), ("post", {"postId": 1})],
)  # fmt: skip
async def test_events_that_say_nothing(gateway: Gateway, name: str, payload: object) -> None:
    async with connected(gateway) as run:
        await gateway.tell("/event", name=name, payload=payload)
        if name in ("scan", "logout"):
            await run.trouble(Trouble.LOGGED_OUT)
            await gateway.tell("/event", name="login", payload={"contactId": BOT})
            await run.trouble(None)
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        assert len(run.watch.seen) <= 3


async def test_something_else_at_the_address() -> None:
    async def shout(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 10)
        writer.close()

    server = await asyncio.start_server(shout, "127.0.0.1", 0)
    gateway = Gateway(port=server.sockets[0].getsockname()[1])
    async with running(gateway) as run:
        await run.watch.until(lambda: run.state.trouble in (Trouble.CLOSED, Trouble.FAILING))
    server.close()
    await server.wait_closed()


async def test_a_message_that_could_not_be_read_before_the_line_broke(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await gateway.tell("/slow", ms=100_000)
        id = await run.say("38.7", GROUP)
        await gateway.tell("/slow", ms=0)
        run.platform._link._channel.protocol.transport.abort()
        message = await run.next()
        assert (message.message_id, message.text) == (id, "38.7")


async def test_a_message_that_came_before_it_was_known_whose_it_is(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await gateway.tell("/logout")
        id = await run.raw(text="36.5")
        await run.trouble(Trouble.LOGGED_OUT)
        assert run.host.inbox.empty()
        await gateway.tell("/login")
        assert (await run.next()).message_id == id


async def test_an_error_of_ours_costs_one_message(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    made = codec.inbound

    def break_once(message: codec.Raw, *rest: Any) -> Inbound:
        if message.text == "我发烧了":
            raise ZeroDivisionError(message.text)
        return made(message, *rest)

    monkeypatch.setattr(codec, "inbound", break_once)
    async with connected(gateway, max_in_flight=1) as run:
        await run.say("我发烧了", GROUP)
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
    assert "ZeroDivisionError" in dump(caplog)
    assert "发烧" not in dump(caplog)


# -- logs


async def test_nothing_private_is_logged_however_much_is(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("hpack", "hpack.hpack", "hpack.table", "h2", "grpclib", "grpclib.protocol", "grpclib.client"):
        caplog.set_level(logging.DEBUG, logger=name)
    async with connected(gateway, **IMPATIENT) as run:
        await run.say("我发烧38.7", GROUP)
        await run.next()
        await run.say("咳嗽", PERSON)
        await run.next()
        await run.send(out("已登记，请留在家中"))
        await gateway.tell("/fail", n=1)
        with pytest.raises(TryLater):
            await run.send(out("请留在家中", id=2))
        await gateway.tell("/event", name="message", payload={"messageId": "秘密"})
        gateway.freeze()
        await run.trouble(Trouble.SILENT)
        gateway.thaw()
        await run.trouble(None)
    said = dump(caplog)
    assert "wechat_state" in said
    for private in (TOKEN, "s3cret", "发烧", "38.7", "咳嗽", "登记", "Alice", ALICE, BOT, "秘密", GROUP.id):
        assert private not in said


async def test_settings_show_no_secret_and_say_what_cannot_work() -> None:
    gateway = Gateway()
    assert TOKEN not in repr(settings(gateway))
    for wrong in ({"token": ""}, {"token": "两个字"}, {"token": "a b"}, {"endpoint": "127.0.0.1"},
                  {"endpoint": "127.0.0.1:0"}, {"endpoint": "127.0.0.1:99999"}):  # fmt: skip
        with pytest.raises(ValueError, match=r"token|host:port"):
            settings(gateway, **wrong)
    six = settings(gateway, endpoint="[::1]:8788")
    assert (six.host, six.port, QUICK["settle"]) == ("::1", 8788, six.settle)
