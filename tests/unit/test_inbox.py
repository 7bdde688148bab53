"""The store is away: what comes in is on the disk before it is acknowledged, and is handled in order on its return."""

import asyncio
import errno
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.inbox import Inbox
from bot.messages import Chat, ChatKind, Inbound, Sender
from bot.spool import Spool
from storage.vault import Vault
from tests.unit.playing import KEY

NOON = datetime(2020, 2, 5, 4, tzinfo=UTC)
WAIT = 10
PATIENCE = 0.01
HELP = "我爸没有呼吸了，救命"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.inbox.PAUSE_SECONDS", 0.001)


def said(id: str, text: str = "36.5", who: str = "20001") -> Inbound:
    return Inbound("10001", id, Chat("qq", ChatKind.PRIVATE, who), Sender(who), text, NOON)


class Town:
    """Stands for the program and its store: away, hanging or well; it passes over what it knows."""

    def __init__(self) -> None:
        self.stored: list[str] = []
        self.batches: list[list[str]] = []
        self.away = self.ill = False
        self.falls_at = 0  # away again once it holds that many
        self.then: Callable[[], Any] | None = None  # what happens right after a batch, once
        self.refused: set[str] = set()
        self.offered: list[str] = []
        self.cries: list[str] = []
        self.hanging = asyncio.Event()
        self.well = asyncio.Event()
        self.well.set()
        self.tried = asyncio.Event()

    async def in_store(self, call: Callable[[], Any]) -> Any:
        if not self.well.is_set():
            self.hanging.set()
        await self.well.wait()
        await asyncio.sleep(0)
        return call()

    def handle(self, batch: Sequence[Inbound]) -> list[Any]:
        ids = [inbound.message_id for inbound in batch]
        self.tried.set()
        if self.away:
            raise OperationalError("INSERT …", {}, Exception("locked"))
        if self.ill or self.refused & set(ids):
            raise ValueError("36.5 张伟")
        fresh = [id for id in ids if id not in self.stored]
        self.batches.append(ids)
        self.stored += fresh
        self.away = 0 < self.falls_at <= len(self.stored)
        then, self.then = self.then, None
        if then:
            then()
        return fresh

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WAIT):
            while not holds():
                self.tried.clear()
                await self.tried.wait()
                await asyncio.sleep(0)  # what was tried is taken note of

    def inbox(self, spool: Spool | None = None, kind: type[Inbox] = Inbox, **options: Any) -> Inbox:
        options = {"patience": PATIENCE, "silence": 2 * PATIENCE, "on_disk": at_once} | options
        cry = lambda inbound: self.cries.append(inbound.message_id)  # noqa: E731
        return kind(self, self.in_store, self.offered.extend, spool, on_danger_unstored=cry, **options)  # type: ignore[arg-type]


async def at_once(call: Callable[[], Any]) -> Any:
    return call()


class Disk(Spool):
    """A spool whose disk can fail, and which remembers whether it was used."""

    full = unreadable = False
    puts = 0

    def put(self, messages: Sequence[Inbound]) -> int:
        self.puts += 1
        if self.full:
            raise OSError(errno.ENOSPC, "full")
        return super().put(messages)

    def take(self, most: int) -> Any:
        if self.unreadable:
            raise OSError(errno.EIO, "unreadable")
        return super().take(most)


def disk(path: Path, **options: Any) -> Disk:
    vault = Vault()
    vault.unlock(KEY)
    return Disk(path, vault, flush=lambda _: None, **options)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def spool(path: Path) -> Disk:
    return disk(path)


@asynccontextmanager
async def running(inbox: Inbox) -> AsyncIterator[Inbox]:
    task = asyncio.create_task(inbox.run())
    try:
        yield inbox
    finally:
        task.cancel()
        await asyncio.wait({task})


async def say(inbox: Inbox, *messages: Inbound) -> None:
    async with asyncio.timeout(WAIT):
        await asyncio.gather(*(inbox.receive(message) for message in messages))


def ids(first: int, last: int) -> list[str]:
    return [f"m{number}" for number in range(first, last + 1)]


def all_of(first: int, last: int) -> list[Inbound]:
    return [said(id) for id in ids(first, last)]


# --- away and back ------------------------------------------------------------------------------------------------


async def test_while_the_store_is_well_no_file_is_touched(spool: Disk, path: Path) -> None:
    town = Town()
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 200))
    assert town.stored == town.offered == ids(1, 200)
    assert spool.puts == 0
    assert not path.exists()


async def test_a_store_that_is_away_for_less_than_the_patience_costs_nothing(spool: Disk) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool, patience=WAIT)) as inbox:
        saying = asyncio.create_task(say(inbox, *all_of(1, 3)))
        await town.until(town.tried.is_set)
        assert not saying.done()
        town.away = False
        await saying
    assert town.stored == ids(1, 3)
    assert spool.puts == 0


