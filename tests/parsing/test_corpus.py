"""Labelled messages: no worse than now. All sets were tuned on, so none tells how new ones will do."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _scoring() -> ModuleType:
    """The scorer beside this file, found by place, because importlib mode gives tests no package."""
    spec = importlib.util.spec_from_file_location("parsing_scoring", Path(__file__).with_name("scoring.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["parsing_scoring"] = module
    spec.loader.exec_module(module)
    return module


scoring = _scoring()


@pytest.mark.parametrize(
    ("name", "checkin_f1", "intent_f1", "temperature_recall", "safety", "alarms"),
    [
        ("messages.jsonl", 0.97, 0.97, 0.98, 1.0, 0.005),
        ("messages-third.jsonl", 0.85, 0.9, 0.97, 1.0, 0.02),
        ("messages-fourth.jsonl", 0.95, 0.95, 1.0, 1.0, 0.01),
        ("messages-fifth.jsonl", 0.97, 0.98, 1.0, 1.0, 0.01),
        ("messages-second.jsonl", 0.95, 0.95, 0.97, 1.0, 0.01),
    ],
)
def test_labelled_messages(
    name: str, checkin_f1: float, intent_f1: float, temperature_recall: float, safety: float, alarms: float
) -> None:
    result = scoring.score(scoring.load(name))
    told = "\n".join(result.misses)
    assert result.dangers.recall >= safety, told
    assert result.alarms / result.calm <= alarms, told
    assert result.temperatures.recall >= temperature_recall, told
    assert result.checkins.f1 >= checkin_f1, told
    assert result.intents.f1 >= intent_f1, told


def test_dangers_are_heard_and_look_alikes_are_not() -> None:
    rows = scoring.load("dangers.jsonl")
    missed = [row["text"] for row in rows if not set(row["dangers"]) <= scoring.understand_dangers(row)]
    assert not missed
    calm = [row for row in rows if not row["dangers"]]
    alarms = [row["text"] for row in calm if scoring.understand_dangers(row)]
    assert len(alarms) / len(calm) <= 0.02, alarms
