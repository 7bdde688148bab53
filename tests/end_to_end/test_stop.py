"""Stopped in the middle of traffic: what came in is stored, what went out is written down, and it does not take long."""

import asyncio
import signal
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

import bot.app
from bot.app import App, build_app
from bot.inbox import Inbox
from bot.own_thread import OwnThread
from bot.program import Program
from storage.tables import InboundRow, OutboxRow, OutState
from tests.end_to_end.town import PROBE, XF1, ZHANGWEI, peer_of, private, town
from tests.platforms.onebot.peer import WAIT


@pytest.fixture
def store() -> Iterator[OwnThread]:
    made = OwnThread("store")
    yield made
    made.close()


# --- the parts ----------------------------------------------------------------------------------------------------


class Slowly:
    """Stands for the program: each batch waits until it is let, as a disk under load does."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.stored: list[str] = []

    def handle(self, batch: list[Any]) -> list[Any]:
        self.go.wait(WAIT)
        self.stored += [message.message_id for message in batch if message.message_id not in self.stored]
        return []


async def test_what_was_received_is_stored_before_the_inbox_ends(store: OwnThread) -> None:
    program = Slowly()
    inbox = Inbox(program, store.run, lambda _rows: None)  # type: ignore[arg-type]
    handling = asyncio.create_task(inbox.run())
    received = [asyncio.create_task(inbox.receive(private("20001", "36.5", number))) for number in range(300)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    handling.cancel()
    program.go.set()
    async with asyncio.timeout(WAIT):
        await asyncio.wait({handling})
        await asyncio.gather(*received)
    assert program.stored == [f"m{number}" for number in range(300)]


async def test_what_waits_for_a_store_that_is_away_is_stored_if_it_comes_back(store: OwnThread) -> None:
    program = Slowly()
    program.go.set()
    away = asyncio.Event()

    async def once_away(call: Callable[[], Any]) -> Any:
        if not away.is_set():
            away.set()
            raise OperationalError("INSERT …", {}, Exception("locked"))
        return await store.run(call)

    inbox = Inbox(program, once_away, lambda _rows: None)  # type: ignore[arg-type]
    handling = asyncio.create_task(inbox.run())
    received = asyncio.create_task(inbox.receive(private("20001", "36.5", 1)))
    await away.wait()
    await asyncio.sleep(0)
    handling.cancel()
    async with asyncio.timeout(WAIT):
        await asyncio.wait({handling})
        await received
    assert program.stored == ["m1"]


async def test_the_inbox_does_not_wait_for_a_store_that_hangs(
    store: OwnThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.END_SECONDS", 0.01)
    program = Slowly()
    inbox = Inbox(program, store.run, lambda _rows: None)  # type: ignore[arg-type]
    handling = asyncio.create_task(inbox.run())
    received = asyncio.create_task(inbox.receive(private("20001", "36.5", 1)))
    await asyncio.sleep(0)
    handling.cancel()
    async with asyncio.timeout(WAIT):
        await asyncio.wait({handling})
    assert not received.done()
    received.cancel()
    program.go.set()


async def test_standing_still_lets_go_of_what_waits(store: OwnThread) -> None:
    program = Slowly()
    inbox = Inbox(program, store.run, lambda _rows: None)  # type: ignore[arg-type]
    handling = asyncio.create_task(inbox.run())
    received = [asyncio.create_task(inbox.receive(private("20001", "36.5", number))) for number in range(100)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    async with asyncio.timeout(WAIT):
        still = asyncio.create_task(_still(inbox))
        await asyncio.sleep(0)
        program.go.set()
        await asyncio.gather(still, *received)
        await inbox.receive(private("20001", "36.5", 100))
    assert program.stored == [*(f"m{number}" for number in range(64)), "m100"]
    handling.cancel()
    await asyncio.wait({handling})


async def _still(inbox: Inbox) -> None:
    async with inbox.still():
        pass


async def test_the_stores_thread_answers_in_order_and_passes_errors_on(store: OwnThread) -> None:
    numbers = await asyncio.gather(*(store.run(lambda number=number: number) for number in range(20)))
    assert numbers == list(range(20))
    with pytest.raises(ZeroDivisionError):
        await store.run(lambda: 1 / 0)
    assert await store.run(threading.current_thread) is await store.run(threading.current_thread)


def test_a_store_that_hangs_keeps_no_process_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.app, "LAST_SECONDS", 0.01)
    store, never = OwnThread("store"), threading.Event()

    async def ask() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(store.run(never.wait), 0.01)

    asyncio.run(ask())
    store.close()
    assert store._thread.is_alive()
    assert store._thread.daemon
    never.set()


# --- the whole program --------------------------------------------------------------------------------------------


async def test_nothing_is_doubled_and_nothing_lost_by_a_stop_in_the_middle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path, monkeypatch) as qq:
        await qq.peer.private("在吗", user=PROBE)
        await qq.heard(user=PROBE)
        for number in range(200):
            await qq.peer.private(f"36.{number % 10}", user=40000 + number)
        await qq.heard(user=40010)
        signal.raise_signal(signal.SIGTERM)
        await qq.peer.closed()
        settings, sends = qq.app.settings, qq.peer.sends
    first = [(sent.user, sent.text) for sent in sends]
    again = build_app(settings)
    waiting = _rows(again, OutboxRow, OutState.PENDING)
    assert Counter((row.chat_id, row.text) for row in waiting) & Counter(first) == Counter()
    stored = {row.chat_id for row in _rows(again, InboundRow)}
    answered = {row.chat_id for row in _rows(again, OutboxRow)}
    assert {user for user, _ in first} <= stored == answered
    again.program.engine.dispose()
    again.store.close()


def _rows(app: App, table: Any, state: OutState | None = None) -> list[Any]:
    with Session(app.program.engine) as session:
        return [row for row in session.exec(select(table)) if state in (None, getattr(row, "state", None))]


async def test_it_stops_soon_with_a_store_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for moment in ("bot.delivery.END_SECONDS", "bot.inbox.END_SECONDS", "bot.app.LAST_SECONDS"):
        monkeypatch.setattr(moment, 0.05)
    hanging, release = threading.Event(), threading.Event()
    handle = Program.handle

    def hang(program: Program, batch: Any) -> Any:
        hanging.set()
        release.wait(60)
        return handle(program, batch)

    try:
        async with town(tmp_path, monkeypatch) as qq:
            monkeypatch.setattr(Program, "handle", hang)
            await qq.peer.group("36.5", group=XF1, user=ZHANGWEI)
            assert await asyncio.to_thread(hanging.wait, WAIT)
    finally:
        release.set()
    await asyncio.to_thread(qq.app.store._thread.join, WAIT)


async def test_two_numbers_in_a_group_make_one_check_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with town(tmp_path, monkeypatch) as qq:
        second = peer_of(qq.app.settings)
        second.self_id = 10011
        second._headers["X-Self-ID"] = "10011"
        async with second:
            await second.private("在吗", user=PROBE)
            await qq.until(lambda: len(qq.said("在吗")) == 1)
            for peer in (qq.peer, second):
                await peer.group("张伟 36.5", group=XF1, user=ZHANGWEI, time=1580860800)
            for peer in (qq.peer, second):
                await peer.private("好", user=PROBE, message_id=99)
            await qq.until(lambda: len(qq.said("好")) == 2)
            assert len(qq.said("张伟 36.5")) == 1


# --- addresses ----------------------------------------------------------------------------------------------------


def test_the_page_may_listen_on_ipv6() -> None:
    """Asked of the function, not of a socket: many machines have no IPv6."""
    families = [bot.app.family_of(host) for host in ("::1", "127.0.0.1", "localhost")]
    assert families == [socket.AF_INET6, socket.AF_INET, socket.AF_INET]


def test_the_address_that_is_told_can_be_opened() -> None:
    """A browser wants brackets around an IPv6 address."""
    told = [bot.app.address_of(host, 8080) for host in ("::1", "127.0.0.1")]
    assert told == ["http://[::1]:8080/", "http://127.0.0.1:8080/"]
