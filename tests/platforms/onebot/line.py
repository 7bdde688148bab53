"""A running QQ platform and a OneBot peer at its socket, for the tests of both directions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.messages import Chat, ChatKind, Inbound, Outbound
from bot.platforms.onebot import OneBotPlatform, OneBotSettings
from tests.platforms.host import WAIT, FakeHost
from tests.platforms.onebot.peer import OneBotPeer

TOKEN = "s3cret+令牌".encode().hex()
GROUP = Chat("qq", ChatKind.GROUP, "900001")
PERSON = Chat("qq", ChatKind.PRIVATE, "20001")


@dataclass
class Running:
    """A running platform and what it handed over."""

    platform: OneBotPlatform
    host: FakeHost = field(default_factory=FakeHost)

    def peer(self, token: str = TOKEN, **options: Any) -> OneBotPeer:
        return OneBotPeer(f"ws://127.0.0.1:{self.platform.port}/onebot/v11/ws", token, **options)

    async def next(self) -> Inbound:
        return await self.host.next()

    async def meet(self, peer: OneBotPeer) -> None:
        """Wait until the platform has seen this peer's connection."""
        await peer.private("在吗", message_id=1)
        await self.next()


@asynccontextmanager
async def running(
    receive: Callable[[Inbound], Awaitable[None]] | None = None, **options: Any
) -> AsyncIterator[Running]:
    run = Running(OneBotPlatform(OneBotSettings(**{"token": TOKEN, "port": 0, "call_timeout": WAIT, **options})))
    run.host.taking = receive
    task = asyncio.create_task(run.platform.run(run.host))
    if options.get("listen", True):
        listening = asyncio.create_task(run.platform.listening.wait())
        await asyncio.wait({task, listening}, return_when=asyncio.FIRST_COMPLETED)
    try:
        yield run
    finally:
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=WAIT)  # not `await task`: its cancellation would hide a time-out
        assert done, "the platform does not stop"


@asynccontextmanager
async def connected(**options: Any) -> AsyncIterator[tuple[Running, OneBotPeer]]:
    async with running(**options) as run, run.peer() as peer:
        await run.meet(peer)
        yield run, peer


def say(text: str, chat: Chat = PERSON, **fields: Any) -> Outbound:
    return Outbound(id=fields.pop("id", 1), chat=chat, text=text, **fields)


def seg(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": data}


def dump(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that any handler could write of the records but the noise of asyncio's selector."""
    return "\n".join(str(vars(record)) for record in caplog.records if record.name != "asyncio")
