"""What is wrong with an account is logged, kept, printed and told: each once, also where it comes and goes."""

import asyncio
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.accounts import Accounts
from bot.clock import ManualClock
from bot.login_codes import LoginCodes
from bot.platforms.contract import State, Trouble
from bot.settings import Web
from bot.watch import Watch, page_of
from community.troubles import Standing
from storage.engine import StoreAway
from storage.rows import Letter

START = datetime(2020, 2, 5, tzinfo=UTC)
PAGE = "http://127.0.0.1:8020/platforms"
CODE = "http://weixin.qq.com/x/A1b2C3"
T = Trouble


class Terminal(io.StringIO):
    """A stream that says whether it is a terminal."""

    def __init__(self, is_terminal: bool = True) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal

    def codes(self) -> int:
        return self.getvalue().count("扫一扫")


class OnePlatform:
    """Only what the watch asks a platform."""

    def __init__(self, *states: State) -> None:
        self.now = states

    def states(self) -> Sequence[State]:
        if any(state.account == "broken" for state in self.now):
            raise RuntimeError("with words in it")
        return self.now


@dataclass
class Told:
    """The program as the watch knows it: writes down what it is asked for."""

    said: list[str] = field(default_factory=list)
    since: list[int] = field(default_factory=list)  # seconds
    kept: list[tuple[datetime, tuple[Standing, ...]]] = field(default_factory=list)
    away: bool = False

    def keep_states(self, at: datetime, standings: Sequence[Standing]) -> None:
        self._answer()
        self.kept.append((at, tuple(standings)))

    def tell_trouble(
        self, about: Standing, everywhere: Sequence[Standing], since: datetime, page: str
    ) -> list[Letter]:  # fmt: skip
        self._answer()
        assert (page, about in everywhere) == (PAGE, True)
        self.said.append(f"{about.account}:{about.trouble}")
        self.since.append(int((since - START).total_seconds()))
        return []

    def tell_trouble_over(
        self, about: Standing, everywhere: Sequence[Standing], minutes: int, *, was_told: bool
    ) -> list[Letter]:
        self._answer()
        self.said.append(f"{about.account}:{'over' if was_told else 'unsaid'} {minutes}")
        return []

    def _answer(self) -> None:
        if self.away:
            raise StoreAway("select", {}, Exception("away"))


@dataclass
class Scene:
    """A watch over platforms whose states the test sets."""

    platforms: dict[str, OnePlatform]
    out: Terminal = field(default_factory=Terminal)
    told: Told = field(default_factory=Told)
    clock: ManualClock = field(default_factory=lambda: ManualClock(START))

    def __post_init__(self) -> None:
        async def in_store(call: Callable[[], Any]) -> Any:
            return call()

        self.watch = Watch(
            Accounts(self.platforms), self.told, in_store, lambda letters: None, self.clock.now,  # type: ignore[arg-type]
            LoginCodes(self.out, PAGE), PAGE, UTC,
        )  # fmt: skip

    async def pass_(self, seconds: int, step: int = 1) -> list[str]:
        """Time passes; returns what the operators were told meanwhile."""
        before = len(self.told.said)
        for _ in range(0, seconds, step):
            self.watch.look()
            await self.watch.report()
            self.clock.set(self.clock.now() + timedelta(seconds=step))
        return self.told.said[before:]

    async def with_(self, trouble: Trouble | None, seconds: int, account: str = "1001", code: str = "") -> list[str]:
        """The only account of the only platform is like this for a while."""
        next(iter(self.platforms.values())).now = (State(account, trouble, self.clock.now(), code=code),)
        return await self.pass_(seconds)


def state(account: str = "1001", trouble: Trouble | None = None, detail: str = "", code: str = "") -> State:
    return State(account, trouble, START, detail, code)


@pytest.fixture
def scene() -> Scene:
    return Scene({"qq": OnePlatform(state())})


# --- told ----------------------------------------------------------------------------------------------------------


async def test_a_trouble_that_lasts_is_told_once_and_its_end_too(scene: Scene) -> None:
    assert await scene.with_(None, 10) == []
    assert await scene.with_(T.UNREACHABLE, 60) == []
    assert await scene.with_(T.UNREACHABLE, 660) == ["1001:unreachable"]
    assert await scene.with_(None, 59) == []
    assert await scene.with_(None, 600) == ["1001:over 12"]
    assert scene.told.since == [10]


async def test_a_short_trouble_is_not_told(scene: Scene) -> None:
    assert await scene.with_(T.CLOSED, 50) == []
    assert await scene.with_(None, 600) == ["1001:unsaid 0"]


@pytest.mark.parametrize(("trouble", "seconds"), [*((t, 60) for t in Trouble if t is not T.STARTING), (T.STARTING, 120)])  # fmt: skip
async def test_each_trouble_has_its_time(scene: Scene, trouble: Trouble, seconds: int) -> None:
    assert await scene.with_(trouble, seconds) == []
    assert await scene.with_(trouble, 1) == [f"1001:{trouble}"]


