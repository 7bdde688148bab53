"""No floods: like messages to one conversation are counted, and stopped when there are too many."""

import re
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)
MOST = 20  # like messages in the window; one more stops them
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a message must not be sent, and whether the stop began with it."""

    stopped: bool
    newly: bool


@dataclass(slots=True)
class _Count:
    times: deque[datetime] = field(default_factory=deque)
    stopped: bool = False


@dataclass(slots=True)
class Floods:
    """Counts in memory; a restart forgets them, which at worst sends twenty more."""

    counts: dict[tuple[str, int], _Count] = field(default_factory=dict)

    def look(self, conversation: str, text: str, now: datetime) -> Verdict:
        """Count one message to a conversation; texts that differ only in digits are alike."""
        if len(self.counts) > 50_000:
            self._forget(now)
        count = self.counts.setdefault((conversation, hash(_DIGITS.sub("", text))), _Count())
        times = count.times
        if times and now - times[-1] >= WINDOW:
            times.clear()
            count.stopped = False
        while times and now - times[0] >= WINDOW:
            times.popleft()
        times.append(now)
        if len(times) > MOST:
            times.popleft()
            newly = not count.stopped
            count.stopped = True
            return Verdict(True, newly)
        return Verdict(count.stopped, False)

    def _forget(self, now: datetime) -> None:
        old = [key for key, count in self.counts.items() if not count.times or now - count.times[-1] >= WINDOW]
        for key in old:
            del self.counts[key]
