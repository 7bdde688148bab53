"""The rule pack: what the disease of the day asks for, in a dated edition, validated when it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml

from parsing import SYMPTOM_LABELS
from parsing.health.temperature import HIGHEST, LOWEST

NOON = time(12)


class RulesError(Exception):
    """A rule pack is wrong; the message names the key and what is allowed."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule pack comes from, and how sure that is."""

    issuer: str
    document: str
    date: date
    confidence: str
    notice: str


@dataclass(frozen=True, slots=True)
class Rules:
    """One edition of one disease; temperatures in °C, times local to the area."""

    edition: str
    disease: str
    source: Source
    fever_threshold_celsius: float
    observation_days: int
    alarm_symptoms: frozenset[str]
    nag_at: tuple[time, time]
    second_nag_after_minutes: int
    door_visit_after_missed: int
    daily_report_at: time
    daily_report_due: time
    report_step_minutes: int
    alert_ack_minutes: int
    emergency_ack_minutes: int
    quiet_hours: tuple[time, time]
    urge_every_minutes: int

    def is_fever(self, temperature: float | None) -> bool:
        """Whether a reading is at or over the threshold."""
        return temperature is not None and temperature >= self.fever_threshold_celsius

    def alarms(self, temperature: float | None, symptoms: tuple[str, ...] | list[str]) -> bool:
        """Whether a report asks for an alert: a fever reading, or an alarm symptom in words."""
        return self.is_fever(temperature) or not self.alarm_symptoms.isdisjoint(symptoms)

    def is_quiet(self, moment: time) -> bool:
        """Whether nothing but danger may be started now."""
        start, end = self.quiet_hours
        return moment >= start or moment < end if start > end else start <= moment < end


def load_rules(path: Path, overrides: Mapping[str, Any] | None = None) -> Rules:
    """Read a rule pack, with single values replaced by `overrides`; raises `RulesError` naming the key."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RulesError(f"{path.name}: unreadable: {error}") from error
    if not isinstance(raw, dict):
        raise RulesError(f"{path.name}: a mapping is expected")
    return read_rules({**raw, **(overrides or {})}, path.name)


def read_rules(raw: Mapping[str, Any], name: str) -> Rules:
    """Rules from plain values; raises `RulesError` naming the key."""
    known = {field.name for field in fields(Rules)}
    raw = _without_later(raw, name)
    for key in raw.keys() - known:
        raise RulesError(f"{name}: unknown key '{key}'; known keys: {', '.join(sorted(known))}")
    for key in known - raw.keys():
        raise RulesError(f"{name}: key '{key}' is missing")
    rules = Rules(**{key: _value(key, value, name) for key, value in raw.items()})
    _agree(rules, name)
    return rules


def _agree(rules: Rules, name: str) -> None:
    """Values that must fit together; raises `RulesError` naming the key."""
    problems = {
        "daily_report_due: must be after daily_report_at": rules.daily_report_due <= rules.daily_report_at,
        "nag_at: one time before 12:00 and one after is expected": not rules.nag_at[0] < NOON <= rules.nag_at[1],
        f"fever_threshold_celsius: must lie between {LOWEST} and {HIGHEST}, which readings are believed": not LOWEST
        < rules.fever_threshold_celsius
        < HIGHEST,
        "alarm_symptoms: unknown code; known are those of parsing.SYMPTOM_LABELS": not rules.alarm_symptoms
        <= SYMPTOM_LABELS.keys(),
    }
    for words, wrong in problems.items():
        if wrong:
            raise RulesError(f"{name}: {words}")


def with_overrides(rules: Rules, overrides: Mapping[str, Any], name: str = "rules") -> Rules:
    """The same rules with single values replaced, checked like those of a file."""
    known = {field.name for field in fields(Rules)}
    overrides = _without_later(overrides, name)
    for key in overrides.keys() - known:
        raise RulesError(f"{name}: unknown key '{key}'")
    changed = replace(rules, **{key: _value(key, value, name) for key, value in overrides.items()})
    _agree(changed, name)
    return changed


_TIMES = {"daily_report_at", "daily_report_due"}
_LATER = {"daily_notice_at"}  # times that samples name for what is still to come: read, and of no effect yet
_TIME_PAIRS = {"nag_at", "quiet_hours"}
_COUNTS = {
    "observation_days", "second_nag_after_minutes", "door_visit_after_missed", "report_step_minutes",
    "alert_ack_minutes", "emergency_ack_minutes", "urge_every_minutes",
}  # fmt: skip


def _without_later(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The values that have an effect; the others must be right as well, so that they can take effect one day."""
    for key in raw.keys() & _LATER:
        _value(key, raw[key], name)
    return {key: value for key, value in raw.items() if key not in _LATER}


def _value(key: str, value: Any, name: str) -> Any:
    """One value in its type, or a `RulesError` that says what is wrong with it."""
    try:
        if key in _TIMES | _LATER:
            return read_time(value)
        if key in _TIME_PAIRS:
            first, second = value
            return (read_time(first), read_time(second))
        if key in _COUNTS:
            return _count(value)
        if key == "fever_threshold_celsius":
            return float(value)
        if key == "alarm_symptoms":
            return _codes(value)
        return Source(**value) if key == "source" else str(value)
    except (TypeError, ValueError) as error:
        raise RulesError(f"{name}: key '{key}': {error}") from error


def _codes(value: Any) -> frozenset[str]:
    if not isinstance(value, list):
        raise ValueError(f"a list of symptom codes is expected, not {value!r}")
    return frozenset(map(str, value))


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"a whole number from 1 is expected, not {value!r}")
    return value


def read_time(value: Any) -> time:
    """A time of day from "HH:MM"; YAML's base-60 integers (unquoted 9:00) are refused with that hint."""
    if not isinstance(value, str):
        raise ValueError(f'a time such as "09:00", in quotes, is expected, not {value!r}')
    try:
        found = time.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise ValueError(f'a time such as "09:00" is expected, not {value!r}')
    return found
