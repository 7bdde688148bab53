"""Ways out only: mail, robots of WeCom, DingTalk and Feishu, web hooks, and whatever else `apprise` knows."""

from bot.platforms.channels.platform import ChannelsPlatform
from bot.platforms.channels.settings import ChannelsSettings

__all__ = ["ChannelsPlatform", "ChannelsSettings"]
