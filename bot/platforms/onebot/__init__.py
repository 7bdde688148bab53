"""QQ by OneBot v11 (NapCat, LLOneBot, Lagrange): each connection is one QQ account."""

from bot.platforms.onebot.platform import OneBotPlatform, OneBotSettings

__all__ = ["OneBotPlatform", "OneBotSettings"]
