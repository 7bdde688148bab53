"""Why a message did not go out: what the caller does about it, and what is wrong with the channel.

The words are codes and types of errors only: messages of services and libraries quote addresses, tokens and texts.
"""

import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.platforms.contract import Rejected, SendError, Trouble, TryLater

LONGEST_AFTER = 3600.0  # seconds; whoever asks for more is asked again then
_AGAIN = frozenset({408, 425, 429})  # the only 4xx that are no refusal
_LOST_BEHIND_GATEWAY = frozenset({502, 504})  # the service behind it may have taken the message
_AUTHENTICATION = frozenset({530, 534, 535, 538})  # SMTP


@dataclass(frozen=True, slots=True)
class Failure:
    """The error for the caller; `trouble` is None if the channel itself is well."""

    error: SendError
    trouble: Trouble | None
    detail: str

    @property
    def permanent(self) -> bool:
        """Whether the channel will refuse the next message as well, as far as one can tell."""
        return isinstance(self.error, Rejected) and self.trouble is not None


def later(trouble: Trouble | None, detail: str, after: float | None = None, *, maybe_sent: bool = False) -> Failure:
    """It may go another time."""
    return Failure(TryLater(detail, after, maybe_sent=maybe_sent), trouble, detail)


def never(trouble: Trouble | None, detail: str) -> Failure:
    """It will not go."""
    return Failure(Rejected(detail), trouble, detail)


def too_fast(detail: str, after: float) -> Failure:
    """The service slows the whole channel down."""
    return Failure(TryLater(detail, after, whole_account=True), None, detail)


def worst(failures: list[Failure]) -> Failure:
    """What counts when one message went to several people: what may still go is tried again."""
    open_ones = [failure for failure in failures if isinstance(failure.error, TryLater)]
    unsure = [failure for failure in open_ones if isinstance(failure.error, TryLater) and failure.error.maybe_sent]
    return (unsure or open_ones or failures)[-1]


def of_status(status: int, retry_after: str | None, pause: float) -> Failure | None:
    """What an HTTP answer says; None if the message was taken. `pause` stands in for an absent Retry-After."""
    if 200 <= status < 300:
        return None
    detail = f"HTTP {status}"
    after = _seconds(retry_after)
    if status == 429:
        return too_fast(detail, pause if after is None else after)
    if status >= 500 or status in _AGAIN:
        return later(Trouble.FAILING, detail, after, maybe_sent=status in _LOST_BEHIND_GATEWAY)
    return never(Trouble.REFUSED if status in (401, 403) else Trouble.FAILING, detail)


def of_smtp(code: int) -> Failure:
    """What a mail server's refusal says."""
    detail = f"SMTP {code}"
    if 500 <= code < 600:
        return never(Trouble.REFUSED if code in _AUTHENTICATION else Trouble.FAILING, detail)
    return later(Trouble.FAILING, detail)


def of_error(error: BaseException) -> Failure:
    """What an exception of requests, httpx, smtplib or the operating system says."""
    chain = list(_chain(error))
    names = {type(link).__name__ for link in chain}
    detail = type(error).__name__
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in chain):
        return later(Trouble.UNTRUSTED, "certificate")
    if isinstance(error, smtplib.SMTPException):
        return _of_smtp_error(error)
    if names & {"MissingSchema", "InvalidSchema", "InvalidURL", "LocationParseError", "InvalidHeader", "UnicodeError"}:
        return never(Trouble.FAILING, detail)
    if any(isinstance(link, ssl.SSLError) for link in chain):
        return later(Trouble.FAILING, "TLS")
    if names & {
        "ConnectTimeout",
        "NewConnectionError",
        "NameResolutionError",
        "ConnectError",
        "ProxyError",
        "gaierror",
    }:
        return later(Trouble.UNREACHABLE, detail)
    if names & {"ConnectionRefusedError", "PoolTimeout"}:
        return later(Trouble.UNREACHABLE, detail)
    if names & {"ReadTimeout", "ReadTimeoutError"}:
        return later(Trouble.SILENT, detail, maybe_sent=True)
    if isinstance(error, OSError) and not _is_of_requests(error):
        return _of_os_error(error)
    return later(Trouble.CLOSED, detail, maybe_sent=True)


def _of_smtp_error(error: smtplib.SMTPException) -> Failure:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return worst([of_smtp(code) for code, _ in error.recipients.values()])
    if isinstance(error, smtplib.SMTPServerDisconnected):  # also what smtplib makes of a time-out
        silent = any(isinstance(link, TimeoutError) for link in _chain(error))
        return later(Trouble.SILENT if silent else Trouble.CLOSED, type(error).__name__, maybe_sent=_in_data(error))
    if isinstance(error, smtplib.SMTPResponseException):
        return of_smtp(error.smtp_code)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return never(Trouble.FAILING, type(error).__name__)
    return later(Trouble.FAILING, type(error).__name__)


def _of_os_error(error: OSError) -> Failure:
    detail = type(error).__name__
    if isinstance(error, TimeoutError):
        reached = "create_connection" not in _functions(error)
        return later(Trouble.SILENT if reached else Trouble.UNREACHABLE, detail, maybe_sent=_in_data(error))
    if isinstance(error, (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)):
        return later(Trouble.CLOSED, detail, maybe_sent=_in_data(error))
    return later(Trouble.UNREACHABLE, detail)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what caused it; urllib3 and requests keep causes in `args` and `reason` as well."""
    todo, seen = [error], set[int]()
    while todo:
        link = todo.pop()
        if id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        causes: tuple[Any, ...] = (link.__cause__, link.__context__, getattr(link, "reason", None), *link.args)
        todo += [cause for cause in causes if isinstance(cause, BaseException)]


def _functions(error: BaseException) -> set[str]:
    names, step = set(), error.__traceback__
    while step is not None:
        names.add(step.tb_frame.f_code.co_name)
        step = step.tb_next
    return names


def _in_data(error: BaseException) -> bool:
    """Whether smtplib was handing over the mail itself: only then may it have gone."""
    return "data" in _functions(error)


def _is_of_requests(error: BaseException) -> bool:
    return type(error).__module__.startswith("requests")  # whose every exception is an OSError


def _seconds(retry_after: str | None) -> float | None:
    """Retry-After in either of its forms."""
    if not retry_after:
        return None
    text = retry_after.strip()
    if text.isascii() and text.isdecimal():
        return min(LONGEST_AFTER, float(text[:9]))
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(LONGEST_AFTER, max(0.0, (at - datetime.now(UTC)).total_seconds()))
