"""Which own accounts there are, look after look: the same one keeps its number while its name comes and goes.

A platform knows an account's name only once it is logged in, and one that connects to us (QQ) simply is not there any
more when it breaks off. Here it stays, as closed, so that somebody learns of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count

import structlog

from bot.logs import trace
from bot.platforms.contract import Platform, State, Trouble

MISSED_FOR = timedelta(days=1)  # an account that is away longer was taken out of service
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Seen:
    """An own account as the last look found it."""

    number: int  # stays the same while the program runs
    platform: str
    state: State
    missed: bool = False  # its platform does not name it any more

    @property
    def well(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.state.trouble is None


@dataclass(slots=True)
class Accounts:
    """Looks at every platform."""

    platforms: Mapping[str, Platform]
    seen: list[Seen] = field(default_factory=list)
    _numbers: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    def look(self, now: datetime) -> list[Seen]:
        """Every account as it is now, platform by platform."""
        found: list[Seen] = []
        for name, platform in self.platforms.items():
            before = [seen for seen in self.seen if seen.platform == name]
            found += self._matched(name, before, _states(name, platform, before, now), now)
        self.seen = found
        return found

    def _matched(self, name: str, before: list[Seen], states: list[State], now: datetime) -> list[Seen]:
        """Give each state the number of the account that it continues, from the surest likeness to the faintest."""
        left, open_ = list(before), list(enumerate(states))
        found: dict[int, Seen] = {}
        for fits in _LIKENESSES:
            for place, state in list(open_):
                old = next((old for old in left if fits(old, state)), None)
                if old is not None:
                    found[place] = Seen(old.number, name, _named(state, old))
                    left.remove(old)
                    open_.remove((place, state))
        found.update({place: Seen(self._numbers(), name, state) for place, state in open_})
        missed = [_missed(old, now) for old in left if old.state.account]
        return [*(found[place] for place in sorted(found)), *(one for one in missed if _still_missed(one, now))]


_LIKENESSES: tuple[Callable[[Seen, State], bool], ...] = (
    lambda old, new: bool(new.account) and old.state.account == new.account,
    lambda old, new: not new.account and not old.state.account,
    lambda old, new: not new.account and new.trouble is not None,  # its name is not known while it is away
    lambda old, new: not old.state.account,  # it has told its name
    lambda old, new: not old.missed,  # another account was logged in instead
)


def _named(state: State, old: Seen) -> State:
    """A nameless state of an account whose name is known; it has been here, so it is not starting."""
    if state.account or not old.state.account:
        return state
    trouble = Trouble.CLOSED if state.trouble is Trouble.STARTING else state.trouble
    return replace(state, account=old.state.account, trouble=trouble)


def _missed(old: Seen, now: datetime) -> Seen:
    return old if old.missed else replace(old, state=State(old.state.account, Trouble.CLOSED, now), missed=True)


def _still_missed(seen: Seen, now: datetime) -> bool:
    return now - seen.state.since < MISSED_FOR


def _states(name: str, platform: Platform, before: list[Seen], now: datetime) -> list[State]:
    try:
        return list(platform.states())
    except Exception as error:  # noqa: BLE001  one broken platform must not hide the others
        if not any(seen.state.detail == type(error).__name__ for seen in before):
            log.error("platform.unreadable", platform=name, error=trace(error))
        return [State("", Trouble.FAILING, now, type(error).__name__)]
