"""How the account is, for the operator and for whoever wants to send."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.platforms.contract import State, Trouble

log = logging.getLogger(__name__)


class Health:
    """The gateway's account with what is wrong with it, if anything."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.account = ""  # stays known while it is away
        self._now = now
        self._state = State("", Trouble.STARTING, now())

    @property
    def state(self) -> State:
        """As of now."""
        return self._state

    @property
    def well(self) -> bool:
        """Whether the account is logged in and can be reached."""
        return self._state.trouble is None

    def login(self, account: str) -> None:
        """The account is in service."""
        self.account = account
        self._set(None)

    def unwell(self, trouble: Trouble, detail: str = "", code: str = "") -> None:
        """Something is wrong; `code` is what the QR code holds that waits to be scanned."""
        self._set(trouble, detail, code)

    def _set(self, trouble: Trouble | None, detail: str = "", code: str = "") -> None:
        old = self._state
        since = old.since if old.trouble is trouble else self._now()
        self._state = State(self.account, trouble, since, detail, code)
        if (old.trouble, old.detail, old.code, old.account) == (trouble, detail, code, self.account):
            return
        level = logging.WARNING if trouble else logging.INFO
        # never the code: who scans it is logged in as the account
        extra = {"action": "wechat_state", "trouble": str(trouble or "none"), "detail": detail}
        log.log(level, "WeChat state", extra=extra)