async def test_it_is_acknowledged_while_the_store_is_away_and_handled_in_order_on_its_return(
    spool: Disk, path: Path
) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 100))
        await say(inbox, *all_of(101, 102))
        assert town.stored == []
        assert path.exists()
        town.away = False
        await town.until(lambda: len(town.stored) == 102)
        await say(inbox, said("m103"))
    assert town.stored == town.offered == ids(1, 103)
    assert not path.exists()


async def test_a_store_that_does_not_answer_is_away_too(spool: Disk) -> None:
    town = Town()
    town.well.clear()
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 3))
        assert town.stored == []
        town.well.set()
        await town.until(lambda: len(town.stored) == 3)
    assert town.stored == town.offered == ids(1, 3)


async def test_it_goes_away_again_while_the_spool_is_played(spool: Disk, path: Path) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 150))
        town.away, town.falls_at = False, 64
        await town.until(lambda: town.away)
        assert town.stored == ids(1, 64)
        await say(inbox, *all_of(151, 200))
        town.away, town.falls_at = False, 0
        await town.until(lambda: len(town.stored) == 200)
    assert town.stored == ids(1, 200)
    assert not path.exists()


async def test_what_arrives_while_the_spool_is_played_comes_after_it(spool: Disk) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 300))
        late: list[asyncio.Task[None]] = []
        town.then = lambda: late.append(asyncio.create_task(say(inbox, *all_of(301, 310))))
        town.away = False
        await town.until(lambda: len(town.stored) == 310)
        await late[0]
    assert town.stored == ids(1, 310)


# --- stops and crashes --------------------------------------------------------------------------------------------


class Killed(Inbox):
    """Ends as a killed process does: without a last word."""

    async def _end(self) -> None:
        return


async def test_after_a_crash_the_spool_is_played_before_new_messages(spool: Disk, path: Path) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool, Killed)) as inbox:
        await say(inbox, *all_of(1, 100))
    town.away = False
    with path.open("ab") as file:
        file.write(b"dG9ybg")
    async with running(town.inbox(disk(path))) as inbox:
        await say(inbox, *all_of(101, 103))
        await town.until(lambda: len(town.stored) == 103)
    assert town.stored == town.offered == ids(1, 103)
    assert not path.exists()


async def test_what_was_played_before_a_crash_is_not_handled_twice(spool: Disk, path: Path) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool, Killed)) as inbox:
        await say(inbox, *all_of(1, 100))
        town.away, town.falls_at = False, 64
        await town.until(lambda: town.away)
        assert town.stored == ids(1, 64)
    town.away, town.falls_at = False, 0
    async with running(town.inbox(disk(path))) as inbox:
        await say(inbox, said("m101"))
        await town.until(lambda: len(town.stored) == 101)
    assert town.offered == town.stored == ids(1, 101)


@pytest.mark.parametrize("hangs", [False, True])
async def test_what_cannot_be_stored_at_the_end_goes_to_the_spool(
    spool: Disk, path: Path, monkeypatch: pytest.MonkeyPatch, hangs: bool
) -> None:
    monkeypatch.setattr("bot.inbox.END_SECONDS", 0.05)
    town = Town()
    town.away = not hangs
    if hangs:
        town.well.clear()
    async with running(town.inbox(spool, patience=WAIT, silence=WAIT)) as inbox:
        saying = [asyncio.create_task(inbox.receive(message)) for message in all_of(1, 70)]
        async with asyncio.timeout(WAIT):
            await (town.hanging if hangs else town.tried).wait()
    async with asyncio.timeout(WAIT):
        await asyncio.gather(*saying)
    town.away = False
    town.well.set()
    async with running(town.inbox(disk(path))):
        await town.until(lambda: len(town.stored) == 70)
    assert town.stored == ids(1, 70)


async def test_standing_still_empties_the_spool(spool: Disk, path: Path) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 3))
        async with asyncio.timeout(WAIT), inbox.still():
            assert not path.exists()
            town.away = False
        await say(inbox, said("m4"))
        await town.until(lambda: bool(town.stored))
    assert town.stored == ["m4"]


# --- danger -------------------------------------------------------------------------------------------------------


async def test_danger_that_cannot_be_stored_is_told_once_each(spool: Disk) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, said("m1"), said("m2", HELP))
        await say(inbox, said("m3", HELP), said("m4"))
        assert town.cries == ["m2", "m3"]
        town.away = False
        await town.until(lambda: len(town.stored) == 4)
        await say(inbox, said("m5", HELP))
    assert town.cries == ["m2", "m3"]
    assert sorted(town.offered) == sorted(town.stored) == ids(1, 5)


