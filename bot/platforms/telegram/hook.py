"""The web hook: Telegram brings updates by HTTP and is told 200 only once the message is durable."""

import asyncio
import hmac
import logging
from http import HTTPStatus

from telegram.error import Conflict

from bot.platforms.contract import Trouble
from bot.platforms.telegram import codec, raw
from bot.platforms.telegram.health import Health
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.settings import TelegramSettings
from bot.platforms.telegram.wire import Wire

log = logging.getLogger(__name__)

MOST_CONNECTIONS = 40  # that Telegram opens; messages of one chat come one after the other all the same


class Hook:
    """Takes requests while `intake` is set."""

    def __init__(self, settings: TelegramSettings) -> None:
        self.intake: Intake | None = None
        self._settings = settings
        self._in_flight = 0

    async def receive(self, body: bytes, secret: str) -> int:
        """The HTTP status to answer with; after anything but 2xx Telegram delivers the update again."""
        if not self._is_telegram(secret):
            log.warning("web hook refused", extra={"action": "telegram_hook_refused"})
            return HTTPStatus.FORBIDDEN
        try:
            update = raw.loads(body)
        except raw.Malformed:
            return HTTPStatus.BAD_REQUEST
        if raw.update_id(update) is None:
            return HTTPStatus.BAD_REQUEST
        if self.intake is None or self._in_flight >= self._settings.webhook_in_flight:
            return HTTPStatus.SERVICE_UNAVAILABLE
        return HTTPStatus.OK if await self._take(self.intake, update) else HTTPStatus.SERVICE_UNAVAILABLE

    def _is_telegram(self, secret: str) -> bool:
        expected = self._settings.webhook_secret
        return bool(expected) and hmac.compare_digest(_octets(secret), _octets(expected))

    async def _take(self, intake: Intake, update: raw.Json) -> bool:
        self._in_flight += 1
        try:
            # Telegram gives up waiting some time; what becomes durable after that is known when it comes again.
            async with asyncio.timeout(self._settings.webhook_timeout):
                return await intake.take(update)
        except TimeoutError:
            log.warning("message not taken in time", extra={"action": "telegram_untaken", "error": "TimeoutError"})
            return False
        finally:
            self._in_flight -= 1


async def prepare(wire: Wire, settings: TelegramSettings) -> None:
    """Tell Telegram where to deliver; what waits there comes at once."""
    await wire.call(
        "setWebhook",
        url=settings.webhook,
        secret_token=settings.webhook_secret,
        allowed_updates=list(codec.UPDATES),
        max_connections=MOST_CONNECTIONS,
        drop_pending_updates=False,
    )


async def watch(wire: Wire, settings: TelegramSettings, health: Health, detail: str) -> None:
    """Ask Telegram now and then how delivering goes, until something fails; what that is, is raised."""
    before, failing = (await _info(wire, settings)).get("last_error_date"), False  # of a failure long ago, perhaps
    while True:
        await asyncio.sleep(settings.webhook_check)
        info = await _info(wire, settings)
        failed, waiting = info.get("last_error_date"), info.get("pending_update_count")
        # Telegram tries less and less often, so until nothing waits any more an old failure is still one.
        failing = bool(waiting) and (failing or failed != before)
        before = failed
        if failing:
            health.unwell(Trouble.SILENT, "Telegram cannot deliver to the web hook", can_send=True)
        else:
            health.well(detail)


async def _info(wire: Wire, settings: TelegramSettings) -> raw.Json:
    """What Telegram says of the web hook; raises `Conflict` if it is not ours."""
    info = await wire.call("getWebhookInfo")
    if not isinstance(info, dict):
        raise raw.Malformed("getWebhookInfo without an object")
    if info.get("url") != settings.webhook:
        raise Conflict("webhook is active elsewhere, or was taken away")
    return info


def _octets(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
