"""Node for the tests that try a line against a real program from npm, and that program's packages."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from hashlib import sha256
from pathlib import Path

import pytest

OLDEST_NODE = 18
INSTALL = ("npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund")
LIMIT = 300.0  # seconds for npm


def prepare(folder: Path) -> None:
    """Node, and the packages of this folder; skips the test, or fails it in CI, if they cannot be had."""
    reason = _missing(folder)
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def _missing(folder: Path) -> str:
    node = shutil.which("node")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout if node else ""
    version = re.match(r"v(\d+)", said)
    if version is None or int(version[1]) < OLDEST_NODE or not shutil.which("npm"):
        return f"no Node {OLDEST_NODE} or later with npm: install it to try the platforms against real programs"
    name = sha256(str(folder).encode()).hexdigest()[:16]
    with (Path(tempfile.gettempdir()) / f"lianfang-node-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the workers of pytest-xdist start at the same time
        if (folder / "node_modules" / ".package-lock.json").exists():
            return ""
        try:
            done = subprocess.run(INSTALL, cwd=folder, capture_output=True, check=False, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return f"npm does not get the packages of {folder.name} in time"
        return "" if done.returncode == 0 else f"npm cannot get the packages of {folder.name}"
