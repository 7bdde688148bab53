"""Reads what was said in a conversation (`get_group_msg_history`, `get_friend_msg_history`), page by page backwards.

With a message to start from, NapCat goes forwards unless it is asked for the reverse order; LLOneBot and go-cqhttp
always go backwards and at most turn the list round. The message to start from is in the page again. NapCat counts by
message ids and says so in `message_seq`, LLOneBot by the numbers of a group; Lagrange takes it as `message_id`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from bot.messages import Chat, ChatKind
from bot.platforms.contract import SendError
from bot.platforms.onebot.codec import second
from bot.platforms.onebot.faults import check, is_nothing_there
from bot.platforms.onebot.wire import Call, Json, fields, is_id, items, number

PAGE = 200  # messages; more in one answer takes implementations long

Ask = Callable[[Call, str], Awaitable[Json]]


@dataclass(slots=True)
class Reading:
    """How a conversation is read: back to `begin`, a number of pages at most; `whole` is false if it was not enough."""

    chat: Chat
    begin: float  # seconds since 1970
    most_pages: int
    whole: bool = True

    @property
    def action(self) -> str:
        """The action that tells what was said there."""
        return f"get_{'group' if self.chat.kind is ChatKind.GROUP else 'friend'}_msg_history"


async def messages(ask: Ask, reading: Reading) -> list[Json]:
    """What was said in one conversation since then, oldest first, each once; raises `SendError`."""
    found: dict[str, Json] = {}
    async for page in _pages(ask, reading):
        recent = [message for message in page if second(message) >= reading.begin]
        found = {number(message.get("message_id")): message for message in recent} | found
    return sorted(found.values(), key=second)


async def _pages(ask: Ask, reading: Reading) -> AsyncIterator[list[Json]]:
    """The pages from the newest on."""
    seen: set[str] = set()
    full = False
    start: Json | None = None
    for number_of_page in range(reading.most_pages):
        try:
            page = await _page(ask, reading, number_of_page, start)
        except SendError:
            if start is None:
                raise
            page = []
        new = [message for message in page if number(message.get("message_id")) not in seen]
        if not new:  # the beginning of it all, or an implementation that does not go further back
            reading.whole = not full
            return
        yield new
        seen.update(number(message.get("message_id")) for message in new)
        start, full = new[0], len(page) >= PAGE
        if second(start) < reading.begin:
            return
    reading.whole = False


async def _page(ask: Ask, reading: Reading, number_of_page: int, start: Json | None) -> list[Json]:
    """One page, oldest first."""
    chat, key = reading.chat, "group_id" if reading.chat.kind is ChatKind.GROUP else "user_id"
    params: Json = {key: int(chat.id) if is_id(chat.id) else chat.id, "count": PAGE}
    if start is not None:
        params["message_seq"] = start.get("message_seq") or start.get("message_id")
        params["message_id"] = start.get("message_id")
        params["reverse_order"] = params["reverseOrder"] = True
    response = await ask(Call(reading.action, params), f"history/{chat.kind}/{chat.id}/{number_of_page}")
    if response.get("retcode") and is_nothing_there(response):
        return []
    check(response, reading.action)
    data = response.get("data")
    page = items(fields(data).get("messages") if isinstance(data, dict) else data)
    if page and second(page[0]) > second(page[-1]):
        page.reverse()
    return page
