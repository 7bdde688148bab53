"""The page in a real browser, on a desktop and on a phone of 360 px."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.conftest import Running
from tests.web.fake_desk import FakeDesk

API = "/api/sandbox"
PHONE = {"width": 360, "height": 740, "is_mobile": True, "has_touch": True}
Opener = Callable[..., Page]


def bubbles(page: Page, pane: str = "chat"):
    return page.locator(f"#{pane} .bubble")


def write(page: Page, text: str, pane: str = "chat") -> None:
    box = page.locator(f"#{pane}-text")
    box.fill(text)
    box.press("Enter")


def clock(page: Page):
    return page.locator("#clock b")


@pytest.fixture(params=[{}, PHONE], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, open_page: Opener) -> Page:
    return open_page(**request.param)


def is_phone(page: Page) -> bool:
    return page.viewport_size["width"] < 860


def show(page: Page, view: str) -> None:
    if is_phone(page):
        page.click(f".views [data-view={view}]")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth && innerWidth === screen.width")


def test_a_message_is_answered_without_reload(page: Page) -> None:
    expect(page.locator("#chat .log")).to_have_attribute("data-empty", re.compile("还没有消息"))
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(2)
    expect(bubbles(page).nth(0)).to_have_class(re.compile("mine"))
    expect(bubbles(page).nth(1)).to_contain_text("第2/14天")
    expect(bubbles(page).nth(1).locator("time")).to_have_text("08:00")
    expect(page.locator("#chat-text")).to_have_value("")


def test_what_others_write_appears_live_and_marks_unread(page: Page, client: httpx.Client) -> None:
    client.post(f"{API}/say", json={"who": "wang", "where": "g-xf1", "text": "群里好"})
    group = page.locator("#conversations [data-where=g-xf1]")
    expect(group.locator(".badge")).to_have_text("1")
    group.click()
    expect(bubbles(page)).to_contain_text("群里好")
    expect(page.locator("[data-where=g-xf1] .badge")).to_be_hidden()
    client.post(f"{API}/say", json={"who": "sun", "where": "g-xf1", "text": "收到了"})
    expect(bubbles(page).last).to_contain_text("收到了")
    page.reload()
    expect(page.locator("#chat-title")).to_have_text("幸福里1-3栋居民群")
    expect(bubbles(page)).to_have_count(2)
    expect(page.locator("[data-where=g-xf1] .badge")).to_be_hidden()


def test_switching_persona_switches_conversations(page: Page) -> None:
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(2)
    page.select_option("#write-as", "fengyu")
    expect(bubbles(page)).to_have_count(0)
    expect(page.locator("#conversations button")).to_have_count(2)
    expect(page.locator("#conversations")).to_contain_text("4-6栋")
    expect(page.locator("#chat-text")).to_have_attribute("placeholder", "以冯宇的身份写……")
    expect(page.locator("#write-as optgroup")).to_have_count(3)
    page.select_option("#write-as", "x-stranger")
    expect(page.locator("#chat-about")).to_contain_text("路人")
    page.select_option("#write-as", "zhangwei")
    expect(bubbles(page)).to_have_count(2)


def test_fever_reaches_the_staff_pane(page: Page) -> None:
    page.select_option("#write-as", "fengyu")
    write(page, "37.8了，嗓子疼")
    expect(bubbles(page).last).to_contain_text("请不要外出")
    if is_phone(page):
        expect(page.locator(".views [data-view=staff] .badge")).to_have_text("2")
    show(page, "staff")
    expect(page.locator("[data-person=zhao] .badge")).to_have_text("1")
    page.click("[data-person=liu]")
    expect(bubbles(page, "staff")).to_contain_text("6-2-1102")
    expect(page.locator("[data-person=liu] .badge")).to_be_hidden()
    write(page, "收到 1", "staff")
    expect(bubbles(page, "staff").last).to_contain_text("已接手")


def test_clock_buttons_and_free_time(page: Page) -> None:
    page.click("[data-minutes='10']")
    expect(clock(page)).to_have_text("08:10")
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(2)
    page.click("[data-minutes='10']")
    expect(clock(page)).to_have_text("08:20")
    page.reload()
    expect(page.locator("#write-as option[value=wuhao]")).not_to_contain_text("●")
    expect(bubbles(page)).to_have_count(2)
    expect(clock(page)).to_have_text("08:20")
    page.click(".moves [data-next='09:00']")
    expect(clock(page)).to_have_text("09:00")
    expect(page.locator("#write-as option[value=wuhao]")).to_contain_text("●")
    page.click(".moves [data-next='18:00']")
    expect(clock(page)).to_have_text("18:00")
    show(page, "staff")
    expect(bubbles(page, "staff")).to_contain_text("零报告（缺报3人）")
    page.fill("#free-time", "2020-02-06T07:30")
    page.click("#free-move button")
    expect(page.locator("#clock")).to_contain_text("2月6日")
    expect(clock(page)).to_have_text("07:30")


def test_moves_wait_for_each_other_and_a_double_click_counts_once(open_page: Opener) -> None:
    page = open_page()
    asked: list[str] = []
    held: list[Route] = []

    def hold_first(route: Route) -> None:
        asked.append(route.request.post_data)
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route(f"**{API}/clock", hold_first)
    with page.expect_request(f"**{API}/clock"):
        page.dblclick(".moves [data-next='09:00']")
    page.click(".moves [data-next='18:00']")
    expect(page.locator("#moving")).to_have_text("时间在走，要到2月5日星期三09:00……")
    held[0].continue_()
    expect(clock(page)).to_have_text("18:00")
    expect(page.locator(".moves")).to_have_attribute("aria-busy", "false")
    assert asked == ['{"next":"09:00"}', '{"next":"18:00"}']


def test_report_files_are_a_picture_and_a_download(page: Page) -> None:
    page.select_option("#write-as", "chen")
    page.click("[data-where=g-xf-work]")
    page.click(".moves [data-next='19:00']")
    picture = page.locator("#chat .picture img")
    expect(picture).to_have_attribute("alt", "日报-2月5日.png")
    expect(picture).to_have_js_property("naturalWidth", 320)
    with page.expect_download() as download:
        page.click("#chat .file")
    assert download.value.suggested_filename == "日报-2月5日.xlsx"
    assert fits(page)


def test_the_end_stays_in_sight_unless_the_reader_scrolled_up(page: Page, client: httpx.Client) -> None:
    for number in range(30):
        client.post(f"{API}/say", json={"who": "zhangwei", "where": "private", "text": f"36.{number % 10}"})
    expect(bubbles(page)).to_have_count(60)
    expect(bubbles(page).last).to_be_in_viewport()
    page.fill("#chat-text", "一\n二\n三\n四")
    expect(bubbles(page).last).to_be_in_viewport()
    page.evaluate("document.querySelector('#chat .log').scrollTop = 0")
    client.post(f"{API}/say", json={"who": "zhangwei", "where": "private", "text": "36.9"})
    expect(page.locator("#chat .jump")).to_be_visible()
    expect(bubbles(page).last).not_to_be_in_viewport()
    page.click("#chat .jump")
    expect(bubbles(page).last).to_be_in_viewport()
    expect(page.locator("#chat .jump")).to_be_hidden()


def test_reply_by_tap_and_photo(page: Page) -> None:
    write(page, "36.5")
    bubbles(page).nth(1).locator(".body").click()
    expect(page.locator("#chat .replying-to")).to_contain_text("回复小联：已登记")
    page.click("#chat .photo-flag")
    write(page, "谢谢")
    mine = bubbles(page).nth(2)
    expect(mine.locator(".quote")).to_contain_text("已登记")
    expect(mine.locator(".photo")).to_be_visible()
    expect(page.locator("#chat .replying")).to_be_hidden()
    expect(page.locator("#chat .photo-flag")).to_have_attribute("aria-pressed", "false")


def test_guide_plays_the_whole_story(page: Page) -> None:
    steps = page.locator("#guide li button")
    steps.nth(0).click()
    expect(page.locator("#chat-text")).to_be_focused()
    expect(page.locator("#guide li.done")).to_have_count(0)  # nothing is sent yet
    page.keyboard.press("Enter")
    expect(bubbles(page).last).to_contain_text("第2/14天")
    steps.nth(1).click()
    page.click("#chat .send")
    expect(bubbles(page).last).to_contain_text("请不要外出")
    steps.nth(2).click()
    expect(bubbles(page)).to_contain_text("体温还没收到")
    steps.nth(3).click()
    expect(bubbles(page, "staff")).to_contain_text("【日报】")
    expect(page.locator("#guide li.done")).to_have_count(4)
    page.click("#guide-close")
    expect(page.locator("#guide")).to_be_hidden()
    page.reload()
    expect(page.locator("#chat-title")).not_to_be_empty()
    expect(page.locator("#guide")).to_be_hidden()
    page.click("#guide-toggle")
    expect(page.locator("#guide")).to_be_visible()


def test_ticks_of_the_guide_tell_what_happened(page: Page) -> None:
    done = page.locator("#guide li.done")
    write(page, "/帮助")
    expect(bubbles(page)).to_have_count(2)
    page.click(".moves [data-next='18:00']")
    expect(done).to_have_count(2)
    write(page, "36.4")
    expect(done).to_have_count(3)
    page.reload()
    expect(done).to_have_count(3)
    page.click("#reset")
    page.click("[data-answer=yes]")
    expect(done).to_have_count(0)
    expect(page.locator("#guide li").first).to_have_class("next")


SIZES = [(1280, 800), (1366, 820), (932, 430), (844, 390), (640, 400), (568, 320), (390, 844), (390, 450), (360, 740)]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_conversation_has_room_at_every_size(open_page: Opener, width: int, height: int) -> None:
    touch = {"is_mobile": True, "has_touch": True} if width not in {640, 1280, 1366} else {}
    page = open_page(width, height, **touch)
    for pane in ("chat", "staff"):
        show(page, pane)
        log = page.locator(f"#{pane} .log").bounding_box()
        assert log["height"] >= min(0.4 * height, 300)
        assert log["y"] < 0.36 * height or log["y"] <= 150
        assert fits(page)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    if width >= 1280:
        assert page.locator(".top").bounding_box()["height"] < 60  # one row
    if height > 520:
        return
    expect(page.locator("#guide")).to_be_hidden()
    show(page, "chat")
    page.click("#moves-toggle")
    page.click(".moves [data-next='09:00']")
    expect(clock(page)).to_have_text("09:00")
    page.keyboard.press("Escape")
    expect(page.locator(".moves")).to_be_hidden()
    page.click("#guide-toggle")
    page.click("#guide li:nth-child(1) button")
    expect(page.locator("#guide")).to_be_hidden()
    page.press("#chat-text", "Enter")
    expect(bubbles(page).last).to_be_in_viewport()


def test_a_finger_meets_every_button(open_page: Opener) -> None:
    page = open_page(**PHONE)
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(2)
    for pane in ("chat", "staff"):
        show(page, pane)
        assert page.evaluate(TOO_SMALL) == []


def test_a_hovered_chip_does_not_look_chosen(open_page: Opener) -> None:
    page = open_page()
    look = "one => { const { borderColor, backgroundColor } = getComputedStyle(one); return [borderColor, backgroundColor] }"
    chosen = page.locator("#people [aria-current]").evaluate(look)
    chip = page.locator("#people button:not([aria-current])").first
    chip.hover()
    assert set(chip.evaluate(look)).isdisjoint(chosen)


def test_the_face_of_the_clock_runs_on(page: Page) -> None:
    page.clock.install()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.fast_forward(61_000)
    expect(clock(page)).to_have_text("08:01")
    page.clock.fast_forward(59 * 60_000)
    expect(clock(page)).to_have_text("09:00")
    assert "不会自己走" not in page.content()


def test_a_long_move_tells_how_far_it_has_come(open_page: Opener, client: httpx.Client) -> None:
    page = open_page()
    held: list[Route] = []
    page.route(f"**{API}/clock", lambda route: held.append(route))  # noqa: PLW0108  it is asked for its signature
    page.fill("#free-time", "2020-02-06T08:00")
    page.click("#free-move button")
    expect(page.locator("#moving")).to_have_text("时间在走，要到2月6日星期四08:00……")
    client.post(f"{API}/clock", json={"minutes": 720})
    expect(clock(page)).to_have_text("20:00")
    expect(page.locator("#progress")).to_have_js_property("value", 0.5)
    expect(page.locator("#progress")).to_be_visible()
    held[0].continue_()
    expect(page.locator("#clock")).to_contain_text("2月6日")
    expect(page.locator("#moving")).to_be_hidden()


def test_lists_follow_the_roles(page: Page, client: httpx.Client) -> None:
    captain = page.locator("#people [data-person=wuhao]")
    expect(captain).to_have_count(0)
    client.post(f"{API}/say", json={"who": "wang", "where": "private", "text": "/任命 吴昊 楼栋长"})
    expect(captain).to_have_count(1)
    expect(page.locator("#write-as optgroup").nth(1)).to_contain_text("吴昊 · 楼栋长")
    show(page, "staff")
    captain.click()
    expect(page.locator("#staff-title")).to_have_text("吴昊 · 楼栋长")
    expect(captain).to_be_in_viewport()
    page.click("#reset")
    page.click("[data-answer=yes]")
    expect(captain).to_have_count(0)
    expect(page.locator("#staff-title")).to_have_text("王芳 · 网格长")
    expect(page.locator("#people [aria-current]")).to_contain_text("王芳")
    expect(page.locator("#people [aria-current]")).to_be_in_viewport()


@pytest.mark.parametrize("told", [True, False], ids=["told by the stream", "found out by writing"])
def test_a_group_that_is_closed_is_left_with_one_answer(open_page: Opener, client: httpx.Client, told: bool) -> None:
    page = open_page(allow=("409",))
    page.click("[data-where=g-xf1]")
    page.fill("#chat-text", "36.5")
    if not told:
        page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    client.post(f"{API}/say", json={"who": "wang", "where": "g-xf1", "text": "/绑定群 工作"})
    if not told:
        page.press("#chat-text", "Enter")
    expect(page.locator("#chat-title")).to_have_text("与小联的私聊")
    expect(page.locator("#conversations button")).to_have_count(1)
    expect(page.locator("#trouble")).to_have_text("张伟已经不在“幸福里1-3栋居民群”里了，这里换成了与小联的私聊。")
    expect(page.locator("#chat .refused")).to_be_hidden()
    expect(page.locator("#chat-text")).to_have_value("36.5")


def test_a_long_answer_stands_whole_and_from_its_beginning(page: Page) -> None:
    write(page, "/帮助")
    expect(bubbles(page)).to_have_count(2)
    assert bubbles(page).last.locator(".text").evaluate("one => one.scrollHeight === one.clientHeight")
    expect(bubbles(page).last.locator(".meta")).to_be_in_viewport()
    expect(page.locator("#chat .jump")).to_be_hidden()


def test_many_messages_are_one_stop_of_the_tab_key(open_page: Opener, client: httpx.Client) -> None:
    for number in range(20):
        client.post(f"{API}/say", json={"who": "zhangwei", "where": "private", "text": f"36.{number % 10}"})
    page = open_page()
    expect(bubbles(page)).to_have_count(40)
    press = page.keyboard.press
    page.locator("#chat .log").focus()
    press("Tab")
    expect(bubbles(page).nth(39).locator(".reply")).to_be_focused()
    press("ArrowUp")
    expect(bubbles(page).nth(37).locator(".reply")).to_be_focused()
    press("Home")
    expect(bubbles(page).nth(1).locator(".reply")).to_be_focused()
    expect(bubbles(page).nth(1)).to_be_in_viewport()
    press("Tab")
    expect(page.locator("#chat .quick .chip").first).to_be_focused()
    press("Shift+Tab")
    expect(bubbles(page).nth(1).locator(".reply")).to_be_focused()
    page.reload()
    press("Tab")
    press("Tab")
    expect(page.locator(".skip").nth(1)).to_be_focused()
    press("Enter")
    expect(page.locator("#staff-text")).to_be_focused()


def test_nothing_overflows_sideways(page: Page) -> None:
    write(page, "很长的网址 https://example.org/" + "a" * 300 + "\n" + "哈" * 400)
    expect(bubbles(page)).to_have_count(2)
    assert fits(page)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    show(page, "staff")
    assert fits(page)


def test_refusals_are_shown_and_the_text_is_kept(open_page: Opener) -> None:
    page = open_page(allow=("409", "500"))
    page.locator("#chat-text").press("Enter")
    expect(page.locator("#chat .refused")).to_have_text("先写点什么再发送。")
    write(page, "坏了")
    expect(page.locator("#chat .refused")).to_contain_text("出了点问题")
    expect(page.locator("#chat-text")).to_have_value("坏了")
    page.fill("#free-time", "2020-06-01T00:00")
    page.click("#free-move button")
    expect(page.locator("#trouble")).to_contain_text("31 天")
    write(page, "36.5")
    expect(bubbles(page).last).to_contain_text("第2/14天")
    expect(page.locator("#chat .refused")).to_be_hidden()


def test_keyboard_alone(open_page: Opener) -> None:
    page = open_page()
    press = page.keyboard.press
    press("Tab")
    expect(page.locator(".skip").first).to_be_focused()
    press("Enter")
    expect(page.locator("#chat-text")).to_be_focused()
    page.keyboard.type("36.5")
    press("Shift+Enter")
    page.keyboard.type("36.6")
    press("Enter")
    expect(bubbles(page)).to_have_count(2)
    expect(bubbles(page).first.locator(".text")).to_have_text("36.5\n36.6", use_inner_text=True)
    page.locator("#chat .log").focus()
    press("Tab")
    expect(bubbles(page).nth(1).locator(".reply")).to_be_focused()
    press("Enter")
    expect(page.locator("#chat-text")).to_be_focused()
    expect(page.locator("#chat .replying")).to_be_visible()
    press("Escape")
    expect(page.locator("#chat .replying")).to_be_hidden()
    page.locator("#conversations button").nth(1).focus()
    press("Enter")
    expect(page.locator("#conversations button").nth(1)).to_be_focused()
    expect(page.locator("#chat-title")).to_have_text("幸福里1-3栋居民群")
    page.locator("[data-minutes='60']").focus()
    press("Space")
    expect(clock(page)).to_have_text("09:00")
    expect(page.locator("[data-minutes='60']")).to_be_focused()


def test_enter_while_composing_does_not_send(open_page: Opener) -> None:
    page = open_page()
    page.fill("#chat-text", "ti wen")
    page.dispatch_event("#chat-text", "keydown", {"key": "Enter", "isComposing": True})
    page.dispatch_event("#chat-text", "keydown", {"key": "Enter", "keyCode": 229})
    page.fill("#chat-text", "36.5")
    page.press("#chat-text", "Enter")
    expect(bubbles(page)).to_have_count(2)
    expect(bubbles(page).first).to_contain_text("36.5")


def test_every_control_has_a_name(page: Page) -> None:
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(2)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, input, select, textarea, a')].filter((one) =>
             !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
             .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    latin = page.evaluate("document.body.innerText.match(/[A-Za-z]{2,}/g) ?? []")
    assert set(latin) <= {"Shift"}  # as it is written on the key
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_schemes_are_readable(open_page: Opener, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(2)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (sum(ground) < 150) == (scheme == "dark")
    low = page.evaluate(CONTRAST)
    assert low == []


def test_reconnects_and_loses_nothing(open_page: Opener, server: Running) -> None:
    page = open_page(allow=("ERR_", "net::"))
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(2)
    server.stop()
    expect(page.locator("#offline")).to_be_visible()
    write(page, "36.6")
    expect(page.locator("#chat .refused")).to_contain_text("没有发出去")
    again = Running(FakeDesk(), port=server.port)
    try:
        expect(page.locator("#offline")).to_be_hidden(timeout=20_000)
        expect(bubbles(page)).to_have_count(0)  # a new process on an empty store: the page starts again with it
        page.locator("#chat-text").press("Enter")
        expect(bubbles(page).last).to_contain_text("36.6")
    finally:
        page.close()
        again.stop()


def test_resumes_after_a_short_loss(open_page: Opener, client: httpx.Client) -> None:
    page = open_page(allow=("ERR_", "net::"))
    write(page, "36.5")
    expect(bubbles(page)).to_have_count(2)
    page.context.set_offline(True)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    client.post(f"{API}/say", json={"who": "wang", "where": "g-xf1", "text": "断线时写的"})
    client.post(f"{API}/say", json={"who": "zhangwei", "where": "private", "text": "36.7"})
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(bubbles(page)).to_have_count(4)
    expect(page.locator("[data-where=g-xf1] .badge")).to_have_text("1")


def test_start_again(page: Page) -> None:
    write(page, "36.5")
    page.click(".moves [data-next='09:00']")
    expect(bubbles(page)).to_have_count(2)
    page.click("#reset")
    page.click("[data-answer=no]")
    page.click("#reset")
    page.click("[data-answer=yes]")
    expect(clock(page)).to_have_text("08:00")
    expect(bubbles(page)).to_have_count(0)
    write(page, "36.8")
    expect(bubbles(page)).to_have_count(2)


TOO_SMALL = """() => [...document.querySelectorAll('button, select, input, textarea')]
  .filter((one) => one.offsetParent && !one.closest('.guide ol') && one.getBoundingClientRect().height < 40)
  .map((one) => one.outerHTML)"""

CONTRAST = """() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || node.offsetParent === null || node.closest('select, .avatar, .unseen, .skip')) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) low.push(`${ratio.toFixed(2)} ${node.className} ${node.textContent.trim().slice(0, 20)}`);
  }
  return low;
}"""
