"""Long polling: an update is acknowledged, by asking for those behind it, only once its message is durable."""

import asyncio
from typing import Any

from telegram.error import Conflict

from bot.platforms.telegram import codec, raw
from bot.platforms.telegram.health import Health
from bot.platforms.telegram.intake import Intake
from bot.platforms.telegram.settings import TelegramSettings
from bot.platforms.telegram.wire import Wire

# The library has an updater; it acknowledges what is not durable yet.


async def prepare(wire: Wire) -> None:
    """Telegram delivers in one way only; what waits there is kept."""
    await wire.call("deleteWebhook", drop_pending_updates=False)


async def serve(wire: Wire, settings: TelegramSettings, health: Health, intake: Intake, *, contested: bool) -> None:
    """Poll until something fails; what that is, is raised.

    `contested`: somebody else polled with this token just now. Each poll throws out the one before it, so only one
    that lasted its whole time tells that the other has gone. Else the first poll does not wait, so that it is seen
    at once whether all is well.
    """
    offset: int | None = None
    wait = settings.poll_timeout if contested else 0.0
    clock = asyncio.get_running_loop().time
    while True:
        asked, waited = clock(), wait
        updates = await _updates(wire, settings, offset, wait)
        health.well(intake.own.limits)
        wait = settings.poll_timeout
        if not updates:
            if clock() - asked < waited / 2:  # a server that cannot wait must not be asked without a pause
                await asyncio.sleep(settings.pause_first)
            # All is acknowledged, so nothing has to be skipped. After a quiet week Telegram numbers updates anew, and
            # with a number of the old row the new one might be passed over.
            offset = None
            continue
        done = await intake.take_all(updates)
        offset = _next(updates, done, offset)
        if not all(done):
            await asyncio.sleep(settings.pause_untaken)


async def _updates(wire: Wire, settings: TelegramSettings, offset: int | None, wait: float) -> list[Any]:
    result = await wire.call(
        "getUpdates",
        wait + settings.read_timeout,
        offset=offset,
        limit=settings.poll_limit,
        timeout=int(wait) if wait == int(wait) else wait,  # a fraction is no number of seconds to Telegram
        allowed_updates=list(codec.UPDATES),
    )
    if not isinstance(result, list):
        raise raw.Malformed("getUpdates without a list")
    return result


def _next(updates: list[Any], done: list[bool], offset: int | None) -> int | None:
    """The first update that is not done with, else the one behind the last."""
    for update, finished in zip(updates, done, strict=True):
        if not finished:
            return raw.update_id(update)
    last = max((id for update in updates if (id := raw.update_id(update)) is not None), default=None)
    return offset if last is None else last + 1


def was_contested(error: Exception) -> bool:
    """Whether somebody else polls with this token; a web hook is gone once it was deleted."""
    return isinstance(error, Conflict) and "webhook" not in str(error).lower()
