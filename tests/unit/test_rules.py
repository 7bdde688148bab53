"""The rule pack: a dated edition, validated when it is read; every wrong value is named by its key."""

from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.setup import RULE_PACKS
from community.rules import Rules, RulesError, load_rules, read_rules, read_time, with_overrides
from parsing import SYMPTOM_LABELS

DEFAULT = RULE_PACKS / "novel-pneumonia-2020-01.yaml"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(DEFAULT)


def raw(**more: Any) -> dict[str, Any]:
    return {**yaml.safe_load(DEFAULT.read_text(encoding="utf-8")), **more}


def test_the_default_is_the_notices_own_edition(rules: Rules) -> None:
    assert rules.fever_threshold_celsius == 37.3
    assert rules.observation_days == 14
    assert len(rules.nag_at) == 2
    assert rules.alarm_symptoms == {"fever", "dyspnea", "chest_pain", "chest_tightness"}
    assert rules.alert_ack_minutes == 15
    assert rules.emergency_ack_minutes == 5
    assert rules.quiet_hours == (time(22), time(7))
    assert "2020" in rules.edition


@pytest.mark.parametrize("path", sorted(RULE_PACKS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_pack_is_read_and_says_where_it_comes_from(path: Path) -> None:
    pack = load_rules(path)
    assert pack.source.issuer
    assert pack.source.document
    assert isinstance(pack.source.date, date)
    assert pack.alarm_symptoms <= set(SYMPTOM_LABELS)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nag_at", ["09:00"]),
        ("nag_at", "09:00"),
        ("nag_at", ["09:00", "17:00", "21:00"]),
        ("nag_at", ["09:00", 1020]),  # YAML's base-60 reading of an unquoted 17:00
        ("nag_at", ["25:00", "17:00"]),
        ("nag_at", ["13:00", "17:00"]),  # both in the second half of the day
        ("nag_at", ["09:00", "11:00"]),
        ("quiet_hours", ["22:00"]),
        ("quiet_hours", None),
        ("daily_report_at", "six"),
        ("daily_report_at", 1080),
        ("daily_report_due", "17:59"),
        ("daily_report_due", "18:00"),
        ("observation_days", 0),
        ("observation_days", -1),
        ("observation_days", 14.5),
        ("observation_days", "14"),
        ("observation_days", True),
        ("alert_ack_minutes", 0),
        ("report_step_minutes", None),
        ("fever_threshold_celsius", "hot"),
        ("fever_threshold_celsius", None),
        ("fever_threshold_celsius", 99.5),  # Fahrenheit: never reached, so nobody would have a fever
        ("fever_threshold_celsius", float("nan")),
        ("fever_threshold_celsius", 33.0),
        ("believable_celsius", [34.0, 43.0]),  # the parser's own, no rule
        ("daily_notice_at", 510),
        ("alarm_symptoms", 5),
        ("alarm_symptoms", "fever"),  # a text would become its letters
        ("alarm_symptoms", ["fevr"]),  # never reported by the parser, so never an alarm
        ("source", "the ministry"),
        ("source", {"issuer": "x"}),
        ("source", {"issuer": "x", "document": "y", "date": date(2020, 1, 25), "confidence": "z", "notice": "", "by": ""}),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_and_named(key: str, value: Any) -> None:
    with pytest.raises(RulesError, match=key):
        read_rules(raw(**{key: value}), "pack.yaml")


def test_an_unknown_key_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(RulesError, match=r"fever_treshold.*fever_threshold_celsius"):
        read_rules(raw(fever_treshold=37.3), "pack.yaml")


@pytest.mark.parametrize("key", sorted(raw()))
def test_a_missing_key_is_refused_and_named(key: str) -> None:
    values = raw()
    del values[key]
    with pytest.raises(RulesError, match=key):
        read_rules(values, "pack.yaml")


def test_a_pack_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_text("- a list\n")
    with pytest.raises(RulesError, match=r"pack\.yaml"):
        load_rules(path)


def test_a_pack_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "pack.yaml"
    path.write_text("a: [\n")
    with pytest.raises(RulesError, match=r"pack\.yaml"):
        load_rules(path)


def test_a_missing_pack_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises((RulesError, FileNotFoundError), match=r"none\.yaml"):
        load_rules(tmp_path / "none.yaml")


def test_single_values_are_replaced(rules: Rules) -> None:
    changed = with_overrides(rules, {"fever_threshold_celsius": 37.5, "nag_at": ["10:00", "16:00"]})
    assert changed.fever_threshold_celsius == 37.5
    assert changed.nag_at == (time(10), time(16))
    assert rules.fever_threshold_celsius == 37.3
    assert load_rules(DEFAULT, {"observation_days": 21}).observation_days == 21


@pytest.mark.parametrize("overrides", [{"days": 14}, {"observation_days": "two weeks"}, {"daily_report_due": "17:00"}])
def test_overrides_are_checked_like_a_file(rules: Rules, overrides: dict[str, Any]) -> None:
    with pytest.raises(RulesError, match=next(iter(overrides))):
        with_overrides(rules, overrides)
    with pytest.raises(RulesError, match=next(iter(overrides))):
        load_rules(DEFAULT, overrides)


@pytest.mark.parametrize(
    ("reading", "fever"), [(None, False), (36.5, False), (37.29, False), (37.3, True), (37.4, True), (41.0, True)]
)
def test_fever_is_at_or_over_the_threshold(rules: Rules, reading: float | None, fever: bool) -> None:
    assert rules.is_fever(reading) is fever


@pytest.mark.parametrize(
    ("reading", "symptoms", "alarms"),
    [
        (36.5, [], False), (None, [], False), (37.3, [], True), (36.5, ["cough"], False), (36.5, ["dyspnea"], True),
        (None, ["fever"], True), (None, ["cough", "chest_pain"], True), (36.5, ["chest_tightness"], True),
        (36.5, ["fatigue", "headache"], False),
    ],
)  # fmt: skip
def test_alarm_symptoms_need_no_reading(rules: Rules, reading: float | None, symptoms: list[str], alarms: bool) -> None:
    assert rules.alarms(reading, symptoms) is alarms


def test_a_time_of_what_is_still_to_come_is_accepted_and_does_nothing(rules: Rules) -> None:
    """Samples name it already; a pack that is written today stays good when it takes effect."""
    assert with_overrides(rules, {"daily_notice_at": "08:45"}) == rules
    assert load_rules(DEFAULT, {"daily_notice_at": "08:45"}) == rules
    with pytest.raises(RulesError, match="daily_notice_at"):
        with_overrides(rules, {"daily_notice_at": "early"})


@pytest.mark.parametrize(
    ("hours", "moment", "quiet"),
    [
        (("22:00", "07:00"), "21:59", False), (("22:00", "07:00"), "22:00", True), (("22:00", "07:00"), "00:00", True),
        (("22:00", "07:00"), "06:59", True), (("22:00", "07:00"), "07:00", False), (("22:00", "07:00"), "12:00", False),
        (("12:00", "14:00"), "11:59", False), (("12:00", "14:00"), "12:00", True), (("12:00", "14:00"), "14:00", False),
        (("00:00", "06:00"), "23:59", False), (("00:00", "06:00"), "00:00", True),
    ],
)  # fmt: skip
def test_quiet_hours_may_pass_midnight(rules: Rules, hours: tuple[str, str], moment: str, quiet: bool) -> None:
    assert with_overrides(rules, {"quiet_hours": list(hours)}).is_quiet(time.fromisoformat(moment)) is quiet


@pytest.mark.parametrize("value", ["9", "9:00", "24:00", "", "nine", None, 540, 9.0, ["09:00"], "09:00+08:00"])
def test_times_are_written_in_full(value: Any) -> None:
    with pytest.raises(ValueError, match="09:00"):
        read_time(value)
