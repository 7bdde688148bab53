"""Starts a sandbox of its own, plays a short scene on it and saves the pictures that the README shows.

Needs a Chromium and a font with Chinese signs (Debian: `apt-get install chromium fonts-noto-cjk`).

Example:
    python -m docs.screenshots

"""

import argparse
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

HERE = Path(__file__).parent
DESKTOP = ViewportSize(width=1366, height=820)
PHONE = ViewportSize(width=390, height=800)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SLOW = 30_000  # ms; the clock runs through everything due on the way


def main() -> None:
    """Reads the arguments and takes both pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE, help="folder for the pictures (default: docs)")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser (default: chromium on PATH)")
    arguments = parser.parse_args()
    if arguments.chromium is None:
        parser.error("no chromium on PATH; name one with --chromium")
    expect.set_options(timeout=SLOW)
    with sandbox() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=arguments.chromium, args=QUIET)
        desktop(browser, address, arguments.out / "sandbox.png")
        phone(browser, address, arguments.out / "sandbox-phone.png")
        browser.close()


@contextmanager
def sandbox() -> Iterator[str]:
    """The program on an empty store of its own; gives the address of its page."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(yaml.safe_dump({"web": {"port": port}}), encoding="utf-8")
        command = [sys.executable, "-m", "bot.cli", "run", "--config", str(config)]
        with subprocess.Popen(command, cwd=HERE.parent, stdout=subprocess.DEVNULL) as process:
            try:
                await_port(port)
                yield f"http://127.0.0.1:{port}/"
            finally:
                process.send_signal(signal.SIGINT)


def await_port(port: int) -> None:
    """Returns when somebody listens."""
    limit = time.monotonic() + SLOW / 1000
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
        else:
            return


def desktop(browser: Browser, address: str, path: Path) -> None:
    """Plays the scene; shows a resident's check-in beside the grid leader's report."""
    page = opened(browser, address, DESKTOP)
    say(page, "zhangwei", "36.5")
    say(page, "fengyu", "37.8了，嗓子疼")
    for moment in ("09:00", "18:00"):
        page.click(f".moves [data-next='{moment}']")
        expect(page.locator("#clock b")).to_have_text(moment)
    say(page, "zhangwei", "我36.4，老婆36.5，孩子36.6，都没症状")
    page.click("[data-person=wang]")
    expect(page.locator("#staff .bubble").last).to_contain_text("日报")
    expect(page.locator("#chat .bubble").last).to_contain_text("36.6")
    page.screenshot(path=path)
    page.context.close()


def phone(browser: Browser, address: str, path: Path) -> None:
    """Shows the fever on a phone, after the scene was played."""
    page = opened(browser, address, PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    page.click("#guide-close")
    page.select_option("#write-as", "fengyu")
    expect(page.locator("#chat .bubble").first).to_contain_text("37.8")
    page.screenshot(path=path)
    page.context.close()


def opened(browser: Browser, address: str, size: ViewportSize, **options: Any) -> Page:
    """The page at one size, when it has loaded."""
    context = browser.new_context(viewport=size, screen=size, locale="zh-CN", reduced_motion="reduce", **options)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#chat-title")).not_to_be_empty()
    return page


def say(page: Page, who: str, text: str) -> None:
    """Writes as somebody and waits for the answer."""
    page.select_option("#write-as", who)
    page.fill("#chat-text", text)
    page.press("#chat-text", "Enter")
    expect(page.locator("#chat .bubble.bot").last).to_be_visible()


if __name__ == "__main__":
    main()
