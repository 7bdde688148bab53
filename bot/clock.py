"""Where the time comes from: the system, or the sandbox's own clock that can be moved forward."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Protocol

import structlog

NOTED = timedelta(seconds=1)  # a smaller step is the ordinary work of NTP
SPEED = 0.5  # while the machine's clock, set back, catches up
FOLLOWED = timedelta(hours=2)
BELIEVED = timedelta(days=1)
DOUBT_SECONDS = 600.0
log = structlog.get_logger()


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware."""


def _utc() -> datetime:
    return datetime.now(UTC)


def _uptime() -> float:
    """Seconds that nobody can set; on Linux those of a sleeping machine count, or waking up would look like a jump."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class SystemClock:
    """The machine's clock, which others may set: what it tells does not go back for that.

    Set back a little, it runs at half speed until the machine's time has caught up: nothing happens twice, and nothing
    stands still. Set back by more than `FOLLOWED` it had been wrong before, and is followed at once: a round has a
    unique key and is not run again. Set forward by more than `BELIEVED` it is doubted for a while first, since a day
    that is over by mistake cannot be taken back.
    """

    def __init__(self, wall: Callable[[], datetime] = _utc, ticks: Callable[[], float] = _uptime) -> None:
        self._wall = wall
        self._ticks = ticks
        self._asked = Lock()  # the store's thread and the event loop both ask
        self._tick = ticks()
        self._system = self._told = wall()
        self._doubted: float | None = None  # the tick since when

    def now(self) -> datetime:
        """The present moment in UTC."""
        with self._asked:
            tick, system = self._ticks(), self._wall()
            passed = timedelta(seconds=max(0.0, tick - self._tick))
            moved = system - self._system - passed
            told = self._judged(system, passed, tick)
            if abs(moved) > NOTED:
                log.warning("clock.set", seconds=round(moved.total_seconds()), followed=told == system)
            self._system, self._tick, self._told = system, tick, told
            return told

    def _judged(self, system: datetime, passed: timedelta, tick: float) -> datetime:
        """What to tell, when the machine's clock says `system` and `passed` went by since the last time."""
        if system - self._told - passed > BELIEVED:
            self._doubted = tick if self._doubted is None else self._doubted
            return self._told + passed if tick - self._doubted < DOUBT_SECONDS else system
        self._doubted = None
        if self._told + passed - system > FOLLOWED:
            return system
        return max(system, self._told + passed * SPEED)


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
