"""How often one message is tried, and how long is waited in between."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.messages import Outbound
from bot.platforms.contract import TryLater

PAUSES = (5.0, 30.0, 300.0, 600.0)  # seconds before each further try; after the last one it is a dead letter
IN_LINE = 30.0  # up to this pause what was said later to the same people waits behind it; then it goes on
MOST_REPEATS = 2  # of a message that may have gone each time; danger is repeated as often as anything else


@dataclass(slots=True)
class Attempts:
    """What one message has been through in this run."""

    failed: int = 0  # while its platform was reachable
    doubtful: int = 0  # when it may have gone
    message: Outbound | None = None  # as it was sent last
    again: bool = False  # it may be out already, and says so

    def next_pause(self, reason: TryLater, pauses: Sequence[float]) -> float | None:
        """Seconds until the next try after one more failure; None when it is to be given up."""
        if self.failed >= len(pauses):
            return None
        pause = max(pauses[self.failed], reason.after or 0.0)
        self.failed += 1
        return pause
