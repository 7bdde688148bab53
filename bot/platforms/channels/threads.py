"""Runs blocking sends beside the event loop, a bounded number at a time."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """At most `at_once` threads; each counts until it ends, though nobody may wait for it any more.

    They are daemons: unlike the workers of a `ThreadPoolExecutor`, a server that has fallen silent in the middle of
    a mail does not keep the program from stopping.
    """

    def __init__(self, at_once: int) -> None:
        self._slots = asyncio.Semaphore(at_once)

    async def start(self, work: Callable[[], T]) -> "asyncio.Future[T]":
        """Wait for a free thread and start; the future brings the result even if the one who started it is gone."""
        await self._slots.acquire()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def finish(result: T | None, error: BaseException | None) -> None:
            self._slots.release()
            if future.done():
                return
            if error is not None:
                future.set_exception(error)
            else:
                future.set_result(result)  # type: ignore[arg-type]  # T may be None itself

        def body() -> None:
            result, error = None, None
            try:
                result = work()
            except BaseException as reason:  # noqa: BLE001 - handed to whoever waits
                error = reason
            with suppress(RuntimeError):  # the loop is closed: the program has stopped meanwhile
                loop.call_soon_threadsafe(finish, result, error)

        try:
            threading.Thread(target=body, name="channel", daemon=True).start()
        except BaseException:
            self._slots.release()
            raise
        return future
