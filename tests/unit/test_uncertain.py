"""Killed while a message was on its way: what is known is not sent again, what can be asked is, the rest is marked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import select

from bot.journal import Journal
from bot.messages import Outbound
from bot.platforms.contract import TryLater
from storage.tables import OutboxRow
from tests.unit.delivering import Platform, deliver, remind, states, write
from tests.unit.playing import Play

RECEIPT = "template = 'checkin/receipt'"
ALERT = "template = 'alerts/fever' AND chat_id = 'wang'"
REMINDERS = "template LIKE 'reminders/%'"


def ids(play: Play, where: str) -> list[int]:
    return [id for (id,) in play.rows(f"SELECT id FROM outbox WHERE {where} ORDER BY id")]


def texts(play: Play, where: str) -> list[str]:
    with play.work() as work:
        return list(work.session.exec(select(OutboxRow.text).where(sql(where))))


def killed(play: Play, note: Callable[[Journal], Any]) -> None:
    """A run that came so far and no further."""
    journal = Journal(play.stage.folder / "sending.log")
    note(journal)
    journal.close()
    play.stage.boot()


def begun(*numbers: int) -> Callable[[Journal], Any]:
    return lambda journal: [journal.begin(id) for id in numbers]


def about(platform: Platform, words: str) -> list[Outbound]:
    return [message for message in platform.sent if words in message.text]


async def test_what_is_out_and_was_not_written_down_is_written_down_and_not_sent_again(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    (id,) = ids(play, RECEIPT)
    killed(play, lambda journal: (journal.begin(id), journal.went(id, "k7")))
    await deliver(play, platform := Platform())
    assert about(platform, "已登记") == []
    assert platform.asked == []
    assert play.rows(f"SELECT state, platform_message_id FROM outbox WHERE {RECEIPT}") == [("sent", "k7")]


async def test_an_answer_that_the_platform_remembers_is_not_sent_again(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    (text,) = texts(play, RECEIPT)
    killed(play, begun(*ids(play, RECEIPT)))
    platform = Platform()
    platform.knows = {text: "k8"}
    await deliver(play, platform)
    assert about(platform, "已登记") == []
    assert play.rows(f"SELECT state, platform_message_id FROM outbox WHERE {RECEIPT}") == [("sent", "k8")]


async def test_an_answer_that_the_platform_never_saw_is_sent(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    killed(play, begun(*ids(play, RECEIPT)))
    platform = Platform()
    platform.knows = {}
    await deliver(play, platform)
    assert len(about(platform, "已登记")) == 1
    assert states(play, RECEIPT) == {"sent"}


async def test_an_answer_that_nobody_can_tell_of_is_marked_and_not_sent_again(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    killed(play, begun(*ids(play, RECEIPT)))
    await deliver(play, platform := Platform())
    assert about(platform, "已登记") == []
    assert states(play, RECEIPT) == {"uncertain"}
    assert states(play, f"NOT {RECEIPT}") == {"sent"}  # what was not begun goes as ever


async def test_the_same_words_under_an_id_that_is_known_are_another_message(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    (text,) = texts(play, RECEIPT)
    (id,) = ids(play, RECEIPT)
    other = ids(play, f"NOT {RECEIPT}")[0]
    killed(play, lambda journal: (journal.begin(other), journal.went(other, "k9"), journal.begin(id)))
    platform = Platform()
    platform.knows = {text: "k9"}
    await deliver(play, platform)
    assert len(about(platform, "已登记")) == 1


async def test_danger_goes_again_and_says_that_it_may_be_double(play: Play) -> None:
    write(play, "zhangwei", "38.6")
    killed(play, begun(*ids(play, ALERT)))
    await deliver(play, platform := Platform())
    (alert,) = [message for message in about(platform, "发热") if message.chat.id == "wang"]
    assert "可能重复" in alert.text
    assert states(play, ALERT) == {"sent"}


async def test_danger_that_the_platform_remembers_is_not_doubled(play: Play) -> None:
    write(play, "zhangwei", "38.6")
    (text,) = texts(play, ALERT)
    killed(play, begun(*ids(play, ALERT)))
    platform = Platform()
    platform.knows = {text: "k1"}
    await deliver(play, platform)
    assert not [message for message in about(platform, "发热") if message.chat.id == "wang"]


@pytest.mark.parametrize(("knows", "times", "state"), [(None, 0, "uncertain"), ({}, 3, "sent")])
async def test_reminders_that_were_claimed_are_never_doubled(
    play: Play, knows: dict[str, str] | None, times: int, state: str
) -> None:
    remind(play)
    play.stage.program.outbox.claim(ids(play, REMINDERS))
    play.stage.boot()
    platform = Platform()
    platform.knows = knows
    await deliver(play, platform)
    assert len(about(platform, "上午的体温")) == times
    assert states(play, REMINDERS) == {state}


async def test_a_message_of_which_nobody_knows_is_asked_for_an_hour_and_then_left(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    killed(play, begun(*ids(play, RECEIPT)))
    play.stage.clock.set(play.stage.clock.now() + timedelta(hours=2))
    platform = Platform()
    platform.knows = {}
    await deliver(play, platform)
    assert about(platform, "已登记") == []
    assert states(play, RECEIPT) == {"uncertain"}


async def test_a_time_out_is_asked_about_before_anything_is_repeated(play: Play) -> None:
    write(play, "zhangwei", "36.5")
    (text,) = texts(play, RECEIPT)
    platform = Platform()
    platform.knows = {text: "k3"}
    platform.always = lambda message: TryLater("time-out", maybe_sent=True) if "已登记" in message.text else None
    await deliver(play, platform)
    assert len([message for message in platform.tried if "已登记" in message.text]) == 1
    assert play.rows(f"SELECT state, platform_message_id FROM outbox WHERE {RECEIPT}") == [("sent", "k3")]
