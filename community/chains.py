"""接龙: a chain posted again with one more line counts only what is new or changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from community.calendar import half_day
from community.whose import Reading
from community.work import Work
from parsing import Chain, CheckIn
from parsing import ChainLine as Line
from storage.queries import flow
from storage.tables import ChainLine
from storage.vault import vault

MEMORY = timedelta(hours=36)  # a chain is not continued after that
NOBODY = "?"  # before the digest of a line whose person was not found


@dataclass(frozen=True, slots=True)
class Fresh:
    """The lines of a posted chain that were not counted yet, by digest."""

    chat: str
    title: str
    lines: dict[str, Line]
    seen: frozenset[str]  # those that were posted before, when nobody knew whose they are

    @property
    def entries(self) -> list[CheckIn]:
        """What the lines say, in order."""
        return [entry for line in self.lines.values() for entry in line.checkins]

    def news(self, readings: Sequence[Reading]) -> list[Reading]:
        """Without what was said before and still has no person: nobody is told of it twice."""
        old = {id(entry) for digest in self.seen for entry in self.lines[digest].checkins}
        return [reading for reading in readings if reading.person is not None or id(reading.entry) not in old]

    def remember(self, work: Work, readings: Sequence[Reading]) -> None:
        """A line counts once its people are found; until then another may post it and be recognised by it."""
        missing = {id(reading.entry) for reading in readings if reading.person is None}
        for digest, line in self.lines.items():
            found = missing.isdisjoint(map(id, line.checkins))
            if found or digest not in self.seen:
                mark = digest if found else NOBODY + digest
                work.session.add(ChainLine(chat=self.chat, chain=self.title, digest=mark, at=work.now))


def fresh(work: Work, chat: str, chain: Chain) -> Fresh:
    """The lines that were not counted yet."""
    title = vault.lookup(chain.title)[:32]
    lines = {_digest(line): line for line in chain.lines if line.checkins}
    counted = _counted(work, chat, title, set(lines))
    left = {digest: line for digest, line in lines.items() if digest not in counted}
    return Fresh(chat, title, left, frozenset(digest for digest in left if NOBODY + digest in counted))


def _digest(line: Line) -> str:
    """A keyed hash of a line without its number, so that renumbering changes nothing and nothing can be read."""
    return vault.lookup(" ".join(line.text.split()))[:31]


def _counted(work: Work, chat: str, title: str, posted: set[str]) -> set[str]:
    """Marks that hold now: those of this half day, and those of the last chain if this post continues it."""
    rows = [row for row in flow.chain_lines(work.session, chat, work.now - MEMORY) if row.chain == title]
    by_half: dict[int, set[str]] = {}
    for row in rows:
        by_half.setdefault(half_day(row.at, work.zone).index, set()).add(row.digest)
    present = by_half.pop(work.half.index, set())
    last = by_half[max(by_half)] if by_half else set()
    before = {mark.removeprefix(NOBODY) for mark in last}
    kept = len(before & posted)
    continues = kept * 2 >= len(before) and len(posted) > kept
    return present | last if continues else present
