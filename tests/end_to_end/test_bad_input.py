"""What people, phones and faults throw at the program: nothing is lost, nothing doubled, the others are served."""

import asyncio
import json
import logging
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel, select

from bot.clock import ManualClock
from bot.inbox import Inbox
from bot.messages import Inbound
from bot.outbox import Outbox
from bot.platforms.onebot.codec import inbound as decoded
from bot.platforms.onebot.wire import loads
from bot.program import Program
from bot.setup import build_program, install_sample
from community import checkins
from storage.tables import Checkin, InboundRow, Matter, MatterKind, OutboxRow
from tests.end_to_end.town import SAMPLE, START, WANG, ZHANGWEI, Town, private, town

LIMIT = 4.0  # seconds for one message; the machine is shared


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    clock = ManualClock(datetime.fromisoformat(START))
    built = build_program(f"sqlite:///{tmp_path / 'bad.db'}", bytes(32), clock, platforms=("qq",))
    install_sample(built, SAMPLE)
    built.tick()
    yield built
    built.engine.dispose()


def rows(program: Program, table: type[SQLModel]) -> list[Any]:
    with Session(program.engine) as session:
        return list(session.exec(select(table)))


def to(sent: list[OutboxRow], who: int) -> str:
    """Everything that goes to somebody, joined."""
    return "\n".join(row.text for row in sent if row.chat_id == str(who))


def wire(text: str) -> Inbound:
    """What the QQ platform makes of a private message with this text, in escaped JSON as implementations send it."""
    event = {
        "post_type": "message", "message_type": "private", "message_id": 1, "user_id": ZHANGWEI, "self_id": 10000,
        "message": [{"type": "text", "data": {"text": text}}], "sender": {"nickname": text[:20]},
    }  # fmt: skip
    return decoded(loads(json.dumps(event).encode()), "qq", "10000", datetime.fromisoformat(START))


# --- odd texts ----------------------------------------------------------------------------------------------------

