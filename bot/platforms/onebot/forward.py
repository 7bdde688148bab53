"""Connects to a OneBot implementation that listens (forward WebSocket), again and again."""

import asyncio
import logging
import random
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.exceptions import InvalidStatus, WebSocketException

from bot.platforms.contract import Trouble

log = logging.getLogger(__name__)

PING_SECONDS = 20.0
CLOSE_SECONDS = 1.0
JITTER = 0.2  # of a pause: several accounts of one machine do not all come back in the same moment
LASTING = 10.0  # seconds after which a connection counts as good, and the next pause is short again

# websockets logs frames, headers and, in tracebacks, the address with the token; none of that may reach a log. The
# logger is in no registry, so no logging configuration can turn it on.
SILENT: Final = logging.Logger("websockets", level=logging.CRITICAL + 1)  # noqa: LOG001 - see above


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds before the next try and for one try; bytes of a frame."""

    first_pause: float
    longest_pause: float
    opening: float
    max_frame: int


@dataclass(slots=True)
class Dial:
    """One address, and what is wrong with it while nothing answers there."""

    address: str = field(repr=False)
    token: str = field(repr=False)
    ca_file: Path | None
    patience: Patience
    serve: Callable[["Dial", Connection], Awaitable[Trouble | None]]  # says what was wrong, and `note` that all is well
    chance: random.Random = field(default_factory=random.Random)
    trouble: Trouble | None = Trouble.STARTING
    since: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def keep(self) -> None:
        """Connect and serve for ever."""
        loop, pause = asyncio.get_running_loop(), self.patience.first_pause
        while True:
            began = loop.time()
            self.note(await self.once())
            if loop.time() - began > LASTING:
                pause = self.patience.first_pause
            await asyncio.sleep(pause * (1 + JITTER * self.chance.random()))
            pause = min(self.patience.longest_pause, 2 * pause)

    async def once(self) -> Trouble:
        """One connection until it ends; why there is none any more."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            async with connect(
                self.address,
                additional_headers=headers,
                ssl=self._trust(),
                proxy=None,
                compression=None,
                max_size=self.patience.max_frame,
                max_queue=64,
                open_timeout=self.patience.opening,
                ping_interval=PING_SECONDS,
                ping_timeout=PING_SECONDS,
                close_timeout=CLOSE_SECONDS,
                logger=SILENT,
            ) as socket:
                return await self.serve(self, socket) or Trouble.CLOSED
        except ssl.SSLError:
            return Trouble.UNTRUSTED
        except InvalidStatus as refused:
            status = refused.response.status_code
            denied = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
            return Trouble.REFUSED if denied else Trouble.FAILING
        except OSError:  # a time-out is one too
            return Trouble.UNREACHABLE
        except WebSocketException:
            return Trouble.FAILING

    def _trust(self) -> ssl.SSLContext | None:
        if not self.address.startswith("wss://"):
            return None
        return ssl.create_default_context(cafile=self.ca_file)

    def note(self, trouble: Trouble | None) -> None:
        """How the line stands now."""
        if trouble is self.trouble:
            return
        self.trouble, self.since = trouble, datetime.now(UTC)
        log.info("OneBot forward connection", extra={"action": "onebot_forward", "trouble": trouble or "none"})
