"""Who is logged in: codes to scan, logging out and in, another account."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from bot.platforms.contract import Trouble, TryLater
from bot.platforms.wechat.link import Link
from tests.platforms.wechat.line import (
    BOB,
    BOT,
    GROUP,
    connected,
    dump,
    out,
    running,
    settings,
)
from tests.platforms.wechat.node import Gateway

pytestmark = pytest.mark.asyncio


async def test_logged_out_and_in_again(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await gateway.tell("/logout")
        state = await run.trouble(Trouble.LOGGED_OUT)
        assert (state.account, state.code, run.platform.online()) == (BOT, "", False)
        with pytest.raises(TryLater) as caught:
            await run.send(out("已登记", GROUP))
        assert caught.value.offline
        await gateway.tell("/login")
        await run.trouble(None)
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        assert (await run.host.gap())[0] == BOT


async def test_a_code_waits_to_be_scanned(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(gateway) as run:
        await gateway.tell("/logout")
        await gateway.tell("/scan", code="https://login.weixin.qq.com/l/first", status=2)
        state = await run.trouble(Trouble.SCAN)
        assert (state.code, run.platform.online()) == ("https://login.weixin.qq.com/l/first", False)
        await gateway.tell("/scan", code="https://login.weixin.qq.com/l/second", status=2)
        await run.watch.until(lambda: run.state.code.endswith("second"))
        assert "second" not in repr(run.watch.seen)
        await gateway.tell("/scan", code="", status=3)
        await run.watch.until(lambda: run.state.detail == "scanned")
        assert (run.state.trouble, run.state.code) == (Trouble.SCAN, "")
        await gateway.tell("/scan", code="https://login.weixin.qq.com/l/second", status=5)
        await run.trouble(Trouble.LOGGED_OUT)
        assert run.state.code == ""
        await gateway.tell("/login")
        await run.trouble(None)
        assert run.state.code == ""
    assert "login.weixin" not in dump(caplog)


async def test_a_code_that_waited_before_we_came(gateway: Gateway) -> None:
    await gateway.tell("/logout")
    await gateway.tell("/scan", code="https://login.weixin.qq.com/l/night", status=2)
    async with running(gateway) as run:
        state = await run.trouble(Trouble.SCAN)
        assert (state.account, state.code) == ("", "https://login.weixin.qq.com/l/night")
        await gateway.tell("/login")
        assert (await run.trouble(None)).account == BOT


async def test_a_gateway_that_was_told_to_stop_is_started(gateway: Gateway) -> None:
    other = Link(settings(gateway))
    await other.open()
    await other.call(lambda stub: stub.stop())
    await other.close()
    async with connected(gateway) as run:
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"


async def test_nobody_is_logged_in_and_no_code_is_shown(gateway: Gateway) -> None:
    await gateway.tell("/logout")
    async with running(gateway, settle=0.05) as run:
        assert (await run.trouble(Trouble.LOGGED_OUT)).account == ""


async def test_another_account_logs_in(gateway: Gateway) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    async with connected(gateway, heard={BOB: long_ago}) as run:
        await gateway.tell("/logout")
        await run.trouble(Trouble.LOGGED_OUT)
        await gateway.tell("/event", name="login", payload={"contactId": BOB})
        assert (await run.trouble(None)).account == BOB
        await run.say("36.5", GROUP)
        assert (await run.next()).account == BOB
        assert (await run.host.gap())[:2] == (BOB, long_ago)
