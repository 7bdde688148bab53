"""The QQ platform alone: every message is answered at once, without store or rules.

python -m benchmarks.platform_only PORT TOKEN
"""

import asyncio
import sys
from datetime import datetime
from itertools import count

from bot.messages import Inbound, Outbound
from bot.platforms.onebot import OneBotPlatform, OneBotSettings


async def main(port: int, token: str) -> None:
    """Serve until killed."""
    platform = OneBotPlatform(OneBotSettings(token=token, port=port))
    ids = count(1)

    class Answering:
        """Answers everything, and never misses anything."""

        async def receive(self, message: Inbound) -> None:
            text = f"已登记：{message.text}"
            await platform.send(Outbound(next(ids), message.chat, text, reply_to=message.message_id))

        async def last_heard(self, account: str) -> datetime | None:
            return None

        async def missed(self, account: str, since: datetime, until: datetime) -> None:
            return None

    await platform.run(Answering())


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
