"""What the channels are and how patient the program is with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChannelsSettings:
    """Each channel has a name and an address in apprise's form; times are in seconds.

    Robots are also taken by the address that their platform shows (`https://…/cgi-bin/webhook/send?key=…`). The
    secret of a signing robot is its user name (`dingtalk://SECRET@TOKEN`) or is appended as `&secret=SECRET`
    (`?secret=SECRET` where the address has no query).
    """

    urls: Mapping[str, str] = field(repr=False)
    name: str = "channels"
    connect_timeout: float = 5.0
    answer_timeout: float = 15.0  # between two pieces of an answer; a mail server gets this for every step
    send_timeout: float = 40.0  # for one part of a message, whatever the service does meanwhile
    look_timeout: float = 5.0  # for a connection that only tries whether somebody is there
    look_every: float = 300.0  # between two such looks at a channel that is well
    first_pause: float = 2.0  # after the first failure of a channel; doubled with every further one
    longest_pause: float = 60.0
    too_fast_pause: float = 60.0  # when a service says "too fast" and not for how long
    refused_pause: float = 300.0  # while a refused channel counts as one that cannot send
    at_once: int = 2  # messages on their way through one channel

    def __post_init__(self) -> None:
        if not self.urls:
            raise ValueError("no channel is configured")
        if not all(self.urls) or not all(url.strip() for url in self.urls.values()):
            raise ValueError("a channel needs a name and an address")
