"""接龙: a chain posted again with one more line counts only what is new or changed."""

from datetime import timedelta

from community.calendar import half_day
from community.work import Work
from parsing import Chain, CheckIn
from parsing import ChainLine as Line
from storage.queries import flow
from storage.tables import ChainLine
from storage.vault import vault

MEMORY = timedelta(hours=36)  # a chain is not continued after that


def fresh_entries(work: Work, chat: str, chain: Chain) -> list[CheckIn]:
    """The entries of those lines that were not counted yet; the lines are remembered."""
    title = vault.lookup(chain.title)[:32]
    lines = {_digest(line): line for line in chain.lines if line.checkins}
    counted = _counted(work, chat, title, set(lines))
    fresh = [line for digest, line in lines.items() if digest not in counted]
    for digest, line in lines.items():
        if line in fresh:
            work.session.add(ChainLine(chat=chat, chain=title, digest=digest, at=work.now))
    return [entry for line in fresh for entry in line.checkins]


def _digest(line: Line) -> str:
    """A keyed hash of a line without its number, so that renumbering changes nothing and nothing can be read."""
    return vault.lookup(" ".join(line.text.split()))[:32]


def _counted(work: Work, chat: str, title: str, posted: set[str]) -> set[str]:
    """Lines that count no more: those of this half day, and those of the last chain if this post continues it."""
    rows = [row for row in flow.chain_lines(work.session, chat, work.now - MEMORY) if row.chain == title]
    by_half: dict[int, set[str]] = {}
    for row in rows:
        by_half.setdefault(half_day(row.at, work.zone).index, set()).add(row.digest)
    present = by_half.pop(work.half.index, set())
    last = by_half[max(by_half)] if by_half else set()
    kept = len(last & posted)
    continues = kept * 2 >= len(last) and len(posted) > kept
    return present | last if continues else present
