"""Everything that is written, all or nothing: made in a folder beside, and put in its place at the end."""

import os
import re
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.init.community import COMMUNITY, Codes, fill, new_codes
from bot.init.questions import Told
from bot.settings import SECRETS_FILE, SettingsProblem, Web, load_settings
from bot.setup import program_of
from community.rules import RulesError
from storage.engine import StoreError
from storage.vault import KeyProblem
from templates.render import render

CONFIG, DATA, KEY = "config.yaml", "data", "data/key"
OURS = (DATA, SECRETS_FILE, CONFIG)  # the configuration last: without it, it is no installation
PREFIX = ".lianfang-init-"
PORTS_TRIED = 20
_PLAIN = re.compile(r"[A-Za-z0-9_.:-]+")


class CannotWrite(Exception):
    """The folder cannot be written to; the message says why."""


class CannotOpen(Exception):
    """The installation that stands there cannot be used; the message is the type of the problem."""


def in_the_way(folder: Path) -> list[str]:
    """What stands there already that would be overwritten."""
    return [name for name in reversed(OURS) if (folder / name).exists()]


def can_hold(folder: Path) -> bool:
    """Whether an installation can be written there."""
    near = next(place for place in (folder, *folder.parents) if place.exists())
    return near.is_dir() and os.access(near, os.W_OK | os.X_OK)


def write(folder: Path, told: Told, old: datetime | None = None) -> Codes:
    """Write an installation; returns everybody's code. Raises `CannotWrite`.

    What stands there already is kept under a name with the time `old`; without one, it is refused.
    """
    try:
        with _workplace(folder) as made:
            codes = _make(made, told)
            _put(made, folder, old)
    except OSError as problem:
        raise CannotWrite(problem.strerror or type(problem).__name__) from problem
    return codes


def renew(folder: Path) -> Codes:
    """New codes in an installation that stands there; raises `CannotOpen`."""
    try:
        program = program_of(load_settings(folder / CONFIG), SystemClock())
    except (SettingsProblem, RulesError, KeyProblem, StoreError, OSError) as problem:
        raise CannotOpen(type(problem).__name__) from problem
    try:
        return new_codes(program)
    finally:
        program.engine.dispose()


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A folder on the same disk as the right one, gone at the end whatever happens."""
    near = next(place for place in (folder, *folder.parents) if place.is_dir())
    made = Path(tempfile.mkdtemp(prefix=PREFIX, dir=near))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _make(made: Path, told: Told) -> Codes:
    words = render("init/config", line=told.line, area=COMMUNITY, secrets=SECRETS_FILE, town=told.town, port=_free())
    (made / CONFIG).write_text(words + "\n", encoding="utf-8")
    _write_secret(made / SECRETS_FILE, told.line.secrets)
    (made / DATA).mkdir(mode=0o700)
    settings = load_settings(made / CONFIG)
    settings.check_secrets()
    program = program_of(settings, SystemClock())  # makes the key file, too
    try:
        return fill(program, told.town, told.staff)
    finally:
        program.engine.dispose()


def _free() -> int:
    """A port for the pages that nobody has now; the usual one if possible."""
    for port in range(Web().port, Web().port + PORTS_TRIED):
        with socket.socket() as probe:
            if probe.connect_ex((Web().host, port)) != 0:
                return port
    return Web().port


def _write_secret(path: Path, values: dict[str, str]) -> None:
    lines = [render("init/secrets"), *(f"{name}={_quoted(value)}" for name, value in values.items())]
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def _quoted(value: str) -> str:
    """As it is where that is safe: not everything that reads such files takes quotes off."""
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _put(made: Path, folder: Path, old: datetime | None) -> None:
    """Rename into place; if it fails half-way, everything stands where it stood."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    moved: list[tuple[Path, Path]] = []
    try:
        for name in OURS:
            if (place := folder / name).exists():
                _move(place, _kept_as(place, old), moved)
            _move(made / name, place, moved)
    except BaseException:
        for before, after in reversed(moved):
            after.rename(before)
        raise


def _move(before: Path, after: Path, moved: list[tuple[Path, Path]]) -> None:
    before.rename(after)
    moved.append((before, after))


def _kept_as(place: Path, old: datetime | None) -> Path:
    """What an older file is called from now on."""
    kept = place.with_name(f"{place.name}.{old:%Y%m%d-%H%M%S}" if old else place.name)
    if kept.exists():
        raise FileExistsError(None, render("init/file_exists", name=place.name))
    return kept
