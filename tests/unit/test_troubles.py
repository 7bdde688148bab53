"""Who learns that a platform is out of service, where, in which words; and what the store keeps for the doctor."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.platforms.contract import Trouble
from community import troubles
from community.troubles import Kept, Standing
from community.work import ChannelRule
from storage.engine import Session
from storage.tables import Account
from templates.render import render
from tests.runner.stage import PLATFORM
from tests.unit.playing import Play

SINCE = datetime(2020, 2, 4, 23, 30, tzinfo=UTC)  # 07:30 in Shanghai
PAGE = "http://127.0.0.1:8020/platforms"
PLATFORMS = ("qq", "wechat", "telegram", "channels")
WELL, OUT = "", "unreachable"


def standing(platform: str, trouble: str = WELL, account: str = "") -> Standing:
    return Standing(platform, account or f"bot-{platform}", trouble, SINCE)


class Operator:
    """The sample's operator, with an account on QQ (used last) and one on Telegram."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.open()
        [(person,)] = play.rows("SELECT person_id FROM account WHERE external_id = 'op'")
        with play.work() as work:
            work.session.add(self.account(person, "qq", "op-qq", work.now))
            work.session.add(self.account(person, "telegram", "op-tg", work.now - timedelta(days=1)))

    def account(self, person: int, platform: str, id: str, seen: datetime) -> Account:
        return Account(
            platform=platform, external_id=id, person_id=person, own_account=f"bot-{platform}", seen_at=seen,
            greeted_at=seen,
        )  # fmt: skip

    def open(self, channels: tuple[ChannelRule, ...] = ()) -> None:
        program = self.play.stage.program
        platforms = (PLATFORM, "qq", "telegram", *(("channels",) if channels else ()))
        program.house = replace(program.house, platforms=platforms, channels=channels)

    def told(self, about: Standing, *others: Standing) -> list[str]:
        with self.play.work() as work:
            troubles.tell(work, about, [about, *others], SINCE, PAGE)
            return [f"{row.chat_id}: {row.text}" for row in work.post.rows]

    def told_over(self, about: Standing, *others: Standing, was_told: bool = True) -> list[str]:
        with self.play.work() as work:
            troubles.tell_over(work, about, [about, *others], 12, was_told=was_told)
            return [f"{row.chat_id}: {row.text}" for row in work.post.rows]


@pytest.fixture
def operator(play: Play) -> Operator:
    return Operator(play)


# --- who, and where ------------------------------------------------------------------------------------------------


def test_the_operator_learns_of_it_where_the_program_still_reaches_them(operator: Operator) -> None:
    [told] = operator.told(standing("qq", OUT), standing("telegram"))
    assert told.startswith("op-tg: 【运行提醒】QQ（尾号 t-qq）：从 2月5日 07:30 起用不了。\n连不上 OneBot 程序")
    assert "platforms.onebot.forward" in told


def test_and_where_they_are_best_reached_if_that_is_well(operator: Operator) -> None:
    [told] = operator.told(standing("telegram", OUT), standing("qq"))
    assert told.startswith("op-qq: 【运行提醒】Telegram（尾号 gram）")


def test_another_own_account_on_the_same_platform_will_do_only_if_theirs_is_well(operator: Operator) -> None:
    other = standing("qq", OUT, "bot-2")
    assert operator.told(other, standing("qq"), standing("telegram"))[0].startswith("op-qq: ")
    assert operator.told(standing("qq", OUT), standing("qq", WELL, "bot-2"), standing("telegram"))[0].startswith(
        "op-tg"
    )


def test_with_everything_out_it_waits_where_they_are_best_reached(operator: Operator) -> None:
    assert [words[:6] for words in operator.told(standing("qq", OUT), standing("telegram", OUT))] == ["op-qq:"]


def test_channels_for_the_operator_hear_it_too(operator: Operator) -> None:
    operator.open((ChannelRule("mail", ("operator",)), ChannelRule("duty", ("alerts",))))
    assert [words.split(":")[0] for words in operator.told(standing("qq", OUT), standing("telegram"))] == [
        "op-tg",
        "mail",
    ]
    assert [words.split(":")[0] for words in operator.told_over(standing("qq"), standing("telegram"))] == [
        "op-qq",
        "mail",
    ]


