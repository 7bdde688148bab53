"""WeChat before the contract suite, over a real gateway and a line to it that can be cut."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.messages import Chat
from bot.platforms.contract import Trouble
from tests.platforms.contract.line import Line, Opening, Seen
from tests.platforms.host import FakeHost
from tests.platforms.wechat.line import ALICE, BOT, GROUP, PERSON, Running, running
from tests.platforms.wechat.node import shared
from tests.platforms.wechat.relay import Relay

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+M8AAAIBAQAY3Y2wAAAAAElFTkSuQmCC"

CANNOT = {
    "reply": "a gateway neither tells what is replied to nor can it quote; an answer in a group begins with @Name",
    "history": "a gateway keeps nothing of what is said while nobody listens; people are asked to repeat it",
    "find": "a gateway knows messages by their ids only",
}


@dataclass
class WechatLine:
    """WeChat as a line."""

    run: Running
    relay: Relay
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
        if image:  # which has no text on WeChat
            room = {"room": chat.id} if chat == self.group else {}
            fields = {"from": ALICE, "name": "picture.png", "base64": PIXEL, **room}
            return str((await self.run.gateway.tell("/image", **fields))["id"])
        if mention:
            return await self.run.say(f"@HealthBot\u2005{text}", chat, mentions=[BOT])
        return await self.run.say(text, chat)

    async def again(self, message_id: str) -> None:
        await self.run.gateway.tell("/reemit", id=message_id)

    async def seen(self) -> Seen:
        sent = await self.run.seen()
        chat = self.group if sent["room"] else self.person
        return Seen(
            chat=Chat(chat.platform, chat.kind, sent["conversationId"]),
            text=sent.get("text", ""),
            id=sent["id"],
            file_name=sent.get("name", ""),
            file=b64decode(sent.get("content", "")),
        )

    async def cut(self) -> None:
        await self.relay.stop()
        await self.run.trouble(Trouble.UNREACHABLE)

    async def restore(self) -> None:
        await self.relay.start()
        await self.run.trouble(None)

    async def slow_down(self, seconds: float) -> None:
        del seconds  # no gateway says for how long
        await self.run.gateway.tell("/fail", n=1, code=8)

    async def refuse(self) -> None:
        await self.run.gateway.tell("/fail", n=1, code=7)


@asynccontextmanager
async def _open(*, wrong_credentials: bool = False) -> AsyncIterator[Line]:
    gateway = await asyncio.to_thread(shared)
    await gateway.reset()
    relay = Relay(gateway.port)
    await relay.start()
    try:
        options = {"token": "wr0ng-secret"} if wrong_credentials else {}
        async with running(gateway, endpoint=f"127.0.0.1:{relay.port}", **options) as run:
            if not wrong_credentials:
                await run.trouble(None)
            run.seq = (await gateway.tell("/seq"))["seq"]
            yield WechatLine(run, relay)
    finally:
        await relay.stop()


LINES: dict[str, Opening] = {"wechat": _open}
