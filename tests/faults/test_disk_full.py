"""The disk is full for a while: nobody is told that something is registered which is not, and nothing is lost."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faults.account import Account, Said
from tests.faults.disk import KINDS, Disk, Stuck, small_disk
from tests.faults.neighbourhood import FIRST, Neighbourhood, build, printed
from tests.faults.nursery import Nursery, nursery

PEOPLE = 60
WAIT = 20.0
CRYING = FIRST + PEOPLE


@pytest.fixture(params=["small disk", *KINDS])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param != "small disk":
        yield KINDS[request.param](tmp_path)
        return
    with small_disk(tmp_path) as disk:
        yield disk


def readings(first: int, last: int) -> list[Said]:
    """A reading of each of these residents."""
    return [Said(5_000_000 + number, FIRST + number, f"36.{number % 10}") for number in range(first, last)]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not holds():
            await asyncio.sleep(0.02)


def acknowledged(account: Account, said: list[Said]) -> int:
    return sum(len(account.heard(one.user, "已登记", one.text)) == 1 for one in said)


async def speak(account: Account, said: list[Said]) -> None:
    for one in said:
        await account.say(one)


async def at_work(runs: Nursery, account: Account) -> list[Said]:
    """Started, and it has answered twenty people."""
    await runs.start()
    await account.connect()
    early = readings(1, 20)
    await speak(account, early)
    await until(lambda: acknowledged(account, early) == len(early))
    return early


def counted(town: Neighbourhood, account: Account, said: list[Said]) -> dict[str, Any]:
    """What became of the readings, in the store and at the peer."""
    return {
        "written by people": len(said),
        "acknowledged once": acknowledged(account, said),
        "stored": town.count("inbound", f"message_id IN ({','.join(str(one.id) for one in said)})"),
        "check-ins": town.count("checkin"),
        "check-ins of different messages": town.count("(SELECT DISTINCT inbound_id FROM checkin)"),
        "outbox": dict(town.rows("SELECT state, count(*) FROM outbox GROUP BY state")),
    }


async def test_full_and_room_again(tmp_path: Path, disk: Disk) -> None:
    town = build(tmp_path, PEOPLE)
    account = town.account()
    async with nursery(town.config) as runs:
        early = await at_work(runs, account)
        disk.fill(runs.pid)
        late = readings(20, 50)
        await speak(account, late)
        await account.say(Said(5_999_999, CRYING, "救命，我喘不上气"))
        await until(lambda: len(account.heard(CRYING, "120")) > 0)  # who calls for help is answered all the same
        too_early = acknowledged(account, late)
        disk.empty(runs.pid)
        with suppress(TimeoutError):
            await until(lambda: acknowledged(account, late) == len(late))
            await until(lambda: town.count("inbound") == len(early) + len(late) + 1)
        code = await runs.end(signal.SIGTERM)
        await account.gone()
    said = early + late
    counts = {"exit code": code, "acknowledged while full": too_early, **counted(town, account, said)}
    print(printed(counts))
    assert counts["acknowledged while full"] == 0, printed(counts)
    assert code == 0, printed(counts)
    for key in ("acknowledged once", "stored", "check-ins", "check-ins of different messages"):
        assert counts[key] == len(said), printed(counts)
    assert "dead" not in counts["outbox"], printed(counts)  # that nothing can be written is no message's fault
    assert town.count("matter") > 0, printed(counts)  # the call for help went to people afterwards


async def test_killed_while_the_store_has_no_room(tmp_path: Path) -> None:
    """What was put aside on disk is handled after the next start: the peer does not deliver it again."""
    town, disk = build(tmp_path, PEOPLE), Stuck(tmp_path)
    account, spool = town.account(), town.settings.beside_store("inbound.spool")
    async with nursery(town.config) as runs:
        early = await at_work(runs, account)
        disk.fill(runs.pid)
        late = readings(20, 50)
        await speak(account, late)
        await until(lambda: spool.exists() and spool.read_bytes().count(b"\n") == len(late))
        await runs.end(signal.SIGKILL)
        await account.gone()
        account.forget()
        await runs.start()
        await account.connect()
        with suppress(TimeoutError):
            await until(lambda: acknowledged(account, late) == len(late))
        await runs.end(signal.SIGTERM)
        await account.gone()
    counts = counted(town, account, early + late)
    print(printed(counts))
    for key in ("acknowledged once", "stored", "check-ins", "check-ins of different messages"):
        assert counts[key] == len(early + late), printed(counts)
