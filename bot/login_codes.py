"""Shows in the terminal the codes with which an account is logged in, for who started the program there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TextIO

import segno
import structlog

from bot.accounts import Seen
from templates.render import render

SHOWN_EVERY = timedelta(seconds=20)  # a code is renewed more often than anybody could follow
log = structlog.get_logger()


@dataclass(slots=True)
class LoginCodes:
    """Prints each code once; whoever scans one is logged in as the account, so it goes to no file and no log."""

    out: TextIO
    page: str
    _shown: dict[int, tuple[str, datetime]] = field(default_factory=dict)

    def show(self, accounts: Iterable[Seen], now: datetime) -> None:
        """Print what waits to be scanned and is not on the screen yet."""
        for seen in accounts:
            code, (old, at) = seen.state.code, self._shown.get(seen.number, ("", now - SHOWN_EVERY))
            if code and code != old and now - at >= SHOWN_EVERY and self.out.isatty():
                self._shown[seen.number] = (code, now)
                self._print(code)

    def _print(self, code: str) -> None:
        try:
            self.out.write(f"\n{render('flow/scan', page=self.page)}\n")
            segno.make(code, micro=False).terminal(self.out, border=2, compact=True)
            self.out.flush()
        except (OSError, ValueError) as error:  # a terminal that is gone, or that has no such signs
            log.warning("login_code.not_shown", error=type(error).__name__)
