"""How fast messages and questions are understood, and whether any text can make the parser slow.

    python -m benchmarks.parsing        (part of `make bench`)

Three mixes of 10,000 messages each go through `lianfang parse`'s own code in one process: an evening in a group (mostly
readings, each worded in one of the ways of the labelled sets), the labelled sets themselves (many of them written to be
hard), and the evening over and over as reminders bring it. Then every rule is fuzzed for its worst case with texts of up
to 20,000 characters, and questions are matched. Prints a table and, as the last line, JSON.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from bot.content import answers
from bot.parse_command import answers as parsed

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT / "tests" / "corpus"
COUNT = 10_000
LONGEST = 20_000
START = "import time; t = time.perf_counter(); import parsing; parsing.parse('我36.5，有点咳嗽，药没了能帮忙买吗'); print(time.perf_counter() - t)"
WAYS = (
    "{t}", "{t}", "{t}", "{t}℃", "体温{t}", "今日体温{t}，无症状", "{t}，正常", "我{t}，{k}{u}", "我{t} {k}{u} 都没有不舒服", "{a} {t}",
    "{k}{t}，有点咳嗽", "早上{t}", "{w}度{f}，没有发烧咳嗽", "报告：{t}，一切正常，请放心", "{k}{t}，我{u}，都好", "正常", "收到", "好的谢谢",
)  # fmt: skip
KIN = ("老婆", "老公", "孩子", "爸", "妈", "儿子", "女儿", "奶奶", "岳母")
Result = dict[str, Any]


def labelled() -> list[dict[str, Any]]:
    """Every labelled message of the tests, in a fixed random order."""
    lines = [line for path in sorted(CORPUS.glob("*messages*.jsonl")) for line in path.read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines]
    random.Random(1).shuffle(rows)
    return rows


def evening(chance: random.Random) -> Iterator[dict[str, Any]]:
    """An evening in a group: nine messages of ten are check-ins in common words, one is of the labelled sets."""
    others = labelled()
    for number in range(COUNT):
        if chance.random() < 0.1:
            yield {**chance.choice(others), "id": str(number)}
            continue
        t, u = (f"{chance.randint(358, 374) / 10:.1f}" for _ in range(2))
        address = f"{chance.randint(1, 12)}-{chance.randint(1, 3)}-{chance.randint(1, 18)}0{chance.randint(1, 4)}"
        words = {"t": t, "u": u, "k": chance.choice(KIN), "a": address, "w": t[:2], "f": t[-1]}
        text = chance.choice(WAYS).format(**words)
        yield {
            "id": str(number),
            "text": text,
            "expecting": "checkin",
            "household": address,
            "members": ["王芳", "李明"],
        }


def speed(rows: list[dict[str, Any]]) -> Result:
    """Messages a second through `lianfang parse`'s code, and the slowest one."""
    lines = [orjson.dumps(row).decode() for row in rows]
    _forget()  # what is remembered of the last round would flatter this one
    started = time.perf_counter()
    for answer in parsed(lines):
        orjson.dumps(answer)
    return {"messages": len(lines), "per_second": len(lines) / (time.perf_counter() - started)}


def _forget() -> None:
    """Empty every memory of earlier messages: those that are bounded; what is built once for all stays."""
    for name, module in list(sys.modules.items()):
        if name.startswith("parsing."):
            for thing in vars(module).values():
                if hasattr(thing, "cache_parameters") and thing.cache_parameters()["maxsize"]:
                    thing.cache_clear()


