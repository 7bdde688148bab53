"""`python -m tests.runner PATH…`: play transcripts; exits 0 only if every step of every file held."""

import sys
import traceback
from pathlib import Path

import yaml

from bot.settings import ROOT
from tests.runner.play import Failed, play_script
from tests.runner.script import Malformed, read_script, scripts_in

SAMPLE = ROOT / "content" / "demo" / "sample.yaml"


def run(paths: list[Path], sample: Path = SAMPLE) -> int:
    """Play files and folders; prints a line a file and the count last; returns the exit code."""
    community = yaml.safe_load(sample.read_text(encoding="utf-8"))
    files = [file for path in paths for file in scripts_in(path)]
    failed = 0
    for file in files:
        outcome = _play(file, community)
        failed += outcome != "ok"
        print(f"{file.name}: {outcome}", flush=True)
    print(f"{len(files) - failed} passed, {failed} failed")
    return 1 if failed or not files else 0


def _play(file: Path, community: dict) -> str:  # type: ignore[type-arg]
    try:
        play_script(read_script(file), community)
    except Failed as problem:
        return f"FAILED {problem}".replace("\n", "⏎")
    except Malformed as problem:
        return f"FAILED malformed: {problem}".replace("\n", "⏎")
    except Exception as error:
        return f"FAILED {type(error).__name__}: {error} {traceback.format_exc(limit=-6)}".replace("\n", " | ")
    return "ok"


if __name__ == "__main__":
    sys.exit(run([Path(arg) for arg in sys.argv[1:]]))
