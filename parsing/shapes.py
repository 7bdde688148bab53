"""Messages that differ only in the tenths of their readings: "我36.5，老婆36.6" today, "我36.4，老婆36.7" tomorrow.

Most households write the same words day after day. Such a message is understood once, with tenths of our own choosing,
and the tenths really written are put in afterwards. No rule looks at a tenth alone: what it looks at, the whole degrees
and every other word, is part of the shape. An address at the head ("3-2-501 36.5") is put in afterwards in the same way.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from parsing.model import Understanding
from parsing.writing.lexicon import Pattern

LONGEST = 80  # letters; longer messages are hardly ever repeated word by word
MOST = 5  # readings
_READING = Pattern(r"(?<![\d.])(3[5-8])\.(\d)(?![\d.])")  # the common ones, in the common spelling
# An address at the head; not one whose room could be a reading written without its point ("3-1-365").
_HEAD = Pattern(r"[1-9]\d?-[1-9]\d?-(?:[1-9]\d{3}|(?!3[4-9]|4[0-3])[1-9]\d\d)(?=[ ,](?:[^-\n\d]|3[5-8]\.\d(?!\d))*$)")
_DIGIT = Pattern(r"\d")
_RULE = "temperature.read"


class Shape(NamedTuple):
    """A message without the tenths of its readings."""

    words: tuple[str, ...]  # before, between and behind the readings
    degrees: tuple[str, ...]  # of each reading

    def text(self, tenths: Sequence[str]) -> str:
        """The message with these tenths."""
        readings = [f"{whole}.{tenth}" for whole, tenth in zip(self.degrees, tenths, strict=True)]
        return "".join([word + reading for word, reading in zip(self.words, [*readings, ""], strict=True)])


class Answer(NamedTuple):
    """What is understood of a shape, and where the readings stand in it."""

    understanding: Understanding
    checkins: tuple[int | None, ...]  # for each check-in, which of the readings is its temperature
    traces: tuple[int | None, ...]  # for each trace, which of the readings it is about


def common_head(text: str) -> tuple[str, str, str]:
    """The text with a common address in place of the one at its head, and both addresses (empty: there is none)."""
    match = _HEAD.match(text)
    if match is None:
        return text, "", ""
    common = _DIGIT.sub("1", match[0])
    return common + text[match.end() :], match[0], common


def with_address(understood: Understanding, written: str, common: str) -> Understanding:
    """What was understood of the common address, said of the one that was written."""
    checkins = (replace(c, address=written) if c.address == common else c for c in understood.checkins)
    traces = (replace(t, says=f"address {written}") if t.says == f"address {common}" else t for t in understood.traces)
    return replace(understood, checkins=tuple(checkins), traces=tuple(traces))


def shape_of(text: str) -> tuple[Shape, list[str]] | None:
    """The shape of a folded text and its tenths, or None where it has none or two readings are the same."""
    if len(text) > LONGEST or "\n" in text:
        return None
    pieces = _READING.split(text)
    count = len(pieces) // 3
    if not 0 < count <= MOST:
        return None
    if count > 1 and len(set(zip(pieces[1::3], pieces[2::3], strict=True))) < count:
        return None
    return Shape(tuple(pieces[0::3]), tuple(pieces[1::3])), pieces[2::3]


def sample(shape: Shape) -> str:
    """A message of this shape in which no two readings are the same."""
    return shape.text([str(place + 1) for place in range(len(shape.degrees))])


def answer_of(shape: Shape, understood: Understanding) -> Answer | None:
    """What was understood of the sample, where each of its readings became one temperature; None otherwise."""
    if understood.chain:
        return None
    values = [float(f"{whole}.{place + 1}") for place, whole in enumerate(shape.degrees)]
    starts, place = [], 0
    for word in shape.words[:-1]:
        starts.append(place + len(word))
        place = starts[-1] + 4
    told = [checkin.temperature for checkin in understood.checkins if checkin.temperature is not None]
    read = [trace.start for trace in understood.traces if trace.rule == _RULE]
    if sorted(told) != sorted(values) or read != starts:
        return None
    return Answer(
        understood,
        tuple(None if c.temperature is None else values.index(c.temperature) for c in understood.checkins),
        tuple(starts.index(t.start) if t.rule == _RULE else None for t in understood.traces),
    )


def filled(shape: Shape, answer: Answer, tenths: Sequence[str]) -> Understanding:
    """The answer for a message of this shape with these tenths."""
    written = [float(f"{whole}.{tenth}") for whole, tenth in zip(shape.degrees, tenths, strict=True)]
    understood, whose, about = answer
    return Understanding(
        understood.intents,
        tuple(
            checkin if at is None else replace(checkin, temperature=written[at])
            for checkin, at in zip(understood.checkins, whose, strict=True)
        ),
        None,
        tuple(
            trace if at is None else replace(trace, says=str(written[at]))
            for trace, at in zip(understood.traces, about, strict=True)
        ),
    )
