"""A stage that starts in a moment (its store is copied, not migrated) and draws no pictures; and what people say on it."""

import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import structlog
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from bot.clock import ManualClock
from bot.messages import Inbound
from bot.settings import ROOT
from community.import_files import read_yaml
from handlers.registry import NAMES
from storage.tables import Checkin, InboundRow, Matter, OutboxRow
from tests.runner.play import KEY
from tests.runner.stage import Sent, Stage

START = datetime.fromisoformat("2020-02-05T08:00:00+08:00")
SAMPLE = read_yaml(ROOT / "content" / "demo" / "sample.yaml")
RESIDENTS_GROUPS = ("g-xf1", "g-xf2", "g-hp1", "x-unbound")
STAFF_GROUPS = ("g-xf-work", "g-qh-work")
RESIDENTS = ("zhangwei", "limei", "wuhao", "zhengjie", "qianli", "qianduo", "fengyu", "hanxue")
STAFF = ("zhou", "chen", "gao", "wang", "liu", "he", "zhao", "sun", "lin", "op")
STRANGERS = ("x-stranger", "x-new")

FEW = settings(
    deadline=None, print_blob=True, derandomize=True, database=None,
    phases=(Phase.explicit, Phase.generate),  # each example is a whole play: making one smaller takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip


@dataclass(slots=True)
class QuickStage(Stage):
    """A stage on a copy of a prepared store."""

    def __post_init__(self) -> None:
        shutil.copy(_prepared(), self.folder / "play.db")
        self.boot()

    def _deliver(self, row: OutboxRow) -> None:
        key = f"out-{row.id}"
        kind = row.file["kind"] if row.file else None
        self.sent.append(Sent(row.chat_id, row.text, key, self.window, kind))
        self.program.outbox.mark_sent([(row.id or 0, key)])

    def die(self) -> None:
        """Killed: nothing is done any more until `crash` or `boot` starts the program again."""
        self.program.engine.dispose()
        self.boot()


@cache
def _prepared() -> Path:
    """The store of the sample at 08:00, made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="lianfang-properties-"))
    stage = Stage(folder, SAMPLE, KEY, ManualClock(START))
    stage.program.engine.dispose()  # the last connection empties the write-ahead log into the file
    return folder / "play.db"


@contextmanager
def quick_stage() -> Iterator[QuickStage]:
    """A fresh stage, silent in the log."""
    _prepared()
    with tempfile.TemporaryDirectory() as folder, structlog.testing.capture_logs():
        stage = QuickStage(Path(folder), SAMPLE, KEY, ManualClock(START))
        try:
            yield stage
        finally:
            stage.program.engine.dispose()


@dataclass(frozen=True, slots=True)
class Said:
    """Who says what where."""

    who: str
    where: str
    text: str
    mentions: bool = False

    def on(self, stage: Stage) -> Inbound:
        """As the stage's platform delivers it."""
        return stage.inbound(self.who, self.where, self.text, mentions_bot=self.mentions)


def stored(stage: Stage) -> dict[str, Any]:
    """What a play left in the store: messages, check-ins, numbered things."""
    with Session(stage.program.engine) as session:
        return {
            "messages": Counter((r.message_id, r.sender_id, r.text) for r in session.exec(select(InboundRow))),
            "check-ins": Counter(
                (r.person_id, r.label, r.day, r.half, r.temperature, tuple(r.symptoms), r.replaced)
                for r in session.exec(select(Checkin))
            ),
            "matters": [
                (m.number, m.kind, m.state, m.words, m.temperature)
                for m in session.exec(select(Matter).order_by(Matter.number))
            ],
            "failed": [r.text for r in session.exec(select(InboundRow)) if r.reference],
        }


def heard(stage: Stage) -> Counter[tuple[str, str]]:
    """Every message that went out, however ordered."""
    return Counter((sent.to, _even(sent.text)) for sent in stage.sent)


def by_chat(stage: Stage) -> dict[str, list[str]]:
    """Every conversation in its order."""
    chats: dict[str, list[str]] = {}
    for sent in stage.sent:
        chats.setdefault(sent.to, []).append(_even(sent.text))
    return chats


def _even(text: str) -> str:
    """The text with an invitation's code, which is drawn by lot, left out."""
    return re.sub(r"\b(?=\w*[A-Z])[A-Z0-9]{6}\b", "……", text)


# --- what people say ----------------------------------------------------------------------------------------------

names = st.sampled_from(
    ["张伟", "李梅", "张小宝", "王大爷", "吴昊", "郑洁", "郑奶奶", "小豆", "钱莉", "钱多", "冯宇", "韩雪", "无名氏"]
)
addresses = st.sampled_from(
    ["3-2-501", "3-2-502", "2-1-301", "1-3-602", "5-1-201", "6-2-1102", "1-1-401", "9-9-909", "3栋"]
)
readings = st.sampled_from(["36.5", "36.8", "37.2", "37.3", "38.4", "39", "45.0", "三十六度五", "36，7"])
symptoms = st.sampled_from(["", " 咳嗽", " 嗓子疼，乏力", " 没有不舒服", " 胸闷", " 拉肚子"])
phones = st.sampled_from(["", " 13800000001", " 110101199003078515", " 电话13912345678"])
words = st.sampled_from(["已联系", "在家休息", "发热门诊排除", "不清楚", "体温36.5"])
numbers = st.sampled_from(["1", "#1", "2", "３", "99"])
days = st.sampled_from(["2月5日", "2020-02-04", "昨天", "2月30日"])


def _said(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map("".join)


check_ins = st.one_of(
    _said(readings, symptoms, phones), _said("我", readings, "，老婆", readings, symptoms),
    _said(names, " ", readings, symptoms), _said(addresses, " ", names, " ", readings, symptoms, phones),
    _said("/打卡 ", readings, symptoms), _said("全家", readings, symptoms), _said("/更正 ", readings),
)  # fmt: skip
chains = st.lists(_said(addresses, " ", names, " ", readings, symptoms, phones), min_size=1, max_size=5).map(
    lambda lines: "#接龙 今日体温\n" + "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))
)
talk = st.one_of(
    st.sampled_from(["早上好", "谢谢", "收到", "在吗", "菜场几点开门？", "哈哈哈", "👍", "好的", "听说有人发烧了是真的吗"]),
    _said("我昨天从广州回来", phones), _said("看到", names, "出门了"), _said("家里没药了，能帮忙买吗", phones),
)  # fmt: skip
danger = st.sampled_from(
    ["我爸晕倒了没有呼吸，快来人", "喘不上气，救命", "真的不想活了", "有老人摔倒昏迷了13800000002"]
)
commands = st.one_of(
    st.sampled_from(["/帮助", "/帮助 打卡", "/我的", "/名单", "/未报", "/催报", "/日报", "/确认日报", "/接龙", "/人工", "/人工 想问买药"]),
    _said("/绑定 ", addresses, " ", names, phones), _said("/收到 ", numbers), _said("/处置 ", numbers, " ", words),
    _said("/结案 ", numbers, " ", words), _said("/回复 ", numbers, " ", words), _said("/通过 ", numbers),
    _said("/驳回 ", numbers, " ", words), _said("/上门 ", addresses, " ", words), _said("/解除 ", names),
    _said("/登记观察 ", names, " ", addresses, " ", days, " ", words), _said("/明细 发热 ", days), _said("/日报 ", days),
    _said("/代报 ", addresses, " ", names, " ", readings, symptoms), _said("/邀请码 ", addresses), _said("/催报 ", addresses),
    _said("/任命 ", names, " 楼栋长 2栋"), _said("/撤职 ", names), st.just("/接龙 今晚体温"),
    st.just("/绑定群 幸福里第一网格 居民"), st.just("/名单 发热"), st.just("/明细 缺报"), st.just("/明细 症状"),
)  # fmt: skip
anything_said = st.one_of(check_ins, chains, talk, danger, commands)
people = st.sampled_from(RESIDENTS + STAFF + STRANGERS)
places = st.sampled_from(("private", "private", *RESIDENTS_GROUPS, *STAFF_GROUPS))
sayings = st.builds(Said, people, places, anything_said, st.booleans())

_ARGUMENTS = st.lists(
    st.one_of(names, addresses, readings, numbers, days, words, st.sampled_from(["楼栋长", "2栋", "居民", "工作", "14", "-1", "0"]),
              st.text(max_size=12)), max_size=5,
).map(" ".join)  # fmt: skip
any_command = st.builds(lambda name, rest: f"/{name} {rest}", st.sampled_from(sorted(NAMES)), _ARGUMENTS)
any_text = st.one_of(
    st.text(max_size=200), st.text(st.characters(exclude_categories=()), max_size=80),  # with lone surrogates
    st.text("0123456789.。度℃，、 +-#/／体温发烧无我他妈爸全家\n：:()（）", max_size=60), any_command, anything_said,
)  # fmt: skip
