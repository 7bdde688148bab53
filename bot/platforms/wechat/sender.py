"""Sends messages part by part, and remembers which parts are out."""

from collections import OrderedDict
from functools import partial

from bot.messages import Outbound
from bot.platforms.contract import TryLater
from bot.platforms.wechat import outgoing
from bot.platforms.wechat.faults import send_error
from bot.platforms.wechat.intake import Author
from bot.platforms.wechat.link import Link
from bot.platforms.wechat.settings import WechatSettings

UNFINISHED_LIMIT = 1024


class Sender:
    """What is remembered outlives a connection, as a retry may come on another one."""

    def __init__(self, settings: WechatSettings) -> None:
        self._settings = settings
        self._went: OrderedDict[int, dict[int, str]] = OrderedDict()  # outbox id -> parts that are out, with their ids

    async def send(self, link: Link, message: Outbound, author: Author | None) -> str:
        """Send, in several parts if need be, and return the last part's id; a retry repeats no part that is out."""
        todo = outgoing.calls(message, author, self._settings)
        went = self._remember(message.id)
        try:
            for part, call in enumerate(todo):
                if part not in went:
                    seconds = self._settings.upload_timeout if call.file else self._settings.call_timeout
                    went[part] = await self._make(link, message.chat.id, call, seconds)
        except Exception as error:
            if not went or not isinstance(error, TryLater):  # else the retry needs it
                self._went.pop(message.id, None)
            raise
        self._went.pop(message.id, None)
        return went[len(todo) - 1]

    async def _make(self, link: Link, chat: str, call: outgoing.Call, seconds: float) -> str:
        try:
            return await link.call(partial(call.make, chat=chat), seconds)
        except Exception as error:  # noqa: BLE001 - each kind becomes one of the contract's
            raise send_error(error, call.what) from None  # what a gateway says may quote the message

    def _remember(self, outbox_id: int) -> dict[int, str]:
        if outbox_id not in self._went and len(self._went) >= UNFINISHED_LIMIT:
            self._went.popitem(last=False)
        return self._went.setdefault(outbox_id, {})