def fuzz(rounds: int, chance: random.Random) -> Result:
    """The slowest of many long texts: single characters, words of the rules and whole messages, repeated and mixed."""
    rows = labelled()
    pieces = [row["text"] for row in rows] + list(
        "0123456789.,:/-#、，。 \n一二三十点度栋单元我他没不也都烧咳痛死晕药楼家人1"
    )
    pieces += [
        "没有",
        "不是",
        "36.5",
        "3-2-501",
        "1. ",
        "接龙",
        "昨天",
        "今天",
        "老婆",
        "发烧",
        "从武汉回来",
        "１",
        "\u200b",
        "三十六度",
    ]
    worst: tuple[float, str] = (0.0, "")
    from parsing import parse

    for _ in range(rounds):
        few = [chance.choice(pieces) for _ in range(chance.choice((1, 1, 2, 3, 8, 60)))]
        length = chance.choice((50, 300, 2_000, LONGEST))
        text = ("".join(few) * (length // max(1, sum(map(len, few))) + 1))[:length]
        if chance.random() < 0.3:
            text = "".join(chance.choice(pieces) for _ in range(length))[:length]
        started = time.perf_counter()
        parse(text)
        took = time.perf_counter() - started
        for again in range(4 if took > worst[0] else 0):  # once more: what else the machine did does not count
            started = time.perf_counter()
            parse(text + " x" * again)
            took = min(took, time.perf_counter() - started)
        worst = max(worst, (took, text[:60]))
    return {"texts": rounds, "slowest_ms": worst[0] * 1000, "slowest": worst[1]}


def questions() -> Result:
    """Milliseconds a question, and the memory of a process that answers them."""
    asked = [
        json.loads(line)["text"]
        for path in sorted(CORPUS.glob("aside-questions.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    matcher = answers().matcher
    took = []
    for question in asked:
        started = time.perf_counter()
        matcher.match(question)
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    return {"questions": len(asked), "median_ms": statistics.median(took), "p99_ms": took[int(len(took) * 0.99)]}


def memory() -> float:
    """MiB at most of a process that has answered a question."""
    code = (
        "from bot.content import answers; answers().matcher.match('口罩能戴几天');"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    return float(_alone(code)) / 1024


def start() -> float:
    """Milliseconds from nothing to the first message understood, in a fresh process (Python's own start left out)."""
    return statistics.median(float(_alone(START)) * 1000 for _ in range(5))


def _alone(code: str) -> str:
    # As users start it: with the compiled modules that Python keeps.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def _median(measure: Callable[[], float], times: int) -> float:
    return statistics.median(measure() for _ in range(times))


def main() -> None:
    """Measure everything and print it."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--fuzz", type=int, default=3_000, help="how many long texts")
    args = options.parse_args()
    console = Console()
    hard = [{**row, "id": str(number)} for number, row in enumerate((labelled() * 10)[:COUNT])]
    mixes = {"an evening in a group": list(evening(random.Random(7))), "the labelled sets": hard}
    rows: dict[str, tuple[str, str]] = {}
    result: Result = {}
    for name, mix in mixes.items():
        per_second = _median(lambda mix=mix: speed(mix)["per_second"], args.rounds)  # type: ignore[misc]
        result[name] = per_second
        rows[f"messages a second: {name}"] = (f"{per_second:,.0f}", "5,000")
    result["start_ms"] = start()
    rows["start of the parser"] = (f"{result['start_ms']:.0f} ms", "300 ms")
    with console.status(f"fuzzing with {args.fuzz} texts"):
        result["fuzz"] = fuzz(args.fuzz, random.Random(11))
    rows[f"slowest of {args.fuzz} texts of up to {LONGEST:,} letters"] = (
        f"{result['fuzz']['slowest_ms']:.1f} ms",
        "50 ms",
    )
    result["questions"] = questions()
    rows["a question, median / 99th percentile"] = (
        f"{result['questions']['median_ms']:.1f} / {result['questions']['p99_ms']:.1f} ms", "5 ms",
    )  # fmt: skip
    result["memory_mib"] = memory()
    rows["memory of a process that answers questions"] = (f"{result['memory_mib']:.0f} MiB", "100 MiB")
    table = Table("", "measured", "to reach")
    for name, (measured, wanted) in rows.items():
        table.add_row(name, measured, wanted)
    console.print(table)
    sys.stdout.write(
        json.dumps(
            {**result, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}, ensure_ascii=False
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