async def test_a_call_for_help_that_fails_keeps_nothing_from_the_spool(spool: Disk) -> None:
    town = Town()
    town.away = True
    inbox = town.inbox(spool)
    inbox._on_danger_unstored = _fail
    async with running(inbox):
        with capture_logs() as logs:
            await say(inbox, said("m1", HELP))
        town.away = False
        await town.until(lambda: town.stored == ["m1"])
    assert [line["event"] for line in logs].count("danger.untold") == 1
    assert HELP not in str(logs)


def _fail(_inbound: Inbound) -> None:
    raise RuntimeError(HELP)


async def test_danger_overtakes_the_spool_once_the_store_is_back(spool: Disk) -> None:
    town = Town()
    town.away = True
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 640))
        late: list[asyncio.Task[None]] = []
        town.then = lambda: late.append(asyncio.create_task(say(inbox, said("help", HELP))))
        town.away = False
        await town.until(lambda: len(town.stored) == 641)
        await late[0]
        assert 64 <= town.stored.index("help") <= 3 * 64
    assert [id for id in town.stored if id != "help"] == ids(1, 640)
    assert ["help"] in town.batches
    assert town.cries == []


# --- the disk -----------------------------------------------------------------------------------------------------


async def test_what_the_spool_has_no_room_for_waits_in_memory_and_is_not_acknowledged(path: Path) -> None:
    town = Town()
    town.away = True
    messages = [*all_of(1, 4), said("m5", HELP)]
    room = sum(len(disk(path)._line(message)) for message in messages[3:])
    async with running(town.inbox(disk(path, limit=room))) as inbox:
        with capture_logs() as logs:
            saying = [asyncio.create_task(inbox.receive(message)) for message in messages]
            async with asyncio.timeout(WAIT):
                await saying[0]
            await town.until(lambda: any(line["event"] == "spool.full" for line in logs))
        assert [task.done() for task in saying] == [True, False, False, False, True]  # danger first
        assert {"event": "spool.full", "log_level": "error", "waiting": 3} in logs
        assert town.cries == ["m5"]
        town.away = False
        async with asyncio.timeout(WAIT):
            await asyncio.gather(*saying)
        await town.until(lambda: len(town.stored) == 5)
    assert [id for id in town.stored if id != "m5"] == ids(1, 4)


async def test_a_disk_that_fails_too_leaves_everything_in_memory(spool: Disk) -> None:
    town = Town()
    town.away = spool.full = True
    async with running(town.inbox(spool)) as inbox:
        saying = [asyncio.create_task(inbox.receive(message)) for message in all_of(1, 70)]
        await town.until(lambda: spool.puts > 2)
        assert not any(task.done() for task in saying)
        spool.full = False  # the disk first
        async with asyncio.timeout(WAIT):
            await asyncio.gather(*saying)
        assert town.stored == []
        town.away = False
        await town.until(lambda: len(town.stored) == 70)
        spool.full = True
        await say(inbox, said("m71"))
    assert town.stored == ids(1, 71)


async def test_with_a_disk_that_fails_the_store_coming_back_is_enough(spool: Disk) -> None:
    town = Town()
    town.away = spool.full = True
    async with running(town.inbox(spool)) as inbox:
        saying = [asyncio.create_task(inbox.receive(message)) for message in [said("help", HELP), *all_of(1, 70)]]
        await town.until(lambda: spool.puts > 2)
        assert town.cries == ["help"]  # once, however often the disk was tried
        town.away = False
        async with asyncio.timeout(WAIT):
            await asyncio.gather(*saying)
    assert town.stored == town.offered == ["help", *ids(1, 70)]


@pytest.mark.parametrize(("tries", "text", "shelved"), [(3, "36.5", True), (10**9, HELP, False)])
async def test_a_spool_that_cannot_be_read_does_not_hold_up_danger_and_nothing_for_ever(
    spool: Disk, path: Path, monkeypatch: pytest.MonkeyPatch, tries: int, text: str, shelved: bool
) -> None:
    monkeypatch.setattr("bot.inbox.MOST_TRIES", tries)
    town = Town()
    town.away = spool.unreadable = True
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, said("m1"))
        town.away = False
        async with asyncio.timeout(WAIT):
            while "m2" not in town.stored:
                await inbox.receive(said("m2", text))
                await asyncio.sleep(0)
        assert path.with_name("spool.broken.1").exists() == shelved
        assert town.stored == ["m2"] or not shelved


# --- messages that nobody can store -------------------------------------------------------------------------------


