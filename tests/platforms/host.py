"""Stands for the program in tests of platforms: takes what comes in, and remembers what was said to be lost."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from bot.messages import Inbound

WAIT = 5.0  # seconds; a limit for what should have come at once, not a pause


@dataclass
class FakeHost:
    """What a platform handed over, in order."""

    inbox: asyncio.Queue[Inbound] = field(default_factory=asyncio.Queue)
    heard: dict[str, datetime] = field(default_factory=dict)  # account -> its newest stored message
    gaps: asyncio.Queue[tuple[str, datetime, datetime]] = field(default_factory=asyncio.Queue)
    taking: Callable[[Inbound], Awaitable[None]] | None = None  # instead of the inbox

    async def receive(self, message: Inbound) -> None:
        await (self.taking or self.inbox.put)(message)

    async def last_heard(self, account: str) -> datetime | None:
        return self.heard.get(account)

    async def missed(self, account: str, since: datetime, until: datetime) -> None:
        self.gaps.put_nowait((account, since, until))

    async def next(self) -> Inbound:
        """The next message that came in."""
        async with asyncio.timeout(WAIT):
            return await self.inbox.get()

    async def gap(self) -> tuple[str, datetime, datetime]:
        """The next time that was said to be lost."""
        async with asyncio.timeout(WAIT):
            return await self.gaps.get()
