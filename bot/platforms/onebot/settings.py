"""How QQ is reached, and how patient the program is."""

from dataclasses import dataclass, field
from pathlib import Path

from bot.platforms.onebot.compose import TEXT_LIMIT


@dataclass(frozen=True, slots=True)
class OneBotSettings:
    """Where implementations connect and how patient the program is; times are in seconds, sizes in bytes."""

    token: str = field(repr=False)
    listen: bool = True  # implementations connect here (reverse WebSocket)
    forward: tuple[str, ...] = ()  # addresses of implementations that are connected to (forward), an account each
    ca_file: Path | None = None  # the certificate authority of wss:// addresses; none: the system's
    first_pause: float = 1.0  # before the second try to connect; doubles up to `longest_pause`
    longest_pause: float = 30.0
    ask_account_after: float = 1.0  # without an event that says whose account it is
    host: str = "127.0.0.1"
    port: int = 8080  # 0: any free one, see `OneBotPlatform.port`
    path: str = "/onebot/v11/ws"
    name: str = "qq"
    call_timeout: float = 10.0
    upload_timeout: float = 60.0
    name_timeout: float = 2.0  # for the names of who is mentioned; then the message goes on with their numbers
    find_timeout: float = 4.0  # for one page of history, when a message is looked for
    probe_timeout: float = 8.0
    watchdog: float = 90.0  # without a frame; never less than two heartbeats
    max_frame: int = 4 * 2**20
    max_in_flight: int = 1024  # messages handed over and not yet durable
    text_limit: int = TEXT_LIMIT
    allow_no_token: bool = False

    def __post_init__(self) -> None:
        if not self.token and not self.allow_no_token:
            raise ValueError("OneBot needs an access token: whoever connects may speak for every resident")
