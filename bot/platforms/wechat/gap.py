"""Since when the account hears nothing; gateways keep nothing of what is said meanwhile."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.platforms.contract import Host

log = logging.getLogger(__name__)


class Gap:
    """Told once, when the account hears again."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._account = ""  # which heard last
        self._since: datetime | None = None

    def begin(self, since: datetime) -> None:
        """From then on nothing was heard for sure; a gap that is open already stays as it is."""
        if self._account and self._since is None:
            self._since = since

    async def end(self, host: Host, account: str) -> None:
        """The account hears; tell what was lost, if anything was."""
        until = self._now()
        try:
            # the first time, or another account: what this one brought last may be long ago
            since = self._since if account == self._account else await host.last_heard(account)
            if since is not None and since < until:
                await host.missed(account, since, until)
        except Exception as error:  # noqa: BLE001 - what comes now matters more; only the type, as everywhere
            log.error("a gap could not be told", extra={"action": "wechat_gap", "error": type(error).__name__})
        self._account, self._since = account, None
