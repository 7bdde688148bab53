"""A call for help while the store is away: nobody can be alerted, so the sender is at least told whom to call."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.logs import trace
from bot.messages import ChatKind, Inbound, Outbound
from bot.platforms.contract import Platform
from community.work import Hotlines
from templates.render import render

MOST_SENDERS = 10_000  # that are remembered as told
log = structlog.get_logger()


class Cry:
    """Answers past the outbox, once for each sender; the message itself waits on disk and is handled afterwards."""

    def __init__(self, platforms: Mapping[str, Platform], hotlines: Hotlines) -> None:
        self._platforms = platforms
        self._words = {
            ChatKind.PRIVATE: render("danger/store_away", emergency=hotlines.emergency),
            ChatKind.GROUP: render("group/store_away", emergency=hotlines.emergency),
        }
        self._told: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def answer(self, inbound: Inbound) -> None:
        """Begin to tell the sender; returns at once."""
        key = (inbound.chat.platform, inbound.sender.id)
        if key in self._told or inbound.sender.is_bot or len(self._told) >= MOST_SENDERS:
            return
        self._told.add(key)
        task = asyncio.create_task(self._send(inbound))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, inbound: Inbound) -> None:
        log.error("danger.unstored", platform=inbound.chat.platform)
        message = Outbound(-1 - len(self._told), inbound.chat, self._words[inbound.chat.kind], account=inbound.account)
        try:
            await self._platforms[inbound.chat.platform].send(message)
        except Exception as error:  # noqa: BLE001  it is kept on disk all the same
            log.error("danger.unanswered", platform=inbound.chat.platform, error=trace(error))
