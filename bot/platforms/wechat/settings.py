"""Where the gateway is, and how patient the program is with it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

_ENDPOINT = re.compile(r"\[?([^\[\]\s]+?)\]?:(\d{1,5})")
_TOKEN = re.compile(r"[!-~]+")  # it travels in headers


@dataclass(frozen=True, slots=True)
class WechatSettings:
    """Times are in seconds."""

    token: str = field(repr=False)
    endpoint: str = "127.0.0.1:8788"  # host:port
    tls: bool = True
    ca_file: Path | None = None  # the certificate authority of the gateway; none: the system's, and the name is checked
    server_name: str = ""  # what TLS asks for (SNI) if that is not the host; Wechaty puts it before the token
    name: str = "wechat"
    text_limit: int = 2000  # characters; WeChat cuts or refuses longer messages
    connect_timeout: float = 10.0
    call_timeout: float = 10.0
    upload_timeout: float = 60.0
    start_timeout: float = 20.0  # the gateway itself gives up after 15
    keepalive: float = 10.0  # between two pings of the connection
    keepalive_timeout: float = 5.0
    first_event: float = 5.0  # for the first event of a stream; then the gateway is asked whether it lives
    pulse: float = 20.0  # without an event; then the gateway is asked whether it lives
    echo: float = 5.0  # for the stream to bring the answer to that, if this gateway is known to answer there
    settle: float = 3.0  # for the gateway to say who is logged in; then it is told to start
    first_pause: float = 1.0  # before the second try to connect; doubles up to `longest_pause`
    longest_pause: float = 60.0
    taken_pause: float = 600.0  # before a stream that somebody else has taken is taken back
    max_in_flight: int = 256  # messages that are read or handed over and not yet durable
    faces_age: float = 3600.0  # how long a name is believed without asking again
    probe_timeout: float = 10.0
    finish: float = 1.0  # for messages on their way to the store when the program stops

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ValueError("a Wechaty gateway needs a token, of ASCII letters and signs without spaces")
        if not _ENDPOINT.fullmatch(self.endpoint) or not 0 < self.port < 65536:
            raise ValueError("the address of the gateway must be host:port")

    @property
    def host(self) -> str:
        """The host of the address; an IPv6 one without its brackets."""
        return self._part(1)

    @property
    def port(self) -> int:
        """The port of the address."""
        return int(self._part(2))

    def _part(self, number: int) -> str:
        found = _ENDPOINT.fullmatch(self.endpoint)
        return found[number] if found else ""
