"""What was begun to be sent, on disk before it goes: after a crash nobody has to guess what may be out.

A line is written for every message that is begun (`+12`), that is out (`=12 key`), and that surely did not go (`-12`).
Lines are not flushed to the disk one by one: they outlive the process, not a power cut, for which bulk messages are
claimed in the store.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.logs import trace

MOST_BYTES = 1 << 20  # then the file is written anew with what still counts
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Left:
    """What a former run left: begun and not ended, and out but perhaps not written down in the store."""

    begun: frozenset[int] = frozenset()
    went: dict[int, str] = field(default_factory=dict)


class Journal:
    """One file, used by one loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None
        self._size = 0
        self._open: dict[int, str] = {}  # id -> the platform's id of it, empty while it is on the way

    def left(self) -> Left:
        """What the run before this one left; lines that a crash has torn are passed over."""
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
        except FileNotFoundError:
            return Left()
        begun: set[int] = set()
        went: dict[int, str] = {}
        for line in lines:
            id, _, key = line[1:].partition(" ")
            if not id.isdecimal():
                continue
            begun.discard(int(id))
            if line[0] == "+":
                begun.add(int(id))
            elif line[0] == "=":
                went[int(id)] = key
        return Left(frozenset(begun), went)

    def begin(self, id: int) -> bool:
        """A message is about to go; False if that cannot be written down."""
        self._open[id] = ""
        return self._write(f"+{id}\n")

    def went(self, id: int, key: str) -> None:
        """It is out, and the store does not know yet."""
        self._open[id] = key
        self._write(f"={id} {key.replace(chr(10), chr(32))}\n")

    def failed(self, id: int) -> None:
        """It surely did not go."""
        if self._open.pop(id, None) is not None:
            self._write(f"-{id}\n")
            self._tidy()

    def settled(self, ids: Iterable[int]) -> None:
        """The store knows what became of these."""
        for id in ids:
            self._open.pop(id, None)
        self._tidy()

    def clear(self) -> None:
        """Forget everything: what was left is settled."""
        self._open.clear()
        self._tidy()

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, line: str) -> bool:
        """Append a line; a disk that takes none is no reason to stop sending, only to know less after a crash."""
        octets = line.encode(errors="replace")
        try:
            written = os.write(self._opened(), octets)
        except OSError as error:
            log.error("journal.unwritten", error=trace(error))
            return False
        self._size += written
        return written == len(octets)

    def _tidy(self) -> None:
        """Nothing is open: the file is emptied; too long: it is written anew."""
        try:
            file = self._opened()
            if not self._open and self._size:
                os.ftruncate(file, 0)
                self._size = 0
            elif self._size > MOST_BYTES:
                self._rewrite()
        except OSError as error:
            log.error("journal.untidied", error=trace(error))

    def _rewrite(self) -> None:
        lines = "".join(f"={id} {key}\n" if key else f"+{id}\n" for id, key in self._open.items())
        fresh = self._path.with_suffix(".new")
        fresh.write_text(lines, encoding="utf-8")
        self.close()
        fresh.replace(self._path)
        self._opened()

    def _opened(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            self._size = os.fstat(self._file).st_size
        return self._file
