"""The line breaks in the middle of a frame, and messages come twice, late and in another order."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from websockets.frames import Frame, Opcode

import bot.delivery
from bot.app import App, build_app
from bot.attempts import PAUSES
from tests.end_to_end.town import running
from tests.faults.account import Account, Said
from tests.faults.neighbourhood import FIRST, Neighbourhood, build, printed

XF2 = 900002
PEOPLE = 40
EACH = 5
COPIES = 3
SEED = 4
WAIT = 15.0


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Neighbourhood:
    monkeypatch.setattr(bot.delivery, "PAUSES", (0.01,) * len(PAUSES))
    return build(tmp_path, PEOPLE)


@asynccontextmanager
async def connected(town: Neighbourhood) -> AsyncIterator[tuple[App, Account]]:
    app = build_app(town.settings)
    async with running(app), town.account() as account:
        yield app, account


def number_of(account: Account, said: Said) -> int:
    """How often a message was acknowledged."""
    return len(account.heard(said.user, "已登记", said.text))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(WAIT):
        while not holds():
            await asyncio.sleep(0.01)


async def quiet(app: App, account: Account) -> None:
    """Everything that came before is handled, and what it led to is out."""
    before = len(account.heard(29_999, "小联"))
    await account.private("/帮助", user=29_999)
    await until(lambda: len(account.heard(29_999, "小联")) > before)
    await app.delivery.drained()


def counted(town: Neighbourhood, account: Account, said: list[Said]) -> dict[str, Any]:
    ids = ",".join(f"'{one.id}'" for one in said)
    return {
        "written by people": len(said),
        "acknowledged once": sum(number_of(account, one) == 1 for one in said),
        "stored": town.count("inbound", f"message_id IN ({ids})"),
        "check-ins": town.count("checkin"),
        "check-ins of different messages": town.count("(SELECT DISTINCT inbound_id FROM checkin)"),
    }


def all_once(counts: dict[str, Any]) -> bool:
    print(printed(counts))
    return len(set(counts.values())) == 1


# --- cut ----------------------------------------------------------------------------------------------------------

CUTS: list[tuple[str, Callable[[int], int]]] = [
    ("in the first byte of the header", lambda _: 1),
    ("in the mask", lambda _: 5),
    ("after the mask", lambda _: 8),
    ("in the middle of the text", lambda length: length // 2),
    ("before the last byte", lambda length: length - 1),
    ("after the last byte", lambda length: length),
]


async def cut(account: Account, said: Said, where: Callable[[int], int]) -> None:
    """The frame of this message is written up to there; then the line is broken."""
    whole: list[bytes] = []
    send, account.raw = account.raw, lambda frame: _keep(whole, frame)  # type: ignore[method-assign]
    account.tell(said)
    await account.deliver(said)
    account.raw = send  # type: ignore[method-assign]
    (octets,) = [Frame(Opcode.TEXT, text).serialize(mask=True) for text in whole]
    assert account._socket
    account._socket.transport.write(octets[: where(len(octets))])
    await asyncio.sleep(0)
    await account.drop()


async def _keep(whole: list[bytes], frame: str | bytes) -> None:
    whole.append(frame if isinstance(frame, bytes) else frame.encode())


@pytest.mark.parametrize("group", [XF2, None], ids=["group", "private"])
async def test_the_line_is_cut_in_the_middle_of_a_frame(town: Neighbourhood, group: int | None) -> None:
    """What was half delivered stands in the history and counts once; what follows is not disturbed."""
    cuts = [Said(7_000_000 + place, FIRST + 1 + place, f"36.{place}", group) for place in range(len(CUTS))]
    after = [Said(7_100_000 + place, FIRST + 21 + place, "36.8", group) for place in range(len(CUTS))]
    async with connected(town) as (app, account):
        first = Said(6_999_999, FIRST + 20, "36.5", group)  # from the first message on an account has a past
        await account.say(first)
        await until(lambda: number_of(account, first) == 1)
        for broken, next_one, (_, where) in zip(cuts, after, CUTS, strict=True):
            await cut(account, broken, where)
            await account.connect()
            await account.say(next_one)
            await until(lambda: min(number_of(account, broken), number_of(account, next_one)) > 0)  # noqa: B023
        await quiet(app, account)
    assert all_once(counted(town, account, [first, *cuts, *after]))


async def test_an_answer_whose_confirmation_is_cut_off_is_not_given_twice(town: Neighbourhood) -> None:
    """The peer has sent it, and the line breaks before it can say so: it is asked afterwards."""
    said = Said(8_000_000, FIRST + 1, "36.5", XF2)
    async with connected(town) as (app, account):
        account.silent = True
        await account.say(said)
        await until(lambda: number_of(account, said) == 1)
        account.silent = False
        await account.drop()
        await account.connect()
        await quiet(app, account)
    assert all_once(counted(town, account, [said]))


# --- twice, late, in another order --------------------------------------------------------------------------------


def deliveries(chance: Random) -> list[Said]:
    """Each reading up to three times: whole, late and early, so that with many people a later one comes first."""
    said = readings()
    often = [one for one in said for _ in range(chance.randint(1, COPIES))]
    chance.shuffle(often)
    return often


def readings() -> list[Said]:
    return [
        Said(9_000_000 + PEOPLE * turn + who, FIRST + 1 + who, f"36.{1 + turn}", XF2 if who % 2 else None)
        for turn in range(EACH)
        for who in range(PEOPLE)
    ]


async def test_duplicates_in_any_order_are_one_check_in_each(town: Neighbourhood) -> None:
    often = deliveries(Random(SEED))
    assert len(often) > len(set(often)) == PEOPLE * EACH
    async with connected(town) as (app, account):
        for place, said in enumerate(often):
            await account.deliver(said)
            if place % 97 == 96:  # also across connections, where what is late comes over another one
                await account.drop()
                await account.connect()
                for again in often[place - 20 : place + 1]:
                    await account.deliver(again)
        await quiet(app, account)
    assert all_once(counted(town, account, readings()))


async def test_a_later_reading_that_comes_first_stays_the_later_one(town: Neighbourhood) -> None:
    """The order in which people wrote counts, not the one in which it arrives."""
    now = int(time.time())
    async with connected(town) as (app, account):
        await account.private("36.9", user=FIRST + 1, message_id=9_900_002, time=now - 60)
        await until(lambda: len(account.heard(FIRST + 1, "已登记", "36.9")) == 1)
        await account.private("36.2", user=FIRST + 1, message_id=9_900_001, time=now - 120)
        await until(lambda: len(account.heard(FIRST + 1, "已登记", "36.2")) == 1)
        await quiet(app, account)
    by_time = town.rows("SELECT temperature FROM checkin WHERE NOT replaced ORDER BY at")
    assert by_time == [(36.2,), (36.9,)]
