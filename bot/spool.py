"""Messages on the local disk while the store is away: one encrypted line each, flushed before anybody is told.

A crash can tear the last lines, which nobody was told of yet. Playing a message twice is harmless, since the store
passes over what it knows; so the file is only ever appended to, and removed as a whole when all of it was played.
"""

import base64
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

import structlog

from bot.logs import trace
from bot.messages import Chat, ChatKind, Inbound, Sender
from storage.vault import KeyProblem, Vault

LIMIT = 256 << 20
PIECE = 1 << 16  # how much is read at once in search of the last whole line
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Spooled:
    """A message and the line it came from."""

    inbound: Inbound
    line: bytes


class Spool:
    """One file, of one process. Each public method is whole: they may be called from any thread."""

    def __init__(self, path: Path, vault: Vault, limit: int = LIMIT, flush: Callable[[int], None] = os.fsync) -> None:
        self._path = path
        self._vault = vault
        self._limit = limit
        self._flush = flush
        self._whole = Lock()  # one method at a time
        self._looked = False
        self._played = 0  # up to here everything is in the store
        self._taken = 0  # up to here `take` gave it away
        self._end = 0  # up to here every line is whole
        self._set_aside = 0  # up to here broken lines were set aside
        self._unkept = False  # a broken line could not be set aside, so the whole file will be

    @property
    def holds(self) -> int:
        """How many bytes wait to be played."""
        return self._end - self._played

    def look(self) -> int:
        """Find what an earlier run left, without what a crash has torn; returns how many bytes wait."""
        with self._whole:
            self._look_once()
            return self.holds

    def put(self, messages: Sequence[Inbound]) -> int:
        """Append messages; returns how many of them, from the first on, there was room for. They are durable then."""
        with self._whole:
            self._look_once()
            lines, size = [], self._end
            for line in map(self._line, messages):
                size += len(line)
                if size > self._limit:
                    break
                lines.append(line)
            if lines:
                self._append(b"".join(lines))
            return len(lines)

    def take(self, most: int) -> list[Spooled]:
        """The next messages to play, in order; lines that cannot be read are set aside."""
        with self._whole:
            lines = self._next_lines(most)
            read = [self._read(line) for line in lines]
            ends = list(accumulate(map(len, lines), initial=self._played))[1:]
            broken = [
                line
                for line, found, end in zip(lines, read, ends, strict=True)
                if found is None and end > self._set_aside
            ]
            if broken:
                self._keep_broken(broken)
            self._taken = ends[-1] if ends else self._played
            self._set_aside = max(self._set_aside, self._taken)
            return [found for found in read if found is not None]

    def done(self) -> None:
        """What was taken is stored; with the last of it the file goes."""
        with self._whole:
            self._played = self._taken
            if self._played >= self._end:
                try:
                    self._remove()
                except OSError as error:  # what is in it is played again after the next start
                    log.error("spool.not_removed", error=trace(error))

    def set_aside(self, refused: Sequence[Spooled]) -> None:
        """Keep for a person what the program can neither handle nor store."""
        with self._whole:
            self._keep_broken([spooled.line for spooled in refused])

    def shelve(self) -> None:
        """Put the whole file aside: it cannot be read, and must not hold up what comes after it."""
        with self._whole:
            log.error("spool.shelved", bytes=self.holds)
            self._unkept = True
            try:
                self._remove()
            except OSError as error:
                log.error("spool.not_shelved", error=trace(error))
                self._played = self._taken = self._end  # the next start tries again

    def clear(self) -> None:
        """Forget everything."""
        with self._whole:
            self._unkept = False
            self._remove()

    # --- the file ---------------------------------------------------------------------------------------------

    def _look_once(self) -> None:
        """Before this nothing may be written: it would take the place of what an earlier run left."""
        if self._looked:
            return
        with suppress(FileNotFoundError), self._path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            self._end = _last_whole(file, size)
            if torn := size - self._end:
                log.warning("spool.torn", bytes=torn)
        self._looked = True

    def _append(self, data: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b", buffering=0) as file:
            # A line that a crash or a full disk has cut short must not grow together with the next one.
            if (size := file.seek(0, os.SEEK_END)) < self._end:
                self._end = _last_whole(file, size)  # somebody has shortened it
            self._played = min(self._played, self._end)
            file.truncate(self._end)
            file.seek(self._end)
            rest = memoryview(data)
            while rest:
                rest = rest[file.write(rest) :]
            self._flush(file.fileno())
        if not self._end:
            self._flush_folder()
        self._end += len(data)

    def _next_lines(self, most: int) -> list[bytes]:
        lines: list[bytes] = []
        with self._path.open("rb") as file:
            position = file.seek(self._played)
            while len(lines) < most and position < self._end:
                line = file.readline()
                if not line:
                    raise OSError("the spool is shorter than it was")
                lines.append(line)
                position += len(line)
        return lines

    def _remove(self) -> None:
        with suppress(FileNotFoundError):
            if self._unkept:
                self._path.rename(self._free_name())
            else:
                self._path.unlink()
            self._flush_folder()
        self._played = self._taken = self._end = self._set_aside = 0
        self._unkept = False

    def _keep_broken(self, lines: Sequence[bytes]) -> None:
        log.error("spool.broken", lines=len(lines))
        try:
            handle = os.open(self.broken, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.writelines(lines)
                file.flush()
                self._flush(file.fileno())
        except OSError as error:
            log.error("spool.not_set_aside", error=trace(error))
            self._unkept = True

    @property
    def broken(self) -> Path:
        """Where lines are kept that could not be played; after a repair they may be appended to the spool again."""
        return self._path.with_name(f"{self._path.name}.broken")

    def _free_name(self) -> Path:
        number = 1
        while (name := self._path.with_name(f"{self._path.name}.broken.{number}")).exists():
            number += 1
        return name

    def _flush_folder(self) -> None:
        """A name that was made or removed is durable with its folder; not every system can flush one."""
        with suppress(PermissionError):
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                self._flush(folder)
            finally:
                os.close(folder)

    # --- one line ---------------------------------------------------------------------------------------------

    def _line(self, inbound: Inbound) -> bytes:
        fields = asdict(inbound) | {"at": inbound.at.isoformat()}
        return base64.b64encode(self._vault.encrypt(json.dumps(fields))) + b"\n"

    def _read(self, line: bytes) -> Spooled | None:
        try:
            return Spooled(_inbound(json.loads(self._vault.decrypt(base64.b64decode(line)))), line)
        except (KeyProblem, ValueError, TypeError, KeyError):
            return None


def _inbound(fields: dict[str, Any]) -> Inbound:
    chat = fields.pop("chat")
    return Inbound(
        chat=Chat(chat["platform"], ChatKind(chat["kind"]), chat["id"]), sender=Sender(**fields.pop("sender")),
        at=datetime.fromisoformat(fields.pop("at")), images=tuple(fields.pop("images")), **fields,
    )  # fmt: skip


def _last_whole(file: BinaryIO, size: int) -> int:
    """Where the last line that has an end ends."""
    at = size
    while at > 0:
        start = max(0, at - PIECE)
        file.seek(start)
        found = file.read(at - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        at = start
    return 0
