"""The sandbox's platform: conversations live in the store and are shown on a page; nothing leaves the process."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bot.messages import Outbound
from bot.platforms.contract import Host, Rejected, State

ACCOUNT = "sandbox"
Shown = Callable[[Outbound], Awaitable[None]]


class SandboxPlatform:
    """Hands what is sent to whoever shows it."""

    name = "sandbox"

    def __init__(self) -> None:
        self.shown: Shown | None = None  # set by the desk that shows the conversations
        self.host: Host | None = None
        self.ready = asyncio.Event()
        self._since = datetime.now(UTC)

    async def run(self, host: Host) -> None:
        """Take messages from the page until cancelled."""
        self.host = host
        self.ready.set()
        await asyncio.Event().wait()

    async def send(self, message: Outbound) -> str:
        """Show a message; its outbox id makes the platform id, so that sending twice is seen."""
        if self.shown is None:
            raise Rejected("nobody shows the sandbox")
        await self.shown(message)
        return f"out-{message.id}"

    async def find(self, message: Outbound, since: datetime) -> str | None:
        """What is shown stands in the store, under an id that is known beforehand; showing it again changes nothing."""
        return None

    def account_of(self, message: Outbound) -> str:
        """The sandbox has one account."""
        return ACCOUNT

    def online(self) -> bool:
        """Always."""
        return True

    def states(self) -> tuple[State, ...]:
        """Nothing can be wrong with it."""
        return (State(ACCOUNT, None, self._since),)
