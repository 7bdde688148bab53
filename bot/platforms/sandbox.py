"""The sandbox's platform: conversations live in the store and are shown on a page; nothing leaves the process."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.messages import Outbound
from bot.platforms.contract import Receive, Rejected

Shown = Callable[[Outbound], Awaitable[None]]


class SandboxPlatform:
    """Hands what is sent to whoever shows it."""

    name = "sandbox"

    def __init__(self) -> None:
        self.shown: Shown | None = None  # set by the desk that shows the conversations
        self.receive: Receive | None = None
        self.ready = asyncio.Event()

    async def run(self, receive: Receive) -> None:
        """Take messages from the page until cancelled."""
        self.receive = receive
        self.ready.set()
        await asyncio.Event().wait()

    async def send(self, message: Outbound) -> str:
        """Show a message; its outbox id makes the platform id, so that sending twice is seen."""
        if self.shown is None:
            raise Rejected("nobody shows the sandbox")
        await self.shown(message)
        return f"out-{message.id}"

    def online(self) -> bool:
        """Always."""
        return True
