"""What errors of the connection mean: to the operator, and to a message that was being sent."""

import ssl
from dataclasses import dataclass
from typing import Final

from grpclib.const import Status
from grpclib.exceptions import GRPCError, StreamTerminatedError

from bot.platforms.contract import Rejected, SendError, Trouble, TryLater

REFUSED: Final = frozenset({Status.INVALID_ARGUMENT, Status.NOT_FOUND, Status.PERMISSION_DENIED, Status.UNIMPLEMENTED})
FLOOD_PAUSE = 30.0  # seconds; no gateway says for how long
DOUBTFUL: Final = frozenset({Status.DEADLINE_EXCEEDED, Status.CANCELLED})  # the gateway goes on all the same


class NotConnected(Exception):
    """There is no connection; nothing went out."""


class Silent(Exception):
    """The gateway does not answer, or its stream brings nothing any more."""


class Ended(Exception):
    """The gateway ended the stream in good order, which it does when another client calls `stop`."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no connection any more."""

    trouble: Trouble
    detail: str = ""


def fault(error: BaseException) -> Fault:
    """What an error of a connection says about the account. Messages of errors are left out: some quote the token."""
    match error:
        case GRPCError(status=Status.UNAUTHENTICATED | Status.PERMISSION_DENIED):
            return Fault(Trouble.REFUSED)
        case GRPCError(status=Status.ALREADY_EXISTS):
            return Fault(Trouble.TAKEN)
        case GRPCError(status=status):
            return Fault(Trouble.FAILING, status.name)
        case Silent():
            return Fault(Trouble.SILENT)
        case Ended() | StreamTerminatedError() | NotConnected():
            return Fault(Trouble.CLOSED)
        case ssl.SSLCertVerificationError():
            return Fault(Trouble.UNTRUSTED)
        case ssl.SSLError():  # most often a gateway without TLS
            return Fault(Trouble.FAILING, type(error).__name__)
        case FileNotFoundError() | PermissionError() | IsADirectoryError():  # the authority's certificate
            return Fault(Trouble.FAILING, type(error).__name__)
        case OSError():  # a time-out is one too
            return Fault(Trouble.UNREACHABLE)
    return Fault(Trouble.FAILING, type(error).__name__)


def send_error(error: BaseException, what: str) -> SendError:
    """What an error of a call means to the message that was to be sent by it."""
    match error:
        case GRPCError(status=status) if status in REFUSED:
            return Rejected(f"{what}: {status.name}")
        case GRPCError(status=Status.RESOURCE_EXHAUSTED) if what == "file":
            return Rejected(f"{what}: too large")
        case GRPCError(status=Status.RESOURCE_EXHAUSTED):
            return TryLater(f"{what}: too fast", FLOOD_PAUSE, whole_account=True)
        case GRPCError(status=status):
            return TryLater(f"{what}: {status.name}", maybe_sent=status in DOUBTFUL)
        case NotConnected() | ConnectionError():
            return TryLater("not connected", offline=True)
        case TimeoutError():
            return TryLater(f"{what}: time-out", maybe_sent=True)
        case StreamTerminatedError():
            return TryLater("connection lost", maybe_sent=True)
    return TryLater(f"{what}: {type(error).__name__}", maybe_sent=True)
