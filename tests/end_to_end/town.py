"""The whole program in this process: a OneBot account over a real socket, SQLite on disk, a clock that tests move."""

import asyncio
import copy
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlmodel import Session, SQLModel, select

import bot.app
import bot.delivery
from bot.app import App, build_app, run
from bot.attempts import PAUSES
from bot.clock import SandboxClock
from bot.messages import Chat, ChatKind, Inbound, Sender
from bot.settings import DEFAULT_CONFIG, Secrets, Settings
from bot.setup import install_sample
from community.import_files import read_yaml
from storage.tables import InboundRow, OutboxRow, OutState
from tests.platforms.onebot.peer import WAIT, OneBotPeer, Sent
from tests.ports import free_port

Row = TypeVar("Row", bound=SQLModel)
TOKEN = "a-token-of-the-tests"
KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
START = "2020-02-05T08:00:00+08:00"
SAMPLE = read_yaml(DEFAULT_CONFIG.parent / "content" / "demo" / "sample.yaml")
XF1, STAFF = 900001, 900010  # groups
WANG, ZHAO, CHEN, ZHOU, LIU = 10004, 10007, 10002, 10001, 10005  # grid leader, doctor, committee, subdistrict, leader 2
ZHANGWEI, WUHAO, QIANLI, FENGYU = 20001, 20003, 20005, 20007
PROBE = 29999  # a stranger whose answer tells that everything before it is done


def neighbours(count: int) -> dict[str, Any]:
    """The sample with `count` more residents, QQ 30001 and on, each in a flat of their own in building 4."""
    sample = copy.deepcopy(SAMPLE)
    sample["households"] += [
        {"address": f"4-1-{100 + number}", "community": "xingfu", "members": [
            {"id": f"n{number}", "qq": 30000 + number, "name": f"邻居{number}", "age": 40},
        ]}
        for number in range(1, count + 1)
    ]  # fmt: skip
    return sample


class Peer(OneBotPeer):
    """An account whose calls to some people always fail."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.unreachable: dict[int, int] = {}  # user -> retcode

    def _check(self, action: str, params: dict[str, Any]) -> int:
        return self.unreachable.get(params.get("user_id", 0)) or super()._check(action, params)


@dataclass
class Town:
    """The running program and the QQ account that is connected to it."""

    app: App
    clock: SandboxClock
    peer: Peer
    unread: list[Sent] = field(default_factory=list)

    # -- what is heard on QQ

    async def heard(self, *has: str, user: int | None = None, group: int | None = None) -> Sent:
        """The next message to this person (or group) that holds these words; those before it stay unread."""
        async with asyncio.timeout(2 * WAIT):
            while True:
                for sent in self.unread:
                    if _went_to(sent, user, group) and all(part in sent.text for part in has):
                        self.unread.remove(sent)
                        return sent
                self.unread.append(await self.peer.next_send())

    async def rest(self) -> list[Sent]:
        """What else is sent until everything that was said is answered; takes it all as read."""
        await self.peer.private("/帮助", user=PROBE)
        await self.heard("小联", "/绑定 门牌", user=PROBE)
        await self.app.delivery.drained()
        while len(self.unread) < len(self.peer.sends) and not self.peer._sent.empty():
            self.unread.append(await self.peer.next_send())
        rest, self.unread = [sent for sent in self.unread if sent.user != str(PROBE)], []
        return rest

    # -- what is stored

    def rows(self, table: type[Row]) -> list[Row]:
        """Every row of a table."""
        with Session(self.app.program.engine) as session:
            return list(session.exec(select(table)))

    def said(self, text: str) -> list[InboundRow]:
        """The stored messages with this text."""
        return [row for row in self.rows(InboundRow) if row.text == text]

    def outbox(self, user: int, state: OutState | None = None) -> list[OutboxRow]:
        """Private messages to somebody."""
        return [
            row for row in self.rows(OutboxRow)
            if row.chat_kind == "private" and row.chat_id == str(user) and state in (None, row.state)
        ]  # fmt: skip

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something in the store that no message tells of."""
        async with asyncio.timeout(2 * WAIT):
            while not holds():
                await asyncio.sleep(0.02)

    # -- time

    def at(self, clock: str) -> None:
        """Move the clock; the program's own ticks do the rest."""
        self.clock.set(datetime.fromisoformat(f"2020-02-05T{clock}:00+08:00"))


def _went_to(sent: Sent, user: int | None, group: int | None) -> bool:
    if user is not None:
        return sent.user == str(user)
    return group is None or (sent.user is None and sent.group == str(group))


def qq_settings(folder: Path, **onebot: Any) -> Settings:
    """Settings of an installation on QQ, with everything in a folder of its own."""
    part = {"port": free_port(), "sends_per_second": 0, "jitter_seconds": 0, "call_timeout_seconds": WAIT, **onebot}
    return Settings(
        store={"url": f"sqlite:///{folder / 'town.db'}"}, web={"port": free_port()}, sandbox={"enabled": False},
        platforms={"onebot": part}, secrets=Secrets(key=KEY, onebot_token=TOKEN),
    )  # fmt: skip


def peer_of(settings: Settings, token: str = TOKEN) -> Peer:
    """An account that connects to the program of these settings."""
    part = settings.platforms.onebot
    assert part is not None
    return Peer(f"ws://127.0.0.1:{part.port}{part.path}", token)


@asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """`bot.app.run` until the block ends, stopped as an operator stops it."""
    started = asyncio.Event()
    task = asyncio.create_task(run(app, lambda _address: started.set()))
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        await task  # raises why it did not start
    try:
        yield
    finally:
        if not task.done():
            signal.raise_signal(signal.SIGTERM)  # `run` has taken the signal over
        done, _ = await asyncio.wait({task}, timeout=WAIT)
        if not done:
            task.cancel()
            with suppress(BaseException):
                await task
            pytest.fail("the program did not stop")
        await task


@asynccontextmanager
async def town(
    folder: Path, monkeypatch: pytest.MonkeyPatch, sample: dict[str, Any] = SAMPLE, pauses: float = 0.01, **onebot: Any
) -> AsyncIterator[Town]:
    """The sample community at 08:00, with its QQ account connected; `pauses` stand between the tries of a message."""
    monkeypatch.setattr(bot.delivery, "PAUSES", (pauses,) * len(PAUSES))
    clock = SandboxClock(datetime.fromisoformat(START))
    monkeypatch.setattr(bot.app, "SystemClock", lambda: clock)
    settings = qq_settings(folder, **onebot)
    app = build_app(settings)
    install_sample(app.program, sample)
    app.program.tick()  # as if it had been running before
    async with running(app), peer_of(settings) as peer:
        yield Town(app, clock, peer)


def private(who: str, text: str, number: int, **more: Any) -> Inbound:
    """A private message as a platform hands it over."""
    chat = Chat("qq", ChatKind.PRIVATE, who)
    return Inbound("10000", f"m{number}", chat, Sender(who), text, datetime.fromisoformat(START), **more)