async def test_one_that_comes_and_goes_is_one_trouble(scene: Scene) -> None:
    said = []
    for _ in range(60):  # 40 minutes
        said += await scene.with_(T.CLOSED, 20)
        said += await scene.with_(None, 20)
    assert said == ["1001:closed"], "only the times in which it was away count"
    assert await scene.with_(None, 600) == ["1001:over 39"]


async def test_even_long_ones_in_a_row_are_told_three_times_an_hour(scene: Scene) -> None:
    said = []
    for _ in range(12):  # an hour
        said += await scene.with_(T.CLOSED, 150)
        said += await scene.with_(None, 150)
    assert len([words for words in said if "closed" in words]) == 3
    assert len([words for words in said if "over" in words]) == 3
    assert await scene.with_(T.CLOSED, 120) == ["1001:closed"], "the next hour"


async def test_another_trouble_of_the_same_outage_is_news_when_it_lasts(scene: Scene) -> None:
    """Logged out, and a while later a code waits: that is what somebody has to do."""
    assert await scene.with_(T.LOGGED_OUT, 90) == ["1001:logged_out"]
    assert await scene.with_(T.SCAN, 60) == []
    assert await scene.with_(T.SCAN, 60) == ["1001:scan"]
    assert scene.told.since == [0, 0]
    assert await scene.with_(T.LOGGED_OUT, 300) == []
    assert await scene.with_(None, 120) == ["1001:over 8"]


async def test_troubles_that_alternate_are_told_after_the_same_time(scene: Scene) -> None:
    said = []
    for trouble in (T.UNREACHABLE, T.CLOSED, T.FAILING, T.UNREACHABLE, T.CLOSED):
        said += await scene.with_(trouble, 15)
    assert said == ["1001:closed"]


async def test_while_the_store_is_away_it_waits_and_is_told_once(scene: Scene) -> None:
    scene.told.away = True
    with capture_logs() as logs:
        assert await scene.with_(T.REFUSED, 120) == []
    assert 1 <= len([line for line in logs if line["event"] == "watch.failed"]) <= 8, "not every second"
    scene.told.away = False
    assert await scene.with_(T.REFUSED, 120) == ["1001:refused"]


# --- which account -------------------------------------------------------------------------------------------------


async def test_an_account_that_tells_its_name_is_the_same_one(scene: Scene) -> None:
    assert await scene.with_(T.UNREACHABLE, 90, account="") == [":unreachable"]
    assert await scene.with_(T.SILENT, 30, account="1001") == []
    assert await scene.with_(None, 120, account="1001") == ["1001:over 2"]


async def test_one_of_two_accounts_breaks_off_and_is_missed(scene: Scene) -> None:
    """QQ's programs connect to us: an account that broke off is not named any more."""
    qq = scene.platforms["qq"]
    qq.now = (state("1001"), state("1002"))
    assert await scene.pass_(5) == []
    qq.now = (state("1001"),)
    assert await scene.pass_(90) == ["1002:closed"]
    qq.now = (state("1001"), state("1002"))
    assert await scene.pass_(90) == ["1002:over 1"]


async def test_the_only_account_breaks_off(scene: Scene) -> None:
    await scene.with_(None, 5)
    assert await scene.with_(T.STARTING, 90, account="") == ["1001:closed"], "it has been here: it is not starting"
    assert await scene.with_(None, 90) == ["1001:over 1"]


async def test_an_address_that_is_connected_is_no_trouble_any_more(scene: Scene) -> None:
    qq = scene.platforms["qq"]
    qq.now = (state("", T.UNREACHABLE), state("", T.UNREACHABLE))
    assert await scene.pass_(90) == [":unreachable"] * 2
    qq.now = (state("1001"), state("", T.UNREACHABLE))
    assert await scene.pass_(90) == ["1001:over 1"]
    qq.now = (state("1001"), state("1002"))
    assert await scene.pass_(90) == ["1002:over 3"]


async def test_who_logs_in_with_another_account_ends_the_trouble(scene: Scene) -> None:
    assert await scene.with_(T.SCAN, 90) == ["1001:scan"]
    assert await scene.with_(None, 90, account="1002") == ["1001:over 1"]
    assert [seen.state.account for seen in scene.watch.accounts.seen] == ["1002"]


async def test_an_account_that_stays_away_is_forgotten_after_a_day(scene: Scene) -> None:
    qq = scene.platforms["qq"]
    qq.now = (state("1001"), state("1002"))
    await scene.pass_(5)
    qq.now = (state("1001"),)
    assert await scene.pass_(100_000, step=30) == ["1002:closed", "1002:unsaid 1440"], "it has not recovered"
    assert [seen.state.account for seen in scene.watch.accounts.seen] == ["1001"]


