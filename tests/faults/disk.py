"""Disks that can be full: a small one in memory where mounting is allowed, else a limit on the size of every file."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIZE = 24 << 20
PIECE = 1 << 16
FOR_EVER = resource.RLIM_INFINITY


class SmallDisk:
    """A file system of its own, filled up by a file that is no use to anybody."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, pid: int) -> None:
        """Not a byte is left."""
        with suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            for piece in (PIECE, 1):
                with suppress(OSError):
                    while True:
                        file.write(bytes(piece))

    def empty(self, pid: int) -> None:
        """There is room again."""
        self._ballast.unlink()


class Limited:
    """No file of the program may grow; it is told EFBIG instead of ENOSPC, and nothing else differs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, pid: int) -> None:
        """From now on not a byte can be written."""
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, FOR_EVER))

    def empty(self, pid: int) -> None:
        """There is room again."""
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (FOR_EVER, FOR_EVER))


class Stuck(Limited):
    """The store cannot grow, but there is room for new files: a quota for each file, or two disks."""

    def fill(self, pid: int) -> None:
        """What is as long as the store's log now cannot grow."""
        length = (self.folder / "play.db-wal").stat().st_size
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (length, FOR_EVER))


Disk = SmallDisk | Limited


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """A tmpfs; where nobody may mount one, the limit on files stands in for it."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    may_mount = os.geteuid() == 0 and _runs(words)
    try:
        yield SmallDisk(folder) if may_mount else Limited(folder)
    finally:
        if may_mount:
            assert _runs(["umount", "-l", str(folder)])


def _runs(words: list[str]) -> bool:
    try:
        return subprocess.run(words, capture_output=True, timeout=10, check=False).returncode == 0
    except FileNotFoundError:
        return False


KINDS: dict[str, Callable[[Path], Disk]] = {"no file may grow": Limited, "the store may not grow": Stuck}
