"""Looks at every own account, second by second: what is wrong with one is logged, kept for the doctor, and told.

Looking never waits for the store, so that a login code appears also while the store is away.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any, Protocol

import structlog

from bot.accounts import Accounts, Seen
from bot.login_codes import LoginCodes
from bot.logs import trace
from bot.outage import Outage, Patience
from bot.settings import Web
from community.troubles import Standing
from storage.rows import Letter
from web.platforms import AccountView

KEPT_EVERY = timedelta(seconds=30)  # the doctor believes what is younger than `doctor.RUNNING`
STORE_PAUSE = timedelta(seconds=15)  # after the store was away
log = structlog.get_logger()


class Teller(Protocol):
    """What the watch needs of the program."""

    def keep_states(self, at: datetime, standings: Sequence[Standing]) -> None:
        """Write down how the accounts are."""

    def tell_trouble(
        self, about: Standing, everywhere: Sequence[Standing], since: datetime, page: str
    ) -> list[Letter]:  # fmt: skip
        """An account is out of service since then; returns what is to be sent about it."""

    def tell_trouble_over(
        self, about: Standing, everywhere: Sequence[Standing], minutes: int, *, was_told: bool
    ) -> list[Letter]:
        """It is in service again; returns what is to be sent about it."""


def page_of(web: Web) -> str:
    """Where the page with the platforms is, on the machine itself."""
    host = web.host if web.host in ("localhost", "127.0.0.1") else "[::1]" if ":" in web.host else "127.0.0.1"
    return f"http://{host}:{web.port}/platforms"


@dataclass(slots=True)
class Watch:
    """Looks, and tells whom it concerns."""

    accounts: Accounts
    teller: Teller
    in_store: Callable[[Callable[[], Any]], Awaitable[Any]]
    offer: Callable[[Sequence[Letter]], None]
    now: Callable[[], datetime]
    codes: LoginCodes
    page: str
    zone: tzinfo
    interval: float = 1.0
    patience: Patience = field(default_factory=Patience)
    _outages: dict[int, Outage] = field(default_factory=dict)
    _kept: tuple[Standing, ...] = ()
    _kept_at: datetime | None = None
    _store_away_until: datetime | None = None

    async def run(self) -> None:
        """Look and tell until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._again_and_again(self._looking))
            group.create_task(self._again_and_again(self.report))

    def look(self) -> list[Seen]:
        """How every account is; what changed is logged."""
        now = self.now()
        before = {seen.number: seen for seen in self.accounts.seen}
        found = self.accounts.look(now)
        for seen in found:
            old = before.pop(seen.number, None)
            if old is None or old.state.trouble is not seen.state.trouble:
                _log(seen)
            self._outage(seen).note(seen, now)
        for gone in before.values():
            self._outage(gone).gone(now)
        self.codes.show(found, now)
        return found

    def local_now(self) -> datetime:
        """The present moment, as the page shows it."""
        return self.now().astimezone(self.zone)

    def views(self) -> list[AccountView]:
        """How every account is, for the page on the machine itself: with the login codes."""
        self.look()
        return [_view(seen, self.zone) for seen in self.accounts.seen]

    async def report(self) -> None:
        """Tell and keep what the looks have found; while the store is away, later."""
        now = self.now()
        if self._store_away_until is not None and now < self._store_away_until:
            return
        try:
            await self._tell(now)
            await self._keep(now)
            self._store_away_until = None
        except Exception as error:  # noqa: BLE001  a worker loop: it is tried again
            self._store_away_until = now + STORE_PAUSE
            log.error("watch.failed", error=trace(error))

    async def _looking(self) -> None:
        self.look()

    async def _again_and_again(self, what: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await what()
            except Exception as error:  # noqa: BLE001  a worker loop: the platforms work without it
                log.error("watch.failed", error=trace(error))
            await asyncio.sleep(self.interval)

    def _outage(self, seen: Seen) -> Outage:
        return self._outages.setdefault(seen.number, Outage(seen, self.patience))

    async def _tell(self, now: datetime) -> None:
        everywhere = _standings(self.accounts.seen)
        for number, outage in list(self._outages.items()):
            about = standing_of(outage.seen)
            if outage.is_to_be_told(now):
                tell = partial(self.teller.tell_trouble, about, everywhere, outage.since or now, self.page)
                self.offer(await self.in_store(tell))
                outage.was_told(now)
            elif outage.is_over(now):
                tell = partial(
                    self.teller.tell_trouble_over, about, everywhere, outage.minutes(now), was_told=bool(outage.told)
                )
                self.offer(await self.in_store(tell))
                outage.close()
            if outage.is_forgotten:
                del self._outages[number]

    async def _keep(self, now: datetime) -> None:
        standings = _standings(self.accounts.seen)
        if standings != self._kept or self._kept_at is None or now - self._kept_at >= KEPT_EVERY:
            await self.in_store(partial(self.teller.keep_states, now, standings))
            self._kept, self._kept_at = standings, now


def standing_of(seen: Seen) -> Standing:
    """An account for the store and for people: without its login code."""
    state = seen.state
    return Standing(seen.platform, state.account, str(state.trouble or ""), state.since, state.detail)


def _view(seen: Seen, zone: tzinfo) -> AccountView:
    state = seen.state
    trouble = str(state.trouble or "")
    return AccountView(
        seen.platform, state.account, trouble, state.since.astimezone(zone), state.detail, state.code
    )  # fmt: skip


def _standings(accounts: Iterable[Seen]) -> tuple[Standing, ...]:
    return tuple(map(standing_of, accounts))


def _log(seen: Seen) -> None:
    level = "info" if seen.well else "warning"
    getattr(log, level)("platform.state", platform=seen.platform, trouble=str(seen.state.trouble or "none"))