async def test_a_message_that_is_refused_is_set_aside_while_others_are_stored(spool: Disk) -> None:
    town = Town()
    town.refused = {"m2"}
    async with running(town.inbox(spool)) as inbox:
        with capture_logs() as logs:
            await say(inbox, *all_of(1, 3))
            await town.until(lambda: len(town.stored) == 2)
            await say(inbox, said("m4"))
            await town.until(lambda: len(town.stored) == 3)
    assert town.stored == town.offered == ["m1", "m3", "m4"]
    assert len(spool.broken.read_bytes().splitlines()) == 1
    assert "spool.refused" in [line["event"] for line in logs]
    assert "张伟" not in str(logs)


async def test_a_store_that_refuses_everything_has_no_message_set_aside(spool: Disk) -> None:
    town = Town()
    town.ill = True
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 3))
        for _ in range(5):
            town.tried.clear()
            async with asyncio.timeout(WAIT):
                await town.tried.wait()
        town.ill = False
        await town.until(lambda: len(town.stored) == 3)
    assert sorted(town.stored) == ids(1, 3)  # it may be well again in the middle of them
    assert not spool.broken.exists()


async def test_even_messages_that_are_all_refused_do_not_hold_up_the_rest_for_ever(
    spool: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.MOST_TRIES", 3)
    town = Town()
    town.refused = set(ids(1, 64))
    async with running(town.inbox(spool)) as inbox:
        await say(inbox, *all_of(1, 65))
        await town.until(lambda: town.stored == ["m65"])
    assert len(spool.broken.read_bytes().splitlines()) == 64


# --- anything, in any order ---------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), min_size=1, max_size=9)),
        st.tuples(st.sampled_from(["away", "back", "hang", "full", "free", "crash", "stop", "turn", "tear"])),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_whatever_happens_nothing_is_lost_or_doubled_and_conversations_keep_their_order(
    steps: list[tuple[Any, ...]],
) -> None:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr("bot.inbox.PAUSE_SECONDS", 0.0005)
        patch.setattr("bot.inbox.END_SECONDS", 0.005)
        patch.setattr("bot.inbox.BATCH", 4)
        asyncio.run(asyncio.wait_for(_live(steps, Path(folder) / "spool"), WAIT))


async def _live(steps: list[tuple[Any, ...]], path: Path) -> None:
    town, life = Town(), Life(path)
    life.start(town)
    for name, *what in steps:
        if name == "say":
            for who, urgent in what[0]:
                life.say(who, urgent)
        elif name in ("crash", "stop"):
            await life.end(killed=name == "crash")
            life.start(town)
        elif name == "tear":
            await life.end(killed=True)
            if path.exists():
                path.write_bytes(path.read_bytes() + b"dG9ybg")
            life.start(town)
        elif name in ("full", "free"):
            life.spool.full = name == "full"
        elif name == "turn":
            await asyncio.sleep(2 * PATIENCE)
        else:
            town.away = name == "away"
            (town.well.clear if name == "hang" else town.well.set)()
        await asyncio.sleep(0)
    town.away = life.spool.full = False
    town.well.set()
    await asyncio.gather(*life.saying.values())
    await town.until(lambda: len(town.stored) == len(life.said))
    await life.end(killed=False)
    assert Counter(town.stored) == Counter(id for id, _ in life.said)
    assert not [id for id, times in Counter(town.offered).items() if times > 1]
    for who in "abc":
        calm = [id for id, urgent in life.said if id.startswith(who) and not urgent]
        assert [id for id in town.stored if id in calm] == calm
    assert not path.exists()


class Life:
    """One inbox after the other on the same spool; the platform says again what was not acknowledged."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.said: list[tuple[str, bool]] = []
        self.saying: dict[tuple[str, bool], asyncio.Task[None]] = {}

    def start(self, town: Town) -> None:
        full = self.said and self.spool.full
        self.spool = disk(self.path)
        self.spool.full = bool(full)
        self.inbox = town.inbox(self.spool, Killed)
        self.inbox._end = self._end  # type: ignore[method-assign]
        self.task = asyncio.create_task(self.inbox.run())
        unheard = [key for key, task in self.saying.items() if task.cancelled() or not task.done()]
        for key in unheard:
            self._say(*key)

    async def _end(self) -> None:
        if not self.killed:
            await Inbox._end(self.inbox)

    async def end(self, killed: bool) -> None:
        self.killed = killed
        await asyncio.sleep(0)
        self.task.cancel()
        await asyncio.wait({self.task})
        for task in self.saying.values():
            task.cancel()
        if self.saying:
            await asyncio.wait(self.saying.values())

    def say(self, who: str, urgent: bool) -> None:
        key = (f"{who}{len(self.said)}", urgent)
        self.said.append(key)
        self._say(*key)

    def _say(self, id: str, urgent: bool) -> None:
        message = said(id, HELP if urgent else "36.5", id[0])
        self.saying[id, urgent] = asyncio.create_task(self.inbox.receive(message))
