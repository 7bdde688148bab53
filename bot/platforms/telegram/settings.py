"""Where the Bot API is, and how patient the program is with it."""

import re
from dataclasses import dataclass, field

API = "https://api.telegram.org/bot"
FILES = "https://api.telegram.org/file/bot"

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # what Telegram allows as `secret_token`
_HTTP = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class TelegramSettings:
    """Times are in seconds, sizes of text in UTF-16 units, as Telegram counts them."""

    token: str = field(repr=False)
    base_url: str = API  # ends in /bot; the token follows it
    base_file_url: str = FILES
    proxy: str = field(default="", repr=False)  # may hold a password; empty: what the environment says
    webhook: str = ""  # the public address that leads to `TelegramPlatform.webhook`; empty: long polling
    webhook_secret: str = field(default="", repr=False)
    name: str = "telegram"
    commands: tuple[tuple[str, str], ...] = ()  # (name, description) for the menu of commands
    text_limit: int = 4096
    caption_limit: int = 1024
    poll_timeout: float = 25.0  # how long Telegram holds back its answer while there is nothing new
    poll_limit: int = 100  # updates in one answer: what is under way at once; 100 is the most
    connect_timeout: float = 10.0
    read_timeout: float = 10.0  # beyond `poll_timeout` when polling
    write_timeout: float = 10.0
    upload_timeout: float = 60.0
    pool_timeout: float = 5.0
    connections: int = 64
    pause_first: float = 1.0  # between tries to reach Telegram; doubled until `pause_most`
    pause_most: float = 30.0
    pause_refused: float = 60.0  # the token is wrong, and will most likely stay so
    pause_taken: float = 10.0  # somebody else polls with this token
    pause_untaken: float = 1.0  # the program would not take an update
    most_tries: int = 3  # of one update that the program would not take
    webhook_check: float = 30.0  # how often the connection is looked at while a web hook brings the messages
    webhook_timeout: float = 30.0  # for one message to become durable; then Telegram is to deliver it again
    webhook_in_flight: int = 256  # requests that are not durable yet
    probe_timeout: float = 10.0

    def __post_init__(self) -> None:
        if not self.token:
            raise ValueError("Telegram needs the bot's token")
        if not _HTTP.fullmatch(self.base_url) or not self.base_url.endswith("/bot"):
            raise ValueError("the address of the Bot API must end in /bot")
        if self.webhook and not _HTTP.fullmatch(self.webhook):
            raise ValueError("the web hook is no address")
        if self.webhook and not _SECRET.fullmatch(self.webhook_secret):
            raise ValueError("a web hook needs a secret of 1 to 256 letters, digits, _ and -: whoever knows the address "
                             "may else speak for every resident")  # fmt: skip
