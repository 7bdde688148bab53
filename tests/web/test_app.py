"""What every answer carries, who may call, and what an error shows."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from tests.web.conftest import Running
from tests.web.fake_desk import FakeDesk
from web.app import build


def test_page_and_assets_are_found_from_any_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    running = Running(FakeDesk())
    try:
        with httpx.Client(base_url=running.address, trust_env=False) as client:
            assert "联防" in client.get("/").text
            assert client.get("/static/sandbox.js").status_code == 200
            assert client.get("/static/../app.py").status_code == 404
    finally:
        running.stop()


def test_security_headers_and_no_inline_script_or_style(client: httpx.Client) -> None:
    for path in ("/", "/healthz", "/static/sandbox.css", "/missing", "/api/sandbox/state"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    page = client.get("/").text
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick" not in page
    assert page.count("<script") == 1


def test_healthz_and_no_docs(client: httpx.Client) -> None:
    assert client.get("/healthz").text == "ok"
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404


def test_missing_page_is_plain_chinese(client: httpx.Client) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.text
    assert client.get("/api/sandbox/nowhere").json()["message"] == "没有这个页面。"


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "192.0.2.7:80", ""])
def test_other_host_names_are_refused(client: httpx.Client, host: str) -> None:
    answer = client.get("/api/sandbox/state", headers={"Host": host})
    assert answer.status_code == 403
    assert "127.0.0.1" in answer.json()["message"]


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "[::1]:8080", "127.0.0.1"])
def test_loopback_names_are_served(client: httpx.Client, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://example.org"}, {"Sec-Fetch-Site": "cross-site"}])
def test_other_sites_change_nothing(client: httpx.Client, headers: dict[str, str]) -> None:
    assert client.post("/api/sandbox/reset", headers=headers).status_code == 403
    plain = {"Content-Type": "text/plain"}
    body = '{"who": "zhangwei", "where": "private", "text": "36.5"}'
    assert client.post("/api/sandbox/say", content=body, headers=plain).status_code == 422


def test_unexpected_error_shows_a_reference_and_logs_no_words(client: httpx.Client) -> None:
    with capture_logs() as logs:
        body = {"who": "zhangwei", "where": "private", "text": "坏了"}
        answer = client.post("/api/sandbox/say", json=body)
    assert answer.status_code == 500
    assert "出了点问题" in answer.json()["message"]
    entry = next(log for log in logs if log["event"] == "web.unexpected")
    assert entry["reference"] == answer.json()["reference"]
    assert entry["error"] == "RuntimeError"
    assert "坏了" not in str(logs)


def test_unexpected_error_on_the_page_is_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: FakeDesk) -> list[object]:
        raise RuntimeError

    monkeypatch.setattr(FakeDesk, "personas", broken)
    running = Running(FakeDesk())
    try:
        answer = httpx.get(running.address, trust_env=False)
    finally:
        running.stop()
    assert answer.status_code == 500
    assert "编号" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_build_opens_nothing() -> None:
    """Neither importing nor building starts a thread or opens a socket."""
    code = (
        "import socket, threading\n"
        "def refuse(*a, **k): raise AssertionError('socket opened')\n"
        "socket.socket.connect = socket.socket.bind = refuse\n"
        "import web.app, web.sandbox, web.desk, web.guard\n"
        "assert threading.active_count() == 1\n"
    )
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)
    assert build(FakeDesk()).openapi_url is None
