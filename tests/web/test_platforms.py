"""The page with the platforms: what is wrong, what to do, the code to scan; for the machine itself only."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import Running
from tests.web.fake_desk import FakeDesk
from web.app import build
from web.platforms import AccountView

NOW = datetime(2020, 2, 5, 14, 3, 22, tzinfo=ZoneInfo("Asia/Shanghai"))
CODE = "http://weixin.qq.com/x/A1b2C3"
TROUBLES = ("starting", "unreachable", "refused", "silent", "closed", "logged_out", "scan", "taken", "untrusted", "failing")  # fmt: skip
WELL = AccountView("qq", "2001001234", "", NOW - timedelta(hours=30))
SCAN = AccountView("wechat", "wxid_abc9k2m", "scan", NOW - timedelta(minutes=3), code=CODE)


@dataclass
class FakeAccounts:
    """The accounts as the test sets them."""

    now: list[AccountView] = field(default_factory=list)

    def views(self) -> list[AccountView]:
        return self.now

    def local_now(self) -> datetime:
        return NOW


@asynccontextmanager
async def visitor(
    *views: AccountView, desk: FakeDesk | None = None, client: str = "127.0.0.1"
) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(desk, accounts=FakeAccounts(list(views))), client=(client, 50000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8020") as http:
        yield http


async def shown(*views: AccountView) -> str:
    async with visitor(*views) as http:
        answer = await http.get("/platforms")
    assert answer.status_code == 200
    return answer.text


def read(page: str) -> str:
    """What a person reads of a page."""
    return " ".join(re.sub(r"<(svg|title|script).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL).split())


# --- what it shows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("platform", ["qq", "wechat", "telegram", "channels"])
@pytest.mark.parametrize("trouble", TROUBLES)
async def test_every_trouble_is_shown_with_what_to_do(platform: str, trouble: str) -> None:
    page = await shown(AccountView(platform, "20011234", trouble, NOW - timedelta(minutes=12)))
    words = read(page)
    assert "1 处有问题" in words
    assert "从 13:51 起（12 分钟）" in words
    wrong, todo = (re.search(rf'<p class="{part}">([^<]+)</p>', page) for part in ("wrong", "todo"))
    assert wrong is not None
    assert todo is not None
    assert len(todo[1]) > 8
    assert trouble not in words.replace("secrets", "")


async def test_all_well_is_one_glance() -> None:
    words = read(await shown(WELL, AccountView("channels", "mail", "", NOW)))
    assert "都正常，不用管" in words
    assert "QQ（尾号 1234） 正常 从 2月4日 08:03 起（1 天）" in words
    assert "通知渠道 mail 正常 从 14:03 起（1 分钟以内）" in words
    assert "有问题" not in words


async def test_numbers_are_not_shown_whole() -> None:
    page = await shown(WELL, SCAN)
    assert "2001001234" not in page
    assert "wxid_abc9k2m" not in page


async def test_a_code_to_scan_comes_first_as_a_picture_within_the_page() -> None:
    page = await shown(AccountView("qq", "1", "refused", NOW), WELL, SCAN)
    assert page.count("<svg") == 1
    assert page.index("<svg") < page.index("LIANFANG_ONEBOT_TOKEN") < page.index("尾号 1234")
    assert "用要登录的微信扫一扫" in page
    assert CODE not in page, "a picture, to be scanned and not to be copied"
    assert " style=" not in page
    assert "onclick" not in page


async def test_without_a_code_there_is_no_picture() -> None:
    assert "<svg" not in await shown(AccountView("wechat", "", "scan", NOW, "scanned"))


async def test_a_text_too_long_for_any_code_breaks_nothing() -> None:
    assert "<svg" not in await shown(AccountView("wechat", "", "scan", NOW, code="x" * 9000))


async def test_what_a_platform_says_is_text_and_no_page() -> None:
    page = await shown(AccountView("qq", "<b>1", "failing", NOW, "<script>alert(1)</script>"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


async def test_no_platform_says_so() -> None:
    assert "还没有接任何平台" in read(await shown())


# --- where it is ---------------------------------------------------------------------------------------------------


async def test_without_the_sandbox_it_is_what_one_sees_first() -> None:
    async with visitor(WELL) as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/platforms")


async def test_with_the_sandbox_both_are_there() -> None:
    async with visitor(WELL, desk=FakeDesk()) as http:
        assert "write-as" in (await http.get("/")).text
        assert (await http.get("/platforms")).status_code == 200


# --- for whom ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["example.org", "192.0.2.7:8020", "127.0.0.1.example.org", ""])
async def test_other_host_names_are_refused(host: str) -> None:
    async with visitor(SCAN) as http:
        answer = await http.get("/platforms", headers={"Host": host})
    assert answer.status_code == 403
    assert "<svg" not in answer.text


@pytest.mark.parametrize("client", ["192.0.2.7", "10.0.0.2", "2001:db8::1", "testclient"])
async def test_other_machines_are_refused_whatever_host_they_name(client: str) -> None:
    """`web.host` may be open to the network for a web hook."""
    async with visitor(SCAN, client=client) as http:
        answer = await http.get("/platforms")
    assert answer.status_code == 403
    assert "<svg" not in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
async def test_what_a_proxy_passes_on_is_refused(header: str) -> None:
    async with visitor(SCAN) as http:
        answer = await http.get("/platforms", headers={header: "127.0.0.1"})
    assert answer.status_code == 403


async def test_no_cache_keeps_it() -> None:
    async with visitor(SCAN) as http:
        assert (await http.get("/platforms")).headers["cache-control"] == "no-store"


# --- in a browser --------------------------------------------------------------------------------------------------


@pytest.fixture
def accounts() -> FakeAccounts:
    return FakeAccounts([WELL, SCAN])


@pytest.fixture
def running(accounts: FakeAccounts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr("tests.web.conftest.build", lambda desk: build(None, accounts=accounts))
    running = Running(FakeDesk())
    yield running
    running.stop()


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture(params=[390, 1200])
def page(browser: Browser, running: Running, faults: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page at the width of a phone and of a desk; its clock is the test's."""
    context = browser.new_context(viewport={"width": request.param, "height": 800}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.clock.install()
    page.goto(running.address)
    yield page
    context.close()


def test_it_fits_and_changes_by_itself(page: Page, accounts: FakeAccounts, faults: list[str]) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = page.locator("svg.qr").bounding_box()
    assert box is not None
    assert 200 <= box["width"] == pytest.approx(box["height"], abs=1)
    expect(page.locator(".summary")).to_contain_text("1 处有问题")
    accounts.now = [WELL]
    page.clock.run_for(3000)
    expect(page.locator(".summary")).to_contain_text("都正常")
    expect(page.locator("svg.qr")).to_have_count(0)
    expect(page).to_have_title("联防 · 平台")
    assert faults == []


def test_a_program_that_stopped_is_not_shown_as_well(page: Page, accounts: FakeAccounts, running: Running) -> None:
    expect(page.locator(".lost")).to_be_hidden()
    running.stop()
    page.clock.run_for(3000)
    expect(page.locator(".lost")).to_contain_text("联防没有应答")
    expect(page.locator(".summary")).to_be_hidden()
