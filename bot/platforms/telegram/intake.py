"""Updates → the program: each is done with once its message is durable, or after it was refused too often."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from bot.platforms.contract import Host
from bot.platforms.telegram import codec, raw

log = logging.getLogger(__name__)

REFUSED_LIMIT = 1024


class Intake:
    """Hands updates to the program."""

    def __init__(self, host: Host, platform: str, own: codec.Me, most_tries: int, now: Callable[[], datetime]) -> None:
        self.own = own
        self._host = host
        self._platform = platform
        self._most_tries = most_tries
        self._now = now
        self._refused: OrderedDict[int | None, int] = OrderedDict()  # update -> how often

    async def take_all(self, updates: Sequence[Any]) -> list[bool]:
        """Which of these are done with; in order of arrival, and all at once, so that they share one commit."""
        return await asyncio.gather(*(self.take(update) for update in updates))

    async def take(self, update: Any) -> bool:
        """Whether this update is done with; false: it should come again."""
        # No await before `receive`: tasks start in the order in which they were made, and so the order is kept.
        id = raw.update_id(update)
        try:
            message = codec.inbound(update, self._platform, self.own, self._now()) if id is not None else None
        except raw.Malformed as error:
            log.warning("update not understood", extra={"action": "telegram_malformed", "reason": str(error)})
            return True
        except Exception as error:  # noqa: BLE001 - it would come again for ever, and all others wait behind it
            log.error("update not understood", extra={"action": "telegram_malformed", "reason": type(error).__name__})
            return True
        if message is None:
            return True
        try:
            await self._host.receive(message)
        except Exception as error:  # noqa: BLE001 - worker; only the type: a database error quotes its parameters
            return self._refuse(id, type(error).__name__)
        self._refused.pop(id, None)
        return True

    def _refuse(self, id: int | None, error: str) -> bool:
        """Note that an update was not taken; true if that was the last time."""
        times = self._refused.pop(id, 0) + 1
        if times >= self._most_tries:
            log.error("message lost", extra={"action": "telegram_lost", "error": error})
            return True
        self._refused[id] = times
        if len(self._refused) > REFUSED_LIMIT:
            self._refused.popitem(last=False)
        log.warning("message not taken", extra={"action": "telegram_untaken", "error": error})
        return False
