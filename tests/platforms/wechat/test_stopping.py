"""The end: at once, and nothing that was taken is lost."""

import asyncio

import pytest

from bot.messages import Inbound
from bot.platforms.contract import Trouble
from tests.platforms.host import FakeHost
from tests.platforms.wechat.line import (
    GROUP,
    connected,
    out,
    running,
)
from tests.platforms.wechat.node import Gateway
from tests.ports import free_port

pytestmark = pytest.mark.asyncio


async def test_it_stops_at_once_whatever_it_is_doing(gateway: Gateway) -> None:
    loop = asyncio.get_running_loop()
    gateway.freeze()
    async with running(gateway, connect_timeout=60.0, first_event=60.0, call_timeout=60.0) as run:
        await asyncio.sleep(0.05)
        begin = loop.time()
    gateway.thaw()
    assert loop.time() - begin < 1
    async with running(Gateway(port=free_port()), first_pause=60.0) as run:
        await run.trouble(Trouble.UNREACHABLE)
        begin = loop.time()
    assert loop.time() - begin < 1


async def test_what_is_on_its_way_to_the_store_gets_there(gateway: Gateway) -> None:
    begun, stored = asyncio.Event(), list[str]()

    async def store(message: Inbound) -> None:
        begun.set()
        await asyncio.sleep(0.1)
        stored.append(message.text)

    async with connected(gateway, receive=store) as run:
        await run.say("36.5", GROUP)
        await begun.wait()
    assert stored == ["36.5"]


async def test_a_store_that_hangs_does_not_hold_up_the_end(gateway: Gateway) -> None:
    begun = asyncio.Event()

    async def never(_: Inbound) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with connected(gateway, receive=never, finish=0.05) as run:
        await run.say("36.5", GROUP)
        await begun.wait()


async def test_the_same_platform_may_run_again(gateway: Gateway) -> None:
    async with connected(gateway, max_in_flight=2, finish=0.05) as run:
        await gateway.tell("/slow", ms=100_000)
        ids = [await run.say(text, GROUP) for text in ("36.5", "36.6", "36.7")]
        await run.send(out("请稍等"))  # there and back, so that they have come
        again = run.platform
    await gateway.tell("/slow", ms=0)
    host = FakeHost()
    task = asyncio.create_task(again.run(host))
    assert {(await host.next()).message_id for _ in range(2)} == set(ids[:2])
    id = await run.say("36.8", GROUP)
    assert (await host.next()).message_id == id
    task.cancel()
    await asyncio.wait({task})
