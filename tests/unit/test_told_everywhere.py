"""An alert goes to the account used last, and to all of them if nobody takes it; channels hear what staff hear."""

from collections import Counter

import pytest

from community import channels
from community.work import ChannelRule, Priority
from tests.unit.playing import Play
from tests.unit.two_platforms import TwoPlatforms


@pytest.fixture
def both(play: Play) -> TwoPlatforms:
    """The grid leader and the doctor have two accounts each, Telegram used last."""
    made = TwoPlatforms(play)
    made.link("wang", "t-wang")
    made.link("zhao", "t-zhao")
    made.seen_now("t-wang", "t-zhao")
    play.moment("2020-02-05T08:20")
    return made


def alarms(play: Play) -> Counter[str]:
    """Who heard of an alert since the last thing that happened, how often."""
    return Counter(message.to for message in play.new() if "#1" in message.text and "收到 1" in message.text)


# --- a fever ---------------------------------------------------------------------------------------------------------


def test_a_fever_goes_once_to_the_account_used_last(both: TwoPlatforms, play: Play) -> None:
    both.say("zhangwei", "38.6")
    assert alarms(play) == {"t-wang": 1, "t-zhao": 1}


def test_unacknowledged_it_goes_to_all_accounts_and_a_level_up(both: TwoPlatforms, play: Play) -> None:
    both.say("zhangwei", "38.6")
    play.clock("2020-02-05T08:36")
    assert alarms(play) == {"wang": 1, "t-wang": 1, "zhao": 1, "t-zhao": 1, "chen": 1}
    play.clock("2020-02-05T08:51")
    assert alarms(play) == {"zhou": 1}, "each account once a step, and who has one account is not told again"


def test_the_last_level_is_told_everywhere_too(both: TwoPlatforms, play: Play) -> None:
    both.link("zhou", "t-zhou")
    play.moment("2020-02-05T08:20")
    both.say("zhangwei", "38.6")
    play.clock("2020-02-05T08:51")
    play.clock("2020-02-05T09:06")
    assert alarms(play) == {"zhou": 1, "t-zhou": 1}
    play.clock("2020-02-05T12:00")
    assert alarms(play) == {}, "and that is the end of the ladder"


@pytest.mark.parametrize("who", ["wang", "t-wang"])
def test_either_account_takes_it(both: TwoPlatforms, play: Play, who: str) -> None:
    both.say("zhangwei", "38.6")
    assert "已接手 #1" in both.say(who, "收到 1")
    play.clock("2020-02-05T08:59")
    assert alarms(play) == {}


def test_a_platform_that_does_not_run_here_is_left_out(both: TwoPlatforms, play: Play) -> None:
    both.open("sandbox")
    both.say("zhangwei", "38.6")
    play.clock("2020-02-05T08:36")
    assert alarms(play) == {"chen": 1}


# --- an emergency ----------------------------------------------------------------------------------------------------


def test_an_emergency_is_told_again_everywhere_at_each_step(both: TwoPlatforms, play: Play) -> None:
    both.say("zhangwei", "我妈突然昏迷了怎么叫都没反应")
    assert alarms(play) == {"t-wang": 1, "t-zhao": 1, "chen": 1, "zhou": 1}
    everywhere = {"wang": 1, "t-wang": 1, "zhao": 1, "t-zhao": 1, "chen": 1, "zhou": 1}
    for minute in ("26", "31", "36"):
        play.clock(f"2020-02-05T08:{minute}")
        assert alarms(play) == everywhere, minute
    both.say("wang", "收到 1")
    play.clock("2020-02-05T08:50")
    assert alarms(play) == {}


# --- channels ---------------------------------------------------------------------------------------------------------

CHANNELS = (
    ChannelRule("duty", ("alerts", "operator")),
    ChannelRule("grid_two", ("alerts",), "xf2"),
    ChannelRule("street", ("alerts",), "qinghe"),
    ChannelRule("machine", ("operator",)),
    ChannelRule("board", ("notices",)),
)


@pytest.fixture
def wired(play: Play) -> TwoPlatforms:
    return TwoPlatforms(play, CHANNELS)


