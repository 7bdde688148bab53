"""One table a room: what a piece of text means there."""

import subprocess
import sys
import time
from datetime import UTC, date, datetime
from datetime import time as clock

import pytest

from parsing import (
    SYMPTOM_LABELS,
    Context,
    danger,
    find_symptoms,
    normalise,
    parse,
    parse_address,
    parse_moment,
    parse_temperature,
    to_json,
)

NOW = datetime(2020, 2, 6, 9, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36.5", 36.5), ("36。5", 36.5), ("36，5", 36.5), ("36点5", 36.5), ("36度5", 36.5), ("36℃5", 36.5), ("３６．５℃", 36.5),
        ("三十六度五", 36.5), ("三十六点五", 36.5), ("36度半", 36.5), ("365", 36.5), ("36度", 36.0), ("98.6F", 37.0), ("98.6华氏度", 37.0),
        ("36.5-36.8", 36.8), ("36.5到36.8", 36.8), ("37度多", 37.0), ("三七点二", 37.2), ("室温26度", None), ("8点36", None),
        ("36.8元一斤", None), ("13812345678", None), ("热水器调到37度", None), ("28.6", None), ("没量", None),
    ],
)  # fmt: skip
def test_temperature(text: str, value: float | None) -> None:
    assert parse_temperature(text) == value


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("3栋2单元501室", "3-2-501"), ("3号楼2单元501", "3-2-501"), ("3#2-501", "3-2-501"), ("三栋二单元五零一", "3-2-501"),
        ("3-2-501", "3-2-501"), ("3幢501", "3-501"), ("a座1203", "A-1203"), ("东区3栋2单元501", "东区-3-2-501"), ("12号楼2门401", "12-2-401"),
        ("我住阳光花园3栋2单元501", "阳光花园-3-2-501"), ("36.5", None), ("没有地址", None),
    ],
)  # fmt: skip
def test_address(text: str, address: str | None) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("发烧咳嗽", ("cough", "fever")), ("不咳嗽", ()), ("没有发烧", ()), ("无发热、咳嗽、乏力等症状", ()), ("发烧咳嗽都没有", ()),
        ("昨天咳嗽今天好了", ()), ("怕发烧", ()), ("除了有点咳嗽其他都好", ("cough",)), ("没有发热，就是浑身酸痛", ("myalgia",)),
        ("夜里咳得厉害，这会儿不咳了", ()), ("嗓子有点疼", ("sore_throat",)), ("嗓子不疼", ()), ("发烧友", ()), ("笑得我肚子疼", ()),
        ("上吐下泻", ("diarrhea", "vomiting")), ("退烧药", ()),
    ],
)  # fmt: skip
def test_symptoms(text: str, codes: tuple[str, ...]) -> None:
    found = {code for checkin in parse(text).checkins for code in checkin.symptoms}
    assert set(codes) == found
    assert set(find_symptoms(text)) <= set(SYMPTOM_LABELS)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("我不想活了", {"crisis"}), ("爸爸晕倒了叫不醒", {"emergency"}), ("吞了一瓶安眠药", {"crisis", "emergency"}), ("跳楼价大甩卖", set()),
        ("笑死我了", set()), ("新闻里说有人晕倒了", set()), ("不 想 活 了", {"crisis"}), ("36.5", set()),
    ],
)  # fmt: skip
def test_danger(text: str, labels: set[str]) -> None:
    assert danger(text) == labels
    assert set(parse(text).intents) & {"emergency", "crisis"} == labels


@pytest.mark.parametrize(
    ("text", "day", "at", "length"),
    [
        ("2020-02-06 开会", date(2020, 2, 6), None, 10), ("2020/2/6", date(2020, 2, 6), None, 8), ("2月6日", date(2020, 2, 6), None, 4),
        ("08:20", date(2020, 2, 6), clock(8, 20), 5), ("2月6日08:20发", date(2020, 2, 6), clock(8, 20), 9),
        ("明天上午10点 打扫", date(2020, 2, 7), clock(10), 7), ("昨天", date(2020, 2, 5), None, 2), ("后天下午3点半", date(2020, 2, 8), clock(15, 30), 7),
        ("二月十日晚上八点", date(2020, 2, 10), clock(20), 8), ("２月６日", date(2020, 2, 6), None, 4), ("周六", date(2020, 2, 8), None, 2),
    ],
)  # fmt: skip
def test_moment(text: str, day: date, at: clock | None, length: int) -> None:
    moment = parse_moment(text, NOW)
    assert moment is not None
    assert (moment.date, moment.time, moment.length) == (day, at, length)


@pytest.mark.parametrize("text", ["", "打扫", "2020-13-40", "99点", "二月三十日"])
def test_no_moment(text: str) -> None:
    assert parse_moment(text, NOW) is None


def test_normalise() -> None:
    assert normalise("／打卡　３６．５　 發燒\u200b\x07\ud800\r\n好 ") == "/打卡 36.5 发烧\n好"


def test_expecting_decides_bare_answers() -> None:
    assert parse("正常").intents == ("chat",)
    assert parse("正常", Context("checkin")).intents == ("checkin",)
    assert parse("收到", Context("checkin")).intents == ("chat",)


def test_claimed_number_is_kept_for_asking_back() -> None:
    (checkin,) = parse("3.65", Context("checkin")).checkins
    assert (checkin.temperature, checkin.claimed, checkin.unclear) == (None, 3.65, True)


def test_chain_keeps_its_lines() -> None:
    understanding = parse("接龙 体温\n1. 张三 36.5\n2. 李四\n3. 王五 37.5 咳嗽")
    assert understanding.chain is not None
    assert understanding.chain.title == "接龙 体温"
    assert [(line.number, len(line.checkins)) for line in understanding.chain.lines] == [(1, 1), (2, 0), (3, 1)]


def test_json_form() -> None:
    row = to_json("a", parse("我36.5"))
    assert row == {
        "id": "a", "intents": ["checkin"],
        "checkins": [{"person": "self", "address": None, "temperature": 36.5, "symptoms": [], "when": None, "unclear": False}],
    }  # fmt: skip


@pytest.mark.parametrize(
    "unit", ["三", "1", "3-2-", "没有发烧、", "接龙\n1. 张三 36.5\n", "死了", "喘不上", "从武汉", "(", "\n"]
)
def test_longest_message_takes_less_than_a_second(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    started = time.process_time()
    parse(text)
    assert time.process_time() - started < 1.0


def test_import_is_quick() -> None:
    code = "import time; t = time.process_time(); import parsing; print(time.process_time() - t)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=sys.path[0] or None
    )
    assert float(done.stdout) < 0.6  # twice the target, for slow machines
