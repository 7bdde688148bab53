"""How the account is, for the operator and for whoever wants to send."""

import logging
from collections.abc import Callable
from datetime import datetime

from bot.platforms.contract import State, Trouble

log = logging.getLogger(__name__)


class Health:
    """The account with what is wrong with it, if anything."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.account = ""
        self.can_send = False
        self.last_well: datetime | None = None
        self._now = now
        self._trouble: Trouble | None = Trouble.STARTING
        self._detail = ""
        self._since = now()

    @property
    def state(self) -> State:
        """As of now."""
        return State(self.account, self._trouble, self._since, self._detail)

    def well(self, detail: str = "") -> None:
        """Everything works; `detail` is what the operator should know all the same."""
        self.last_well = self._now()
        self._set(None, detail, can_send=True)

    def unwell(self, trouble: Trouble, detail: str = "", *, can_send: bool = False) -> None:
        """Something is wrong; `can_send` tells that only hearing is."""
        self._set(trouble, detail, can_send=can_send)

    def _set(self, trouble: Trouble | None, detail: str, *, can_send: bool) -> None:
        self.can_send = can_send
        self._detail = detail
        if trouble is self._trouble:
            return
        self._trouble, self._since = trouble, self._now()
        extra = {"action": "telegram_state", "trouble": str(trouble or "none"), "detail": detail}
        if trouble is None:
            log.info("Telegram is in service", extra=extra)
        else:
            log.warning("Telegram is not in service", extra=extra)
