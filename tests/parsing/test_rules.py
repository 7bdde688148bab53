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
from parsing.reports.checkins import read
from parsing.reports.entries import entries
from parsing.reports.quick_rows import quick_row
from parsing.writing.text import fold

NOW = datetime(2020, 2, 6, 9, 30, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("36.5", 36.5), ("36。5", 36.5), ("36，5", 36.5), ("36点5", 36.5), ("36度5", 36.5), ("36℃5", 36.5), ("３６．５℃", 36.5),
        ("三十六度五", 36.5), ("三十六点五", 36.5), ("36度半", 36.5), ("365", 36.5), ("36度", 36.0), ("98.6F", 37.0), ("98.6华氏度", 37.0),
        ("36.5-36.8", 36.8), ("36.5到36.8", 36.8), ("37度多", 37.0), ("三七点二", 37.2), ("室温26度", None), ("8点36", None),
        ("明天最高37度", None), ("牛奶热到40度再喝", None), ("酸奶机42度恒温", None), ("奶奶37度", 37.0), ("今天最高38.2", 38.2), ("36.8元一斤", None), ("排骨一斤37.5太贵", None),  ("13812345678", None), ("热水器调到37度", None), ("28.6", None), ("没量", None),
        ("体温三六八", 36.8), ("36、6", 36.6), ("3 6 . 7", 36.7), ("叁拾陆度贰", 36.2), ("三十七度整", 37.0), ("99.5华氏", 37.5), ("华氏九十八点六", 37.0), ("３６·５", 36.5),
        ("3️⃣6️⃣.5️⃣", 36.5), ("踢温36.8", 36.8), ("山十六度五", 36.5), ("37度冒头", 37.0), ("在36.5和36.7之间", 36.7), ("三十六七岁", None), ("电费36.8，水费12", None),
        ("今天这天39度", None), ("羽绒服36.8起", None), ("我屋里崽37.4", 37.4), ("屋里26度", None), ("比昨天高了0.3度", None), ("要是烧到39度就去，现在37.9", 37.9),
    ],
)  # fmt: skip
def test_temperature(text: str, value: float | None) -> None:
    assert parse_temperature(text) == value


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("3栋2单元501室", "3-2-501"), ("3号楼2单元501", "3-2-501"), ("3#2-501", "3-2-501"), ("三栋二单元五零一", "3-2-501"),
        ("3-2-501", "3-2-501"), ("3幢501", "3-501"), ("a座1203", "A-1203"), ("东区3栋2单元501", "东区-3-2-501"), ("12号楼2门401", "12-2-401"),
        ("我住阳光花园3栋2单元501", "阳光花园-3-2-501"), ("36.5", None), ("没有地址", None), ("二十一号楼三单元十二零四", "21-3-1204"),
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
        ("上吐下泻", ("diarrhea", "vomiting")), ("拉了三回肚子", ("diarrhea",)), ("咳嗽，发烧倒没有", ("cough",)), ("鼻子还是堵，别的都好了", ("stuffy_nose",)),
        # parts of the body and complaints with words in between; lacking; verbs parted from their objects
        ("脑瓜子嗡嗡疼", ("headache",)), ("揉脑袋喊疼", ("headache",)), ("头和嗓子都疼", ("headache", "sore_throat")), ("头晕腿疼", ("dizziness",)),
        ("嗓子跟吞了刀片似的", ("sore_throat",)), ("全身关节又酸又痛", ("arthralgia",)), ("胃口都冇得", ("poor_appetite",)), ("没一丝力气", ("fatigue",)), ("味觉没问题", ()),
        ("拉了四五趟稀", ("diarrhea",)), ("帮我拉一趟货", ()), ("发了一夜烧", ("fever",)), ("嚏喷打得震天响", ("sneezing",)), ("睡唔着", ("insomnia",)),
        # slips by sound
        ("侯咙痛", ("sore_throat",)), ("鼻色", ("stuffy_nose",)), ("今天付泻三次", ("diarrhea",)), ("胸门气短", ("chest_tightness", "dyspnea")), ("没法烧饭了", ()),
        # denied, over, feared, told of long ago
        ("咳嗽、流涕、拉肚子，一样没有", ()), ("没一个咳嗽的", ()), ("够不上发烧", ()), ("烧退了，咳嗽还没好利索", ("cough",)), ("烧退了又起来了", ("fever",)),
        ("不是咳嗽就是打喷嚏", ("cough", "sneezing")), ("没停过咳", ("cough",)), ("昨天嗓子疼，今天轻点了", ("sore_throat",)), ("疹子已经消下去了", ()),
        ("发热□ 咳嗽☑", ("cough",)), ("有无咳嗽：无 有无乏力：有", ("fatigue",)), ("孩子一咳嗽我就紧张", ()), ("大学那年拉肚子", ()), ("小说里写他高烧", ()),
        ("股票跌得我心口疼", ()), ("咳，忘了说", ()), ("照片也烧了", ()),
        ("要真烧起来就麻烦了", ()), ("36.9算低烧吗", ()), ("37.5，是低烧", ("fever",)), ("退烧药", ()),
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
        # one of each class of words, and beside it what only sounds like it
        ("吃了三十片安眠药", {"crisis", "emergency"}), ("吃了一片退烧药", set()), ("唔想做人", {"crisis"}), ("不想做人情", set()),
        ("他闹着要死", {"crisis"}), ("天热得要死", set()), ("炭都买好了，活着太累", {"crisis"}), ("炭买好了，晚上烧烤", set()),
        ("安眠药一瓶，不想活了", {"crisis"}), ("安眠药一瓶多少钱", set()), ("我走了你们就轻松了", {"crisis"}), ("我走了，你们慢慢聊", set()),
        ("我撑不住了，好想解脱", {"crisis"}), ("基金跌得我想跳楼", set()), ("奶奶没喘气了", {"emergency"}), ("不咳嗽不喘气了", set()),
        ("孩子抽抽了", {"emergency"}), ("孩子抽抽搭搭地哭", set()), ("我爸倒在厨房了", {"emergency"}), ("垃圾倒在楼道了", set()),
        ("手被绞断了", {"emergency"}), ("手机被压碎了", set()), ("救命，我妈摔下楼了", {"emergency"}), ("救命，快递又丢了", set()),
        ("我妈在里屋，喊了没人应", {"emergency"}), ("喊了没人应，快递放门口了", set()), ("我快不行了，喘不上气", {"emergency"}), ("我快不行了，困死了", set()),
        ("鱼刺卡住了，喘不上气", {"emergency"}), ("鱼刺卡了一下，已经吞下去了", set()), ("孩子从阳台掉下去了", {"emergency"}), ("被子从阳台掉下去了", set()),
        ("我死了你们就都解脱了", {"crisis"}), ("考完试终于解脱了", set()), ("不想連累家人，走了算了", {"crisis"}), ("不想连累家人，我去隔离点住", set()),
        ("我没有想死", set()), ("我没有想死，但是真的好累", {"crisis"}), ("快递到120了吗", set()), ("快叫120", {"emergency"}),
        ("娃喝了洗衣液", {"emergency"}), ("喝了酒，明天不能开车", set()), ("栏杆外站着个人，腿在外面", {"crisis"}), ("楼顶有人站在边上修太阳能", set()),
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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("接龙 1.钱莉 36.3 2.冯宇 36.9", [("钱莉", 36.3), ("冯宇", 36.9)]),
        ("【接龙】上午测温 1、钱莉 36.2 2、冯宇 36.9", [("钱莉", 36.2), ("冯宇", 36.9)]),
        ("#接龙 今日体温 ①钱莉36.3②冯宇36.9", [("钱莉", 36.3), ("冯宇", 36.9)]),
        ("2月4日接龙：1.钱莉36度3 2.冯宇 正常", [("钱莉", 36.3), ("冯宇", None)]),
        ("接龙1钱莉36.3 2冯宇36.9", [("钱莉", 36.3), ("冯宇", 36.9)]),
        ("1.钱莉 36.3 2.冯宇 36.9", [("钱莉", 36.3), ("冯宇", 36.9)]),
        ("接龙 2.4 36.5", [("self", 36.5)]),
        ("接龙36.5", [("self", 36.5)]),
        ("2月4日36.5", [("self", 36.5)]),
        ("昨天36.5", []),
        ("2月3日36.4，2月4日36.5", [("self", 36.5)]),
        ("2月4日体温 早36.4 晚36.5", [("self", 36.4), ("self", 36.5)]),
        ("呂偉36.5", [("呂偉", 36.5)]),
    ],
)
def test_whose_reading(text: str, told: list[tuple[str, float | None]]) -> None:
    assert [(checkin.person, checkin.temperature) for checkin in parse(text).checkins] == told


