"""What every platform promises to the program, and what the program promises to it."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from bot.messages import Inbound, Outbound

Receive = Callable[[Inbound], Awaitable[None]]
"""Returns once the message is durable; calling it again with the same ids changes nothing."""


class SendError(Exception):
    """A message could not be sent."""


class TryLater(SendError):
    """Not now: no connection, a time-out, or too fast. `after` is in seconds, None: the caller chooses.

    `maybe_sent` tells that the message went out and only its answer is missing.
    """

    def __init__(self, reason: str, after: float | None = None, *, maybe_sent: bool = False) -> None:
        super().__init__(reason)
        self.after = after
        self.maybe_sent = maybe_sent


class Rejected(SendError):
    """Never: the platform refuses this message or this recipient."""


class Platform(Protocol):
    """A chat platform: carries messages in and out, reconnects by itself, decides nothing."""

    name: str

    async def run(self, receive: Receive) -> None:
        """Serve until cancelled; a lost connection is the platform's own business."""

    async def send(self, message: Outbound) -> str:
        """Send and return the platform's message id; raises `TryLater` or `Rejected`."""

    def online(self) -> bool:
        """Whether a message sent now has a chance."""
