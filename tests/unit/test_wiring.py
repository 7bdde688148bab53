"""What delivery finds out reaches the community: who cannot be written to, and what the operator's channels hear."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.messages import ChatKind, Outbound
from bot.platforms.contract import Rejected, Unreachable
from community.troubles import Standing
from community.work import ChannelRule
from tests.unit.delivering import Platform, deliver, states
from tests.unit.playing import Play


def unreachable(*who: str) -> Platform:
    platform = Platform()
    platform.always = lambda message: _refused(message, who)
    return platform


def _refused(message: Outbound, who: tuple[str, ...]) -> Exception | None:
    closed = message.chat.kind is ChatKind.PRIVATE and message.chat.id in who
    return Unreachable("no friend") if closed else None


def forward(play: Play, **time: float) -> None:
    play.stage.clock.set(play.stage.clock.now() + timedelta(**time))
    play.stage.program.tick()


async def test_a_receipt_that_cannot_be_private_is_one_masked_line_for_many(play: Play) -> None:
    said = [("zhangwei", "张伟 36.5"), ("wuhao", "吴昊 36.6")]
    play.stage.program.handle([play.stage.inbound(who, "g-xf1", text) for who, text in said])
    platform = unreachable("zhangwei", "wuhao")
    await deliver(play, platform)
    assert platform.sent == []  # nobody is told in the group at once, and the operator need not look
    forward(play, minutes=3)
    await deliver(play, platform)
    (line,) = platform.sent
    assert (line.chat.kind, line.chat.id) == (ChatKind.GROUP, "g-xf1")
    assert "3-2-5**" in line.text
    assert not any(private in line.text for private in ("张伟", "吴昊", "36.", "501"))
    forward(play, minutes=10)
    await deliver(play, platform)
    assert len(platform.sent) == 1


async def test_the_next_moment_is_when_a_group_is_owed_its_line(play: Play) -> None:
    play.stage.program.handle([play.stage.inbound("zhangwei", "g-xf1", "张伟 36.5")])
    await deliver(play, unreachable("zhangwei"))
    now = play.stage.clock.now()
    assert play.stage.program.next_moment(now) == now + timedelta(minutes=3)


async def test_who_writes_privately_again_is_answered_there(play: Play) -> None:
    play.stage.program.handle([play.stage.inbound("zhangwei", "g-xf1", "张伟 36.5")])
    await deliver(play, unreachable("zhangwei"))
    play.stage.program.handle([play.stage.inbound("zhangwei", "private", "/我的")])
    await deliver(play, platform := Platform())
    assert any("张伟" in message.text for message in platform.sent if message.chat.id == "zhangwei")


async def test_danger_that_reaches_nobody_is_the_operators_business(play: Play) -> None:
    play.stage.program.handle([play.stage.inbound("zhangwei", "private", "38.6")])
    platform = unreachable("wang")
    await deliver(play, platform)
    assert states(play, "template = 'alerts/fever' AND chat_id = 'wang'") == {"dead"}
    assert any("#1" in message.text for message in platform.sent if message.chat.id == "op")


@pytest.fixture
def duty(play: Play) -> Play:
    """An installation with a mailbox for alerts and one for the operator."""
    program = play.stage.program
    rules = (ChannelRule("duty", ("alerts",), "xf1"), ChannelRule("tech", ("operator",)))
    program.house = replace(program.house, platforms=(*program.house.platforms, "channels"), channels=rules)
    return play


def in_channel(play: Play, name: str) -> list[tuple[str]]:
    return play.rows(f"SELECT template FROM outbox WHERE platform = 'channels' AND chat_id = '{name}'")


async def test_alerts_and_the_operators_words_go_to_their_channels(duty: Play) -> None:
    duty.stage.program.handle([duty.stage.inbound("zhangwei", "private", "38.6")])
    assert in_channel(duty, "duty") == [("alerts/fever",)]
    assert in_channel(duty, "tech") == []
    platform = Platform()
    platform.always = lambda message: Rejected("refused") if message.chat.id == "wang" else None
    await deliver(duty, platform)
    assert in_channel(duty, "tech") == [("flow/unsent",)]


def test_a_quiet_night_is_no_gap(play: Play) -> None:
    """Nobody wrote, but the account was there: a short restart in the morning asks nobody to repeat anything."""
    program, now = play.stage.program, play.stage.clock.now()
    play.stage.program.handle([replace(play.stage.inbound("zhangwei", "g-xf1", "早"), account="10000")])
    standing = Standing("sandbox", "10000", "", now)
    program.keep_states(now + timedelta(hours=8), [standing, replace(standing, account="10001", trouble="closed")])
    assert program.last_heard("sandbox", "10000") == now + timedelta(hours=8) - timedelta(minutes=1)
    assert program.last_heard("sandbox", "10001") is None
    program.keep_states(now + timedelta(hours=9), [replace(standing, trouble="closed")])
    assert program.last_heard("sandbox", "10000") == now
