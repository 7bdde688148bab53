"""Claims of bulk messages: those that are asked for at the same time share one transaction, and so one disk flush."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from bot.rush import Rush

MOST = 256  # in one transaction, so that messages which come in do not wait long behind it
PATIENCE = 1.0  # seconds that a batch lets people who wait for answers go first

InStore = Callable[[Callable[[], set[int]]], Awaitable[set[int]]]


class Claims:
    """Asks the store for many at once."""

    def __init__(self, claim: Callable[[Sequence[int]], set[int]], in_store: InStore, rush: Rush) -> None:
        self._claim = claim
        self._in_store = in_store
        self._rush = rush
        self._waiting: list[tuple[int, asyncio.Future[bool]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, id: int) -> bool:
        """Durable before it goes: whether this message is still wanted, and from now on marked as being sent."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((id, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            await self._rush.over(PATIENCE)
            batch, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            try:
                got = await self._in_store(partial(self._claim, [id for id, _ in batch]))
            except Exception as error:  # noqa: BLE001  each that asked gets it
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for id, answer in batch:
                    if not answer.done():
                        answer.set_result(id in got)
