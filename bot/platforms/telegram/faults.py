"""What went wrong with a call, in the program's words: for a message that is sent, and for the state of the account."""

import ssl
from collections.abc import Iterator

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.platforms.contract import Rejected, SendError, Trouble, TryLater, Unreachable
from bot.platforms.telegram.wire import TooFast, Unwell

GATEWAY_TIMEOUT = 504
FLOOD_PAUSE = 30.0  # when Telegram says "too fast" and not for how long

# Nothing of the request can have reached Telegram; after anything else it may have.
_UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

# Descriptions that say something and nothing about anybody; others may quote what was sent and are left out.
_KNOWN = (
    *("chat not found", "user not found", "user is deactivated", "group chat was upgraded", "message is too long"),
    *("bot was blocked by the user", "bot was kicked", "bot is not a member", "bot can't initiate conversation"),
    *("bot can't send messages to bots", "not enough rights", "have no rights", "need administrator rights"),
    *("chat_write_forbidden", "topic_closed", "photo_invalid_dimensions", "image_process_failed", "file is too big"),
    *("https url must be provided", "failed to resolve host", "bad webhook", "webhook is active", "other getupdates"),
)
# This person has not begun a chat with the bot, or has ended it.
_NO_WAY_TO = ("bot was blocked by the user", "bot can't initiate conversation", "user is deactivated", "chat not found")


def send_error(error: Exception) -> SendError:
    """What becomes of a message whose call ended so."""
    match error:
        case SendError():
            return error
        case TooFast():  # Telegram does not say whether for this chat or for all
            after = FLOOD_PAUSE if error.seconds is None else error.seconds
            return TryLater("too fast", after, whole_account=True)
        case Unwell():
            return TryLater(str(error), maybe_sent=error.status == GATEWAY_TIMEOUT)
        case Forbidden() | BadRequest() if reason(error) in _NO_WAY_TO:
            return Unreachable(reason(error))
        case Forbidden() | BadRequest() | ChatMigrated():  # a group that has moved to where it was not found
            return Rejected(reason(error))
        case InvalidToken() | Conflict():
            return TryLater(reason(error))
        case NetworkError() if not_sent(error):
            return TryLater("no connection", offline=True)
        case TimedOut():
            return TryLater("time-out", maybe_sent=True)
        case NetworkError() if not _broke(error):  # a status that is none of the Bot API's
            return TryLater("no answer of the Bot API")
        case _:  # broken off, or an answer that is none
            return TryLater(_type(error), maybe_sent=True)


def not_sent(error: Exception) -> bool:
    """Whether the connection failed before anything went over it."""
    return isinstance(error.__cause__, _UNSENT)


def trouble(error: Exception) -> tuple[Trouble, str]:
    """What is wrong with the account if a call that keeps the connection ended so, and a detail for the operator."""
    match error:
        case InvalidToken():
            return Trouble.REFUSED, ""
        case Conflict():
            return Trouble.TAKEN, reason(error)
        case NetworkError() if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
            return Trouble.UNTRUSTED, ""
        case TimedOut() if not not_sent(error):
            return Trouble.SILENT, ""
        case BadRequest() | Forbidden():
            return Trouble.FAILING, reason(error)
        case NetworkError() if _broke(error):
            return Trouble.UNREACHABLE, _type(error.__cause__ or error)
        case Unwell():
            return Trouble.FAILING, str(error)
        case _:
            return Trouble.FAILING, _type(error)


def reason(error: TelegramError) -> str:
    """The description if it is one that is known to be harmless, else the type."""
    said = str(error).lower()
    return next((known for known in _KNOWN if known in said), _type(error))


def is_no_photo(error: BadRequest) -> bool:
    """Whether Telegram takes this picture for no photo; as a file it would take it."""
    said = str(error).lower()
    return "photo_" in said or "image_" in said


def _broke(error: NetworkError) -> bool:
    """Whether the connection failed, rather than the other side answering something strange."""
    return isinstance(error.__cause__, httpx.HTTPError)


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _type(error: BaseException) -> str:
    return type(error).__name__
