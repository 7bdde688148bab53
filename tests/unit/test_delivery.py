"""From the outbox to a platform: what is sent again and how often, what a stop leaves behind, who hears of failures."""

import asyncio
import threading
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

import bot.delivery
import bot.dispatch
import bot.gate
from bot import files
from bot.delivery import Delivery
from bot.files import Plan
from bot.messages import FileKind, Outbound
from bot.outbox import Outbox
from bot.pace import Pace, Rate
from bot.platforms.contract import Rejected, TryLater
from community.outgoing import Priority
from storage.engine import reading
from storage.queries import places
from tests.platforms.onebot.peer import WAIT
from tests.unit.delivering import Platform, deliver, delivering, delivery_of, remind, states, write
from tests.unit.playing import Play

REMINDED = "上午的体温"
NOT_YET = TryLater("not connected")
DOUBTFUL = TryLater("time-out", maybe_sent=True)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.dispatch, "AWAY_PAUSE", 0.001)
    monkeypatch.setattr(bot.gate, "LOOK_EVERY", 0.001)


REMINDERS = "template LIKE 'reminders/%'"


# --- at most once, and not lost -----------------------------------------------------------------------------------


async def test_a_reminder_that_cannot_be_sent_now_is_still_owed_after_a_restart(play: Play) -> None:
    remind(play)
    away = Platform(up=False)
    async with delivering(play, away) as delivery:
        await delivery.poll()
    assert away.tried == []
    assert states(play, REMINDERS) == {"pending"}
    play.stage.boot()
    await deliver(play, back := Platform())
    assert len([message for message in back.sent if REMINDED in message.text]) == 3
    assert states(play, REMINDERS) == {"sent"}


async def test_a_reminder_that_surely_did_not_go_is_pending_again(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.dispatch, "AWAY_PAUSE", 60.0)
    remind(play)
    failing, tried = Platform(), asyncio.Event()
    failing.always = lambda _message: (tried.set(), NOT_YET)[1]
    async with delivering(play, failing):
        await tried.wait()
    assert states(play, REMINDERS) == {"pending"}


async def test_a_reminder_that_may_have_gone_is_left_alone(play: Play) -> None:
    remind(play)
    await deliver(play, platform := Platform(DOUBTFUL, DOUBTFUL, DOUBTFUL))
    assert len(platform.tried) == 3
    assert states(play, REMINDERS) == {"uncertain"}


