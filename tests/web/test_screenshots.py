"""The script that takes the README's pictures still plays its scene through the page."""

import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser

from tests.web.conftest import Running

SCRIPT = Path(__file__).parents[2] / "docs" / "screenshots.py"


def test_both_pictures_are_taken(browser: Browser, server: Running, tmp_path: Path) -> None:
    """Asks for `browser` only to be skipped where there is none."""
    command = [sys.executable, SCRIPT, server.address, "--out", tmp_path]
    subprocess.run(command, check=True, timeout=120)
    for name in ("sandbox.png", "sandbox-phone.png"):
        assert (tmp_path / name).read_bytes().startswith(b"\x89PNG")


def test_help_has_an_example() -> None:
    shown = subprocess.run([sys.executable, SCRIPT, "--help"], check=True, capture_output=True, text=True)
    assert "python docs/screenshots.py http://127.0.0.1" in shown.stdout
