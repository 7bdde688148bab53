"""The menu of commands that Telegram shows to everybody who talks with the bot."""

import logging
import re

from bot.platforms.telegram.wire import Wire

log = logging.getLogger(__name__)

MOST = 100
MOST_DESCRIPTION = 256

_NAME = re.compile(r"[a-z0-9_]{1,32}")


async def register(wire: Wire, commands: tuple[tuple[str, str], ...]) -> bool:
    """Put the commands into the menu; false if that failed, which is no reason not to serve."""
    menu = entries(commands)
    if not menu:
        return True
    try:
        await wire.call("setMyCommands", commands=menu)
    except Exception as error:  # noqa: BLE001 - only a convenience, and it has no caller
        log.warning("commands not registered", extra={"action": "telegram_menu", "error": type(error).__name__})
        return False
    return True


def entries(commands: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    """What Telegram takes of these: one bad name would cost the whole menu."""
    fit = {name: text.strip()[:MOST_DESCRIPTION] for name, text in commands if _NAME.fullmatch(name) and text.strip()}
    menu = [{"command": name, "description": text} for name, text in list(fit.items())[:MOST]]
    if left := len(commands) - len(menu):
        log.warning("commands without a place in the menu", extra={"action": "telegram_menu", "left": left})
    return menu
