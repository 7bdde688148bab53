"""Somebody at a terminal: what is hidden is not shown, and Ctrl-C leaves nothing behind."""

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bot.settings import load_settings
from tests.init.setting_up import PATIENCE, STAFF, TOWN, everything, own_environment

AGAIN = 2.0  # seconds after which somebody presses a key once more
TOKEN = "7000001:s3cret-AAfq9-long"


class Terminal:
    """A window in which `lianfang init` runs."""

    def __init__(self, handle: int, process: int) -> None:
        self._handle = handle
        self._process = process
        self._seen = b""
        self._read_to = 0
        self.code: int | None = None

    @property
    def shown(self) -> str:
        """Everything that was on the screen."""
        return self._seen.decode("utf-8", "replace")

    def until(self, words: str) -> None:
        """Wait until these words come, after those that were waited for before."""
        while not self._found(words):
            assert self._more(), self.shown

    def answer(self, asked: str, line: str) -> None:
        """Wait for a question and its prompt, and type a line."""
        self.until(asked)
        self.until("> ")
        os.write(self._handle, line.encode() + b"\n")

    def press_until(self, key: bytes, words: str) -> None:
        """Press a key until these words come.

        Once is nearly always enough; but Python does not notice an interrupt that comes between showing a prompt
        and waiting for a line, which no person is quick enough to see.
        """
        deadline = time.monotonic() + PATIENCE
        os.write(self._handle, key)
        while not self._found(words):
            assert time.monotonic() < deadline, self.shown
            if self._ready(AGAIN):
                assert self._more(), self.shown
            else:
                os.write(self._handle, key)

    def end(self) -> int:
        """Wait for the end; its code."""
        while self._more():
            pass
        self.code = os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])
        return self.code

    def _found(self, words: str) -> bool:
        wanted = words.encode()
        at = self._seen.find(wanted, self._read_to)
        if at >= 0:
            self._read_to = at + len(wanted)
        return at >= 0

    def _ready(self, seconds: float) -> bool:
        return bool(select.select([self._handle], [], [], seconds)[0])

    def _more(self) -> bool:
        assert self._ready(PATIENCE), self.shown
        some = b""
        with suppress(OSError):  # how Linux says that nobody has the other end any more
            some = os.read(self._handle, 65536)
        self._seen += some
        return bool(some)


@contextmanager
def terminal(folder: Path) -> Iterator[Terminal]:
    """`lianfang init` in this folder, at a terminal of its own."""
    words = [sys.executable, "-m", "bot.cli", "init"]
    process, handle = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execve(words[0], words, own_environment())
    window = Terminal(handle, process)
    try:
        yield window
    finally:
        if window.code is None:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        os.close(handle)


ASKED = (
    "在哪个区",
    "哪个街道",
    "哪个社区",
    "第1个网格",
    "第2个网格",
    "第3个网格",
    "第一位网格长",
    "第几个网格",
    "两委",
    "社区医生",
    "管理员",
)


def to_the_platform(window: Terminal) -> None:
    """Answer the first steps."""
    for asked, line in zip(ASKED, (*TOWN, *STAFF), strict=True):
        window.answer(asked, line)


def to_the_summary(window: Terminal) -> None:
    """Answer everything but the last question."""
    to_the_platform(window)
    window.answer("大家在哪里聊天？", "3")
    window.answer("机器人接口", "http://127.0.0.1:9/bot")
    window.answer("代理", "")
    window.answer("@BotFather 给的令牌", TOKEN)
    window.answer("现在检查连接吗", "否")


def test_a_token_is_not_shown_while_it_is_typed(tmp_path: Path) -> None:
    with terminal(tmp_path) as window:
        to_the_summary(window)
        window.answer("都对吗", "是")
        window.until("docs/platforms.md")
        assert window.end() == 0, window.shown
    assert "幸福里社区" in window.shown
    assert TOKEN not in window.shown
    assert TOKEN.split(":")[1] not in window.shown
    assert load_settings(tmp_path / "config.yaml").secrets.telegram_token == TOKEN


@pytest.mark.parametrize("key", [b"\x03", b"\x04"], ids=["Ctrl-C", "Ctrl-D"])
@pytest.mark.parametrize("hidden", [False, True], ids=["a line", "a secret"])
def test_stopping_leaves_nothing_behind(tmp_path: Path, key: bytes, hidden: bool) -> None:
    with terminal(tmp_path) as window:
        if hidden:
            to_the_platform(window)
            for asked, line in (("大家在哪里聊天？", "3"), ("机器人接口", ""), ("代理", "")):
                window.answer(asked, line)
            window.until("@BotFather 给的令牌")
        else:
            window.until("在哪个区")
        window.until("> ")
        window.press_until(key, "停下了，什么都没有写。")
        assert window.end() == 1
    assert everything(tmp_path) == []
