"""A message that differs from an earlier one in the tenths of its readings is understood as if it were the first."""

import json
import random
import re
from pathlib import Path

import pytest

from parsing import Context, Understanding, parse

CORPUS = Path(__file__).parent.parent / "corpus"
READING = re.compile(r"3[5-8]\.\d")


def _messages() -> list[tuple[str, Context]]:
    """Labelled messages with readings, each with tenths, and some with degrees, of our own choosing."""
    chance = random.Random(4)
    found = []
    for path in sorted(CORPUS.glob("messages*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if not READING.search(row["text"]):
                continue
            context = Context(row["expecting"], row["household"], tuple(row["members"]))
            for degrees in ("35", "36", "37", "38", ""):
                pieces = READING.split(row["text"])
                written = [f"{degrees or old[:2]}.{chance.randint(0, 9)}" for old in READING.findall(row["text"])]
                text = "".join(piece + reading for piece, reading in zip(pieces, [*written, ""], strict=True))
                found.append((text, context))
                found.append(
                    (f"{chance.randint(1, 12)}-{chance.randint(1, 4)}-{chance.randint(101, 339)} {text}", context)
                )
    return found


def test_what_is_remembered_is_what_would_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = _messages()
    remembered: list[Understanding] = [parse(text, context) for text, context in messages]
    monkeypatch.setattr("parsing.parser._remembered", lambda folded, context: None)
    for (text, context), understood in zip(messages, remembered, strict=True):
        assert parse(text, context) == understood, text


def test_each_reading_stays_with_its_person() -> None:
    for mine, hers in ((36.5, 36.6), (36.7, 36.1), (36.2, 36.2)):
        told = {checkin.person: checkin.temperature for checkin in parse(f"我{mine}，老婆{hers}").checkins}
        assert told == {"self": mine, "spouse": hers}
