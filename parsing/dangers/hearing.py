"""Danger, heard twice: by the rules that name each kind, and by the learned weights for what no rule foresees.

Either is enough. Only where the weights are very sure that a longer message is calm, a rule is not believed: of 169
urgent messages that nobody had tuned on, none came near that border, and of 11 false alarms it took 6.
"""

from functools import lru_cache

from parsing.dangers import look as rules
from parsing.people.surnames import looks_like_name
from parsing.reports import chains, lists
from parsing.reports.quick_rows import quick_row
from parsing.wants.intents import DANGERS, find, scores
from parsing.writing.lexicon import Pattern, Token
from parsing.writing.text import fold

SHORTEST = 3  # letters; shorter messages are left to the rules
PLAINLY_CALM = -0.9  # the weights' lean at which a rule is not believed,
SURE_BETWEEN = range(10, 101)  # in a text of so many letters: a longer one may hold one urgent sentence
_HEAD = Pattern(r" ?[\dA-Za-z栋幢座单元室号楼户#-]*[ ,:]?(?P<name>[\u4e00-\u9fff]{2,3})[ ,:]")


def danger(text: str) -> frozenset[str]:
    """Whether the message speaks of an emergency or a crisis; quick enough to be asked before anything else."""
    return hear(fold(text).text)[0]


@lru_cache(maxsize=4096)
def hear(text: str) -> tuple[frozenset[str], tuple[Token, ...]]:
    """The same for a folded text, with the rules that spoke (places are those of the folded text)."""
    rows = _rows(text) if len(text) <= rules.LONG else []
    if not rows:
        return _hear(text)
    labels: set[str] = set()
    found: list[Token] = []
    for start, row in rows:  # what one neighbour writes makes nothing harmless in another's row
        if not quick_row(row):
            head = _head(row)
            more, tokens = hear(row[head:])
            labels |= more
            place = start + head
            found += [token._replace(start=token.start + place, end=token.end + place) for token in tokens]
    return frozenset(labels), tuple(found)


def _head(row: str) -> int:
    """How long the address and the name are at the head of a row: they say nothing, but sound like something."""
    match = _HEAD.match(row)
    if match is None or not looks_like_name(match["name"]):
        return 0
    return match.end()


def _rows(text: str) -> list[tuple[int, str]]:
    """The rows of a chain or a list with their places; none where the message is neither."""
    if lines := chains.split(text):
        return [(line.start, line.text) for line in lines if line.text.strip()]
    return [(line.start, text[line.start : line.end]) for line in lists.split(text) or ()]


def _hear(text: str) -> tuple[frozenset[str], tuple[Token, ...]]:
    labels, found = rules.look(text)
    if len(text) < SHORTEST or max(text[:400]) < "\u4e00":  # numbers and signs alone say nothing to the weights
        return labels, tuple(found)
    if labels and len(text) in SURE_BETWEEN and all(scores(text)[label] < PLAINLY_CALM for label in DANGERS):
        return frozenset(), ()
    more = [token for token in find(text, DANGERS) if token.kind not in labels]
    return labels | {token.kind for token in more}, (*found, *more)
