"""The whole program under check-ins, next to a bare echo on the same machine.

    python -m benchmarks.checkins        (`make bench`)

Makes a community of 2,000 households, imports it once, then for each run copies that store, starts the program,
measures idle memory and the time to the first page, lets the residents check in, stops it and counts the rows. Prints
a table and, as the last line, JSON. The load generator shares the machine with the program, so compare ratios to the
echo of the same run, not absolute numbers of different days.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.onebot_load import HOUSEHOLDS_PER_BUILDING, address, qq

ROOT = Path(__file__).resolve().parents[1]
TOKEN_VARIABLE = "LIANFANG_ONEBOT_TOKEN"
PATH = "/onebot/v11/ws"
STORE = "lianfang.db"
OBSERVED_EVERY = 4  # households; the hard case of 2020 had a quarter of a town under observation
Result = dict[str, Any]


def write_config(folder: Path, onebot_port: int, web_port: int) -> Path:
    """The program's configuration for one run; the only place that knows its keys."""
    config = {
        "store": {"url": f"sqlite:///{STORE}", "key_file": "key"},  # from the file's folder
        "community": {"default_area": "sq"},
        "sandbox": {"enabled": False},
        # as fast as it goes: the pace that protects a QQ account is not what is measured
        "platforms": {"onebot": {"port": onebot_port, "sends_per_second": 0, "burst": 100_000}},
        "web": {"port": web_port},
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    return path


def command(*words: str | Path) -> list[str]:
    """The program's command line."""
    return [sys.executable, "-m", "bot.cli", *map(str, words)]


def community(households: int) -> dict[str, Any]:
    """A community in the form that `import` reads: a grid of four buildings each has its leader and a group."""
    buildings = [str(number + 1) for number in range(-(-households // HOUSEHOLDS_PER_BUILDING))]
    grids = [buildings[start : start + 4] for start in range(0, len(buildings), 4)]
    areas: list[dict[str, Any]] = [
        {"id": "qu", "level": "district", "name": "测试区"},
        {"id": "jd", "level": "subdistrict", "name": "测试街道", "parent": "qu"},
        {"id": "sq", "level": "community", "name": "测试社区", "parent": "jd"},
    ]
    staff: list[dict[str, Any]] = [
        {"id": "c1", "qq": 200_000_001, "name": "陈一", "role": "committee", "area": "sq"},
        {"id": "d1", "qq": 200_000_002, "name": "赵医生", "role": "doctor", "area": "sq"},
        {"id": "op", "qq": 200_000_003, "name": "管理员", "role": "operator", "area": "qu"},
    ]
    groups: list[dict[str, Any]] = []
    for number, numbers in enumerate(grids, 1):
        grid, name = f"g{number}", f"第{number}网格"
        areas.append({"id": grid, "level": "grid", "name": name, "parent": "sq", "buildings": numbers})
        leader = {"id": f"l{number}", "qq": 200_000_100 + number, "name": f"网格长{number}"}
        staff.append({**leader, "role": "grid_leader", "area": grid})
        group = {"id": f"r{number}", "qq": 900_000 + number, "name": f"{name}居民群", "area": grid}
        groups.append({**group, "kind": "residents"})
    homes = [
        {"address": address(number), "community": "sq", "members": [_contact(number), _child(number)]}
        for number in range(households)
    ]
    observed = [_observation(number) for number in range(0, households, OBSERVED_EVERY)]
    return {
        "areas": areas,
        "groups": groups,
        "staff": staff,
        "households": homes,
        "observations": observed,
        "rules": {},
    }


def _contact(number: int) -> dict[str, Any]:
    return {"id": f"u{number}", "qq": qq(number), "name": f"住户{number}", "age": 30 + number % 50}


def _observation(number: int) -> dict[str, Any]:
    start = (datetime.now(UTC) - timedelta(days=3)).date()
    return {"person": f"住户{number}", "household": address(number), "start": start, "days": 14, "reason": "外地返回"}


def _child(number: int) -> dict[str, Any]:
    return {"name": f"小孩{number}", "age": 1 + number % 17}


def main() -> int:
    """Measure and print; 1 if any run lost a message."""
    options = _options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the program it started is stopped too
    console = Console(stderr=True)
    runs: list[Result] = []
    with tempfile.TemporaryDirectory(dir=options.workdir) as name, Progress(console=console) as progress:
        task = progress.add_task("importing", total=1 + 2 * options.runs)
        folder = Path(name)
        imported = _import(folder, options.households)
        _greet_all(folder / "base" / STORE)
        progress.advance(task)
        for number in range(options.runs):
            progress.update(task, description=f"run {number + 1}: echo")
            echo = _echo(options)
            progress.advance(task)
            progress.update(task, description=f"run {number + 1}: program")
            runs.append({**_program(folder, options), "echo_msgs_per_s": echo["msgs_per_s"]})
            progress.advance(task)
    summary = _summary(runs, options, imported)
    console.print(_table(summary))
    print(json.dumps(summary, ensure_ascii=False))
    return 0 if summary["complete"] else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--count", type=int, default=6000, help="check-ins a run")
    parser.add_argument("--households", type=int, default=2000)
    parser.add_argument("--outstanding", type=int, default=64)
    parser.add_argument("--page", default="/")
    parser.add_argument("--rows", default="select count(*) from checkin", help="must give one row a check-in")
    parser.add_argument("--workdir", default=str(ROOT), help="on a real disk, or flushing costs nothing")
    return parser.parse_args()


def _import(folder: Path, households: int) -> float:
    path = folder / "community.yaml"
    path.write_text(yaml.safe_dump(community(households), allow_unicode=True, sort_keys=False), encoding="utf-8")
    base = folder / "base"
    base.mkdir()
    started = time.perf_counter()
    arguments = command("import", path, "--config", write_config(base, _free_port(), _free_port()))
    done = subprocess.run(arguments, cwd=ROOT, env=_environment("x"), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"import failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return time.perf_counter() - started


def _greet_all(store: Path) -> None:
    """Mark everybody as greeted: measured is the daily check-in, not the notice that each person gets once."""
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE account SET greeted_at = '2020-01-01 00:00:00'")
        connection.commit()


def _program(folder: Path, options: argparse.Namespace) -> Result:
    run = folder / "run"
    shutil.copytree(folder / "base", run)
    onebot_port, web_port, token = _free_port(), _free_port(), secrets.token_urlsafe(16)
    config = write_config(run, onebot_port, web_port)
    before = _rows(run / STORE, options.rows)
    started = time.perf_counter()
    with _running(command("run", "--config", config), _environment(token), run / "log") as process:
        _wait(process, run / "log", lambda: _page(f"http://127.0.0.1:{web_port}{options.page}"))
        first_page = time.perf_counter() - started
        _wait(process, run / "log", lambda: _listens(onebot_port))
        time.sleep(1.0)  # idle is measured when start-up work has settled
        idle, _ = _usage(process.pid)
        result = _load(options, f"ws://127.0.0.1:{onebot_port}{PATH}", "--token", token)
        peak, cpu = _usage(process.pid, "VmHWM")
    rows = _rows(run / STORE, options.rows) - before
    shutil.rmtree(run)
    figures = {"first_page_s": first_page, "idle_rss_mib": idle, "peak_rss_mib": peak, "cpu_s": cpu, "rows": rows}
    return {**result, **figures}


def _echo(options: argparse.Namespace) -> Result:
    port = _free_port()
    with _running([sys.executable, "-m", "benchmarks.echo", str(port)], _environment("x"), None) as process:
        _wait(process, None, lambda: _listens(port))
        return _load(options, f"ws://127.0.0.1:{port}/", "--echo", "--count", "30000")


def _load(options: argparse.Namespace, url: str, *more: str) -> Result:
    numbers = {"--count": options.count, "--users": options.households, "--outstanding": options.outstanding}
    words = [str(word) for pair in numbers.items() for word in pair]
    arguments = [sys.executable, "-m", "benchmarks.onebot_load", url, *words, *more]
    done = subprocess.run(arguments, cwd=ROOT, env=_environment("x"), capture_output=True, text=True, check=False)
    if not done.stdout:
        raise SystemExit(f"load generator failed:\n{done.stderr[-3000:]}")
    result: Result = json.loads(done.stdout)
    return result


@contextmanager
def _running(arguments: list[str], environment: dict[str, str], log: Path | None) -> Iterator[subprocess.Popen[bytes]]:
    with (log or Path(os.devnull)).open("wb") as out:
        # a group of its own, so that stopping it reaches its children and nothing else
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(process: subprocess.Popen[bytes], log: Path | None, ready: Callable[[], bool], seconds: float = 60.0) -> None:
    limit = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > limit:
            text = log.read_text(errors="replace")[-3000:] if log else ""
            raise SystemExit(f"not ready (exit code {process.returncode}):\n{text}")
        time.sleep(0.02)


def _page(url: str) -> bool:
    try:
        # proxies of the environment do not serve this machine's own pages
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500  # a log-in page is a page
    except OSError:
        return False


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(token: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if "proxy" not in key.lower()}
    return {**kept, TOKEN_VARIABLE: token}


def _usage(pid: int, field: str = "VmRSS") -> tuple[float, float]:
    """MiB and CPU seconds of a process and its children."""
    memory = ticks = 0
    for one in _tree(pid):
        status = Path(f"/proc/{one}/status").read_text(encoding="utf-8")
        memory += sum(int(line.split()[1]) for line in status.splitlines() if line.startswith(f"{field}:"))
        stat = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        ticks += int(stat[11]) + int(stat[12])
    return round(memory / 1024, 1), round(ticks / os.sysconf("SC_CLK_TCK"), 2)


def _tree(pid: int) -> list[int]:
    children = [int(word) for path in Path(f"/proc/{pid}/task").glob("*/children") for word in path.read_text().split()]
    return [pid, *(one for child in children for one in _tree(child))]


def _rows(store: Path, query: str) -> int:
    with closing(sqlite3.connect(store)) as connection:
        return int(connection.execute(query).fetchone()[0])


def _summary(runs: list[Result], options: argparse.Namespace, imported: float) -> Result:
    keys = ["msgs_per_s", "echo_msgs_per_s", "p50_ms", "p99_ms"]
    keys += ["cpu_s", "first_page_s", "idle_rss_mib", "peak_rss_mib"]
    medians = {key: round(statistics.median(run[key] or 0.0 for run in runs), 3) for key in keys}
    ratios = [run["msgs_per_s"] / run["echo_msgs_per_s"] for run in runs]
    return {
        "count": options.count,
        "households": options.households,
        "outstanding": options.outstanding,
        "import_s": round(imported, 2),
        **medians,
        "ratio_to_echo": round(statistics.median(ratios), 4),
        "all_msgs_per_s": [run["msgs_per_s"] for run in runs],
        "rows": [run["rows"] for run in runs],
        "unanswered": [run["unanswered"] for run in runs],
        "extra_sends": [run["extra_sends"] for run in runs],
        "errors": [run["errors"] for run in runs],
        "complete": all(run["rows"] == options.count and not run["unanswered"] and not run["errors"] for run in runs),
    }


def _table(summary: Result) -> Table:
    table = Table("", "value", title=f"check-ins: median of {len(summary['rows'])} runs of {summary['count']}")
    for key, value in summary.items():
        table.add_row(key, str(value))
    return table


if __name__ == "__main__":
    sys.exit(main())
