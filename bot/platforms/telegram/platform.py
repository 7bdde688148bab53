"""Telegram: keeps one bot connected, by long polling or a web hook, and sends in its name."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from telegram.error import TelegramError

from bot.logs import trace
from bot.messages import Outbound
from bot.platforms.contract import CannotTell, Host, State, Trouble, TryLater
from bot.platforms.telegram import codec, faults, hook, menu, polling, raw
from bot.platforms.telegram.health import Health
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.sender import Sender
from bot.platforms.telegram.settings import TelegramSettings
from bot.platforms.telegram.wire import TooFast, Wire

log = logging.getLogger(__name__)

KEPT = timedelta(hours=24)  # how long Telegram keeps what nobody has fetched


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TelegramPlatform:
    """A client of the Bot API."""

    def __init__(self, settings: TelegramSettings, now: Callable[[], datetime] = _utc_now) -> None:
        self.name = settings.name
        self._settings = settings
        self._now = now
        self._health = Health(now)
        self._sender = Sender(settings)
        self._hook = hook.Hook(settings)
        self._wire: Wire | None = None
        self._told: datetime | None = None  # the start of the gap that was told last
        self._menu: asyncio.Task[bool] | None = None

    async def run(self, host: Host) -> None:
        """Serve until cancelled."""
        pause, contested = self._settings.pause_first, False
        try:
            while True:
                try:
                    await self._serve(host, contested=contested)
                except Exception as error:  # noqa: BLE001 - whatever the other side does, it is tried again
                    pause = self._settings.pause_first if self._health.can_send else pause
                    contested = polling.was_contested(error)
                    trouble = self._fail(error)
                    await asyncio.sleep(self._patience(error, trouble, pause))
                    pause = min(2 * pause, self._settings.pause_most)
        finally:
            await self._end()

    async def webhook(self, body: bytes, secret: str) -> int:
        """Take what Telegram delivered with this `X-Telegram-Bot-Api-Secret-Token`; the HTTP status to answer with."""
        return await self._hook.receive(body, secret)

    async def send(self, message: Outbound) -> str:
        """Send, in several parts if need be, and return the last part's id; a retry repeats no part that is out."""
        if self._wire is None:
            raise TryLater("not connected", offline=True)
        return await self._sender.send(self._wire, message)

    async def find(self, message: Outbound, since: datetime) -> str | None:
        """Bots cannot read what was said."""
        raise CannotTell

    def account_of(self, message: Outbound) -> str:
        """The bot."""
        return self._health.account

    def online(self) -> bool:
        """Whether Telegram takes what is sent; that somebody else polls with the token does not hinder it."""
        return self._health.can_send

    def states(self) -> tuple[State, ...]:
        """The bot's state."""
        return (self._health.state,)

    # -- the connection

    async def _serve(self, host: Host, *, contested: bool) -> None:
        """Connect and serve until something fails; what that is, is raised."""
        wire = self._wire = self._wire or Wire(self._settings)
        own = codec.me(await wire.call("getMe"))
        self._health.account = own.id
        if not own.hears_all:
            log.warning("groups are hardly heard", extra={"action": "telegram_privacy_mode"})
        await self._tell_gap(host, own.id)
        intake = Intake(host, self.name, own, self._settings.most_tries, self._now)
        if self._settings.webhook:
            self._hook.intake = intake  # stays over a broken connection: Telegram's way to us may still be whole
            await hook.prepare(wire, self._settings)
            self._health.well(own.limits)
            self._register(wire)
            await hook.watch(wire, self._settings, self._health, own.limits)
        else:
            await polling.prepare(wire)
            self._register(wire)
            await polling.serve(wire, self._settings, self._health, intake, contested=contested)

    def _register(self, wire: Wire) -> None:
        """Fill the menu of commands, beside everything else; once, unless it failed."""
        if self._menu is None or (self._menu.done() and not self._menu.result()):
            self._menu = asyncio.create_task(menu.register(wire, self._settings.commands))

    async def _tell_gap(self, host: Host, account: str) -> None:
        """What was said longer ago than Telegram keeps it, and after we heard it last, is lost."""
        try:
            since = self._health.last_well or await host.last_heard(account)
            until = self._now() - KEPT
            if since is not None and since < until and since != self._told:
                await host.missed(account, since, until)
                self._told = since
        except Exception as error:  # noqa: BLE001 - what comes now matters more; only the type, as everywhere
            log.error("a gap could not be told", extra={"action": "telegram_gap", "error": type(error).__name__})

    def _fail(self, error: Exception) -> Trouble:
        trouble, detail = faults.trouble(error)
        if not isinstance(error, (TelegramError, raw.Malformed)):  # a fault of ours, most likely
            log.error("Telegram is not served", extra={"action": "telegram_fault", "error": trace(error)})
        self._health.unwell(trouble, detail, can_send=trouble is Trouble.TAKEN)
        return trouble

    def _patience(self, error: Exception, trouble: Trouble, pause: float) -> float:
        """Seconds until the next try."""
        if isinstance(error, TooFast) and error.seconds is not None:
            return error.seconds
        slow = {Trouble.REFUSED: self._settings.pause_refused, Trouble.TAKEN: self._settings.pause_taken}
        return slow.get(trouble, pause)

    async def _end(self) -> None:
        wire, self._wire, self._hook.intake = self._wire, None, None
        self._health.unwell(Trouble.STARTING)
        if self._menu:
            self._menu.cancel()
            await asyncio.wait({self._menu})
            self._menu = None
        if wire:
            await wire.close()
