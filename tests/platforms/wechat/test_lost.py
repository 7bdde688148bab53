"""What was said while nobody listened: told to the program, once and as a whole."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.platforms.contract import Trouble
from tests.platforms.wechat.line import (
    BOT,
    GROUP,
    connected,
    running,
)
from tests.platforms.wechat.node import Gateway

pytestmark = pytest.mark.asyncio


async def test_what_was_said_before_the_start_is_lost(gateway: Gateway) -> None:
    heard, now = datetime(2026, 11, 25, 22, tzinfo=UTC), datetime(2026, 11, 26, 6, tzinfo=UTC)
    async with connected(gateway, heard={BOT: heard}, now=lambda: now) as run:
        assert await run.host.gap() == (BOT, heard, now)
        assert run.host.gaps.empty()


async def test_a_new_installation_has_lost_nothing(gateway: Gateway) -> None:
    async with connected(gateway) as run:
        await run.say("36.5", GROUP)
        await run.next()
        assert run.host.gaps.empty()


async def test_a_gap_is_told_once_and_as_a_whole(gateway: Gateway) -> None:
    times = [datetime(2026, 11, 26, 6, tzinfo=UTC)]
    async with connected(gateway, now=lambda: times[-1]) as run:
        await gateway.tell("/logout")
        await run.trouble(Trouble.LOGGED_OUT)
        times.append(times[0] + timedelta(hours=1))
        await gateway.tell("/scan", code="https://login.weixin.qq.com/l/x", status=2)
        await run.trouble(Trouble.SCAN)
        times.append(times[0] + timedelta(hours=2))
        await gateway.tell("/login")
        assert await run.host.gap() == (BOT, times[0], times[2])
        assert run.host.gaps.empty()


async def test_a_gap_that_cannot_be_told_does_not_stop_the_rest(gateway: Gateway) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("我发烧了")

    async with running(gateway, heard={BOT: datetime(2026, 11, 25, tzinfo=UTC)}) as run:
        run.host.missed = fail
        await run.trouble(None)
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
