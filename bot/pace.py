"""Each own account's sending rate: a bucket of permits in which replies pass bulk messages."""

import asyncio
import heapq
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from community.outgoing import Priority


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast one account may send; `jitter` is in seconds, a rate of 0 sets no limit."""

    per_second: float = 0.0
    burst: int = 1
    jitter: float = 0.0


class Pace:
    """At most so many messages a second after a first burst. Danger waits for no permit, only for a held account."""

    def __init__(self, rate: Rate, chance: Random) -> None:
        self._rate = rate
        self._chance = chance
        self._permits = float(rate.burst)
        self._filled_at: float | None = None
        self._held_until = 0.0  # of the loop's clock; the platform wants nothing of this account before
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._pump: asyncio.Task[None] | None = None

    async def turn(self, priority: int) -> None:
        """Wait until a message of this priority may go."""
        await self._wait(priority)
        if self._rate.jitter and priority >= Priority.NOTICE:  # nobody waits for it, and clockwork looks like a robot
            await asyncio.sleep(self._chance.uniform(0, self._rate.jitter))

    def hold(self, seconds: float) -> None:
        """Nothing of this account may go for so long."""
        self._held_until = max(self._held_until, asyncio.get_running_loop().time() + seconds)

    async def _wait(self, priority: int) -> None:
        now = asyncio.get_running_loop().time()
        if self._held_until <= now:
            if self._rate.per_second <= 0 or priority <= Priority.DANGER:
                return
            if not self._waiting and self._take(now):
                return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), turn))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._serve())
        await turn

    def _take(self, now: float) -> bool:
        if self._filled_at is not None:
            self._permits = min(self._rate.burst, self._permits + (now - self._filled_at) * self._rate.per_second)
        self._filled_at = now
        if self._permits < 1:
            return False
        self._permits -= 1
        return True

    async def _serve(self) -> None:
        """Let the waiting go one by one, the most urgent first."""
        while self._waiting:
            priority, _, turn = self._waiting[0]
            now = asyncio.get_running_loop().time()
            if turn.done():  # whoever waited was cancelled, and needs no permit
                heapq.heappop(self._waiting)
            elif self._held_until > now:
                await asyncio.sleep(self._held_until - now)
            elif self._rate.per_second <= 0 or priority <= Priority.DANGER or self._take(now):
                heapq.heappop(self._waiting)
                turn.set_result(None)
            else:
                await asyncio.sleep((1 - self._permits) / self._rate.per_second)


class Paces:
    """The pace of every own account; those of one platform have the same rate."""

    def __init__(self, rates: Mapping[str, Rate], chance: Random) -> None:
        self._rates = rates
        self._chance = chance
        self._paces: dict[tuple[str, str], Pace] = {}

    def of(self, platform: str, account: str) -> Pace:
        """The pace of one account."""
        pace = self._paces.get((platform, account))
        if pace is None:
            pace = self._paces[platform, account] = Pace(self._rates.get(platform, Rate()), self._chance)
        return pace
