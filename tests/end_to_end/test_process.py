"""The program as a process: started, spoken to over its endpoints, killed, stopped."""

import io
import signal
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook
from PIL import Image

from bot.app import build_app
from bot.settings import load_settings
from tests.end_to_end.process import (
    API,
    Listener,
    Running,
    forward,
    history,
    running,
    say,
    texts,
    write_config,
)

REMINDED = "上午的体温"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Running]:
    with running(write_config(tmp_path)) as started:
        yield started


@pytest.fixture
def client(program: Running) -> Iterator[httpx.Client]:
    with program.client() as client:
        yield client


# --- the sandbox, over its endpoints ------------------------------------------------------------------------------


def test_the_page_and_its_health_answer(program: Running, client: httpx.Client) -> None:
    assert client.get("/healthz").text == "ok"
    page = client.get("/").raise_for_status()
    assert "张伟" in page.text
    assert any("请用浏览器打开" in line and program.address in line for line in program.lines)
    state = client.get(f"{API}/state").json()
    assert state["now"].startswith("2020-02-05T08:00")
    assert {group["id"] for group in state["groups"]} >= {"g-xf1", "g-xf-work"}


def test_a_day_in_the_sandbox(program: Running, client: httpx.Client) -> None:
    page = Listener(program)
    say(client, "zhangwei", "36.5，没有不舒服")
    page.next("bubble", by="zhangwei")
    page.next("bubble", by=None, viewer="zhangwei")  # the greeting
    page.next("bubble", by=None, viewer="zhangwei")
    assert "已登记" in texts(client, "zhangwei")[-1]

    forward(client, "08:10")
    assert forward(client, "09:00").startswith("2020-02-05T09:00")
    page.next("bubble", by=None, viewer="wuhao")
    assert sum(REMINDED in text for text in texts(client, "wuhao")) == 1
    names = next(text for text in texts(client, "zhangwei") if REMINDED in text)
    assert "李梅" in names
    assert "张伟" not in names

    forward(client, "18:00")
    draft = next(text for text in texts(client, "wang") if "日报草稿" in text)
    assert "应报4人" in draft
    assert "零报告（缺报3人）" in draft

    forward(client, "19:00")
    said = history(client, "chen", "g-xf-work")
    assert any("【日报】幸福里社区" in bubble["text"] for bubble in said)
    files = {bubble["file"]["kind"]: bubble["file"] for bubble in said if bubble["file"]}
    assert set(files) == {"png", "xlsx"}
    picture = client.get(f"{API}/files/{files['png']['id']}").raise_for_status()
    assert picture.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(picture.content)) as image:
        image.load()
        assert image.width > 300
    workbook = client.get(f"{API}/files/{files['xlsx']['id']}").raise_for_status()
    cells = {cell for sheet in load_workbook(io.BytesIO(workbook.content)) for row in sheet.values for cell in row}
    assert {"李梅", "冯宇"} <= cells

    client.post(f"{API}/reset").raise_for_status()
    page.next("reset")
    assert history(client, "zhangwei") == []
    assert client.get(f"{API}/state").json()["now"].startswith("2020-02-05T08:00")
    say(client, "zhangwei", "36.8")
    assert forward(client, "09:00").startswith("2020-02-05T09:00")
    assert "已登记：张伟 36.8" in "".join(texts(client, "zhangwei"))


def test_the_first_round_after_the_first_start_is_not_missed(tmp_path: Path) -> None:
    """Somebody opens the page and presses 09:00 at once, before the program has looked at its clock."""
    app = build_app(load_settings(write_config(tmp_path)))
    app.program.clock.set(datetime.fromisoformat("2020-02-05T09:00:00+08:00"))
    asked = [row for row in app.program.tick() if REMINDED in row.text]
    app.program.engine.dispose()
    app.store.close()
    assert len(asked) == 3


