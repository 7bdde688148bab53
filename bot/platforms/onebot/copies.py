"""Several own accounts in one group each bring every message of it; only the first copy counts, whoever brings it."""

from collections import Counter, OrderedDict
from datetime import datetime

from bot.messages import Inbound

REMEMBERED = 4096  # messages

_Key = tuple[str, str, datetime, str, int]


class Copies:
    """Which accounts have brought which of the last messages.

    No account is trusted more than another: its connection may be dead without anybody having noticed. Message ids
    differ between accounts, the second in which QQ took a message does not. What somebody says twice in that second
    is brought twice by each account and counts twice.
    """

    def __init__(self) -> None:
        self._brought: OrderedDict[_Key, Counter[str]] = OrderedDict()
        self._ids: OrderedDict[tuple[str, str], None] = OrderedDict()  # (account, message id)

    def is_copy(self, message: Inbound) -> bool:
        """Whether another account has brought this message."""
        by_account = self._brought.setdefault(_key(message), Counter())
        if (message.account, message.message_id) not in self._ids:  # else it is only delivered again
            self._ids[message.account, message.message_id] = None
            by_account[message.account] += 1
        for memory in (self._brought, self._ids):
            if len(memory) > REMEMBERED:
                memory.popitem(last=False)
        others = [times for account, times in by_account.items() if account != message.account]
        return by_account[message.account] <= max(others, default=0)


def _key(message: Inbound) -> _Key:
    return message.chat.id, message.sender.id, message.at, message.text, len(message.images)