def test_a_member_keeps_the_script_of_the_register() -> None:
    for text, member in (("兒子呂偉36.5", "呂偉"), ("儿子吕伟36.5", "呂偉"), ("兒子呂偉36.5", "吕伟")):
        assert [checkin.person for checkin in parse(text, Context(members=("張三", member))).checkins] == [member]


@pytest.mark.parametrize(
    ("text", "intents", "persons"),
    [
        ("隔壁老王发烧了", {"tip"}, []), ("邻居家老李咳嗽", {"tip"}, []), ("邻居家孩子发烧了", {"tip"}, []), ("对门奶奶咳嗽好几天了", {"tip"}, []),
        ("三楼王阿姨家的儿子发烧了", {"tip"}, []), ("隔壁老王发烧了，我36.5", {"checkin", "tip"}, ["self"]), ("邻居家孩子38.5", {"checkin"}, ["孩子"]),
        ("隔壁老王38.5", {"checkin"}, ["老王"]), ("帮对门赵阿姨登记，她咳嗽", {"checkin"}, ["赵阿姨"]), ("楼上我爸妈都36.5", {"checkin"}, ["parents"]),
        ("我家孩子发烧了", {"checkin"}, ["child"]), ("隔壁房间的孩子发烧了", {"checkin"}, ["child"]), ("邻居说我孩子发烧了", {"checkin"}, ["child"]),
    ],
)  # fmt: skip
def test_neighbours_are_no_family(text: str, intents: set[str], persons: list[str]) -> None:
    understanding = parse(text)
    assert set(understanding.intents) == intents
    assert [checkin.person for checkin in understanding.checkins] == persons


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("早起36.1，晌午36.5，擦黑儿36.8", [(36.1, "morning"), (36.5, "noon"), (36.8, "evening")]),
        ("早｜中｜晚\n36.4｜36.6｜36.7", [(36.4, "morning"), (36.6, "noon"), (36.7, "evening")]),
        ("早上忘了，中午补一个36.6", [(36.6, "noon")]),
        ("早晨啊各位！我36.5", [(36.5, None)]),
        ("头一回37.8是捂的做不得准，歇了会儿36.6才是真的", [(36.6, None)]),
        ("40.3别记，水银表36.6为准", [(36.6, None)]),
        ("昨晚没睡着，36.5", [(36.5, None)]),
        ("晚上也睡不着，今天又拉肚子，体温倒是36.9", [(36.9, None)]),
        ("今天早上嗯早上量的三十六度三然后晚上又量了一个三十六度八", [(36.3, "morning"), (36.8, "evening")]),
        ("個仔尋晚38度，而家退咗，36.8", [(36.8, None)]),
    ],
)
def test_readings_of_the_day(text: str, told: list[tuple[float, str | None]]) -> None:
    assert [(checkin.temperature, checkin.when) for checkin in parse(text, Context("checkin")).checkins] == told


