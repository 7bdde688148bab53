"""config.yaml and the environment → frozen, typed settings; unknown keys are errors, secrets come only from the environment."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

import yaml
from dotenv import dotenv_values
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

ROOT = Path(__file__).parent.parent
DEFAULT_CONFIG = ROOT / "config.yaml"


class SettingsProblem(Exception):
    """The configuration cannot be used; the message names each key path and what is allowed."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone; an example is Asia/Shanghai")
    return name


def _sqlite(url: str) -> str:
    if not url.removeprefix(SQLITE) or not url.startswith(SQLITE):
        raise ValueError(f"{SQLITE}path/to/file.db is expected; PostgreSQL comes with a later version")
    return url


def _websocket(url: str) -> str:
    if urlsplit(url).scheme not in ("ws", "wss") or not urlsplit(url).hostname:
        raise ValueError("an address such as ws://127.0.0.1:3001 is expected")
    return url


def _endpoint(address: str) -> str:
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ValueError("host:port is expected, such as 127.0.0.1:8788")
    return address


SQLITE = "sqlite:///"
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")
SPOOL = "inbound.spool"  # beside the store: what came in while that was away
SECRETS_FILE = "secrets.env"  # beside config.yaml: the same variables for who cannot set the environment
CHANNEL = "LIANFANG_CHANNEL_"
Takes = Literal["alerts", "notices", "operator"]
_Secret = Annotated[str, Field(repr=False)]
Port = Annotated[int, Field(ge=1, le=65535)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Store(_Part):
    """Where everything is kept."""

    url: Annotated[str, AfterValidator(_sqlite)] = "sqlite:///data/lianfang.db"
    key_file: Path = Path("data/key")


class CommunityPart(_Part):
    """What is particular to this installation."""

    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    rule_pack: str = "novel-pneumonia-2020-01"
    rules: dict[str, Any] = Field(default_factory=dict)
    default_area: str = "xingfu"


class Web(_Part):
    """The pages."""

    host: str = "127.0.0.1"
    port: Port = 8020


class Sandbox(_Part):
    """The page on which everything can be tried."""

    enabled: bool = True
    sample: Path = ROOT / "content" / "demo" / "sample.yaml"
    clock_starts: AwareDatetime = datetime(2020, 2, 5, tzinfo=UTC)  # 08:00 in Shanghai


class Sending(_Part):
    """How fast one own account may send; accounts that send too much, or like clockwork, are blocked."""

    sends_per_second: Annotated[float, Field(ge=0, le=100_000)] = 2
    burst: Annotated[int, Field(ge=1, le=100_000)] = 10
    jitter_seconds: Annotated[float, Field(ge=0, le=60)] = 0.5  # before each message that nobody waits for


class OneBot(Sending):
    """QQ over OneBot v11: implementations connect here (reverse), and are connected to (forward)."""

    listen: bool = True
    host: str = "127.0.0.1"
    port: Port = 6700
    path: str = "/onebot/v11/ws"
    forward: tuple[Annotated[str, AfterValidator(_websocket)], ...] = ()
    ca_file: Path | None = None
    call_timeout_seconds: Annotated[float, Field(gt=0, le=120)] = 10
    watchdog_seconds: Annotated[float, Field(gt=0, le=3600)] = 90

    @model_validator(mode="after")
    def _some_way(self) -> Self:
        if not self.listen and not self.forward:
            raise ValueError("listen is false and forward names no address: QQ could not be reached at all")
        return self


class Wechat(Sending):
    """WeChat over a Wechaty puppet service (gRPC)."""

    endpoint: Annotated[str, AfterValidator(_endpoint)] = "127.0.0.1:8788"
    tls: bool = True
    ca_file: Path | None = None  # the certificate authority of the gateway; none: the system's
    sends_per_second: Annotated[float, Field(ge=0, le=100_000)] = 1  # WeChat blocks sooner than others
    burst: Annotated[int, Field(ge=1, le=100_000)] = 5
    jitter_seconds: Annotated[float, Field(ge=0, le=60)] = 1


class Telegram(Sending):
    """Telegram's Bot API, by long polling or by web hook."""

    base_url: Annotated[str, Field(pattern=r"^https?://.+/bot$")] = "https://api.telegram.org/bot"
    webhook_url: Annotated[str, Field(pattern=r"^(https?://.+)?$")] = ""  # the public address of /hooks/telegram here
    sends_per_second: Annotated[float, Field(ge=0, le=100_000)] = 20


class Channel(_Part):
    """One way out only: mail, a robot of WeCom, DingTalk or Feishu, a web hook; its address is a secret."""

    takes: Annotated[tuple[Takes, ...], Field(min_length=1)]
    area: str = ""  # alerts and notices of this area and below; empty: the default area


class Platforms(_Part):
    """The chat platforms that run here."""

    onebot: OneBot | None = None
    wechat: Wechat | None = None
    telegram: Telegram | None = None
    channels: dict[Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,30}$")], Channel] = Field(default_factory=dict)

    @property
    def real(self) -> tuple[str, ...]:
        """The keys of everything that is switched on here, which the sandbox cannot stand beside."""
        return tuple(key for key in ("onebot", "wechat", "telegram", "channels") if getattr(self, key))

    @property
    def chats(self) -> tuple[str, ...]:
        """The names of the platforms on which people are talked with."""
        found = {"qq": self.onebot, "wechat": self.wechat, "telegram": self.telegram}
        return tuple(name for name, part in found.items() if part is not None)


class Logging(_Part):
    """What is logged; never message text, names, numbers or readings."""

    level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    json_lines: bool = False


class Secrets(BaseModel):
    """Read from the environment or the secrets file, never from a file in the checkout; not shown by accident."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    key: _Secret = ""  # base64 of 32 bytes; empty: the key file is used
    onebot_token: _Secret = ""
    wechat_token: _Secret = ""
    telegram_token: _Secret = ""
    telegram_webhook_secret: _Secret = ""
    telegram_proxy: _Secret = ""  # http://… or socks5://…, with its password if it has one
    channels: dict[str, str] = Field(
        default_factory=dict, repr=False
    )  # LIANFANG_CHANNEL_NAME: the address of channel `name`


class Settings(_Part):
    """Everything that can be set."""

    store: Store = Store()
    community: CommunityPart = CommunityPart()
    web: Web = Web()
    sandbox: Sandbox = Sandbox()
    platforms: Platforms = Platforms()
    logging: Logging = Logging()
    secrets: Secrets = Field(default_factory=Secrets)
    base: Path = ROOT  # relative paths start here: the folder of the configuration file

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.platforms.real and self.sandbox.enabled:
            raise ValueError(
                f"sandbox.enabled must be false while platforms.{self.platforms.real[0]} is set: "
                "the sandbox has its own clock"
            )
        if self.sandbox.enabled and self.web.host not in LOCAL_HOSTS:
            raise ValueError(
                f"web.host: {self.web.host} would open the sandbox to others, who could write as anybody; "
                f"use one of {', '.join(LOCAL_HOSTS)}, or set sandbox.enabled to false"
            )
        return self

    def check_secrets(self) -> None:
        """Raises `SettingsProblem` if a secret is missing without which the platforms cannot run."""
        for problem in self.missing_secrets().values():
            raise SettingsProblem(problem)

    def missing_secrets(self) -> dict[str, str]:
        """What is wrong with the secrets, by the name of the platform that needs them."""
        part, secrets = self.platforms, self.secrets
        needed = [
            ("qq", "platforms.onebot", part.onebot, secrets.onebot_token, "LIANFANG_ONEBOT_TOKEN",
             "the access token of your OneBot program"),
            ("wechat", "platforms.wechat", part.wechat, secrets.wechat_token, "LIANFANG_WECHAT_TOKEN",
             "the token of your Wechaty gateway"),
            ("telegram", "platforms.telegram", part.telegram, secrets.telegram_token, "LIANFANG_TELEGRAM_TOKEN",
             "the token that @BotFather gave you"),
            ("telegram", "platforms.telegram.webhook_url", part.telegram and part.telegram.webhook_url,
             secrets.telegram_webhook_secret, "LIANFANG_TELEGRAM_WEBHOOK_SECRET", "any long random word"),
            *(
                (f"channels/{name}", f"platforms.channels.{name}", channel, secrets.channels.get(name),
                 f"{CHANNEL}{name.upper()}", "its address in apprise's form, such as mailto://… or wecombot://…")
                for name, channel in part.channels.items()
            ),
        ]  # fmt: skip
        return {
            name: f"{where}: the environment variable {variable} is missing; set it to {what}"
            for name, where, wanted, given, variable, what in needed
            if wanted and not given
        }

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which local days end."""
        return ZoneInfo(self.community.zone)

    @property
    def store_file(self) -> Path:
        """The file that holds the store."""
        return self.path(Path(self.store.url.removeprefix(SQLITE)))

    def beside_store(self, name: str) -> Path:
        """A file in the folder of the store."""
        return self.store_file.parent / name

    @property
    def store_url(self) -> str:
        """The store's address with its path made absolute."""
        return f"{SQLITE}{self.store_file}"

    def path(self, path: Path) -> Path:
        """A path of the configuration, from the folder of its file."""
        return path if path.is_absolute() else self.base / path


def load_settings(path: Path, environ: dict[str, str] | None = None) -> Settings:
    """The settings of a file; raises `SettingsProblem` naming every key that is wrong."""
    raw = _read(path)
    for reserved in ("secrets", "base"):
        if reserved in raw:
            raise SettingsProblem(f"{path.name}: unknown key '{reserved}' (secrets come from the environment only)")
    try:
        beside = _beside(path) if environ is None else {}
        secrets = Secrets(**_secrets({**beside, **(os.environ if environ is None else environ)}))
        return Settings(**raw, secrets=secrets, base=path.resolve().parent)
    except ValidationError as problem:
        raise SettingsProblem("\n".join(_explain(path, error) for error in problem.errors())) from problem


def _secrets(environ: Mapping[str, str]) -> dict[str, Any]:
    own = {key: value for key, value in environ.items() if key.startswith("LIANFANG_")}
    channels = {key.removeprefix(CHANNEL).lower(): value for key, value in own.items() if key.startswith(CHANNEL)}
    plain = {key.removeprefix("LIANFANG_").lower(): value for key, value in own.items() if not key.startswith(CHANNEL)}
    return {**plain, "channels": channels}


def _beside(path: Path) -> dict[str, str]:
    """The secrets file beside the configuration, if there is one; the environment wins over it."""
    file = path.resolve().parent / SECRETS_FILE
    try:
        return {key: value for key, value in dotenv_values(file, interpolate=False).items() if value}
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsProblem(
            f"{SECRETS_FILE} beside {path.name} cannot be read: {type(problem).__name__}"
        ) from problem


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise SettingsProblem(f"no configuration at {path}; copy config.yaml from the project or use --config")
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsProblem(f"{path.name} is not valid YAML in UTF-8: {error}") from error
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise SettingsProblem(f"{path.name}: a mapping of keys is expected at the top")
    for key in raw:
        if not isinstance(key, str):
            raise SettingsProblem(f"{path.name}: unknown key '{key}'")
    return raw


def _explain(path: Path, error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{path.name}: unknown key '{where}'"
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{path.name}: {where}: {message}" if where else f"{path.name}: {message}"
