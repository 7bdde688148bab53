"""Telegram by its Bot API, over long polling or a web hook; one bot is one account."""

from bot.platforms.telegram.platform import TelegramPlatform
from bot.platforms.telegram.probe import probe
from bot.platforms.telegram.settings import TelegramSettings

__all__ = ["TelegramPlatform", "TelegramSettings", "probe"]
