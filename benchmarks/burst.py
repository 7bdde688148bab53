"""A burst of check-ins on one socket while a broadcast is going out: how long the people wait for their answers.

    python -m benchmarks.burst                                  (`make burst`)
    python -m benchmarks.burst --runs 3                         median of three
    python -m benchmarks.burst --count 500 --broadcast 1000     a quick look
    python -m benchmarks.burst --limit 1.0                      exit code 1 if the p99 with 64 outstanding is longer

Makes a community, puts a message to every bystander into the outbox, starts the program and connects as a QQ account
would. When the first messages of the broadcast arrive, residents begin to check in, once with 64 answers outstanding,
as in `benchmarks.checkins`, and once all at once: every frame is handed to the socket before the first answer is read.
A wait is counted from handing the frame to the socket until its answer has been read, so of all at once it holds the
whole queue before it. The load generator shares the machine with the program. Prints a table and, as the last line,
JSON.
"""

import argparse
import asyncio
import json
import secrets
import shutil
import signal
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from benchmarks.checkins import (
    PATH,
    ROOT,
    STORE,
    TOKEN_VARIABLE,
    Result,
    _environment,
    _free_port,
    _greet_all,
    _import,
    _listens,
    _rows,
    _running,
    _usage,
    _wait,
    command,
    write_config,
)
from benchmarks.onebot_load import Load, Writer, parse, qq
from bot.clock import SystemClock
from bot.settings import load_settings
from bot.setup import program_of
from community.outgoing import Priority, Target

SMALL = 64  # outstanding, the figure of the other benchmarks
QUIET_NEVER = ["03:00", "03:00"]  # or a broadcast at night would wait for the morning
HISTORY = {"get_group_list": [], "get_group_msg_history": {"messages": []}, "get_friend_msg_history": {"messages": []}}


class Burst(Load):
    """One run: everybody whose number is not among `users` only gets the broadcast."""

    def __init__(self, options: argparse.Namespace, broadcast: int, progress: Progress, task: Any) -> None:
        super().__init__(options)
        self.bulk: list[float] = []  # when each message of the broadcast came
        self.began = self.ended = 0.0  # the burst
        self._broadcast = broadcast
        self._first = asyncio.Event()
        self._progress, self._task = progress, task

    async def _write(self, out: Writer, frames: list[tuple[int, int, bytes]]) -> None:
        await self._first.wait()
        self.began = time.perf_counter()
        await super()._write(out, frames)

    def _answer(self, call: dict[str, Any]) -> bytes:
        action, params = call.get("action"), call.get("params") or {}
        if action in HISTORY:
            return json.dumps({"status": "ok", "retcode": 0, "data": HISTORY[action], "echo": call["echo"]}).encode()
        self._progress.advance(self._task)
        if action == "send_private_msg" and int(params["user_id"]) >= qq(self.options.users):
            return self._take_bulk(call)
        return super()._answer(call)

    def _take_bulk(self, call: dict[str, Any]) -> bytes:
        self._next_id += 1
        self.bulk.append(time.perf_counter())
        self._first.set()
        self._end_if_all()
        data = {"message_id": self._next_id}
        return json.dumps({"status": "ok", "retcode": 0, "data": data, "echo": call["echo"]}).encode()

    def _done(self, user: int, event: int | None) -> None:
        if self.result.answered(user, event):
            self._free.release()
            self._end_if_all()

    def _end_if_all(self) -> None:
        answered = len(self.result.seconds) >= self.options.count
        if answered and not self.ended:
            self.ended = time.perf_counter()
        if answered and len(self.bulk) >= self._broadcast:
            self._all.set()

    def figures(self) -> Result:
        """Of the burst alone, and of the broadcast beside it."""
        seconds = (self.ended or time.perf_counter()) - self.began
        during = sum(self.began <= at <= self.ended for at in self.bulk)
        return {
            "burst_s": round(seconds, 3),
            "replies_per_s": round(len(self.result.seconds) / seconds, 1),
            "bulk_during_burst": during,
            "bulk_per_s_during_burst": round(during / seconds, 1),
            "bulk_per_s": round(len(self.bulk) / (self.bulk[-1] - self.bulk[0]), 1) if len(self.bulk) > 1 else 0.0,
            "bulk": len(self.bulk),
        }


