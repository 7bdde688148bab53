"""The QQ platform alone: every message is answered at once, without store or rules.

python -m benchmarks.platform_only PORT TOKEN
"""

import asyncio
import sys
from itertools import count

from bot.messages import Inbound, Outbound
from bot.platforms.onebot import OneBotPlatform, OneBotSettings


async def main(port: int, token: str) -> None:
    """Serve until killed."""
    platform = OneBotPlatform(OneBotSettings(token=token, port=port))
    ids = count(1)

    async def receive(message: Inbound) -> None:
        await platform.send(Outbound(next(ids), message.chat, f"已登记：{message.text}", reply_to=message.message_id))

    await platform.run(receive)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
