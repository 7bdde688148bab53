"""A running Telegram platform and the Bot API that it talks to, for the tests of both directions."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.messages import Chat, ChatKind, Inbound, Outbound
from bot.platforms.contract import Trouble
from bot.platforms.telegram import TelegramPlatform, TelegramSettings
from tests.platforms.host import WAIT, FakeHost
from tests.platforms.telegram.http import HttpServer, Request
from tests.platforms.telegram.server import TOKEN, BotApi

SECRET = "hook-s3cret_77"
GROUP = Chat("telegram", ChatKind.GROUP, "-1001234500001")
PERSON = Chat("telegram", ChatKind.PRIVATE, "20001")
NUMBERS = {"created", "msecs", "relativeCreated", "thread", "process", "port"}  # of a record; any digits may be in them
QUICK = {  # pauses as short as tests like them
    "pause_first": 0.02, "pause_most": 0.05, "pause_refused": 0.05, "pause_taken": 0.05, "pause_untaken": 0.02,
    "webhook_check": 0.05, "poll_timeout": 5, "read_timeout": WAIT,
}  # fmt: skip


@dataclass
class Running:
    """A running platform, what it handed over, and Telegram."""

    platform: TelegramPlatform
    api: BotApi
    watch: "StateWatch"
    host: FakeHost = field(default_factory=FakeHost)

    async def next(self) -> Inbound:
        return await self.host.next()

    async def send(self, message: Outbound) -> str:
        async with asyncio.timeout(WAIT):
            return await self.platform.send(message)

    async def trouble(self, trouble: Trouble | None) -> None:
        """Wait until the account is so."""
        await self.watch.until(lambda: self.platform.states()[0].trouble is trouble)


class StateWatch(logging.Handler):
    """Tells when the state of an account has changed, which is logged each time."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.seen: list[tuple[str, str]] = []  # trouble and detail, as they came
        self._changed = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        said = vars(record)
        self.seen.append((said["trouble"], said["detail"]))
        self._changed.set()

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT):
            while not true():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def running(
    receive: Callable[[Inbound], Awaitable[None]] | None = None,
    api: BotApi | None = None,
    heard: datetime | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    **options: Any,
) -> AsyncIterator[Running]:
    """A platform that has just been started; nothing says that it is connected yet."""
    api = api or BotApi()
    health = logging.getLogger("bot.platforms.telegram.health")
    level, watch = health.level, StateWatch()
    async with api:
        settings = TelegramSettings(**{"token": TOKEN, "base_url": api.url, **QUICK, **options})
        run = Running(TelegramPlatform(settings, now), api, watch)
        run.host.taking = receive
        if heard:
            run.host.heard[str(api.me["id"])] = heard
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


@asynccontextmanager
async def polling(**options: Any) -> AsyncIterator[Running]:
    """In service, by long polling."""
    async with running(**options) as run:
        await run.trouble(None)
        await run.api.long_poll()
        yield run


@asynccontextmanager
async def hooked(**options: Any) -> AsyncIterator[Running]:
    """In service, by a web hook that goes over a socket of its own."""
    async with front() as (web, address), running(webhook=address, webhook_secret=SECRET, **options) as run:
        web.handler = Front(run.platform).answer
        await run.trouble(None)
        yield run


@asynccontextmanager
async def front() -> AsyncIterator[tuple[HttpServer, str]]:
    """A web server for the hook, and the hook's address on it."""
    web = HttpServer(_closed)
    await web.start()
    try:
        yield web, f"http://127.0.0.1:{web.port}/hooks/telegram"
    finally:
        await web.stop()


@dataclass
class Front:
    """The pages' server, as far as the web hook goes."""

    platform: TelegramPlatform

    async def answer(self, request: Request) -> tuple[int, bytes]:
        secret = request.headers.get("x-telegram-bot-api-secret-token", "")
        return await self.platform.webhook(request.body, secret), b""


async def _closed(_: Request) -> tuple[int, bytes]:
    return 503, b""


def out(text: str, chat: Chat = PERSON, **fields: Any) -> Outbound:
    return Outbound(id=fields.pop("id", 1), chat=chat, text=text, **fields)


def dump(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that any handler could write of the records but the noise of asyncio's selector, clocks and ids."""
    records = [vars(record) for record in caplog.records if record.name != "asyncio"]
    return "\n".join(str({key: said[key] for key in said if key not in NUMBERS}) for said in records)
