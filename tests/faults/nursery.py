"""Starts `lianfang run` again and again without importing it anew: twenty starts from nothing take a minute.

Each run is a process of its own, forked from one that has only imported the program, and can be killed like any other.
"""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

PATIENCE = 60.0  # seconds; two cores are shared, so a start may take a while
BORN, GONE = "nursery: born", "nursery: gone"
PRELOADED = ("bot.cli", "bot.app", "uvicorn.protocols.http.auto", "uvicorn.protocols.websockets.auto")


class Nursery:
    """One process that bears others, one at a time."""

    def __init__(self, process: Process, config: Path) -> None:
        self.lines: list[str] = []  # what the runs wrote
        self.pid = 0
        self._process = process
        self._config = config

    async def start(self) -> None:
        """A new run, until it says that it has started."""
        assert self._process.stdin
        self._process.stdin.write(f"{self._config}\n".encode())
        self.pid = int((await self.line(BORN)).split()[-1])
        await self.line("program.started")

    async def end(self, number: signal.Signals) -> int:
        """Send a signal to the run and wait for its end; its exit code."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        code = int((await self.line(GONE)).split()[-1])
        self.pid = 0
        return code

    async def line(self, words: str) -> str:
        """The next line with these words; a run that ends before it is a failure."""
        assert self._process.stdout
        async with asyncio.timeout(PATIENCE):
            while line := (await self._process.stdout.readline()).decode(errors="replace"):
                self.lines.append(line)
                if words in line:
                    return line
                assert GONE not in line, "it ended: " + "".join(self.lines[-40:])
        raise AssertionError("the nursery ended: " + "".join(self.lines[-40:]))


@asynccontextmanager
async def nursery(config: Path) -> AsyncIterator[Nursery]:
    """Ready to start the program; what still runs at the end is killed."""
    from tests.end_to_end.process import ROOT, environment

    words = [sys.executable, "-u", "-m", "tests.faults.nursery"]
    process = await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, env=environment(), stdin=PIPE, stdout=PIPE, stderr=STDOUT, limit=1 << 20
    )
    try:
        yield Nursery(process, config)
    finally:
        assert process.stdin
        process.stdin.close()  # then it ends what it has started, and itself
        await process.communicate()


def main() -> None:
    """Fork a run for each line that names a configuration."""
    for name in PRELOADED:
        __import__(name)
    run = 0
    signal.signal(signal.SIGCHLD, lambda *_: _bury())
    for line in sys.stdin:
        run = os.fork()
        if not run:
            _live(line.strip())
        print(BORN, run, flush=True)
    if run:
        with suppress(ProcessLookupError):
            os.kill(run, signal.SIGKILL)


def _live(config: str) -> None:
    from bot.cli import cli

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    code = 1
    try:
        cli(["run", "--config", config])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _bury() -> None:
    with suppress(ChildProcessError):
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            os.write(1, f"{GONE} {os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