async def test_an_answer_that_may_have_gone_is_repeated_twice_at_most(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    platform = Platform()
    platform.always = lambda message: DOUBTFUL if "已登记" in message.text else None
    await deliver(play, platform)
    assert len([message for message in platform.tried if "已登记" in message.text]) == 3
    assert states(play, "template = 'checkin/receipt'") == {"uncertain"}


async def test_an_answer_that_surely_did_not_go_is_sent_in_the_end(play: Play) -> None:
    write(play, "zhangwei", "/帮助")
    await deliver(play, platform := Platform(NOT_YET, NOT_YET, NOT_YET, NOT_YET))
    assert any("/打卡" in message.text for message in platform.sent)
    assert states(play, "true") == {"sent"}


# --- danger -------------------------------------------------------------------------------------------------------


def no_way_to(who: str, failure: Exception) -> Callable[[Outbound], Exception | None]:
    return lambda message: failure if message.chat.id == who else None


@pytest.mark.parametrize("failure", [Rejected("refused"), NOT_YET, DOUBTFUL])
async def test_the_operator_hears_of_danger_that_reaches_nobody(play: Play, failure: Exception) -> None:
    write(play, "zhangwei", "38.6")
    platform = Platform()
    platform.always = no_way_to("wang", failure)
    with structlog.testing.capture_logs() as logs:
        await deliver(play, platform)
        await deliver(play, platform)  # what giving up wrote
    assert states(play, "template = 'alerts/fever' AND chat_id = 'wang'") == {"dead"}
    told = [message.text for message in platform.sent if message.chat.id == "op"]
    assert len(told) == 1
    assert "#1" in told[0]
    assert not any(personal in told[0] for personal in ("张伟", "38.6", "3-2-501", "王芳", "wang"))
    assert [entry["log_level"] for entry in logs if entry["event"] == "danger.unsent"] == ["error"]


async def test_the_operator_is_told_of_a_matter_once_an_hour(play: Play) -> None:
    write(play, "zhangwei", "38.6")
    platform = Platform()
    platform.always = lambda message: Rejected("refused") if "发热警报" in message.text else None
    await deliver(play, platform)
    await deliver(play, platform)
    assert len([message for message in platform.tried if "发热警报" in message.text]) > 1
    assert len([message for message in platform.sent if message.chat.id == "op"]) == 1


async def test_an_operator_who_cannot_be_reached_is_no_new_alarm(play: Play) -> None:
    write(play, "zhangwei", "38.6")
    platform = Platform()
    platform.always = lambda message: Rejected("refused") if message.chat.id in ("wang", "op") else None
    for _ in range(3):
        await deliver(play, platform)
    assert play.count("outbox", "template = 'flow/unsent'") == 1
    assert states(play, "template = 'flow/unsent'") == {"dead"}


async def test_an_answer_that_is_given_up_is_nobodys_alarm(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    platform = Platform()
    platform.always = lambda _message: Rejected("refused")
    await deliver(play, platform)
    assert play.count("outbox", "template = 'flow/unsent'") == 0


async def test_danger_is_tried_whatever_the_platform_says_of_itself(play: Play) -> None:
    write(play, "zhangwei", "救命，我妈晕倒了")
    async with delivering(play, platform := Platform(up=False)):
        async with asyncio.timeout(WAIT):
            while not any("120" in message.text for message in platform.sent):
                await asyncio.sleep(0)
    assert not any("小联" in message.text for message in platform.tried)  # the greeting can wait


# --- stopping and standing still ----------------------------------------------------------------------------------


async def test_what_was_sent_before_a_stop_is_not_sent_again(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    first = Platform()
    async with delivering(play, first):
        async with asyncio.timeout(WAIT):
            while len(first.sent) < 2:
                await asyncio.sleep(0)
    play.stage.boot()
    await deliver(play, second := Platform())
    assert [message.id for message in second.sent] == []


class Slow(Platform):
    """Has the message, and answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answer = asyncio.Event(), asyncio.Event()

    async def send(self, message: Outbound) -> str:
        self.asked.set()
        await self.answer.wait()
        return await super().send(message)


async def test_a_stop_waits_for_what_is_under_way(play: Play) -> None:
    write(play, "zhangwei", "/帮助")
    slow = Slow()
    task = asyncio.create_task(delivery_of(play, slow).run())
    await slow.asked.wait()
    task.cancel()
    await asyncio.sleep(0)
    slow.answer.set()
    await asyncio.wait({task})
    assert len(slow.sent) == 1  # and nothing new was begun
    assert play.count("outbox", "state = 'sent'") == 1


async def test_a_stop_does_not_wait_for_ever(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.delivery, "END_SECONDS", 0.01)
    write(play, "zhangwei", "/帮助")
    slow = Slow()

    async def hangs_at_the_end(call: Callable[[], Any]) -> Any:
        return await asyncio.Event().wait() if slow.asked.is_set() else call()

    delivery = Delivery(play.stage.program, {"sandbox": slow}, {}, hangs_at_the_end)
    task = asyncio.create_task(delivery.run())
    await slow.asked.wait()
    task.cancel()
    async with asyncio.timeout(WAIT):
        await asyncio.wait({task})


async def test_standing_still_forgets_what_was_queued_and_the_store_has_it(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    platform = Platform(up=False)
    async with asyncio.timeout(WAIT), delivering(play, platform) as delivery:
        async with delivery.still():
            platform.up = True
            await delivery.poll()
            await delivery.drained()
            assert platform.tried == []
        await delivery.poll()
        await delivery.drained()
    assert len(platform.sent) == 2


# --- the store ----------------------------------------------------------------------------------------------------


async def test_a_store_that_is_away_is_waited_for(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [3]
    written = Outbox.write_sent

    def sometimes(outbox: Outbox, *args: Any) -> list[int]:
        if left[0]:
            left[0] -= 1
            raise OperationalError("UPDATE …", {}, Exception("locked"))
        return written(outbox, *args)

    monkeypatch.setattr(Outbox, "write_sent", sometimes)
    write(play, "zhangwei", "36.5")
    await deliver(play, platform := Platform())
    assert len(platform.sent) == 2
    assert states(play, "true") == {"sent"}


async def test_a_message_that_the_store_does_not_know_blocks_nobody(play: Play) -> None:
    """Only a store that is away is asked again; what it refuses it refuses for good."""
    write(play, "zhangwei", "36.5")
    platform = Platform(IntegrityError("INSERT …", {}, Exception("FOREIGN KEY")))
    await deliver(play, platform)
    receipt, notice = platform.sent
    assert "已登记" in receipt.text
    assert notice.chat.id == "op"


def test_marks_ride_with_the_next_batch_and_survive_one_that_fails(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    program = play.stage.program
    write(play, "zhangwei", "/帮助")
    (id, *_rest) = [id for (id,) in play.rows("SELECT id FROM outbox ORDER BY id")]
    program.sent.add(id, "k1")
    with monkeypatch.context() as patch:
        patch.setattr("bot.program.route", _away)
        with pytest.raises(OperationalError):
            write(play, "limei", "/帮助")
    assert play.count("outbox", "state = 'sent'") == 0
    write(play, "limei", "/帮助")
    assert play.rows("SELECT id, platform_message_id FROM outbox WHERE state = 'sent'") == [(id, "k1")]
    assert program.outbox.write_sent() == [id]
    assert program.outbox.write_sent() == []


def _away(*_: Any) -> None:
    raise OperationalError("INSERT …", {}, Exception("locked"))


def test_who_only_reads_does_not_wait_for_who_writes(play: Play) -> None:
    engine = play.stage.program.engine
    with engine.begin() as writer:
        writer.exec_driver_sql("UPDATE setting SET value = value")
        with reading(engine) as session:
            assert places.household_count(session) > 0


# --- files and turns ----------------------------------------------------------------------------------------------


async def test_a_spreadsheet_is_rendered_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "render", lambda _planned: threading.current_thread())
    assert await files.render_apart(Plan(FileKind.XLSX, "a.xlsx", None)) is not threading.current_thread()


async def test_a_turn_that_nobody_waits_for_any_more_takes_no_permit() -> None:
    pace = Pace(Rate(0.001, 1), Random(1))
    await pace.turn(Priority.BULK)
    given_up = asyncio.create_task(pace.turn(Priority.BULK))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait({given_up})
    pace._permits, pace._filled_at = 1.0, asyncio.get_running_loop().time()
    pace._pump.cancel()
    async with asyncio.timeout(WAIT):
        await pace.turn(Priority.BULK)
