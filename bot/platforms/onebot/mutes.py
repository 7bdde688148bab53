"""In which groups an own account may not speak, as notices have told, and until when."""

from collections import OrderedDict

from bot.platforms.onebot.wire import Json, number

REMEMBERED = 1024  # groups
LONG = 3600.0  # seconds; what is to be said after a longer silence is better said elsewhere


class Mutes:
    """What `group_ban` notices say about our own accounts; times are those of the event loop."""

    def __init__(self) -> None:
        self._until: OrderedDict[tuple[str, str, bool], float | None] = OrderedDict()  # None: nobody has said

    def note(self, event: Json, account: str, now: float) -> None:
        """Take note of a notice about a mute."""
        user = number(event.get("user_id"))
        if event.get("notice_type") != "group_ban" or user not in (account, "0", ""):
            return
        key = (account, number(event.get("group_id")), user == account)
        self._until.pop(key, None)
        if event.get("sub_type") != "ban":
            return
        seconds = event.get("duration")
        told = (
            isinstance(seconds, (int, float)) and seconds > 0 and key[2]
        )  # a whole group is muted until further notice
        self._until[key] = now + seconds if told and isinstance(seconds, (int, float)) else None
        if len(self._until) > REMEMBERED:
            self._until.popitem(last=False)

    def left(self, account: str, group: str, now: float) -> float | None:
        """Seconds until the account may speak again in this group; infinite if nobody knows, None if it may."""
        left = []
        for personal in (True, False):
            key = (account, group, personal)
            if key in self._until:
                until = self._until[key]
                left.append(float("inf") if until is None else until - now)
        longest = max(left, default=0.0)
        return longest if longest > 0 else None
