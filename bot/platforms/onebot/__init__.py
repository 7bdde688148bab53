"""QQ by OneBot v11 (NapCat, LLOneBot, Lagrange): each connection is one QQ account."""

from bot.platforms.onebot.platform import OneBotPlatform
from bot.platforms.onebot.settings import OneBotSettings

__all__ = ["OneBotPlatform", "OneBotSettings"]