async def test_a_platform_that_breaks_hides_no_other(scene: Scene) -> None:
    scene.platforms["wechat"] = OnePlatform(state("broken"))
    with capture_logs() as logs:
        assert await scene.pass_(90) == [":failing"]
    broken = [line for line in logs if line["event"] == "platform.unreadable"]
    assert len(broken) == 1
    assert "with words" not in str(broken)


# --- logged and kept -----------------------------------------------------------------------------------------------


async def test_a_change_is_logged_once_without_names_or_codes() -> None:
    scene = Scene({"wechat": OnePlatform(state("wxid_abc"))})
    with capture_logs() as logs:
        await scene.with_(None, 5, account="wxid_abc")
        await scene.with_(T.SCAN, 5, account="wxid_abc", code=CODE)
        await scene.with_(None, 5, account="wxid_abc")
    lines = [(line["platform"], line["trouble"], line["log_level"]) for line in logs]
    assert lines == [("wechat", "none", "info"), ("wechat", "scan", "warning"), ("wechat", "none", "info")]
    assert not any(secret in str(logs) for secret in (CODE, "A1b2C3", "wxid"))


async def test_states_are_kept_at_a_change_and_every_half_minute_without_codes() -> None:
    scene = Scene({"wechat": OnePlatform(state("wxid_abc"))})
    await scene.pass_(65)
    assert [at - START for at, _ in scene.told.kept] == [timedelta(seconds=s) for s in (0, 30, 60)]
    await scene.with_(T.SCAN, 3, account="wxid_abc", code=CODE)
    at, standings = scene.told.kept[-1]
    assert (at - START, len(scene.told.kept)) == (timedelta(seconds=65), 4)
    assert standings == (Standing("wechat", "wxid_abc", "scan", at),)
    assert "A1b2C3" not in str(scene.told.kept)


# --- the code in the terminal, and on the page ---------------------------------------------------------------------


async def test_a_code_is_printed_in_the_terminal_once() -> None:
    scene = Scene({"wechat": OnePlatform(state("", T.SCAN, code=CODE))})
    await scene.pass_(120)
    shown = scene.out.getvalue()
    assert (scene.out.codes(), PAGE in shown) == (1, True)
    assert shown.count("█") > 100
    assert CODE not in shown
    assert max(map(len, shown.splitlines())) < 80, "it fits into a small window"


async def test_a_code_that_changes_is_printed_anew_at_most_every_twenty_seconds() -> None:
    scene = Scene({"wechat": OnePlatform()})
    for number in range(60):
        await scene.with_(T.SCAN, 1, account="", code=f"{CODE}{number}")
    assert scene.out.codes() == 3


async def test_what_is_no_terminal_gets_no_code() -> None:
    scene = Scene({"wechat": OnePlatform(state("", T.SCAN, code=CODE))}, out=Terminal(is_terminal=False))
    await scene.pass_(30)
    assert scene.out.getvalue() == ""


async def test_a_terminal_that_cannot_show_it_stops_nothing() -> None:
    class Latin(Terminal):
        def write(self, text: str) -> int:
            text.encode("latin-1")
            return super().write(text)

    scene = Scene({"wechat": OnePlatform(state("", T.SCAN, code=CODE))}, out=Latin())
    with capture_logs() as logs:
        assert await scene.pass_(90) == [":scan"]
    assert [line["error"] for line in logs if line["event"] == "login_code.not_shown"] == ["UnicodeEncodeError"]
    assert "A1b2C3" not in str(logs)


async def test_the_page_is_told_of_this_very_moment_with_the_code() -> None:
    scene = Scene({"wechat": OnePlatform(state("wxid_abc", T.SCAN, "x", CODE))})
    [view] = scene.watch.views()
    assert (view.platform, view.account, view.trouble, view.detail, view.code) == ("wechat", "wxid_abc", "scan", "x", CODE)  # fmt: skip


@pytest.mark.parametrize(
    ("host", "shown"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("0.0.0.0", "127.0.0.1"), ("::1", "[::1]"), ("::", "[::1]")],
)  # fmt: skip
def test_the_page_has_an_address_on_this_machine(host: str, shown: str) -> None:
    assert page_of(Web(host=host, port=8020)) == f"http://{shown}:8020/platforms"


async def test_it_runs_until_it_is_cancelled() -> None:
    scene = Scene({"qq": OnePlatform(state())})
    scene.watch.interval = 0
    kept = asyncio.Event()
    keep = scene.told.keep_states
    scene.told.keep_states = lambda *given: (keep(*given), kept.set())  # type: ignore[method-assign,assignment]
    task = asyncio.create_task(scene.watch.run())
    async with asyncio.timeout(5):
        await kept.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert scene.told.kept[0][1][0].account == "1001"
