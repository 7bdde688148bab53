"""`lianfang init` as people use it: in a process of its own, with lines that are piped in, or at a terminal."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from typer.testing import CliRunner

import bot.cli
from bot.settings import ROOT
from tests.end_to_end.process import Answer, environment
from tests.platforms.onebot.peer import OneBotPeer
from tests.ports import free_port

PATIENCE = 40.0  # seconds; two cores are shared, so a start may take a while
TOWN = ("临江区", "清河街道", "幸福里社区", "1-4", "5,6", "")  # two grids
STAFF = ("王芳", "2", "陈静", "", "")  # leader of the second grid, committee, no doctor, the leader is the operator
CODE = re.compile(r"^ +(\S+)：/绑定 ([A-Z0-9]{6})$", re.MULTILINE)
SECRETS = (
    "LIANFANG_KEY", "LIANFANG_ONEBOT_TOKEN", "LIANFANG_WECHAT_TOKEN", "LIANFANG_TELEGRAM_TOKEN",
    "LIANFANG_TELEGRAM_PROXY", "LIANFANG_TELEGRAM_WEBHOOK_SECRET",
)  # fmt: skip


def telegram(address: str, *rest: str) -> tuple[str, ...]:
    """The answers about Telegram: address, no proxy, and then the token and what follows."""
    return ("telegram", address, "", *rest)


def init(*lines: str, folder: Path, end: str = "\n", **environ: str) -> Answer:
    """Answer all questions in this process: importing everything anew takes seconds."""
    empty = dict.fromkeys(SECRETS, None)
    typed = "\n".join(lines) + end
    done = CliRunner().invoke(bot.cli.cli, ["init", "--folder", str(folder)], input=typed, env={**empty, **environ})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Answer(done.exit_code, done.stdout, done.stderr)


def codes(words: str) -> dict[str, str]:
    """The code of each person."""
    return dict(CODE.findall(words))


def everything(folder: Path) -> list[str]:
    """All that lies in a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def on_a_free_port(config: Path) -> Path:
    """The configuration with its pages where nobody else's are; nothing else is changed."""
    whole = yaml.safe_load(config.read_text(encoding="utf-8"))
    written = f"port: {whole['web']['port']}"
    text = config.read_text(encoding="utf-8")
    assert text.count(written) == 1
    config.write_text(text.replace(written, f"port: {free_port()}"), encoding="utf-8")
    return config


@dataclass
class Asked:
    """An `init` that runs and is answered bit by bit."""

    process: asyncio.subprocess.Process
    shown: str = field(default="")

    async def type(self, *lines: str) -> None:
        """Answer the next questions."""
        assert self.process.stdin
        self.process.stdin.write("".join(f"{line}\n" for line in lines).encode())
        await self.process.stdin.drain()

    async def until(self, words: str) -> None:
        """Wait until these words are shown."""
        assert self.process.stdout
        async with asyncio.timeout(PATIENCE):
            while words not in self.shown:
                some = await self.process.stdout.readline()
                assert some, self.shown
                self.shown += some.decode()

    async def end(self) -> int:
        """Wait for the end; its code."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            self.shown += (await self.process.stdout.read()).decode()
            return await self.process.wait()


@asynccontextmanager
async def asked(folder: Path, *words: str) -> AsyncIterator[Asked]:
    """`lianfang init` in a process of its own, started in this folder; killed at the end if it still runs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", "-m", "bot.cli", "init", *words, cwd=folder, env=own_environment(),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield Asked(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def own_environment() -> dict[str, str]:
    """Without secrets, and so that the program is found from any folder."""
    clean = {key: value for key, value in environment().items() if key not in SECRETS}
    return {**clean, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), clean.get("PYTHONPATH", ""))))}


@asynccontextmanager
async def account(port: int, token: str) -> AsyncIterator[OneBotPeer]:
    """A OneBot program that connects, as soon as somebody listens."""
    peer = OneBotPeer(f"ws://127.0.0.1:{port}/onebot/v11/ws", token)
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                await peer.connect()
                break
            except OSError:
                await asyncio.sleep(0.02)  # nobody listens yet
    try:
        yield peer
    finally:
        await peer.close()
