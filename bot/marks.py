"""What is out and not yet written down: the one list between the loop that sends and the thread that owns the store."""

from collections.abc import Iterator
from contextlib import contextmanager


class SentMarks:
    """Filled by the loop, taken into whatever transaction comes next; each of its steps is one operation on a list."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, str]] = []  # (outbox id, platform's id)
        self._written: list[int] = []  # by a transaction; whoever sends was not told yet

    def add(self, id: int, key: str) -> None:
        """A message went out under this id of its platform."""
        self._waiting.append((id, key))

    @contextmanager
    def taken(self) -> Iterator[list[tuple[int, str]]]:
        """All that waits; it is forgotten when what stands inside, commit and all, has ended well."""
        taken = list(self._waiting)
        yield taken
        del self._waiting[: len(taken)]
        self._written += [id for id, _ in taken]

    def oldest(self) -> int | None:
        """The message that has waited longest."""
        return self._waiting[0][0] if self._waiting else None

    def written(self) -> list[int]:
        """The messages that were written down since this was asked last."""
        written, self._written = self._written, []
        return written

    def clear(self) -> None:
        """Forget everything, after the store was emptied."""
        self._waiting.clear()
        self._written.clear()