def test_the_clock_only_moves_forward(client: httpx.Client) -> None:
    forward(client, "09:00")
    refused = client.post(f"{API}/clock", json={"to": "2020-02-05T08:30"})
    assert refused.status_code == 409
    assert refused.json()["message"]


def test_an_unknown_person_is_refused_and_nothing_is_stored(client: httpx.Client) -> None:
    answer = client.post(f"{API}/say", json={"who": "nobody", "where": "private", "text": "36.5"})
    assert answer.status_code == 409
    assert all(history(client, who) == [] for who in ("zhangwei", "wang"))


# --- killed, and started again ------------------------------------------------------------------------------------


def test_after_a_kill_everything_is_there_and_nothing_is_said_twice(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with running(config) as first, first.client() as client:
        say(client, "zhangwei", "36.5")
        say(client, "fengyu", "38.1 咳嗽")
        forward(client, "09:00")
        before = {who: history(client, who) for who in ("zhangwei", "fengyu", "wuhao", "liu", "zhao")}
        assert any("发热警报" in bubble["text"] for bubble in before["liu"])
        first.kill()
    with running(config) as second, second.client() as client:
        assert client.get(f"{API}/state").json()["now"] >= "2020-02-05T09:00"
        assert {who: history(client, who) for who in before} == before
        say(client, "liu", "收到 1")
        forward(client, "09:30")
        assert any("已接手 #1" in text for text in texts(client, "liu"))
        assert sum(REMINDED in text for text in texts(client, "wuhao")) == 1
        forward(client, "10:00")
        assert sum(REMINDED in text for text in texts(client, "wuhao")) == 2


def test_killed_in_the_middle_of_a_burst_nothing_taken_is_lost(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with running(config) as first, first.client() as client:
        for number in range(10):
            say(client, "zhangwei", f"36.{number}")
        first.kill()
    with running(config) as second, second.client() as client:
        forward(client, "08:30")
        said = history(client, "zhangwei")
        assert [bubble["text"] for bubble in said if bubble["who"]] == [f"36.{number}" for number in range(10)]
        receipts = [text for text in texts(client, "zhangwei") if "已登记" in text]
        assert [number for number in range(10) if sum(f"36.{number}" in text for text in receipts) != 1] == []
        client.get("/healthz").raise_for_status()


def test_a_clock_that_ran_on_its_own_is_kept_over_a_kill(tmp_path: Path) -> None:
    """Nothing moved it by hand: what was said last may not lie in its future after a start."""
    config = write_config(tmp_path)
    with running(config) as first, first.client() as client:
        say(client, "zhangwei", "36.5")
        time.sleep(2.5)  # lets the sandbox clock run: it is what is tested
        say(client, "zhangwei", "36.6")
        last = max(bubble["at"] for bubble in history(client, "zhangwei"))
        first.kill()
    with running(config) as second, second.client() as client:
        assert client.get(f"{API}/state").json()["now"] >= last


# --- stopped ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_cleanly(program: Running, number: signal.Signals) -> None:
    assert program.stop(number) == 0
    assert "Traceback" not in "".join(program.lines)


def test_it_stops_cleanly_under_an_open_page(program: Running, client: httpx.Client) -> None:
    page = Listener(program)
    say(client, "zhangwei", "36.5")
    page.next("bubble", by="zhangwei")
    assert program.stop() == 0
    assert page.ended.wait(5)
    assert "Traceback" not in "".join(program.lines)


def test_a_second_ctrl_c_does_no_harm(program: Running) -> None:
    Listener(program)
    program.process.send_signal(signal.SIGINT)
    program.wait_for("program.stopping")
    assert program.stop() == 0
    assert "Traceback" not in "".join(program.lines)


def test_the_clock_is_kept_over_a_clean_stop(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    with running(config) as first, first.client() as client:
        forward(client, "17:30")
        assert first.stop() == 0
    with running(config) as second, second.client() as client:
        assert client.get(f"{API}/state").json()["now"] >= "2020-02-05T17:30"
