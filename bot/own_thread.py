"""A thread of one's own for calls that block, one after the other."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

LAST_SECONDS = 0.5  # for the call that is under way, at the very end
T = TypeVar("T")


class OwnThread:
    """Runs what is asked for in the order of asking; one of them owns the store, another the files beside it.

    It is a daemon, which no executor of the library offers: a disk that hangs keeps nobody from stopping the program.
    """

    def __init__(self, name: str) -> None:
        self._calls: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], T]) -> Awaitable[T]:
        """Run a call in this thread."""
        answer: Future[T] = Future()
        self._calls.put((call, answer))
        return asyncio.wrap_future(answer)

    def close(self) -> None:
        """Finish what is under way, if it does not hang."""
        self._calls.put(None)
        self._thread.join(LAST_SECONDS)

    def _work(self) -> None:
        while (asked := self._calls.get()) is not None:
            call, answer = asked
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(call())
                except BaseException as error:  # noqa: BLE001  whoever asked gets it
                    answer.set_exception(error)
            del asked, call, answer  # or the last call's rows live until the next one
