"""What every platform promises to the program, and what the program promises to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Inbound, Outbound


class Host(Protocol):
    """The program as a platform sees it."""

    async def receive(self, message: Inbound) -> None:
        """Returns once the message is durable; calling it again with the same ids changes nothing."""

    async def last_heard(self, account: str) -> datetime | None:
        """When the newest stored message that this own account brought was written; None if it never brought one."""

    async def missed(self, account: str, since: datetime, until: datetime) -> None:
        """What was said to this account between the two is lost and cannot be read: people are asked to repeat it."""


class SendError(Exception):
    """A message could not be sent."""


class TryLater(SendError):
    """Not now: no connection, a time-out, or too fast. `after` is in seconds, None: the caller chooses.

    `maybe_sent` tells that the message went out and only its answer is missing; `whole_account` that the platform
    slows down the account, whatever is sent: nothing of it may go until then; `offline` that there is no connection
    and nothing was tried.
    """

    def __init__(
        self, reason: str, after: float | None = None, *, maybe_sent: bool = False, whole_account: bool = False,
        offline: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(reason)
        self.after = after
        self.maybe_sent = maybe_sent
        self.whole_account = whole_account
        self.offline = offline


class Rejected(SendError):
    """Never: the platform refuses this message or this recipient."""


class Unreachable(Rejected):
    """Whoever it is for cannot be written to privately from this account: no friend, no shared group, or blocked."""


class CannotTell(Exception):
    """The platform has no way to look up what was sent, or does not answer now."""


class Trouble(StrEnum):
    """What can be wrong with an own account; each has its words in `templates/words/flow/trouble.txt`."""

    STARTING = "starting"  # not connected yet since the start of the program
    UNREACHABLE = "unreachable"  # nobody answers at the address
    REFUSED = "refused"  # the token is wrong
    SILENT = "silent"  # connected, and nothing comes: frozen, or half-open
    CLOSED = "closed"  # the other side closed the connection
    LOGGED_OUT = "logged_out"  # the gateway works, but its account is not logged in
    SCAN = "scan"  # a code waits to be scanned with the account's phone
    TAKEN = "taken"  # somebody else uses the connection that only one may use
    UNTRUSTED = "untrusted"  # the certificate is not the one that is expected
    FAILING = "failing"  # anything else; `State.detail` has the type of the error


@dataclass(frozen=True, slots=True)
class State:
    """How one of the program's own accounts is; `trouble` is None while it can send."""

    account: str  # the platform's id of it, empty while it is not known
    trouble: Trouble | None
    since: datetime
    detail: str = ""  # for the operator; never a message, a name or a token
    code: str = ""  # SCAN: what the QR code holds


class Platform(Protocol):
    """A chat platform: carries messages in and out, reconnects by itself, decides nothing."""

    name: str

    async def run(self, host: Host) -> None:
        """Serve until cancelled; a lost connection is the platform's own business."""

    async def send(self, message: Outbound) -> str:
        """Send and return the platform's message id; raises `TryLater` or `Rejected`."""

    async def find(self, message: Outbound, since: datetime) -> str | None:
        """The platform's id of this message if it went out since then, None if it did not; raises `CannotTell`."""

    def account_of(self, message: Outbound) -> str:
        """The own account that would send this message; each has a pace of its own. Empty if none is known."""

    def online(self) -> bool:
        """Whether a message sent now has a chance."""

    def states(self) -> Sequence[State]:
        """How each own account is; at least one."""
