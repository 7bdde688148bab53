"""The Bot API over HTTP: python-telegram-bot's client, made silent, and true about what went wrong."""

import logging
from typing import Any
from urllib.parse import urlsplit

import httpx
from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest, RequestData

from bot.platforms.telegram import raw
from bot.platforms.telegram.settings import TelegramSettings

OWN_MACHINE = ("127.0.0.1", "localhost", "::1")

# httpx logs every address, which has the token in it; python-telegram-bot logs requests and answers with all that
# people wrote. A filter stays whatever level a logging configuration sets later.
_CHATTY = ("httpx", "telegram.Bot", "telegram.request.BaseRequest", "telegram.request.HTTPXRequest")


class TooFast(TelegramError):
    """Telegram wants fewer requests; `seconds` as it says, None if it does not.

    The library's `RetryAfter` warns of its own deprecation whenever it is made.
    """

    def __init__(self, seconds: float | None) -> None:
        super().__init__("too fast")
        self.seconds = seconds


class Unwell(TelegramError):
    """Telegram, or what stands in front of it, answered with a fault of its own."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class _Request(HTTPXRequest):
    """The library's HTTP, with 429 and 5xx told apart and no answer ever logged."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **timeouts: Any
    ) -> tuple[int, bytes]:
        status, payload = await super().do_request(url, method, request_data, *args, **timeouts)
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise TooFast(_seconds(payload))
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unwell(status)
        return status, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> raw.Json:
        try:
            return raw.loads(payload)
        except raw.Malformed:
            raise TelegramError("no answer of the Bot API") from None


class Wire:
    """Calls the Bot API; answers come as they are, because one that is odd must not cost the others."""

    def __init__(self, settings: TelegramSettings) -> None:
        silence()
        self._settings = settings
        near = urlsplit(settings.base_url).hostname in OWN_MACHINE
        self._request = _Request(
            connection_pool_size=settings.connections,
            read_timeout=settings.read_timeout,
            write_timeout=settings.write_timeout,
            connect_timeout=settings.connect_timeout,
            pool_timeout=settings.pool_timeout,
            media_write_timeout=settings.upload_timeout,
            proxy=settings.proxy or None,
            httpx_kwargs={"trust_env": not near},  # no proxy of the environment leads to this machine
        )
        # one pool for both: a poll holds one connection of many
        self._bot = Bot(
            settings.token,
            settings.base_url,
            settings.base_file_url,
            request=self._request,
            get_updates_request=self._request,
        )

    async def call(self, method: str, patience: float | None = None, **fields: Any) -> Any:
        """The result of a method; `patience` is how long its answer may take. Raises what `faults` explains.

        In lower case, which the Bot API takes as well: the library then has no method of that name and hands over
        the answer untouched instead of building objects that fail on a field which is missing or of another unit.
        """
        known = {key: value for key, value in fields.items() if value is not None}
        patience = self._settings.read_timeout if patience is None else patience
        return await self._bot.do_api_request(method.lower(), known, read_timeout=patience)

    async def close(self) -> None:
        """Close every connection."""
        await self._request.shutdown()


def silence() -> None:
    """Keep the libraries from logging; doing so again changes nothing."""
    for name in _CHATTY:
        logging.getLogger(name).addFilter(_drop)


def _drop(_: logging.LogRecord) -> bool:
    return False


def _seconds(payload: bytes) -> float | None:
    try:
        parameters = raw.loads(payload).get("parameters")
    except raw.Malformed:
        return None
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(seconds) if isinstance(seconds, (int, float)) and 0 <= seconds < 10**9 else None
