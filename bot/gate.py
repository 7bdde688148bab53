"""Where messages wait until their platform is there: one look for all of them, not a try each."""

import asyncio
from collections.abc import Mapping

from bot.platforms.contract import Platform

LOOK_EVERY = 0.2  # seconds, while somebody waits


class Gate:
    """Opens while a platform is online."""

    def __init__(self, platforms: Mapping[str, Platform]) -> None:
        self._platforms = platforms
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._looking: set[asyncio.Task[None]] = set()

    def is_open(self, platform: str) -> bool:
        """Whether a message sent now has a chance."""
        return self._platforms[platform].online()

    async def opened(self, platform: str) -> None:
        """Wait until the platform is online."""
        if self.is_open(platform):
            return
        if platform not in self._waiting:
            self._waiting[platform] = asyncio.get_running_loop().create_future()
            task = asyncio.create_task(self._look(platform))
            self._looking.add(task)
            task.add_done_callback(self._looking.discard)
        await asyncio.shield(self._waiting[platform])

    async def _look(self, platform: str) -> None:
        while not self.is_open(platform):  # noqa: ASYNC110  platforms say how they are, and give no event
            await asyncio.sleep(LOOK_EVERY)
        self._waiting.pop(platform).set_result(None)

    def close(self) -> None:
        """Nobody waits any more."""
        for task in self._looking:
            task.cancel()
        self._waiting.clear()
