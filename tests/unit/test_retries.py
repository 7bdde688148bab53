"""How often and how fast: the pauses between tries, what waits in line, held accounts, quiet hours, shared claims."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from bot.attempts import PAUSES, Attempts
from bot.claims import Claims
from bot.journal import MOST_BYTES, Journal, Left
from bot.messages import Outbound
from bot.pace import Pace, Paces, Rate
from bot.platforms.contract import Rejected, TryLater
from bot.rush import Rush
from community.outgoing import Priority
from tests.platforms.onebot.peer import WAIT
from tests.unit.delivering import Platform, at_once, deliver, delivering, remind, states, write
from tests.unit.playing import Play

RECEIPT = "template = 'checkin/receipt'"
ASIDE = (300.0, 600.0)


# --- the pauses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "pauses"),
    [(None, [5, 30, 300, 600, None]), (1.0, [5, 30, 300, 600, None]), (45.0, [45, 45, 300, 600, None])],
)
def test_a_message_is_tried_again_after_these_seconds_and_then_given_up(
    after: float | None, pauses: list[float | None]
) -> None:
    attempts = Attempts()
    assert [attempts.next_pause(TryLater("busy", after), PAUSES) for _ in pauses] == pauses


async def test_after_long_pauses_it_waits_aside_over_a_restart_and_what_follows_goes(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    busy = Platform()
    busy.always = lambda message: TryLater("busy") if "已登记" in message.text else None
    await deliver_with(play, busy, ASIDE)
    write(play, "zhangwei", "/帮助")
    await deliver_with(play, busy, ASIDE)
    assert len(busy.tried) == 3  # greeting, receipt, help: the receipt is not due yet
    assert "/打卡" in busy.sent[-1].text
    assert play.rows(f"SELECT state, attempts FROM outbox WHERE {RECEIPT}") == [("pending", 1)]
    play.stage.boot()
    later(play, seconds=300)
    await deliver_with(play, busy, ASIDE)
    assert play.rows(f"SELECT state, attempts FROM outbox WHERE {RECEIPT}") == [("pending", 2)]
    later(play, seconds=600)
    await deliver_with(play, busy, ASIDE)
    assert states(play, RECEIPT) == {"dead"}
    assert len([message for message in busy.tried if "已登记" in message.text]) == 3


async def test_what_waits_a_little_keeps_its_place_in_line(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    write(play, "zhangwei", "/帮助")
    platform = Platform()
    left = [TryLater("busy"), TryLater("busy")]
    platform.always = lambda message: left.pop() if "已登记" in message.text and left else None
    await deliver(play, platform)
    assert ["已登记" in message.text for message in platform.sent] == [False, True, False]


async def deliver_with(play: Play, platform: Platform, pauses: Sequence[float]) -> None:
    async with asyncio.timeout(WAIT), delivering(play, platform, pauses) as delivery:
        await delivery.drained()


def later(play: Play, seconds: float) -> None:
    play.stage.clock.set(play.stage.clock.now() + timedelta(seconds=seconds))


async def test_the_operator_hears_once_an_hour_that_ordinary_messages_do_not_go(play: Play) -> None:
    for text in ("36.5", "/帮助", "/我的"):
        write(play, "zhangwei", text)
    platform = Platform()
    platform.always = lambda message: Rejected("no friend") if message.chat.id == "zhangwei" else None
    await deliver(play, platform)
    (notice,) = platform.sent
    assert notice.chat.id == "op"
    assert not any(personal in notice.text for personal in ("张伟", "zhangwei", "36.5", "3-2-501"))


# --- accounts that are slowed down --------------------------------------------------------------------------------


async def test_nothing_of_a_held_account_goes_not_even_danger_and_then_all_does(play: Play) -> None:
    write(play, "zhangwei", "救命，我妈晕倒了")
    limit = TryLater("too fast", after=0.05, whole_account=True)
    platform = Platform(limit)
    clock = asyncio.get_running_loop().time
    first: list[float] = []
    goes: list[float] = []

    def note(_message: Outbound) -> None:
        (goes if first else first).append(clock())

    platform.always = note
    await deliver(play, platform)
    assert min(goes) - first[0] >= 0.05
    assert states(play, "true") == {"sent"}
    assert play.rows("SELECT DISTINCT attempts FROM outbox") == [(0,)]


async def test_each_account_has_a_pace_of_its_own() -> None:
    paces = Paces({"qq": Rate(0.001, 1)}, Random(1))
    async with asyncio.timeout(WAIT):
        await paces.of("qq", "10001").turn(Priority.BULK)
        await paces.of("qq", "10002").turn(Priority.BULK)
        assert paces.of("qq", "10001") is not paces.of("qq", "10002")
        for _ in range(5):
            await paces.of("sandbox", "").turn(Priority.BULK)  # no rate is set for it


async def test_messages_that_nobody_waits_for_do_not_go_like_clockwork(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("bot.pace.asyncio.sleep", sleep)
    pace = Pace(Rate(0, 1, jitter=2.0), Random(7))
    for priority in (Priority.DANGER, Priority.ANSWER):
        await pace.turn(priority)
    assert slept == []
    for _ in range(4):
        await pace.turn(Priority.BULK)
    assert len(set(slept)) == 4
    assert all(0 <= seconds <= 2 for seconds in slept)


# --- the night ----------------------------------------------------------------------------------------------------


async def test_what_has_waited_into_the_night_waits_for_the_morning(play: Play) -> None:
    remind(play)
    with play.work() as work:
        work.session.connection().exec_driver_sql("UPDATE outbox SET expires_at = NULL")
    play.stage.clock.set(play.stage.clock.now() + timedelta(hours=13, minutes=30))  # 22:31
    await deliver(play, platform := Platform())
    assert platform.tried == []
    held = play.rows("SELECT DISTINCT state, not_before FROM outbox")
    assert held == [("pending", "2020-02-05 23:00:00.000000")]  # in UTC: 07:00
    play.stage.clock.set(play.stage.clock.now() + timedelta(hours=8, minutes=30))
    await deliver(play, platform)
    assert len(platform.sent) == 3


# --- claims and the journal ---------------------------------------------------------------------------------------


async def test_claims_that_are_asked_for_together_share_a_transaction() -> None:
    asked: list[list[int]] = []

    def claim(ids: Sequence[int]) -> set[int]:
        asked.append(list(ids))
        return {id for id in ids if id != 3}

    claims = Claims(claim, at_once, Rush())
    got = await asyncio.gather(*(claims.ask(id) for id in range(600)))
    assert [id for id, wanted in enumerate(got) if not wanted] == [3]
    assert [len(ids) for ids in asked] == [256, 256, 88]


async def test_a_store_that_is_away_is_told_to_each_that_asked() -> None:
    def claim(_ids: Sequence[int]) -> set[int]:
        raise OSError

    claims = Claims(claim, at_once, Rush())
    failures = await asyncio.gather(claims.ask(1), claims.ask(2), return_exceptions=True)
    assert [type(failure) for failure in failures] == [OSError, OSError]


def test_the_journal_tells_what_a_run_left(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "data" / "sending.log")
    for id in (1, 2, 3, 4):
        journal.begin(id)
    journal.went(2, "k 2")
    journal.failed(3)
    assert Journal(tmp_path / "data" / "sending.log").left() == Left(frozenset({1, 4}), {2: "k 2"})
    journal.settled([1, 2, 4])
    assert (tmp_path / "data" / "sending.log").read_bytes() == b""
    journal.close()


def test_a_torn_line_of_the_journal_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sending.log").write_bytes(b"+1\nrubbish\n\xff\xfe\n=2 k\n+3")
    assert Journal(tmp_path / "sending.log").left() == Left(frozenset({1}), {2: "k"})
    assert Journal(tmp_path / "nothing.log").left() == Left()


def test_the_journal_stays_small(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "sending.log")
    journal.begin(1)
    journal.went(2, "k2")
    for id in range(3, 60_000):
        journal.begin(id)
        journal.went(id, "a-key-of-some-length")
        journal.settled([id])
    assert (tmp_path / "sending.log").stat().st_size <= MOST_BYTES + 100
    assert journal.left().begun == {1}
    assert journal.left().went[2] == "k2"
    journal.close()
