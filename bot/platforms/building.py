"""The platforms that the settings switch on, each with its own settings; a library is loaded only where it is used."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.platforms.contract import Platform
from bot.settings import OneBot, Settings, SettingsProblem, Telegram, Wechat


def platforms_of(settings: Settings) -> dict[str, Platform]:
    """Every platform that runs here, by name; nothing connects yet."""
    found: dict[str, Platform] = {}
    if settings.sandbox.enabled:
        from bot.platforms.sandbox import SandboxPlatform

        found[SandboxPlatform.name] = SandboxPlatform()
    found.update({name: _build(name, own) for name, own in settings_of(settings).items()})
    return found


def settings_of(settings: Settings) -> dict[str, Any]:
    """The settings of every platform that is switched on and has its secrets; raises `SettingsProblem`."""
    try:
        return _settings_of(settings)
    except ValueError as problem:  # what no single key shows: a secret with a space in it, say
        raise SettingsProblem(f"platforms: {problem}") from problem


def hooks_of(platforms: Mapping[str, Platform]) -> dict[str, Callable[[bytes, str], Awaitable[int]]]:
    """The platforms that may deliver by HTTP, each with what takes a body and its secret."""
    return {name: platform.webhook for name, platform in platforms.items() if hasattr(platform, "webhook")}


def _settings_of(settings: Settings) -> dict[str, Any]:
    part, missing = settings.platforms, settings.missing_secrets()
    found: dict[str, Any] = {}
    if part.onebot and "qq" not in missing:
        found["qq"] = _onebot(settings, part.onebot)
    if part.wechat and "wechat" not in missing:
        found["wechat"] = _wechat(settings, part.wechat)
    if part.telegram and "telegram" not in missing:
        found["telegram"] = _telegram(settings, part.telegram)
    urls = {name: settings.secrets.channels[name] for name in part.channels if f"channels/{name}" not in missing}
    if urls:
        from bot.platforms.channels import ChannelsSettings

        found["channels"] = ChannelsSettings(urls)
    return found


def _build(name: str, own: Any) -> Platform:
    platform: Platform = _kind(name)(own)
    return platform


def _kind(name: str) -> Any:
    if name == "qq":
        from bot.platforms.onebot import OneBotPlatform

        return OneBotPlatform
    if name == "wechat":
        from bot.platforms.wechat import WechatPlatform

        return WechatPlatform
    if name == "telegram":
        from bot.platforms.telegram import TelegramPlatform

        return TelegramPlatform
    from bot.platforms.channels import ChannelsPlatform

    return ChannelsPlatform


def _onebot(settings: Settings, part: OneBot) -> Any:
    from bot.platforms.onebot import OneBotSettings

    return OneBotSettings(
        settings.secrets.onebot_token, listen=part.listen, forward=part.forward,
        ca_file=settings.path(part.ca_file) if part.ca_file else None, host=part.host, port=part.port, path=part.path,
        call_timeout=part.call_timeout_seconds, watchdog=part.watchdog_seconds,
    )  # fmt: skip


def _wechat(settings: Settings, part: Wechat) -> Any:
    from bot.platforms.wechat import WechatSettings

    return WechatSettings(
        settings.secrets.wechat_token, part.endpoint, part.tls, settings.path(part.ca_file) if part.ca_file else None
    )


def _telegram(settings: Settings, part: Telegram) -> Any:
    from bot.menu import telegram_menu
    from bot.platforms.telegram import TelegramSettings

    files = part.base_url.removesuffix("/bot") + "/file/bot"
    return TelegramSettings(
        settings.secrets.telegram_token, base_url=part.base_url, base_file_url=files,
        proxy=settings.secrets.telegram_proxy, webhook=part.webhook_url,
        webhook_secret=settings.secrets.telegram_webhook_secret, commands=telegram_menu(),
    )  # fmt: skip
