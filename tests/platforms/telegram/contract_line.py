"""Telegram before the contract suite, once for each way in which messages come."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.messages import Chat
from bot.platforms.contract import Trouble
from tests.platforms.contract.line import Line, Opening, Seen
from tests.platforms.host import FakeHost
from tests.platforms.telegram.line import GROUP, PERSON, SECRET, Running, hooked, polling, running
from tests.platforms.telegram.server import BOT_ID, SENDS, USERNAME, entity, person

WRONG = f"{BOT_ID}:wrong"
CANNOT = {"history": "bots cannot read what was said before"}


@dataclass
class TelegramLine:
    """Telegram as a line."""

    run: Running
    group: Chat = GROUP
    person: Chat = PERSON
    cannot: dict[str, str] = field(default_factory=lambda: dict(CANNOT))

    @property
    def platform(self) -> Any:
        return self.run.platform

    @property
    def host(self) -> FakeHost:
        return self.run.host

    async def say(
        self, text: str, chat: Chat, *, mention: bool = False, reply_to: str | None = None, image: bool = False
    ) -> str:
        text = f"@{USERNAME} {text}" if mention else text
        fields: dict[str, Any] = {"caption" if image else "text": text}
        if mention:
            fields["caption_entities" if image else "entities"] = [entity("mention", text, f"@{USERNAME}")]
        if image:
            sizes = (("small", 90), ("large", 1280))
            fields["photo"] = [{"file_id": id, "width": side, "height": side} for id, side in sizes]
        if reply_to:
            number = int(reply_to.partition(":")[2])
            own = any(f"{sent.chat}:{sent.message_id}" == reply_to for sent in self.run.api.sends)
            author = person(BOT_ID, is_bot=True) if own else person(20002)
            fields["reply_to_message"] = {"message_id": number, "from": author}
        return await self.run.api.message(chat, **fields)

    async def again(self, message_id: str) -> None:
        await self.run.api.again(message_id)

    async def seen(self) -> Seen:
        sent = await self.run.api.next_send()
        chat = self.group if sent.chat < 0 else self.person
        return Seen(
            chat=Chat(chat.platform, chat.kind, str(sent.chat)),
            text=sent.text,
            id=f"{sent.chat}:{sent.message_id}",
            reply_to=f"{sent.chat}:{sent.reply_to}" if sent.reply_to else None,
            file_name=sent.file.name if sent.file else "",
            file=sent.file.content if sent.file else b"",
        )

    async def cut(self) -> None:
        await self.run.api.stop()
        await self.run.trouble(Trouble.UNREACHABLE)

    async def restore(self) -> None:
        await self.run.api.start()
        await self.run.trouble(None)

    async def slow_down(self, seconds: float) -> None:
        description = f"Too Many Requests: retry after {seconds}"
        self.run.api.fail_once(SENDS, 429, description, retry_after=seconds)

    async def refuse(self) -> None:
        self.run.api.fail_once(SENDS, 403, "Forbidden: bot was blocked by the user")


@asynccontextmanager
async def _polling(*, wrong_credentials: bool = False) -> AsyncIterator[Line]:
    async with running(token=WRONG) if wrong_credentials else polling() as run:
        yield TelegramLine(run)


@asynccontextmanager
async def _hooked(*, wrong_credentials: bool = False) -> AsyncIterator[Line]:
    hook = {"webhook": "https://127.0.0.1/hooks/telegram", "webhook_secret": SECRET}
    async with running(token=WRONG, **hook) if wrong_credentials else hooked() as run:
        yield TelegramLine(run)


LINES: dict[str, Opening] = {"telegram-polling": _polling, "telegram-webhook": _hooked}