ODD = {
    "100,000 characters": "今天" * 50_000,
    "100,000 digits": "3" * 100_000,
    "100,000 readings": "36.5 " * 20_000,
    "100,000 line ends": "\n" * 100_000 + "36.5",
    "100,000 opening brackets": "（" * 100_000,
    "control characters": "36.5\x00\x01\x08\x1b[31m\x7f\x85正常",
    "lone surrogates": "36.5 \ud83d 正常 \udc00",
    "emoji only": "😷🤒🤧" * 10,
    "family of joined emoji": "👨‍👩‍👧‍👦🏳️‍🌈",
    "zero-width": "\u200b\u200c\u200d\ufeff",
    "zero-width inside": "3\u200b6\ufeff.\u200d5",
    "right to left": "\u202e5.63 温体\u202c",
    "combining": "36.5" + "\u0301" * 5_000,
    "blank": " \u3000\t\n",
    "empty": "",
    "percent and braces": "%s %d {0} {{name}} {% raw %} ${x}",
    "quotes": "'; DROP TABLE person; --",
    "a slash": "/",
    "slashes": "/" * 5_000,
    "a command without end": "/打卡 " + "很" * 30_000,
    "unknown command": "/" + "\u0660\u0661" * 50,
    "numbers of all scripts": "٣٦.٥ ३६.५ ３６．５ ㊱ ½ ²",
    "an enormous number": "#" + "9" * 400,
    "take an enormous number": "收到 " + "9" * 9,
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_text_is_stored_handled_and_never_fails(program: Program, text: str) -> None:
    began = time.perf_counter()
    program.handle([private(str(ZHANGWEI), text, 1)])
    program.handle([private(str(WANG), text, 2)])
    program.handle([private("123456", text, 3)])
    assert time.perf_counter() - began < 3 * LIMIT
    stored = rows(program, InboundRow)
    assert [row.reference for row in stored] == [None, None, None]
    kept = text.encode("utf-8", "replace").decode()
    assert [row.text for row in stored] == [kept] * 3


@pytest.mark.parametrize(
    "text", [t for t in ODD.values() if len(t) < 10_000], ids=[k for k, t in ODD.items() if len(t) < 10_000]
)
def test_odd_text_over_the_wire(program: Program, text: str) -> None:
    program.handle([wire(text)])
    assert [row.reference for row in rows(program, InboundRow)] == [None]


def test_a_reading_in_the_middle_of_dirt_still_counts(program: Program) -> None:
    for number, text in enumerate((ODD["control characters"], ODD["zero-width inside"], ODD["lone surrogates"])):
        program.handle([wire(text)] if number == 0 else [private(str(ZHANGWEI), text, 10 + number)])
    assert [row.temperature for row in rows(program, Checkin)] == [36.5, 36.5, 36.5]


def test_a_long_message_is_read_in_front_and_the_sender_is_told(program: Program) -> None:
    sent = program.handle([private(str(ZHANGWEI), "36.5 " + "啊" * 100_000, 1)])
    assert "太长了" in to(sent, ZHANGWEI)
    assert [row.temperature for row in rows(program, Checkin)] == [36.5]


def test_danger_at_the_end_of_a_long_message_is_not_overlooked(program: Program) -> None:
    """Danger is looked for before all else, in any message."""
    sent = program.handle([private(str(ZHANGWEI), "啊" * 30_000 + "。我爸晕倒了没有呼吸，救命", 1)])
    assert "120" in to(sent, ZHANGWEI)


def test_a_chain_of_5000_lines(program: Program) -> None:
    """Only what fits into a message that is read counts; the rest is not taken for granted in silence."""
    lines = [f"{number}. 3-2-501 张伟 36.{number % 10}" for number in range(1, 5001)]
    began = time.perf_counter()
    sent = program.handle([private(str(ZHANGWEI), "#接龙\n" + "\n".join(lines), 1)])
    assert time.perf_counter() - began < LIMIT
    assert rows(program, InboundRow)[0].reference is None
    assert "太长了" in to(sent, ZHANGWEI)
    assert all(len(row.text) < 30_000 for row in sent)


# --- a handler that fails -----------------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Check-ins of 36.6 break, with everything that must not be logged in the error."""
    record = checkins.record

    def fails(work: Any, reading: Any, *args: Any, **options: Any) -> Any:
        if reading.entry.temperature == 36.6:
            raise RuntimeError(f"{reading.name} 36.6 13800000001 坏了")
        return record(work, reading, *args, **options)

    monkeypatch.setattr(checkins, "record", fails)


@pytest.mark.usefixtures("broken")
def test_a_failing_message_takes_only_itself_down(program: Program) -> None:
    batch = [
        private("20005", "36.4", 1), private("20001", "我36.6，家里都好", 2), private("20007", "36.7", 3),
        private("20003", "/帮助", 4),
    ]  # fmt: skip
    sent = program.handle(batch)
    stored = {row.message_id: row for row in rows(program, InboundRow)}
    assert sorted(stored) == ["m1", "m2", "m3", "m4"]
    assert [key for key, row in stored.items() if row.reference] == ["m2"]
    assert stored["m2"].text == "我36.6，家里都好"
    apology = to(sent, 20001)
    assert f"编号 {stored['m2'].reference}" in apology
    assert "120" in apology
    assert Counter(row.temperature for row in rows(program, Checkin)) == Counter([36.4, 36.7])
    for who, words in ((20005, "36.4"), (20007, "36.7"), (20003, "/打卡")):
        assert sum(words in row.text for row in sent if row.chat_id == str(who)) == 1
    [matter] = [row for row in rows(program, Matter) if row.kind == MatterKind.FAILED]
    assert f"#{matter.number}" in to(sent, WANG)
    assert "家里都好" in to(sent, WANG)
    assert program.handle(batch) == []
    assert len(rows(program, InboundRow)) == 4


@pytest.mark.usefixtures("broken")
def test_a_failing_message_in_the_group_is_not_shown_to_the_group(program: Program) -> None:
    from bot.messages import Chat, ChatKind, Sender

    chat = Chat("qq", ChatKind.GROUP, "900001")
    said = Inbound("10000", "g1", chat, Sender("20001", "张伟"), "36.6", datetime.fromisoformat(START))
    sent = program.handle([said])
    assert {row.chat_kind for row in sent} == {"private"}
    assert "编号" in to(sent, 20001)


@pytest.mark.usefixtures("broken")
def test_the_log_of_a_failure_holds_nothing_personal(program: Program, capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.testing.capture_logs() as logs:
        program.handle([private("20001", "我36.6，家里都好", 1), private("20005", "36.4", 2)])
    written = json.dumps(logs, ensure_ascii=False, default=str) + "".join(capsys.readouterr())
    assert "message.failed" in written
    assert "RuntimeError" in written
    for secret in ("张伟", "36.6", "36.4", "13800000001", "坏了", "家里都好", "20001", "20005"):
        assert secret not in written
    reference = rows(program, InboundRow)[0].reference or rows(program, InboundRow)[1].reference
    assert reference
    assert reference in written


def test_an_emergency_in_a_message_that_fails_still_calls_people(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading beside the cry breaks; the cry must not be lost with it."""

    def fails(*_args: Any, **_options: Any) -> Any:
        raise RuntimeError("坏了")

    monkeypatch.setattr(checkins, "record", fails)
    sent = program.handle([private(str(ZHANGWEI), "我爸39.5，晕倒了没有呼吸，救命", 1)])
    assert "120" in to(sent, ZHANGWEI)
    assert "晕倒" in to(sent, WANG)
    kinds = [row.kind for row in rows(program, Matter)]
    assert MatterKind.EMERGENCY in kinds


# --- the store away for a while -----------------------------------------------------------------------------------


@asynccontextmanager
async def inbox_of(program: Program, offered: list[OutboxRow]) -> AsyncIterator[Inbox]:
    async def in_store(call: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(call)

    inbox = Inbox(program, in_store, offered.extend)
    task = asyncio.create_task(inbox.run())
    try:
        yield inbox
    finally:
        task.cancel()
        await asyncio.wait({task})


def away(times: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call that fails the first times, as a store that is away does."""
    left = [times]

    def sometimes(*args: Any, **options: Any) -> Any:
        if left[0] > 0:
            left[0] -= 1
            raise OperationalError("INSERT …", {}, Exception("disk I/O error"))
        return call(*args, **options)

    return sometimes


async def say_all(inbox: Inbox) -> None:
    async with asyncio.timeout(20):
        await asyncio.gather(
            inbox.receive(private("20001", "36.5", 1)), inbox.receive(private("20005", "36.6", 2)),
            inbox.receive(private("20001", "我爸没有呼吸了，救命", 3)), inbox.receive(private("20007", "36.7", 4)),
        )  # fmt: skip


def check_all_once(program: Program, sent: list[OutboxRow]) -> None:
    assert sorted(row.message_id for row in rows(program, InboundRow)) == ["m1", "m2", "m3", "m4"]
    assert not [row for row in rows(program, InboundRow) if row.reference]
    assert sorted(row.temperature for row in rows(program, Checkin)) == [36.5, 36.6, 36.7]
    assert sum("请马上拨打" in row.text for row in sent) == 1
    assert sum("已登记" in row.text for row in sent) == 3
    assert len([row for row in rows(program, Matter) if row.kind == MatterKind.EMERGENCY]) == 1


async def test_the_store_fails_twice_and_nothing_is_lost_or_doubled(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.inbox.PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(Program, "handle", away(2, Program.handle))
    sent: list[OutboxRow] = []
    async with inbox_of(program, sent) as inbox:
        await say_all(inbox)
    check_all_once(program, sent)


@pytest.mark.parametrize("times", [1, 2, 3, 5])
async def test_a_commit_that_fails_is_tried_again_without_an_apology(
    program: Program, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """A store that is away is no fault of the message: it waits, and is then answered as always."""
    monkeypatch.setattr("bot.inbox.PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(Session, "commit", away(times, Session.commit))
    sent: list[OutboxRow] = []
    async with inbox_of(program, sent) as inbox:
        await say_all(inbox)
    check_all_once(program, sent)


async def test_an_answer_survives_a_store_that_is_away_while_it_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reminders are marked before they go; where that fails they wait, and the conversation goes on."""
    async with town(tmp_path, monkeypatch) as qq:
        monkeypatch.setattr(Outbox, "mark", away(3, Outbox.mark))
        qq.at("09:00")
        for person in (20001, 20003, 20007):
            await qq.heard("上午的体温", user=person)
        await qq.peer.private("36.5", user=ZHANGWEI)
        await qq.heard("已登记", user=ZHANGWEI)


async def test_marks_of_what_was_sent_survive_a_store_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with town(tmp_path, monkeypatch) as qq:
        monkeypatch.setattr(Outbox, "write_sent", away(1, Outbox.write_sent))
        await qq.peer.private("36.5", user=ZHANGWEI)
        await qq.heard("已登记", user=ZHANGWEI)
        await qq.app.delivery.drained()
        assert {row.state for row in qq.outbox(ZHANGWEI)} == {"sent"}
        assert not [sent for sent in await qq.rest() if "已登记" in sent.text]


async def test_a_handler_that_fails_over_qq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: None) -> None:
    async with town(tmp_path, monkeypatch) as qq:
        await qq.peer.private("36.6", user=ZHANGWEI)
        apology = await qq.heard("对不起", user=ZHANGWEI)
        reference = re.search(r"编号 (\w+)", apology.text)[1]
        assert reference in {row.reference for row in qq.rows(InboundRow)}
        await qq.heard("36.6", "#", user=WANG)
        await qq.peer.private("36.5", user=ZHANGWEI)
        await qq.heard("已登记", user=ZHANGWEI)


async def test_rubbish_on_the_wire_disturbs_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with town(tmp_path, monkeypatch) as qq:
        for frame in ("", "null", "[]", "{", '{"post_type": "message"}', b"\xff\xfe", '{"post_type": 3}', "9" * 5000):
            await qq.peer.raw(frame)
        await send_odd(qq)
        await qq.peer.private("36.5", user=ZHANGWEI)
        await qq.heard("已登记", user=ZHANGWEI)
    assert not [record for record in caplog.records if "36.5" in record.getMessage() or "张伟" in record.getMessage()]


async def send_odd(qq: Town) -> None:
    for user in (None, "", "abc", -1, 0, 1.5, True, [1], {"a": 1}):
        await qq.peer.event(
            post_type="message", message_type="private", message_id=5, user_id=user,
            message=[{"type": "text", "data": {"text": "36.9"}}],
        )  # fmt: skip
