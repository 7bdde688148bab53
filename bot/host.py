"""The program as a platform sees it: where messages are taken, and what is known of an own account."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from bot.inbox import Inbox
from bot.messages import Inbound
from bot.program import Program
from storage.rows import Letter


@dataclass(frozen=True, slots=True)
class ProgramHost:
    """One platform's door into the program."""

    platform: str
    program: Program
    inbox: Inbox
    in_store: Callable[[Callable[[], Any]], Awaitable[Any]]
    offer: Callable[[Sequence[Letter]], None]

    async def receive(self, message: Inbound) -> None:
        """Returns once the message is durable."""
        await self.inbox.receive(message)

    async def last_heard(self, account: str) -> datetime | None:
        """When the newest stored message of this own account was written."""
        found: datetime | None = await self.in_store(partial(self.program.last_heard, self.platform, account))
        return found

    async def missed(self, account: str, since: datetime, until: datetime) -> None:
        """What was said between the two is lost: the groups of this platform are asked to repeat it."""
        self.offer(await self.in_store(partial(self.program.tell_gap, self.platform, account, since, until)))
