"""When an account's trouble is worth a message, and when it is over: one that comes and goes is one trouble."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.accounts import Seen
from bot.platforms.contract import Trouble

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a trouble is left to cure itself."""

    trouble: timedelta = timedelta(seconds=60)
    starting: timedelta = timedelta(seconds=120)
    calm: timedelta = timedelta(seconds=60)  # well for so long, it is over
    most_an_hour: int = 3  # messages of one account's troubles

    def of(self, trouble: Trouble | None) -> timedelta:
        """For this kind of trouble."""
        return self.starting if trouble is Trouble.STARTING else self.trouble


@dataclass(slots=True)
class Outage:
    """What is remembered of one account's trouble, from its first moment until the account is well for a while."""

    seen: Seen  # as it was last, while in trouble
    patience: Patience
    since: datetime | None = None  # None: there is none
    told: set[Trouble] = field(default_factory=set)  # what the operator knows of it
    is_forgotten: bool = False  # the account is gone, and nothing is to be said of it any more
    _kind_since: datetime | None = None
    _down: timedelta = timedelta(0)  # without the times in between in which it was well
    _looked: datetime | None = None
    _well_since: datetime | None = None
    _gone: bool = False
    _told_at: deque[datetime] = field(default_factory=deque)

    def note(self, seen: Seen, now: datetime) -> None:
        """What a look has found."""
        self._gone = False
        if seen.state.trouble is None:
            self._note_well(now)
        else:
            self._note_trouble(seen, now)
        if self.since is None or seen.state.trouble is not None or not self.seen.state.account:
            self.seen = seen
        self._looked = now

    def gone(self, now: datetime) -> None:
        """The account is not there any more: of two addresses one is connected, say."""
        self._gone = True
        if self.seen.missed:  # it was taken out of service, and has not recovered
            self.told.clear()
        self._note_well(now)
        self._looked = now
        self.is_forgotten = self.since is None

    def is_to_be_told(self, now: datetime) -> bool:
        """Whether this trouble lasts, and is news."""
        kind = self.seen.state.trouble
        if self.since is None or self._well_since is not None or kind is None or kind in self.told:
            return False
        lasts = now - self._kind_since if self.told and self._kind_since else self._down
        return lasts >= self.patience.of(kind) and self._may_be_told(now)

    def was_told(self, now: datetime) -> None:
        """The operator knows."""
        if self.seen.state.trouble is not None:
            self.told.add(self.seen.state.trouble)
        self._told_at.append(now)

    def is_over(self, now: datetime) -> bool:
        """Whether the account is well for long enough to believe it."""
        return self._well_since is not None and now - self._well_since >= self.patience.calm

    def minutes(self, now: datetime) -> int:
        """How long the account was out of service."""
        return int(((self._well_since or now) - (self.since or now)).total_seconds() // 60)

    def close(self) -> None:
        """It is over, and that was told."""
        self.since = self._kind_since = self._well_since = None
        self._down = timedelta(0)
        self.told = set()
        self.is_forgotten = self._gone

    def _note_well(self, now: datetime) -> None:
        if self.since is not None and self._well_since is None:
            self._well_since = now

    def _note_trouble(self, seen: Seen, now: datetime) -> None:
        before = self.seen.state.trouble if self.since is not None else None
        if self.since is not None and self._well_since is None and self._looked is not None:
            self._down += max(now - self._looked, timedelta(0))
        self.since = self.since or now
        self._well_since = None
        if before is not seen.state.trouble:
            self._kind_since = now

    def _may_be_told(self, now: datetime) -> bool:
        while self._told_at and now - self._told_at[0] >= HOUR:
            self._told_at.popleft()
        return len(self._told_at) < self.patience.most_an_hour
