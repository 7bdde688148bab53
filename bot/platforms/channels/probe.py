"""One look at the channels for who sets the program up; nothing is sent, so whether a key is right is not told."""

import asyncio
from datetime import UTC, datetime

from bot.platforms.channels.look import look
from bot.platforms.channels.platform import open_service
from bot.platforms.channels.service import Unusable
from bot.platforms.channels.settings import ChannelsSettings
from bot.platforms.channels.threads import Threads
from bot.platforms.channels.verdict import Failure, never
from bot.platforms.contract import State, Trouble


async def probe(settings: ChannelsSettings) -> tuple[State, ...]:
    """A state for each channel: its address is understood, and somebody listens there."""
    threads = Threads(1)
    return tuple(await asyncio.gather(*(_probe(name, url, settings, threads) for name, url in settings.urls.items())))


async def _probe(name: str, url: str, settings: ChannelsSettings, threads: Threads) -> State:
    failure = await _look(url, settings, threads)
    if failure is None:
        return State(name, None, datetime.now(UTC))
    return State(name, failure.trouble, datetime.now(UTC), failure.detail)


async def _look(url: str, settings: ChannelsSettings, threads: Threads) -> Failure | None:
    try:
        service = await (await threads.start(lambda: open_service(url, settings)))
    except Unusable as reason:
        return never(Trouble.FAILING, str(reason))
    except Exception as error:  # noqa: BLE001 - one broken channel must not hide the others
        return never(Trouble.FAILING, type(error).__name__)
    return await look(service.host, settings.look_timeout) if service.host else None
