"""The knowledge base: every topic that must be there, valid entries, and errors that name file and key."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from bot import router  # noqa: F401  (registers every command)
from bot.content import KNOWLEDGE, answers
from bot.setup import RULE_PACKS
from community.knowledge import Confidence, KnowledgeError, Reason, load_knowledge
from handlers.registry import NAMES

TODAY = date(2020, 2, 5)
PACK = "novel-pneumonia-2020-01"
TOPICS = ["observe_duration", "observe_rules", "observe_temperature", "observe_release", "observe_family", "observe_needs", "observe_central", "return_register", "contact_case", "fever_do", "fever_threshold", "symptoms", "incubation", "transmission", "mask_wear", "mask_discard", "hand_washing", "ventilation", "disinfect_home", "disinfect_84", "alcohol_safety", "parcel", "food_safety", "pets", "elevator", "children", "pregnant", "elderly_chronic", "hospital_other", "gate_pass", "gathering", "facilities", "market_shop", "activity_approval", "medical_waste", "rumour_check", "psych_help", "hotlines", "volunteer_join", "help_request", "supplies_mask_get", "health_worker_family", "privacy", "report_how", "recovered", "work_resume", "bus_travel"]  # fmt: skip


@pytest.fixture(scope="module")
def known():
    return load_knowledge(KNOWLEDGE)


def test_every_topic_that_must_be_there_is(known) -> None:
    assert set(TOPICS) <= set(known.topics)
    assert all(known.unanswered[reason] for reason in Reason)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_answers_under_the_shipped_pack_with_its_source(known, topic: str) -> None:
    entry = known.topics[topic].entry(PACK, TODAY)
    assert entry is not None
    assert entry.issuer
    assert entry.document
    assert entry.link or entry.confidence in (Confidence.UNVERIFIED, Confidence.OFFICIAL)
    assert entry.date < entry.valid_until
    assert len(known.topics[topic].forms) >= 50


def test_the_packs_of_all_entries_exist(known) -> None:
    packs = {pack for topic in known.topics.values() for entry in topic.entries for pack in entry.packs}
    assert packs <= {path.stem for path in RULE_PACKS.glob("*.yaml")}


def test_what_is_only_of_2020_says_so(known) -> None:
    """An answer that belongs to a rule pack names its edition in the words that residents see."""
    for topic in known.topics.values():
        for entry in topic.entries:
            if entry.packs:
                assert "2020" in entry.edition, topic.topic


def test_a_pack_without_an_own_entry_gets_the_general_one_and_an_old_one_none(known) -> None:
    topic = known.topics["observe_duration"]
    own, general = topic.entry(PACK, TODAY), topic.entry("another-disease", TODAY)
    assert own is not None
    assert PACK in own.packs
    assert general is not None
    assert general.packs == ()
    assert topic.entry(PACK, date(2099, 1, 1)) is None


GOOD = {
    "topic": "x", "title": "题", "forms": ["怎么办"],
    "entries": [{"packs": [], "edition": "通用", "short": "答", "issuer": "某局", "document": "文", "date": date(2020, 1, 1),
                 "link": "https://example.org/x", "confidence": "mirror", "valid_until": date(2030, 1, 1)}],
}  # fmt: skip
NOBODY = {"groups": [{"reason": "unrelated", "forms": ["停车"]}]}


def write(folder: Path, topic: dict, unanswered: dict = NOBODY, name: str = "x") -> Path:
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(topic, allow_unicode=True), encoding="utf-8")
    (folder / "unanswered.yaml").write_text(yaml.safe_dump(unanswered, allow_unicode=True), encoding="utf-8")
    return folder


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert load_knowledge(write(tmp_path, GOOD)).topics["x"].title == "题"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": "长" * 17}, "title"), ({"colour": "red"}, "colour"), ({"entries": []}, "entries"), ({"topic": "y"}, "must be the file's name"),
        ({"entries": [{**GOOD["entries"][0], "short": "长" * 121}]}, "short"), ({"entries": [{**GOOD["entries"][0], "link": "see there"}]}, "link"),
        ({"entries": [{**GOOD["entries"][0], "confidence": "sure"}]}, "confidence"), ({"forms": ["停车"]}, "stands in"), ({"forms": []}, "forms"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, change: dict, words: str) -> None:
    with pytest.raises(KnowledgeError, match=words) as caught:
        load_knowledge(write(tmp_path, {**GOOD, **change}))
    assert ".yaml" in str(caught.value)


def test_broken_yaml_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="no topics"):
        load_knowledge(tmp_path)
    (tmp_path / "x.yaml").write_text("topic: [", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"x\.yaml: unreadable"):
        load_knowledge(tmp_path)


@pytest.mark.parametrize(
    ("question", "topic", "reason"),
    [
        ("口罩能戴几天", "mask_wear", None), ("用过的口罩扔哪个桶", "mask_discard", None), ("８４消毒液怎么兑水", "disinfect_84", None),
        ("居家觀察要幾多日", "observe_duration", None), ("布洛芬一次吃几片", None, Reason.DOSAGE), ("4栋那个咳嗽的阿姨确诊了吗", None, Reason.OTHERS_HEALTH),
        ("血常规白细胞偏高是什么毛病", None, Reason.DIAGNOSIS), ("红烧肉要放几勺糖", None, None), ("", None, None), ("🙏🙏", None, None),
    ],
)  # fmt: skip
def test_questions_find_their_topic_or_a_person(question: str, topic: str | None, reason: Reason | None) -> None:
    answer = answers().to(question, PACK, TODAY)
    assert answer.match.topic == topic
    assert answer.reason == reason
    assert (answer.entry is not None) == (topic is not None)


def test_answers_name_only_commands_that_there_are(known) -> None:
    named = re.compile(r"(?<![\dA-Za-z/克])/([\u4e00-\u9fff]+)")
    commands = [name for name in NAMES if not name.isascii()]
    for topic in known.topics.values():
        for entry in topic.entries:
            for found in named.findall(entry.short + "\n" + entry.details):
                assert found.startswith(tuple(commands)), f"{topic.topic}: /{found}"
