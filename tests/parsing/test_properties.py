"""What must hold for any text at all."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from parsing import (
    SYMPTOM_LABELS,
    CheckIn,
    Context,
    as_text,
    danger,
    find_symptoms,
    normalise,
    parse,
    parse_temperature,
)

WORDS = st.sampled_from(
    ["我", "老婆", "张三", "36.5", "三十六度八", "38", "365", "3-2-501", "3栋2单元", "没有", "不", "发烧", "咳嗽", "、", "，", "。", " ", "\n", "昨天", "今天", "早", "晚",
     "都", "正常", "接龙", "1. ", "2. ", "从武汉", "回来", "吗", "？", "怎么办", "晕倒", "不想活", "垃圾", "没人", "帮", "送", "@", "１", "．", "\u200b", "體溫", "\ud800", "🙏", "-"]
)  # fmt: skip
MESSAGES = st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=14).map("".join))
CONTEXTS = st.builds(
    Context, st.sampled_from([None, "checkin"]), st.just("3-2-501"), st.sampled_from([(), ("张三", "李梅"), ("", "王")])
)
CHINESE = "零一二三四五六七八九"
READINGS = st.integers(340, 429)


@settings(max_examples=400, deadline=None)
@given(MESSAGES, CONTEXTS)
def test_any_text_is_understood_somehow(text: str, context: Context) -> None:
    understanding = parse(text, context)
    assert understanding.intents == tuple(sorted(set(understanding.intents)))
    assert understanding.intents
    assert ("checkin" in understanding.intents) == bool(understanding.checkins)
    assert "chat" not in understanding.intents or len(understanding.intents) == 1
    for trace in understanding.traces:
        assert 0 <= trace.start <= trace.end <= len(text)
    for checkin in understanding.checkins:
        assert checkin.temperature is None or 34.0 <= checkin.temperature <= 43.0
        assert list(checkin.symptoms) == sorted(set(checkin.symptoms))


@settings(max_examples=300, deadline=None)
@given(MESSAGES)
def test_the_quick_look_agrees(text: str) -> None:
    assert danger(text) == set(parse(text).intents) & {"emergency", "crisis"}


@settings(max_examples=200, deadline=None)
@given(MESSAGES)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert not any("\ud800" <= character <= "\udfff" for character in once)


@given(READINGS)
def test_spellings_of_one_reading_agree(tenths: int) -> None:
    whole, fraction = divmod(tenths, 10)
    wide = "".join(chr(ord(character) + 0xFEE0) for character in f"{whole}.{fraction}")
    spoken = f"{CHINESE[whole // 10]}十{CHINESE[whole % 10] if whole % 10 else ''}度{CHINESE[fraction]}"
    for spelling in (
        f"{whole}.{fraction}",
        wide,
        f"{whole}度{fraction}",
        f"{whole}点{fraction}",
        f"{whole}。{fraction}",
        spoken,
    ):
        assert parse_temperature(spelling) == tenths / 10
        (checkin,) = parse(spelling).checkins
        assert (checkin.person, checkin.temperature) == ("self", tenths / 10)


@given(
    st.lists(st.sampled_from(sorted(SYMPTOM_LABELS.values())), min_size=1, max_size=6, unique=True),
    st.sampled_from(["无", "没有", "未出现"]),
)
def test_a_denied_list_leaves_nothing(labels: list[str], denial: str) -> None:
    labels = [label for label in labels if "或" not in label]
    text = denial + "、".join(labels) + "等症状"
    assert find_symptoms(text) == ()


CODES = sorted(SYMPTOM_LABELS)
PERSONS_WRITTEN = [
    "self",
    "spouse",
    "father",
    "mother",
    "son",
    "daughter",
    "child",
    "grandfather",
    "grandmother",
    "sibling",
    "parents",
    "张三",
    "李梅",
    "王秀英",
    "欧阳明",
]
CHECKINS = st.builds(
    CheckIn,
    person=st.sampled_from(PERSONS_WRITTEN),
    address=st.sampled_from([None, "3-2-501", "A-1203", "12-1-302"]),
    temperature=READINGS.map(lambda tenths: tenths / 10),
    symptoms=st.lists(st.sampled_from(CODES), max_size=3, unique=True).map(lambda codes: tuple(sorted(codes))),
    when=st.sampled_from([None, "morning", "noon", "evening"]),
)


@settings(max_examples=400, deadline=None)
@given(CHECKINS)
def test_a_check_in_put_into_words_is_read_back(checkin: CheckIn) -> None:
    assert parse(as_text([checkin])).checkins == (checkin,)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        CHECKINS.map(lambda checkin: replace(checkin, address=None)),
        min_size=2,
        max_size=4,
        unique_by=lambda checkin: checkin.person,
    )
)
def test_a_family_put_into_words_is_read_back(checkins: list[CheckIn]) -> None:
    assert parse(as_text(checkins)).checkins == tuple(checkins)
