"""A running sandbox over the fake desk, and Chromium when there is one."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.web.fake_desk import FakeDesk
from web.app import build

BROWSERS = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Running:
    """One server on a free loopback port; stopping it also ends open event streams."""

    def __init__(self, desk: FakeDesk, port: int = 0) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.port = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        ready = threading.Event()

        class Server(uvicorn.Server):
            async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                await super().startup(sockets)
                ready.set()

        config = uvicorn.Config(build(desk), log_level="critical", timeout_graceful_shutdown=0, lifespan="off")
        self._server = Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)
        self._thread.start()
        assert ready.wait(10)

    def stop(self) -> None:
        """Ends the server and waits for it."""
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()


@pytest.fixture
def server() -> Iterator[Running]:
    running = Running(FakeDesk())
    yield running
    running.stop()


@pytest.fixture
def client(server: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")  # while it lives, an event loop runs here, beside which no test may start its own
def browser() -> Iterator[Browser]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        reason = "no Chromium found: install Debian's `chromium` to run the page's tests"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=QUIET)
        yield browser
        browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, server: Running) -> Iterator[Opener]:
    """Opens the page; at the end nothing may stand in the console and nothing may have come from outside."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def opener(width: int = 1366, height: int = 850, allow: tuple[str, ...] = (), **options: object) -> Page:
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, screen=size, locale="zh-CN", reduced_motion="reduce", **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text)
                if message.type in {"error", "warning"} and not any(part in message.text for part in allow)
                else None
            ),
        )
        page.on("request", lambda request: request.url.startswith(server.address) or faults.append(request.url))
        page.goto(server.address)
        page.wait_for_selector("#clock b")
        return page

    yield opener
    artifacts = os.environ.get("LIANFANG_SCREENSHOTS")
    for number, context in enumerate(contexts):
        for page in context.pages:
            if artifacts:
                page.screenshot(path=Path(artifacts) / f"{os.getpid()}-{id(context)}-{number}.png")
        context.close()
    assert faults == []
