"""Where the time comes from: the system, or the sandbox's own clock that can be moved forward."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


class ManualClock:
    """Stands still until it is set; for transcripts and tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        """The moment it was last set to."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move to a moment; never back."""
        self._now = max(self._now, moment)


class SandboxClock:
    """Runs at normal speed from any moment on, and can be moved forward."""

    def __init__(self, start: datetime, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._base = start
        self._since = ticks()

    def now(self) -> datetime:
        """The present sandbox moment."""
        return self._base + timedelta(seconds=self._ticks() - self._since)

    def set(self, moment: datetime) -> None:
        """Move to a moment; never back."""
        if moment > self.now():
            self._base, self._since = moment, self._ticks()

    def restart(self, moment: datetime) -> None:
        """Begin again at a moment, also an earlier one."""
        self._base, self._since = moment, self._ticks()