def heard(play: Play) -> dict[str, str]:
    """What each channel was sent since the last thing that happened."""
    names = {rule.name for rule in CHANNELS}
    return {to: play.heard(to) for to in sorted({message.to for message in play.new()} & names)}


@pytest.mark.parametrize(
    ("who", "where", "reached"),
    [("zhangwei", "xf1", ["duty", "street"]), ("fengyu", "xf2", ["duty", "grid_two", "street"]), ("hanxue", "hp1", ["street"])],
)  # fmt: skip
def test_an_alert_goes_to_the_channels_of_its_area(
    wired: TwoPlatforms, play: Play, who: str, where: str, reached: list[str]
) -> None:
    wired.say(who, "38.6 咳嗽")
    told = heard(play)
    assert list(told) == reached
    staff = {message.text for message in play.new() if "发热警报" in message.text and message.to not in told}
    assert set(told.values()) == staff, "the very words that staff read"


@pytest.mark.parametrize(
    "words", ["我妈突然昏迷了怎么叫都没反应，电话13912345678，身份证110101199003078515", "不想活了，我电话13912345678"]
)
def test_numbers_are_masked_in_channels(wired: TwoPlatforms, play: Play, words: str) -> None:
    wired.say("zhangwei", words)
    assert "张伟 3-2-501" in heard(play)["duty"]
    assert "139****5678" in heard(play)["duty"]
    assert not any(number in text for text in heard(play).values() for number in ("13912345678", "110101199003078515"))


def test_channels_hear_that_nobody_came_and_who_took_it(wired: TwoPlatforms, play: Play) -> None:
    wired.say("zhangwei", "38.6")
    play.clock("2020-02-05T08:16")
    assert "逐级上报" in heard(play)["duty"]
    assert heard(play)["duty"].count("#1") == 1, "once a step, however many people are told"
    wired.say("wang", "收到 1")
    assert "已由王芳接手" in heard(play)["duty"]


def test_an_alert_that_nobody_can_be_told_of_still_reaches_the_channel(wired: TwoPlatforms, play: Play) -> None:
    wired.open("telegram", "channels", channels=CHANNELS)
    wired.say("t-x", "不想活了")
    assert {message.to for message in play.new()} >= {"duty", "street"}
    assert "#1" in heard(play)["duty"]


def test_what_is_no_alert_stays_out_of_channels(wired: TwoPlatforms, play: Play) -> None:
    wired.say("zhangwei", "/人工 想问买药的事")
    wired.say("t-x", "/绑定 3-2-502 王大爷")
    wired.say("zhangwei", "36.5")
    play.clock("2020-02-05T19:30")
    assert play.count("outbox", "platform = 'channels'") == 0


def test_the_operators_channels_hear_what_the_operator_hears(wired: TwoPlatforms, play: Play) -> None:
    with play.work() as work:
        channels.to_operator(work, "flow/stopped", Priority.DANGER, values={"conversation": "0a1b2c3d"})
    play.stage.window += 1
    play.stage.settle()
    assert {message.to for message in play.new()} == {"op", "duty", "machine"}
    assert len({message.text for message in play.new()}) == 1


def test_notices_have_channels_of_their_own(wired: TwoPlatforms, play: Play) -> None:
    play.stage.window += 1
    with play.work() as work:
        values = {"conversation": "0a1b2c3d"}
        assert channels.to_channels(work, "notices", "flow/stopped", Priority.NOTICE, area_id="xf2", values=values) == 1
        assert channels.to_channels(work, "notices", "flow/stopped", Priority.NOTICE, area_id="hp1", values=values) == 0
    play.stage.settle()
    assert list(heard(play)) == ["board"]


def test_a_channel_whose_area_is_mistyped_hears_everything(wired: TwoPlatforms, play: Play) -> None:
    wired.open("sandbox", "channels", channels=[ChannelRule("duty", ("alerts",), "xingfuu")])
    wired.say("hanxue", "38.6")
    assert "韩雪" in play.heard("duty")


def test_without_channels_nothing_is_written_to_any(play: Play) -> None:
    play.say("zhangwei", "38.6")
    assert play.count("outbox", "platform = 'channels'") == 0
