"""How the program reaches its platform: what is asked for each of them, and what goes where in the configuration."""

import secrets
from dataclasses import dataclass, field
from functools import partial

from bot.init import reading
from bot.init.talk import Question, Talk
from bot.settings import Platforms, Sandbox, Secrets, Settings
from templates.render import render

PLATFORMS = (("qq",), ("wechat", "weixin", "微信"), ("telegram", "tg", "电报"))
WAYS = (("reverse", "反向"), ("forward", "正向"))
OPEN, OWN = "0.0.0.0", "127.0.0.1"  # noqa: S104  open only where the OneBot program runs elsewhere; a token guards it
TOKEN_BYTES = 24

PLATFORM = Question("init/ask_platform", partial(reading.choice, names=PLATFORMS), "1")
WAY = Question("init/ask_onebot_way", partial(reading.choice, names=WAYS), "1")
SAME_MACHINE = Question("init/ask_onebot_same_machine", reading.yes, "是")
PORT = Question("init/ask_onebot_port", reading.port, "6700")
ADDRESS = Question("init/ask_onebot_address", reading.websocket, "ws://127.0.0.1:3001")
ONEBOT_TOKEN = Question("init/ask_onebot_token", reading.token, hidden=True)
OWN_TOKEN = Question("init/ask_onebot_own_token", reading.own_token, "", hidden=True)
ENDPOINT = Question("init/ask_wechat_address", reading.endpoint, "127.0.0.1:8788")
TLS = Question("init/ask_wechat_tls", reading.yes, "是")
WECHAT_TOKEN = Question("init/ask_wechat_token", reading.token, hidden=True)
BOT_API = Question("init/ask_telegram_address", reading.bot_api, "https://api.telegram.org/bot")
PROXY = Question("init/ask_telegram_proxy", reading.proxy, "", hidden=True)
BOT_TOKEN = Question("init/ask_telegram_token", reading.bot_token, hidden=True)


@dataclass(frozen=True, slots=True)
class Line:
    """The way to one platform."""

    platform: str  # qq, wechat, telegram
    part: dict[str, str | int | bool] = field(default_factory=dict)  # its keys in the configuration
    secrets: dict[str, str] = field(default_factory=dict, repr=False)  # by their names in the environment
    forward: str = ""  # where a OneBot program is connected to; empty: it connects here
    made_up: bool = False  # nobody has seen the token yet, so nobody can connect with it

    @property
    def section(self) -> str:
        """Its name below `platforms`."""
        return "onebot" if self.platform == "qq" else self.platform

    @property
    def reverse(self) -> bool:
        """Whether the other side connects here."""
        return self.platform == "qq" and not self.forward

    @property
    def to_type_in(self) -> str:
        """The address that is entered in the OneBot program."""
        return _to_type_in(self.part) if self.reverse else ""

    def settings(self) -> Settings:
        """Settings with this line alone."""
        way = {"listen": False, "forward": [self.forward]} if self.forward else {}
        named = {name.removeprefix("LIANFANG_").lower(): value for name, value in self.secrets.items()}
        return Settings(
            sandbox=Sandbox(enabled=False), platforms=Platforms.model_validate({self.section: {**self.part, **way}}),
            secrets=Secrets.model_validate(named),
        )  # fmt: skip


def ask_line(talk: Talk, platform: str) -> Line:
    """Ask what this platform needs."""
    return {"qq": _qq, "wechat": _wechat, "telegram": _telegram}[platform](talk)


def _qq(talk: Talk) -> Line:
    if talk.ask(WAY) == "forward":
        address = talk.ask(ADDRESS)
        return Line("qq", {}, {"LIANFANG_ONEBOT_TOKEN": talk.ask(ONEBOT_TOKEN)}, forward=address)
    part: dict[str, str | int | bool] = {"host": OWN if talk.ask(SAME_MACHINE) else OPEN, "port": talk.ask(PORT)}
    given = talk.ask(OWN_TOKEN, address=_to_type_in(part), least=reading.TOKEN_LENGTH)
    token = given or secrets.token_urlsafe(TOKEN_BYTES)
    return Line("qq", part, {"LIANFANG_ONEBOT_TOKEN": token}, made_up=not given)


def _to_type_in(part: dict[str, str | int | bool]) -> str:
    host = part["host"] if part["host"] != OPEN else render("init/this_machine")
    return f"ws://{host}:{part['port']}/onebot/v11/ws"


def _wechat(talk: Talk) -> Line:
    part: dict[str, str | int | bool] = {"endpoint": talk.ask(ENDPOINT), "tls": talk.ask(TLS)}
    return Line("wechat", part, {"LIANFANG_WECHAT_TOKEN": talk.ask(WECHAT_TOKEN)})


def _telegram(talk: Talk) -> Line:
    address, proxy = talk.ask(BOT_API), talk.ask(PROXY)
    named = {"LIANFANG_TELEGRAM_TOKEN": talk.ask(BOT_TOKEN), "LIANFANG_TELEGRAM_PROXY": proxy}
    return Line("telegram", {"base_url": address}, {name: value for name, value in named.items() if value})