@pytest.mark.parametrize("text", ["今朝人不大适意", "哪哪都不得劲", "唔舒服", "98.4，没症状", "44.2，表坏了吧"])
def test_what_has_to_be_asked_again(text: str) -> None:
    (checkin,) = parse(text, Context("checkin")).checkins
    assert checkin.unclear


def test_a_plain_row_reads_the_same_at_a_glance() -> None:
    for text in ("3-2-501 张三 36.5", "张三36.5", "12-1-1203，欧阳明 37.3℃ 正常", "李梅：36.8，无症状"):
        folded = fold(text).text
        quick = quick_row(folded)
        assert quick is not None
        assert entries(folded, read(folded, (), False, True), True) == [quick[0]]
    assert all(quick_row(text) is None for text in ("正常 36.5", "3-1-365", "妈 36.5", "张三 36.5 咳嗽", "张三 收到"))


def test_lines_of_a_chain_that_are_too_many_are_counted() -> None:
    rows = "\n".join(f"{n}. 妈36.{n % 10}有点咳，{n}号量的" for n in range(1, 400))
    chain = parse(f"#接龙 今日体温\n{rows}").chain
    assert chain is not None
    read_lines = sum(bool(line.checkins) for line in chain.lines)
    assert read_lines > 200
    assert (len(chain.lines), chain.unread) == (399, 399 - read_lines)
