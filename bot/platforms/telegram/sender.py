"""Sends messages part by part, remembers which parts are out, and follows groups that have moved."""

import logging
from collections import OrderedDict
from typing import Any

from telegram.error import BadRequest, ChatMigrated

from bot.messages import Outbound
from bot.platforms.contract import TryLater
from bot.platforms.telegram import codec, faults, outgoing, raw
from bot.platforms.telegram.settings import TelegramSettings
from bot.platforms.telegram.wire import Wire

log = logging.getLogger(__name__)

UNFINISHED_LIMIT = 1024
MOVED_LIMIT = 4096


class Sender:
    """What is remembered about sending outlives a connection, as a retry may come on another one."""

    def __init__(self, settings: TelegramSettings) -> None:
        self._settings = settings
        self._went: OrderedDict[int, dict[int, str]] = OrderedDict()  # outbox id -> parts that are out, with their ids
        self._moved: OrderedDict[int, int] = OrderedDict()  # group -> the supergroup that it has become

    async def send(self, wire: Wire, message: Outbound) -> str:
        """Send, in several parts if need be, and return the last part's id; a retry repeats no part that is out."""
        todo = outgoing.calls(message, self._settings)
        chat = outgoing.chat_id(message)
        went = self._remember(message.id)
        try:
            for part, call in enumerate(todo):
                if part not in went:
                    went[part] = await self._call(wire, chat, call)
        except Exception as error:  # noqa: BLE001 - each kind becomes one of the contract's
            wrong = faults.send_error(error)
            if not went or not isinstance(wrong, TryLater):  # else the retry needs it
                self._went.pop(message.id, None)
            raise wrong from None  # what the library says may hold the address with the token
        self._went.pop(message.id, None)
        return went[len(todo) - 1]

    async def _call(self, wire: Wire, chat: int, call: outgoing.Call) -> str:
        try:
            return await self._try(wire, self._moved.get(chat, chat), call)
        except ChatMigrated as moved:
            self._note_move(chat, moved.new_chat_id)
            return await self._try(wire, moved.new_chat_id, call)

    async def _try(self, wire: Wire, chat: int, call: outgoing.Call) -> str:
        patience = self._settings.upload_timeout if call.file else None
        try:
            result = await wire.call(call.method, patience, **call.parameters(chat))
        except BadRequest as error:
            if call.method != "sendPhoto" or not faults.is_no_photo(error):
                raise
            return await self._try(wire, chat, call.as_document())
        return _sent_id(result, chat)

    def _note_move(self, old: int, new: int) -> None:
        log.warning("a group has become a supergroup with another id", extra={"action": "telegram_migrated"})
        self._moved[old] = new
        if len(self._moved) > MOVED_LIMIT:
            self._moved.popitem(last=False)

    def _remember(self, outbox_id: int) -> dict[int, str]:
        if outbox_id not in self._went and len(self._went) >= UNFINISHED_LIMIT:
            self._went.popitem(last=False)
        return self._went.setdefault(outbox_id, {})


def _sent_id(result: Any, chat: int) -> str:
    """The id of what is out; an odd answer is no reason to send it again."""
    fields = result if isinstance(result, dict) else {}
    place = fields.get("chat")
    where = raw.number(place.get("id")) if isinstance(place, dict) else ""
    number = raw.number(fields.get("message_id"))
    return codec.message_id(where or str(chat), number) if number else ""
