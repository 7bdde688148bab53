"""The first look at every message: does somebody need an ambulance, or a person against despair?"""

from collections.abc import Collection, Iterator

from parsing.dangers.harmless import Heard, harmless
from parsing.dangers.rules import ALONE, Rule, Shape, grams
from parsing.dangers.tables import LOOKED_PAST, RULES, SAME, SLIPPING, SLIPS
from parsing.writing.lexicon import Pattern, Token

_CALM: frozenset[str] = frozenset()
LONG = 1_200  # a longer text is read piece by piece
_PIECE = Pattern(
    "[^\n]{1,250}[。!?;\n]|[^\n]{80,250},|[^\n]{1,250}|\n"
)  # sentences, else clauses: what is repeated is cut alike
_SLIP = Pattern("|".join(SLIPS))
_PLACES = frozenset({"edge", "sign", "despair"})  # where an accident happens too
_WILL = Pattern("[想要拦劝]|死|不活|活[够着]|割|遗|绝|跳|自杀|别救|再见|对不起|抑郁")
_CALLED_IN_VAIN = frozenset({"unconscious.no_answer", "unconscious.alone_and_silent", "call.doctor", "call.save_us"})
_BOTH = ("crisis", "emergency")
_LABELS = {"both": _BOTH}


def look(text: str, known: Collection[str] = ()) -> tuple[frozenset[str], list[Token]]:
    """What the rules hear in a folded text, and which of them spoke (places are those of the folded text).

    Of a text that says no more than what is `known` already, nothing is said.
    """
    if len(text) > LONG:
        return _look_at_pieces(text)
    tight, held = read_past(text)
    candidates = RULES.candidates(held)
    if known:
        more = [shape for shape in candidates if shape.label not in known]
        if _weighed(list(heard_in(tight, more)))[0] <= set(known):
            return _CALM, []
    heard = list(heard_in(tight, candidates)) if candidates else []
    if not heard:
        return _CALM, []
    labels, speaking = _weighed(heard)
    return frozenset(labels), [_token(text, tight, one, label) for label, one in speaking]


def read_past(text: str) -> tuple[str, set[str]]:
    """The text as the rules read it, without spaces, slips and harmless compounds, and what it holds."""
    tight = text.replace(" ", "") if " " in text else text
    held = grams(tight)
    if not SLIPPING.isdisjoint(held):
        tight = _SLIP.sub(lambda match: SLIPS[match[0]], tight.translate(SAME))
        held = grams(tight)
    past = LOOKED_PAST.candidates(held)
    for shape in past:
        for start, end in shape.spans(tight):
            tight = tight[:start] + "□" * (end - start) + tight[end:]
    return tight, grams(tight) if past else held


def heard_in(text: str, candidates: list[Shape]) -> Iterator[Heard]:
    """The rules that speak of what is really there, each once."""
    done: set[str] = set()
    for shape in candidates:
        if shape.rule.name in done:
            continue
        for start, end in shape.spans(text):
            one = _at(text, start, end, shape.label, shape.rule)
            if not harmless(one):
                done.add(shape.rule.name)
                yield one
                break


def _at(text: str, start: int, end: int, label: str, row: Rule) -> Heard:
    sentence = max(text.rfind(stop, 0, start) for stop in "。!?;\n") + 1
    return Heard(text, start, end, label, row, text[max(sentence, start - 40) : start], text[end : end + 24])


def _weighed(heard: list[Heard]) -> tuple[set[str], list[tuple[str, Heard]]]:
    """The labels whose signs are heavy enough."""
    labels: set[str] = set()
    speaking: list[tuple[str, Heard]] = []
    for label in ("crisis", "emergency"):
        signs = [one for one in heard if label in _LABELS.get(one.label, (one.label,))]
        if label == "emergency" and "crisis" in labels:  # "救救我，我想跳下去" calls for a person
            signs = [one for one in signs if one.rule.name != "call.save_us"]
        if _weight(signs) >= ALONE:
            labels.add(label)
            alone = [one for one in signs if one.rule.weight >= ALONE]
            speaking += [(label, one) for one in alone or signs]
    return _settled(labels, speaking)


def _settled(labels: set[str], speaking: list[tuple[str, Heard]]) -> tuple[set[str], list[tuple[str, Heard]]]:
    """Of both labels one falls where it only echoes the other."""
    if len(labels) < 2:
        return labels, speaking
    families = {label: {one.rule.family for heard, one in speaking if heard == label} for label in labels}
    names = {one.rule.name for label, one in speaking if label == "emergency"}
    if names <= _CALLED_IN_VAIN and "edge" in families["crisis"]:
        return {"crisis"}, [row for row in speaking if row[0] == "crisis"]
    if families["crisis"] <= _PLACES and not _WILL.search(speaking[0][1].text):
        return {"emergency"}, [row for row in speaking if row[0] == "emergency"]
    return labels, speaking


def _weight(signs: list[Heard]) -> int:
    """What they weigh together; of two that read the same words only the heavier one counts."""
    total = 0
    counted: list[Heard] = []
    for one in sorted(signs, key=lambda sign: -sign.rule.weight):
        if not any(one.start < other.end and other.start < one.end for other in counted):
            counted.append(one)
            total += one.rule.weight
    return total


def _token(text: str, tight: str, one: Heard, label: str) -> Token:
    rule = f"danger.{label}.{one.rule.name}"
    if len(tight) == len(text):
        return Token(one.start, one.end, label, "", rule)
    places = [place for place, character in enumerate(text) if character != " "]
    return Token(places[one.start], places[one.end - 1] + 1, label, "", rule)


def _look_at_pieces(text: str) -> tuple[frozenset[str], list[Token]]:
    labels: set[str] = set()
    found: list[Token] = []
    seen: set[str] = set()
    for piece in _PIECE.finditer(text):
        if piece[0] in seen:
            continue
        seen.add(piece[0])
        more, tokens = look(piece[0], labels)
        labels |= more
        found += [token._replace(start=token.start + piece.start(), end=token.end + piece.start()) for token in tokens]
        if len(labels) == len(_BOTH):
            break  # nothing more can be heard
    return frozenset(labels), found
