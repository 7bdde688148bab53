"""One quick look at whether address and token are right; a program that has the stream keeps it."""

import asyncio
from datetime import UTC, datetime

from bot.platforms.contract import State, Trouble
from bot.platforms.wechat.faults import fault
from bot.platforms.wechat.link import Link
from bot.platforms.wechat.settings import WechatSettings


async def probe(settings: WechatSettings) -> State:
    """How the gateway is now, within `probe_timeout`. Whose account it has, only its stream tells, which one client
    may have; so that is not asked, nor whether it is logged in.
    """
    now = datetime.now(UTC)
    try:
        async with asyncio.timeout(settings.probe_timeout):
            return State("", await _look(settings), now)
    except TimeoutError:
        return State("", Trouble.SILENT, now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the operator is told
        wrong = fault(error)
        return State("", wrong.trouble, now, wrong.detail)


async def _look(settings: WechatSettings) -> Trouble | None:
    link = Link(settings)
    try:
        try:
            await link.open()
        except TimeoutError:
            return Trouble.UNREACHABLE
        await link.call(lambda stub: stub.version())
    finally:
        await link.close()
    return None
