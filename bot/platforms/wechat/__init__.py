"""WeChat by a Wechaty puppet service (gRPC): the gateway holds one WeChat account, and one stream of its events."""

from bot.platforms.wechat.platform import WechatPlatform
from bot.platforms.wechat.probe import probe
from bot.platforms.wechat.settings import WechatSettings

__all__ = ["WechatPlatform", "WechatSettings", "probe"]
