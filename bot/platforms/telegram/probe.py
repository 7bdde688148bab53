"""One quick look at whether address and token are right; a program that polls is not disturbed by it."""

import asyncio
from datetime import UTC, datetime

from bot.platforms.contract import State, Trouble
from bot.platforms.telegram import codec, faults
from bot.platforms.telegram.settings import TelegramSettings
from bot.platforms.telegram.wire import Wire


async def probe(settings: TelegramSettings) -> State:
    """How the account is now; the answer comes within `probe_timeout`."""
    now = datetime.now(UTC)
    try:
        wire = Wire(settings)
    except Exception as error:  # noqa: BLE001 - a proxy that is none, say
        return State("", Trouble.FAILING, now, type(error).__name__)
    try:
        async with asyncio.timeout(settings.probe_timeout):
            own = codec.me(await wire.call("getMe"))
    except TimeoutError:
        return State("", Trouble.SILENT, now)
    except Exception as error:  # noqa: BLE001 - whatever it is, the operator is told
        return State("", *_what(error, now))
    finally:
        await wire.close()
    return State(own.id, None, now)


def _what(error: Exception, now: datetime) -> tuple[Trouble, datetime, str]:
    trouble, detail = faults.trouble(error)
    return trouble, now, detail
