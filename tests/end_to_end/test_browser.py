"""The real program's sandbox in a real browser: one day of the sample community, on a desktop and on a phone."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.end_to_end.process import Running, running, write_config

BROWSERS = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLOW = 20_000  # ms; rounds and a picture are made meanwhile, on a shared machine
DESKTOP = {"viewport": {"width": 1366, "height": 850}}
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium found: install Debian's `chromium` to run the page's tests"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield launched
        launched.close()


@pytest.fixture
def program(browser: Browser, tmp_path: Path) -> Iterator[Running]:
    with running(write_config(tmp_path)) as started:
        yield started


@pytest.fixture(params=[DESKTOP, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, program: Running) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", reduced_motion="reduce", **request.param)
    context.set_default_timeout(SLOW)
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda said: faults.append(said.text) if said.type in {"error", "warning"} else None)
    opened.on("request", lambda asked: asked.url.startswith(program.address) or faults.append(asked.url))
    opened.goto(program.address)
    opened.wait_for_selector("#clock b")
    yield opened
    context.close()
    assert faults == []


def bubbles(page: Page, pane: str = "chat"):
    return page.locator(f"#{pane} .bubble")


def write(page: Page, text: str, pane: str = "chat") -> None:
    box = page.locator(f"#{pane}-text")
    box.fill(text)
    box.press("Enter")


def is_phone(page: Page) -> bool:
    return page.viewport_size["width"] < 600


def show(page: Page, view: str) -> None:
    """A phone shows one pane at a time."""
    if is_phone(page):
        page.click(f".views [data-view={view}]")


def clock_to(page: Page, clock: str) -> None:
    page.click(f".moves [data-next='{clock}']")
    expect(page.locator("#clock b").first).to_have_text(clock, timeout=SLOW)


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_day(page: Page, tmp_path: Path) -> None:
    # 08:00 a resident checks in
    page.select_option("#write-as", "zhangwei")
    write(page, "36.5，没有不舒服")
    expect(bubbles(page).filter(has_text="第2/14天")).to_have_count(1, timeout=SLOW)
    expect(bubbles(page).last).to_contain_text("已登记：张伟 36.5")

    # a fever reaches the grid leader
    page.select_option("#write-as", "fengyu")
    write(page, "38.1，嗓子疼")
    expect(bubbles(page).filter(has_text="请不要外出")).to_have_count(1, timeout=SLOW)
    show(page, "staff")
    page.click("[data-person=liu]")
    alert = bubbles(page, "staff").filter(has_text="发热警报")
    expect(alert).to_contain_text("冯宇", timeout=SLOW)
    expect(alert).to_contain_text("6-2-1102")
    write(page, "收到", "staff")
    expect(bubbles(page, "staff").last).to_contain_text("已接手 #1", timeout=SLOW)

    # 09:00 who was not heard is asked
    clock_to(page, "09:00")
    show(page, "chat")
    page.select_option("#write-as", "wuhao")
    expect(bubbles(page).last).to_contain_text("请报一下上午的体温", timeout=SLOW)
    assert fits(page)

    # 18:00 the draft
    clock_to(page, "18:00")
    show(page, "staff")
    page.click("[data-person=wang]")
    draft = bubbles(page, "staff").filter(has_text="日报草稿")
    expect(draft).to_have_count(1, timeout=SLOW)
    expect(draft).to_contain_text("零报告（缺报3人）")
    expect(draft).to_contain_text("/确认日报")
    assert fits(page)

    # 19:00 the picture and the workbook, in the staff group
    clock_to(page, "19:00")
    show(page, "chat")
    page.select_option("#write-as", "chen")
    if is_phone(page):
        assert fits(page)
    page.click("[data-where=g-xf-work]")
    expect(bubbles(page).filter(has_text="【日报】幸福里社区")).to_have_count(1, timeout=SLOW)
    picture = page.locator("#chat .picture img").last
    expect(picture).to_have_js_property("complete", value=True, timeout=SLOW)
    assert picture.evaluate("image => image.naturalWidth") > 300
    link = page.locator("#chat .file").last
    expect(link).to_contain_text(re.compile("日报.*xlsx"))
    with page.expect_download(timeout=SLOW) as download:
        link.click()
    assert download.value.suggested_filename.endswith(".xlsx")
    download.value.save_as(tmp_path / "日报.xlsx")
    cells = {cell for sheet in load_workbook(tmp_path / "日报.xlsx") for row in sheet.values for cell in row}
    assert "冯宇" in cells
    assert fits(page)


def test_a_reload_shows_the_same(page: Page) -> None:
    page.select_option("#write-as", "zhangwei")
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(3, timeout=SLOW)  # what was written, the greeting, the receipt
    before = bubbles(page).all_inner_texts()
    page.reload()
    page.wait_for_selector("#clock b")
    page.select_option("#write-as", "zhangwei")
    expect(bubbles(page)).to_have_count(3, timeout=SLOW)
    assert bubbles(page).all_inner_texts() == before