def test_nobody_else_hears_it(operator: Operator) -> None:
    operator.told(standing("qq", OUT), standing("telegram"))
    assert operator.play.rows("SELECT DISTINCT chat_id FROM outbox WHERE template = 'flow/troubled'") == [("op-tg",)]


def test_at_night_it_waits_for_the_morning(operator: Operator) -> None:
    """Quiet hours hold everything but danger; the doctor and the page show it at once."""
    operator.play.moment("2020-02-05T23:30")
    operator.told(standing("qq", OUT), standing("telegram"))
    [(when,)] = operator.play.rows("SELECT not_before FROM outbox WHERE template = 'flow/troubled'")
    assert str(when).startswith("2020-02-05 23:00")


# --- the end -------------------------------------------------------------------------------------------------------


def test_the_end_is_told_with_how_long_it_was(operator: Operator) -> None:
    operator.told(standing("qq", OUT), standing("telegram"))
    assert operator.told_over(standing("qq"), standing("telegram")) == [
        "op-qq: 【运行提醒】QQ（尾号 t-qq）：恢复了，断了 12 分钟。"
    ]


@pytest.mark.parametrize("account", ["bot-qq", ""], ids=["named", "nameless"])
def test_what_was_not_sent_of_a_trouble_that_is_over_is_dropped(operator: Operator, account: str) -> None:
    about = replace(standing("qq", OUT), account=account)
    operator.told(about, standing("telegram"))
    assert operator.told_over(standing("qq"), standing("telegram"), was_told=False) == []
    assert operator.play.rows("SELECT state FROM outbox WHERE template = 'flow/troubled'") == [("dropped",)]


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "1 分钟以内"), (1, "1 分钟"), (59, "59 分钟"), (60, "1 小时"), (75, "1 小时 15 分钟"), (1500, "1 天")],
)
def test_how_long_is_said_as_people_say_it(minutes: int, words: str) -> None:
    assert troubles.duration(minutes) == words


# --- the words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("page", [PAGE, ""], ids=["elsewhere", "on the page"])
def test_every_trouble_says_what_is_wrong_and_what_to_do(platform: str, trouble: Trouble, page: str) -> None:
    words = render("flow/trouble", platform=platform, account="mail", trouble=str(trouble), detail="", page=page)
    wrong, todo = words.split("\n")
    assert wrong.endswith("。")
    assert todo.endswith("。")
    assert any(verb in todo for verb in ("请", "联防会")), "somebody has to do something, or to wait"
    assert str(trouble) not in words.lower().replace("secrets", "")
    assert "  " not in words
    assert "（）" not in words
    assert len(words) < 120


def test_each_trouble_has_words_of_its_own() -> None:
    for platform in PLATFORMS:
        told = {
            render("flow/trouble", platform=platform, account="a", trouble=t, detail="", page=PAGE) for t in Trouble
        }
        assert len(told) == len(Trouble)


@pytest.mark.parametrize(
    ("platform", "variable"),
    [("qq", "LIANFANG_ONEBOT_TOKEN"), ("wechat", "LIANFANG_WECHAT_TOKEN"), ("telegram", "LIANFANG_TELEGRAM_TOKEN"),
     ("channels", "LIANFANG_CHANNEL_MAIL")],
)  # fmt: skip
def test_a_refused_token_names_where_it_stands(platform: str, variable: str) -> None:
    words = render("flow/trouble", platform=platform, account="mail", trouble="refused", detail="", page=PAGE)
    assert variable in words
    assert "secrets.env" in words


def test_a_code_that_was_scanned_asks_for_the_phone() -> None:
    words = render("flow/trouble", platform="wechat", account="", trouble="scan", detail="scanned", page=PAGE)
    assert "手机上" in words
    assert "扫一扫" not in words


# --- kept for the doctor -------------------------------------------------------------------------------------------


def test_what_is_kept_is_read_back(play: Play) -> None:
    engine = play.stage.program.engine
    with Session(engine) as session:
        assert troubles.kept(session) is None
        troubles.keep(session, SINCE, [standing("qq"), standing("channels", OUT, "mail")])
        session.commit()
    with Session(engine) as session:
        assert troubles.kept(session) == Kept(SINCE, (standing("qq"), standing("channels", OUT, "mail")))
