"""`python -m bot.cli` as a process of its own, with everything it writes in a folder of the test."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from typer.testing import CliRunner

import bot.cli
import bot.logs
from bot.settings import ROOT
from tests.ports import free_port

API = "/api/sandbox"
PATIENCE = 40.0  # seconds; two cores are shared, so a start may take a while
SECRETS = ("LIANFANG_KEY", "LIANFANG_ONEBOT_TOKEN")


def environment(**more: str) -> dict[str, str]:
    """The environment without secrets of this machine, and with output that does not wrap."""
    kept = {key: value for key, value in os.environ.items() if key not in SECRETS}
    return {**kept, "COLUMNS": "200", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "TERM": "dumb", **more}


@dataclass(frozen=True, slots=True)
class Answer:
    """How a command ended and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def command(*words: str | Path, **environ: str) -> Answer:
    """Run a command of `lianfang` to its end, in this process: importing everything anew takes seconds."""
    bot.cli.console.width = bot.cli.errors.width = 200
    empty = dict.fromkeys(SECRETS, None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bot.logs, "configure", lambda *_: None)  # it belongs to this process and must not stay
        done = CliRunner().invoke(bot.cli.cli, list(map(str, words)), env={**empty, **environ})
    fault = done.exception if not isinstance(done.exception, SystemExit) else None
    written = "".join(traceback.format_exception(fault)) if fault else ""
    return Answer(done.exit_code, done.stdout, done.stderr + written)


def own_process(*words: str | Path, **environ: str) -> Answer:
    """Run a command as people run it."""
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *map(str, words)], cwd=ROOT, env=environment(**environ), text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    return Answer(done.returncode, done.stdout, done.stderr)


def write_config(folder: Path, **parts: Any) -> Path:
    """A configuration whose store, key and port belong to this test."""
    sample = ROOT / "content" / "demo" / "sample.yaml"
    whole: dict[str, Any] = {
        "store": {"url": f"sqlite:///{folder / 'play.db'}", "key_file": str(folder / "key")},
        "web": {"port": free_port()},
        "sandbox": {"sample": str(sample)},
        **parts,
    }
    path = folder / "tmp.yaml"
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    return path


@dataclass
class Running:
    """A started program with its page."""

    config: Path
    process: subprocess.Popen[str] = field(init=False)
    lines: list[str] = field(default_factory=list)  # what it wrote, both streams
    listening: list[threading.Thread] = field(default_factory=list)
    _news: queue.Queue[str | None] = field(default_factory=queue.Queue)

    def __post_init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "bot.cli", "run", "--config", str(self.config)], cwd=ROOT, env=environment(),
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.wait_for("program.started")
        except BaseException:
            self.kill()
            raise

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line)
            self._news.put(line)
        self.process.stdout.close()
        self._news.put(None)

    def wait_for(self, words: str) -> None:
        """Wait until it writes a line with these words."""
        while (line := self._news.get(timeout=PATIENCE)) is not None:
            if words in line:
                return
        raise AssertionError("it ended: " + "".join(self.lines))

    @property
    def address(self) -> str:
        """Where its page is."""
        return f"http://127.0.0.1:{yaml.safe_load(self.config.read_text(encoding='utf-8'))['web']['port']}"

    def client(self) -> httpx.Client:
        """A client of its endpoints."""
        return httpx.Client(base_url=self.address, timeout=PATIENCE, trust_env=False)

    def kill(self) -> None:
        """As a power cut does."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self._finish()

    def stop(self, number: signal.Signals = signal.SIGINT, seconds: float = 5) -> int:
        """As Ctrl-C does; its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(seconds)
        self._finish()
        return code

    def _finish(self) -> None:
        for thread in (self._reader, *self.listening):
            thread.join(PATIENCE)


@contextmanager
def running(config: Path) -> Iterator[Running]:
    """The program until the block ends; killed there if it still runs."""
    program = Running(config)
    try:
        yield program
    finally:
        if program.process.poll() is None:
            program.kill()


class Listener:
    """An open page: what comes over the event stream."""

    def __init__(self, program: Running) -> None:
        self._events: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self._client = program.client()
        self.connected = threading.Event()
        self.ended = threading.Event()
        thread = threading.Thread(target=self._listen, daemon=True)
        thread.start()
        program.listening.append(thread)
        assert self.connected.wait(PATIENCE)

    def _listen(self) -> None:
        stream = self._client.stream("GET", f"{API}/events", timeout=60)
        with self._client, suppress(httpx.TransportError), stream as response:
            kind = ""
            for line in response.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    kind = value
                elif name == "data":
                    self._events.put((kind, json.loads(value)))
                    self.connected.set()
        self.ended.set()

    def next(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next event of a kind with these values; others before it are passed over."""
        while True:
            found, data = self._events.get(timeout=PATIENCE)
            if found == kind and wanted.items() <= data.items():
                return data


def say(client: httpx.Client, who: str, text: str, where: str = "private", **more: Any) -> None:
    """Write as somebody."""
    client.post(f"{API}/say", json={"who": who, "where": where, "text": text, **more}).raise_for_status()


def forward(client: httpx.Client, clock: str) -> str:
    """Move the clock to the next HH:MM; what it shows then."""
    moved = client.post(f"{API}/clock", json={"next": clock}).raise_for_status()
    return str(moved.json()["now"])


def history(client: httpx.Client, viewer: str, conversation: str = "private") -> list[dict[str, Any]]:
    """A conversation as the page shows it."""
    asked = {"viewer": viewer, "conversation": conversation}
    found: list[dict[str, Any]] = client.get(f"{API}/history", params=asked).raise_for_status().json()
    return found


def texts(client: httpx.Client, viewer: str, conversation: str = "private") -> list[str]:
    """What the bot said in a conversation."""
    return [bubble["text"] for bubble in history(client, viewer, conversation) if bubble["who"] is None]