def main() -> int:
    """Measure and print; 1 if a message was lost, doubled, or waited longer than the limit."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the program it started is stopped too
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with tempfile.TemporaryDirectory(dir=options.workdir) as name, Progress(*columns, console=console) as progress:
        folder = Path(name)
        _prepare(folder, options, progress)
        summaries = [_measured(folder, options, size, progress) for size in (SMALL, options.count)]
    for summary in summaries:
        console.print(_table(summary))
    print(json.dumps(summaries, ensure_ascii=False))
    within = summaries[0]["p99_ms"] <= options.limit * 1000  # all at once holds its own queue: throughput, not waiting
    return 0 if within and all(one["complete"] for one in summaries) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1, help="of each kind; the medians are shown")
    parser.add_argument("--count", type=int, default=5000, help="check-ins of the burst")
    parser.add_argument("--users", type=int, default=2000, help="residents who check in")
    parser.add_argument("--broadcast", type=int, default=10_000, help="messages of the broadcast, one a bystander")
    parser.add_argument("--limit", type=float, default=1.0, help="seconds that the p99 of an answer may take")
    parser.add_argument("--workdir", default=str(ROOT), help="on a real disk, or flushing costs nothing")
    return parser.parse_args()


def _prepare(folder: Path, options: argparse.Namespace, progress: Progress) -> None:
    """One store for all runs: everybody known and greeted, the broadcast waiting in the outbox."""
    task = progress.add_task("importing the community", total=2)
    _import(folder, options.users + options.broadcast)
    _greet_all(folder / "base" / STORE)
    progress.advance(task)
    progress.update(task, description="writing the broadcast")
    _queue(_config(folder / "base"), options)
    progress.advance(task)


def _config(folder: Path, onebot: int = 1, web: int = 1) -> Path:
    path = write_config(folder, onebot, web)
    whole = yaml.safe_load(path.read_text(encoding="utf-8"))
    whole["community"]["rules"] = {"quiet_hours": QUIET_NEVER}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    return path


def _queue(config: Path, options: argparse.Namespace) -> None:
    """Through the one way out, as a round of reminders does it."""
    program = program_of(load_settings(config, {TOKEN_VARIABLE: "x"}), SystemClock())
    program.tick()  # rounds that fell due before are not owed
    with program.work() as work:
        for number in range(options.users, options.users + options.broadcast):
            values = {"half": "上午", "names": [f"住户{number}"], "turn": 1}
            work.post.to(
                Target("qq", "private", str(qq(number))), "reminders/ask", Priority.BULK, values=values,
                once=f"burst/{number}",
            )  # fmt: skip
    program.engine.dispose()


def _measured(folder: Path, options: argparse.Namespace, outstanding: int, progress: Progress) -> Result:
    runs = [_run(folder, options, outstanding, progress) for _ in range(options.runs)]
    keys = [key for key, value in runs[0].items() if isinstance(value, int | float)]
    medians = {key: round(statistics.median(run[key] or 0.0 for run in runs), 2) for key in keys}
    complete = all(
        run["rows"] == options.count and run["bulk"] == options.broadcast
        and not run["unanswered"] and not run["extra_sends"] and not run["errors"]
        for run in runs
    )  # fmt: skip
    return {"outstanding": outstanding, **medians, "errors": [run["errors"] for run in runs], "complete": complete}


def _run(folder: Path, options: argparse.Namespace, outstanding: int, progress: Progress) -> Result:
    run = folder / "run"
    shutil.copytree(folder / "base", run)
    port, token = _free_port(), secrets.token_urlsafe(16)
    config = _config(run, port, _free_port())
    what = "all at once" if outstanding >= options.count else f"{outstanding} outstanding"
    task = progress.add_task(f"burst, {what}", total=options.count + options.broadcast)
    with _running(command("run", "--config", config), _environment(token), run / "log") as process:
        _wait(process, run / "log", lambda: _listens(port))
        words = {"--token": token, "--count": options.count, "--users": options.users, "--outstanding": outstanding}
        arguments = [str(word) for pair in words.items() for word in pair]
        burst = Burst(parse([f"ws://127.0.0.1:{port}{PATH}", *arguments]), options.broadcast, progress, task)
        result = asyncio.run(burst.run())
        rss, cpu = _usage(process.pid, "VmHWM")
    rows = _rows(run / STORE, "select count(*) from checkin")
    shutil.rmtree(run)
    kept = {key: result[key] for key in ("p50_ms", "p99_ms", "max_ms", "unanswered", "extra_sends", "errors")}
    return {**kept, **burst.figures(), "rows": rows, "peak_rss_mib": rss, "cpu_s": cpu}


def _table(summary: Result) -> Table:
    table = Table("", "value", title=f"burst beside a broadcast, {summary['outstanding']} outstanding")
    for key, value in summary.items():
        table.add_row(key, str(value))
    return table


if __name__ == "__main__":
    sys.exit(main())
