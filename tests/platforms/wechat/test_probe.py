"""A quick look from outside, beside a program that runs."""

import asyncio

import pytest

from bot.platforms.contract import Trouble
from bot.platforms.wechat import probe
from tests.platforms.wechat.line import GROUP, connected, out, settings
from tests.platforms.wechat.node import Gateway
from tests.ports import free_port

pytestmark = pytest.mark.asyncio


async def test_all_is_well(gateway: Gateway) -> None:
    state = await probe(settings(gateway))
    assert (state.account, state.trouble, state.detail) == ("", None, "")


async def test_a_wrong_token(gateway: Gateway) -> None:
    state = await probe(settings(gateway, token="wr0ng-secret"))
    assert state.trouble is Trouble.REFUSED
    assert "wr0ng" not in repr(state)


async def test_nobody_there() -> None:
    assert (await probe(settings(Gateway(port=free_port())))).trouble is Trouble.UNREACHABLE


@pytest.mark.parametrize("options", [{"call_timeout": 0.1}, {"probe_timeout": 0.1}])
async def test_frozen(gateway: Gateway, options: dict[str, float]) -> None:
    gateway.freeze()
    assert (await probe(settings(gateway, **options))).trouble is Trouble.SILENT


async def test_nothing_but_silence_at_the_address() -> None:
    async def nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(nothing, "127.0.0.1", 0)
    gateway = Gateway(port=server.sockets[0].getsockname()[1])
    assert (await probe(settings(gateway, call_timeout=0.1))).trouble is Trouble.SILENT
    server.close()
    await server.wait_closed()


async def test_a_running_program_is_not_disturbed(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        assert (await probe(settings(gateway))).trouble is None
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        await run.send(out("已登记", GROUP))
        assert (await run.seen())["text"] == "已登记"
        assert run.watch.seen == ["none"]
