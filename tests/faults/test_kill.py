"""`kill -9` at twenty random moments, while two thousand messages come in and a round of reminders goes out."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

from tests.end_to_end.town import LIU, ZHAO
from tests.faults.account import Account, Said
from tests.faults.neighbourhood import FIRST, Neighbourhood, build, printed
from tests.faults.nursery import Nursery, nursery

SEED = 20200205
KILLS = 20
MESSAGES = 2_000
TALKERS, SILENT = 400, 300
EACH = MESSAGES // TALKERS
AT_A_TIME = 40  # so that the round finds most of them still silent, and some report while it goes out
FEVERS = 6
REMINDED_IN = 4  # the life from which on the round is due
PACE = 250  # messages a second, so that the round lasts for some lives
LONGEST_LIFE = 1.8  # seconds between a connection and the kill
AWAY = 12  # messages that people write while nobody listens
XF2 = 900002
REMINDER = "上午的体温"
AGAIN = "可能重复"
QUIET_SECONDS = 30.0  # in which everything that is owed must have been done at the end


def talk(chance: Random) -> list[Said]:
    """A few people at a time, five readings each, privately or in the group; some of them have a fever."""
    said = []
    for number in range(MESSAGES):
        block, place = divmod(number, AT_A_TIME * EACH)
        turn, who = divmod(place, AT_A_TIME)
        user = FIRST + 1 + block * AT_A_TIME + who
        said.append((user, f"36.{1 + turn}", XF2 if chance.random() < 0.5 else None))
    for number in chance.sample(range(MESSAGES), FEVERS):
        said[number] = (said[number][0], "38.6", said[number][2])
    return [Said(1_000_000_000 + number, *one) for number, one in enumerate(said)]


async def write(account: Account, messages: list[Said], chance: Random, rushed: asyncio.Event) -> None:
    """People write a few at a time, fewer while nobody answers."""
    away = AWAY
    while messages:
        if account.here.is_set():
            away = AWAY
        elif away <= 0:
            await account.here.wait()
        handful, messages[:] = messages[: (size := chance.randint(1, 12))], messages[size:]
        away -= size
        for said in handful:
            await account.say(said)
        await asyncio.sleep(0.001 if rushed.is_set() else chance.uniform(0, 0.09))


@asynccontextmanager
async def alive(runs: Nursery, account: Account) -> AsyncIterator[None]:
    """The program with its account connected; killed at the end, unless it was stopped."""
    await runs.start()
    try:
        await account.connect()
        yield
    finally:
        if runs.pid:
            await runs.end(signal.SIGKILL)
        await account.gone()


async def until(holds: Callable[[], bool], seconds: float = QUIET_SECONDS) -> bool:
    """Whether it comes true in time; no message tells of it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not holds():
                await asyncio.sleep(0.1)
            return True
    return False


async def test_killed_twenty_times(tmp_path: Path) -> None:
    chance = Random(SEED)
    town = build(tmp_path, TALKERS + SILENT, sends_per_second=PACE)
    account, said = town.account(), talk(chance)
    rushed = asyncio.Event()
    async with nursery(town.config) as runs:
        writing = asyncio.create_task(write(account, list(said), chance, rushed))
        for life in range(KILLS):
            account.remembers_friends = life % 2 == 0
            if life == REMINDED_IN:
                town.remind_soon()
            async with alive(runs, account):
                await asyncio.sleep(chance.uniform(0, LONGEST_LIFE))
        rushed.set()
        async with alive(runs, account):
            await writing
            quiet = await until(lambda: _owes_nothing(town, said))
            code = await runs.end(signal.SIGTERM)
    counts = counted(town, account, said)
    table = printed({"quiet": quiet, "exit code": code, **counts})
    print(table)
    assert (quiet, code) == (True, 0), table
    assert counts["acknowledged and not stored"] == 0, table
    assert counts["group messages not stored"] == 0, table
    assert counts["stored twice"] == counts["check-ins double"] == 0, table
    assert counts["check-ins"] == counts["stored"], table
    assert counts["most reminders to one person"] == 1, table
    assert counts["said twice"] == 0, table
    assert counts["reminders at the peer"] >= SILENT - counts["uncertain reminders"], table
    assert counts["alerts missing"] == 0, table


def _owes_nothing(town: Neighbourhood, said: list[Said]) -> bool:
    in_group = sum(one.group is not None for one in said)
    return (
        town.count("round", "key LIKE 'remind/%' AND note = ''") == 1
        and town.count("inbound", "chat_kind = 'group'") >= in_group
        and not town.count("outbox", "state IN ('pending', 'sending')")
    )


def counted(town: Neighbourhood, account: Account, said: list[Said]) -> dict[str, Any]:
    """What became of everything, in the store and at the peer."""
    by_id = {str(one.id): one for one in said}
    stored = Counter(id for (id,) in town.rows("SELECT message_id FROM inbound"))
    checkins = Counter(town.rows("SELECT inbound_id FROM checkin WHERE NOT replaced"))
    acknowledged = {one.id for one in said if account.heard(one.user, "已登记", one.text)}
    reminders = Counter(sent.user for sent in account.sends if REMINDER in sent.text and AGAIN not in sent.text)
    private = Counter((sent.user, sent.text) for sent in account.sends if AGAIN not in sent.text)
    states = dict(town.rows("SELECT state, count(*) FROM outbox GROUP BY state"))
    return {
        "written by people": len(said),
        "acknowledged": len(acknowledged),
        "stored": len(stored),
        "acknowledged and not stored": sum(str(id) not in stored for id in acknowledged),
        "group messages not stored": sum(one.group is not None and str(one.id) not in stored for one in said),
        "private messages not stored": sum(one.group is None and str(one.id) not in stored for one in said),
        "unknown in the store": sum(id not in by_id for id in stored),
        "stored twice": sum(times - 1 for times in stored.values()),
        "check-ins": sum(checkins.values()),
        "check-ins double": sum(times - 1 for times in checkins.values()),
        "reminders at the peer": sum(reminders.values()),
        "most reminders to one person": max(reminders.values(), default=0),
        "uncertain reminders": town.count("outbox", "template LIKE 'reminders/%' AND state = 'uncertain'"),
        "not confirmed at a kill": len(account.unconfirmed),
        "reminders among them": sum(REMINDER in text for text in account.unconfirmed),
        "sent at the peer": len(account.sends),
        "said twice": sum(times - 1 for times in private.values()),
        "said to be perhaps double": sum(AGAIN in sent.text for sent in account.sends),
        "alerts missing": _missing_alerts(town, account),
        "outbox": states,
        "asked for history": dict(account.asked),
    }


def _missing_alerts(town: Neighbourhood, account: Account) -> int:
    numbers = [number for (number,) in town.rows("SELECT number FROM matter WHERE kind = 'fever'")]
    return sum(not account.heard(who, "发热警报", f"#{number}") for number in numbers for who in (LIU, ZHAO))
