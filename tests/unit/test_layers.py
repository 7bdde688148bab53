"""Imports run one way, and importing opens nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.application.use_cases import lint_imports
from importlinter.configuration import configure

from bot.settings import ROOT

PACKAGES = ("bot", "community", "content", "handlers", "parsing", "scheduler", "storage", "templates", "web")
NOT_IMPORTED = {"storage.migrations.env"}  # run by Alembic alone, with a connection

WATCH = """
import importlib, json, os, sys
seen = []
roots = tuple(sys.argv[1].split(":"))
def hook(event, args):
    if event == "open":
        path, mode, flags = args
        writing = flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) if isinstance(flags, int) else False
        if writing and not str(path).endswith((".pyc",)) and "__pycache__" not in str(path) and str(path) != "/dev/null":
            seen.append(f"writes {path}")
        elif isinstance(path, str) and path.startswith(roots) and "/.venv/" not in path and not path.endswith((".py", ".pyc")):
            seen.append(f"reads {path}")
    elif event.startswith(("socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect", "subprocess.", "os.system")):
        seen.append(event)
class Watched(type(os.environ)):
    def __getitem__(self, key):
        if str(key).startswith("LIANFANG"):
            seen.append(f"environment {key}")
        return super().__getitem__(key)
os.environ.__class__ = Watched
os.environ["LIANFANG_KEY"] = "not to be read"
sys.addaudithook(hook)
found = {}
for name in sys.argv[2:]:
    importlib.import_module(name)
    if seen:
        found[name] = list(seen)
        seen.clear()
print(json.dumps(found))
"""


def modules() -> list[str]:
    files = [path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    names = [".".join(path.with_suffix("").parts).removesuffix(".__init__") for path in files]
    return [name for name in names if name not in NOT_IMPORTED and "migrations.versions" not in name]


def test_importing_any_module_opens_nothing_and_reads_no_environment() -> None:
    command = [sys.executable, "-B", "-c", WATCH, str(ROOT), *modules()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == {}
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1, "importing prints nothing"


def test_the_watch_itself_sees(tmp_path: Path) -> None:
    (tmp_path / "guilty.py").write_text(
        "import os, socket\nopen('x.txt', 'w').close()\nsocket.socket().bind(('127.0.0.1', 0))\nos.environ.get('LIANFANG_KEY')\n"
        "open('config.yaml').close()\n"
    )
    (tmp_path / "config.yaml").write_text("")
    done = subprocess.run(
        [sys.executable, "-B", "-W", "ignore", "-c", WATCH, str(tmp_path), "guilty"], cwd=tmp_path, capture_output=True,
        text=True, check=True, timeout=60,
    )  # fmt: skip
    seen = json.loads(done.stdout)["guilty"]
    assert "writes x.txt" in seen
    assert "socket.bind" in seen
    assert "environment LIANFANG_KEY" in seen


def test_contracts_hold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    configure()
    kept = lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)
    said = capsys.readouterr().out
    assert kept, said
    assert "0 broken" in said


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_what_it_is_for(package: str) -> None:
    text = (ROOT / package / "__init__.py").read_text(encoding="utf-8")
    assert text.startswith('"""')
