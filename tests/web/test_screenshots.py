"""The script that takes the README's pictures still plays its scene, on the real program."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = [sys.executable, "-m", "docs.screenshots"]


@pytest.mark.usefixtures("browser")  # skipped where there is none
def test_both_pictures_are_taken(tmp_path: Path) -> None:
    subprocess.run([*SCRIPT, "--out", tmp_path], cwd=ROOT, check=True, timeout=120)
    for name in ("sandbox.png", "sandbox-phone.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_help_has_an_example() -> None:
    shown = subprocess.run([*SCRIPT, "--help"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert "python -m docs.screenshots" in shown.stdout
