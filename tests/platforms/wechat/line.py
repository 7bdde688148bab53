"""A running WeChat platform and the gateway that it talks to, for the tests of both directions."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.messages import Chat, ChatKind, Inbound, Outbound
from bot.platforms.contract import State, Trouble
from bot.platforms.wechat import WechatPlatform, WechatSettings
from tests.platforms.host import WAIT, FakeHost
from tests.platforms.wechat.node import TOKEN, Gateway

BOT, ALICE, BOB = "wxid_bot", "wxid_alice", "wxid_bob"
GROUP = Chat("wechat", ChatKind.GROUP, "19000000001@chatroom")
OTHER_GROUP = Chat("wechat", ChatKind.GROUP, "19000000002@chatroom")
PERSON = Chat("wechat", ChatKind.PRIVATE, ALICE)
NUMBERS = {"created", "msecs", "relativeCreated", "thread", "process", "port"}  # of a record; any digits may be in them
QUICK: dict[str, Any] = {  # pauses as short as tests like them
    "first_pause": 0.02, "longest_pause": 0.05, "connect_timeout": WAIT, "call_timeout": WAIT, "settle": 0.3,
}  # fmt: skip
IMPATIENT: dict[str, Any] = {  # for a gateway that is frozen
    "keepalive": 0.2, "keepalive_timeout": 0.2, "call_timeout": 0.3, "first_event": 0.2, "connect_timeout": 0.5,
    "echo": WAIT,
}  # fmt: skip


class StateWatch(logging.Handler):
    """Tells when the state of an account has changed, which is logged each time."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.seen: list[str] = []
        self._changed = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(vars(record)["trouble"])
        self._changed.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT):
            while not true():
                self._changed.clear()
                await self._changed.wait()


@dataclass
class Running:
    """A running platform, what it handed over, and its gateway."""

    platform: WechatPlatform
    gateway: Gateway
    watch: StateWatch
    host: FakeHost = field(default_factory=FakeHost)
    seq: int = 0  # of the last thing that was seen at the other side

    @property
    def state(self) -> State:
        (state,) = self.platform.states()
        return state

    async def say(self, text: str, chat: Chat = GROUP, by: str = ALICE, **more: Any) -> str:
        """Somebody writes; the id of the message."""
        room = {"room": chat.id} if chat.kind is ChatKind.GROUP else {}
        answer = await self.gateway.tell("/inject", **{"from": by, "text": text, **room, **more})
        return str(answer["ids"][0])

    async def raw(self, chat: Chat = GROUP, by: str = ALICE, **fields: Any) -> str:
        """A message with these fields, whatever they are."""
        room = {"room": chat.id} if chat.kind is ChatKind.GROUP else {}
        return str((await self.gateway.tell("/rawtype", **{"from": by, "type": 7, **room, **fields}))["id"])

    async def next(self) -> Inbound:
        return await self.host.next()

    async def send(self, message: Outbound) -> str:
        async with asyncio.timeout(WAIT):
            return await self.platform.send(message)

    async def seen(self) -> dict[str, Any]:
        """The next message at the other side."""
        sent = await self.gateway.tell("/next", after=self.seq)
        self.seq = sent["seq"]
        return sent

    async def trouble(self, trouble: Trouble | None) -> State:
        """Wait until the account is so."""
        await self.watch.until(lambda: self.state.trouble is trouble)
        return self.state


def settings(gateway: Gateway, **options: Any) -> WechatSettings:
    return WechatSettings(**{"token": TOKEN, "endpoint": gateway.endpoint, "tls": False, **QUICK, **options})


@asynccontextmanager
async def running(
    gateway: Gateway,
    receive: Callable[[Inbound], Awaitable[None]] | None = None,
    heard: dict[str, datetime] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    **options: Any,
) -> AsyncIterator[Running]:
    """A platform that has just been started; nothing says that it is connected yet."""
    health = logging.getLogger("bot.platforms.wechat.health")
    level, watch = health.level, StateWatch()
    run = Running(WechatPlatform(settings(gateway, **options), now), gateway, watch)
    run.host.taking = receive
    run.host.heard = heard or {}
    before = asyncio.all_tasks()
    health.addHandler(watch)
    health.setLevel(logging.INFO)
    task = asyncio.create_task(run.platform.run(run.host))
    try:
        yield run
    finally:
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=WAIT)  # not `await task`: it would hide a time-out
        health.removeHandler(watch)
        health.setLevel(level)
        assert done, "the platform does not stop"
        assert task.cancelled(), f"the platform ended by itself: {task.exception()!r}"
        left = [task for task in asyncio.all_tasks() - before if _is_of_the_platform(task)]
        assert not left, f"the platform leaves something behind: {left}"


def _is_of_the_platform(task: "asyncio.Task[Any]") -> bool:
    return "/tests/" not in getattr(getattr(task.get_coro(), "cr_code", None), "co_filename", "")


@asynccontextmanager
async def connected(gateway: Gateway, **options: Any) -> AsyncIterator[Running]:
    """In service."""
    async with running(gateway, **options) as run:
        await run.trouble(None)
        run.seq = (await gateway.tell("/seq"))["seq"]
        yield run


def out(text: str, chat: Chat = PERSON, **fields: Any) -> Outbound:
    return Outbound(id=fields.pop("id", 1), chat=chat, text=text, **fields)


def dump(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that any handler could write of the records but the noise of asyncio's selector, clocks and ids."""
    records = [vars(record) for record in caplog.records if record.name != "asyncio"]
    return "\n".join(str({key: said[key] for key in said if key not in NUMBERS}) for said in records)
