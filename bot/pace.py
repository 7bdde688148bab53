"""Each account's own sending rate: a bucket of permits in which replies pass bulk messages."""

import asyncio
import heapq
import itertools

from community.outgoing import Priority


class Pace:
    """At most `rate` messages a second after a first `burst`; rate 0 means no limit. Danger never waits."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._permits = float(burst)
        self._filled_at: float | None = None
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._pump: asyncio.Task[None] | None = None

    async def turn(self, priority: int) -> None:
        """Wait until a message of this priority may go."""
        if self._rate <= 0 or priority <= Priority.DANGER:
            return
        if not self._waiting and self._take():
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), turn))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._serve())
        await turn

    def _take(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._filled_at is not None:
            self._permits = min(self._burst, self._permits + (now - self._filled_at) * self._rate)
        self._filled_at = now
        if self._permits < 1:
            return False
        self._permits -= 1
        return True

    async def _serve(self) -> None:
        """Let the waiting go one by one, the most urgent first."""
        while self._waiting:
            if self._waiting[0][2].done():  # whoever waited was cancelled, and needs no permit
                heapq.heappop(self._waiting)
            elif not self._take():
                await asyncio.sleep((1 - self._permits) / self._rate)
            else:
                heapq.heappop(self._waiting)[2].set_result(None)
