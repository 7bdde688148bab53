"""Whether people wait for their answers: messages to many let them go first."""

import asyncio
from contextlib import suppress


class Rush:
    """Set by whoever takes messages in, asked by whoever sends to many."""

    def __init__(self) -> None:
        self._over = asyncio.Event()
        self._over.set()

    def began(self) -> None:
        """Messages wait to be answered."""
        self._over.clear()

    def ended(self) -> None:
        """None does."""
        self._over.set()

    async def over(self, seconds: float) -> None:
        """Wait until nobody waits, but no longer than this: a crowd that never ends must not stop all reminders."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
