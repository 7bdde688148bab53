"""Learns from apprise's log why it failed: `notify` only says that it did, and the log is where it says more.

A plugin logs inside the `except` block of its transport, and after a look at the answer. A filter on its logger is
called in the same thread at that moment, so the exception and the `requests.Response` are at hand: the types and
codes, not words that the next version words differently. Nothing passes the filter: addresses with tokens, mail
addresses and whole messages stand in what apprise logs.
"""

import inspect
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from requests import Response

DEEPEST = 12  # frames between the filter and the plugin that logs; logging itself has four


@dataclass(slots=True)
class Evidence:
    """What came up while one thread sent one part."""

    errors: list[BaseException] = field(default_factory=list)
    answers: "list[Response]" = field(default_factory=list)
    smtp_codes: list[int] = field(default_factory=list)


class Tap(logging.Filter):
    """Takes evidence, and lets no record through."""

    def __init__(self) -> None:
        super().__init__()
        self._here = threading.local()

    def filter(self, record: logging.LogRecord) -> bool:
        evidence: Evidence | None = getattr(self._here, "evidence", None)
        if evidence is not None:
            _take(evidence, record)
        return False

    @contextmanager
    def taken(self) -> Iterator[Evidence]:
        """What comes up in this thread meanwhile."""
        self._here.evidence = Evidence()
        try:
            yield self._here.evidence
        finally:
            self._here.evidence = None


def _take(evidence: Evidence, record: logging.LogRecord) -> None:
    error = sys.exc_info()[1]
    if error is not None and error not in evidence.errors:
        evidence.errors.append(error)
    if record.module == "smtp" and isinstance(record.args, tuple):
        # one of several recipients was refused: (address, code, words)
        evidence.smtp_codes += [arg for arg in record.args if isinstance(arg, int) and 400 <= arg < 600]
    answer = _answer()
    if answer is not None and answer not in evidence.answers:
        evidence.answers.append(answer)


def _answer() -> "Response | None":
    """The HTTP answer that the plugin which is logging holds."""
    from requests import Response

    frame = inspect.currentframe()
    for _ in range(DEEPEST):
        frame = frame.f_back if frame else None
        if frame is None:
            return None
        if str(frame.f_globals.get("__name__", "")).startswith("apprise.plugins"):
            return next((value for value in frame.f_locals.values() if isinstance(value, Response)), None)
    return None
