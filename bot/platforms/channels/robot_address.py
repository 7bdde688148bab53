"""The addresses of group robots: apprise's short forms, and those that the platforms show."""

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from bot.platforms.channels.service import Unusable


class Maker(Enum):
    """Whose robot it is; Lark is Feishu outside of China."""

    WECOM = auto()
    DINGTALK = auto()
    FEISHU = auto()


_HOSTS = {
    "wecombot": (Maker.WECOM, "https://qyapi.weixin.qq.com"),
    "dingtalk": (Maker.DINGTALK, "https://oapi.dingtalk.com"),
    "feishu": (Maker.FEISHU, "https://open.feishu.cn"),
    "lark": (Maker.FEISHU, "https://open.larksuite.com"),
}
_WECOM, _DINGTALK, _FEISHU = "/cgi-bin/webhook/send", "/robot/send", "/open-apis/bot/v2/hook/"
_TOKEN = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a robot takes messages."""

    maker: Maker
    base: str  # scheme and host; an own one where the platform runs in one's own house
    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    mobiles: tuple[str, ...] = field(default=(), repr=False)  # whom DingTalk calls with each message

    @property
    def url(self) -> str:
        """Where messages are posted, without the query."""
        path = {Maker.WECOM: _WECOM, Maker.DINGTALK: _DINGTALK, Maker.FEISHU: _FEISHU + self.token}
        return self.base + path[self.maker]

    @property
    def upload_url(self) -> str:
        """Where WeCom takes files."""
        return self.base + "/cgi-bin/webhook/upload_media"

    @property
    def query(self) -> dict[str, str]:
        """What says which robot it is."""
        keys = {Maker.WECOM: "key", Maker.DINGTALK: "access_token"}
        return {keys[self.maker]: self.token} if self.maker in keys else {}

    @property
    def host(self) -> tuple[str, int]:
        """Whom to connect to."""
        parts = urlsplit(self.base)
        return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def read_address(url: str) -> Address | None:
    """The robot that an address means, None if it is no robot's; raises `Unusable`."""
    try:
        parts = urlsplit(url.strip())
        _ = parts.port  # raises as well
    except ValueError:
        return None  # apprise may know what to do with it
    if parts.scheme in _HOSTS:
        return _short(parts)
    return _shown(parts) if parts.scheme in ("https", "http") else None


def _short(parts: SplitResult) -> Address:
    maker, base = _HOSTS[parts.scheme]
    query = _query(parts)
    user, _, host = parts.netloc.rpartition("@")  # not `hostname`, which is in small letters
    token = query.get("key") or query.get("token") or unquote(host)
    secret = query.get("secret") or unquote(user)
    mobiles = tuple(filter(None, (*parts.path.split("/"), *query.get("to", "").split(","))))
    return _checked(Address(maker, base, token, secret, mobiles if maker is Maker.DINGTALK else ()))


def _shown(parts: SplitResult) -> Address | None:
    base, path, query = f"{parts.scheme}://{parts.netloc}", parts.path, _query(parts)
    secret = query.get("secret", "")
    if path.rstrip("/") == _WECOM:
        return _checked(Address(Maker.WECOM, base, query.get("key", "")))
    if path.rstrip("/") == _DINGTALK:
        return _checked(Address(Maker.DINGTALK, base, query.get("access_token", ""), secret))
    if path.startswith(_FEISHU):
        return _checked(Address(Maker.FEISHU, base, path.removeprefix(_FEISHU).strip("/"), secret))
    return None


def _checked(address: Address) -> Address:
    if not _TOKEN.fullmatch(address.token):
        raise Unusable("the address of the robot has no valid key")
    if not all(re.fullmatch(r"\+?[0-9-]{11,20}", mobile) for mobile in address.mobiles):
        raise Unusable("what follows the key of the robot is no telephone number")
    return address


def _query(parts: SplitResult) -> dict[str, str]:
    return {key: values[-1] for key, values in parse_qs(parts.query).items()}
