"""Somebody sets the machine's clock back around a round: nobody is asked twice, and nobody is forgotten."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.clock import SystemClock
from bot.messages import Chat, ChatKind, Inbound, Sender
from bot.program import Program
from storage.engine import reading
from storage.tables import Checkin, InboundRow, Round
from tests.runner.stage import Stage

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
STEP = timedelta(minutes=5)  # between two ticks of the program
EIGHT = datetime(2020, 2, 5, 0, tzinfo=UTC)  # 08:00 in Shanghai
REMINDERS = ("上午好！请报一下", "还没收到上午")  # 09:00 and 10:00
SILENT = {"zhangwei", "wuhao", "fengyu"}  # one contact for each observed household


@dataclass
class Machine:
    """A machine whose clock can be set, with the program on a store that is filled already."""

    stage: Stage
    wall: datetime = EIGHT
    uptime: float = 1000.0
    sent: list[tuple[str, str]] = field(default_factory=list)
    said: int = 0

    def __post_init__(self) -> None:
        self.boot()

    @property
    def program(self) -> Program:
        """The one that runs now."""
        return self.stage.program

    def boot(self) -> None:
        """Start the program, with the clock as it is."""
        self.stage.clock = SystemClock(lambda: self.wall, lambda: self.uptime)  # type: ignore[assignment]
        self.stage.boot()

    def restart(self) -> None:
        """Killed and started again."""
        self.program.engine.dispose()
        self.boot()

    def run(self, time: timedelta) -> None:
        """Time goes by, and the program does what it does each tick."""
        for _ in range(time // STEP):
            self.uptime += STEP.total_seconds()
            self.wall += STEP
            self.program.tick()
            self.deliver()

    def deliver(self) -> None:
        """Send what is due."""
        for row in self.program.outbox.due():
            self.sent.append((row.chat_id, row.text))
            self.program.outbox.mark_sent([(row.id, f"k{row.id}")])

    def say(self, who: str, text: str) -> None:
        """Somebody writes now, as the machine's clock has it."""
        self.said += 1
        chat = Chat("sandbox", ChatKind.PRIVATE, who)
        self.program.handle([Inbound("bot", f"c{self.said}", chat, Sender(who), text, self.wall)])
        self.deliver()

    def reminded(self, words: str) -> Counter[str]:
        """How often each person was asked with these words."""
        return Counter(to for to, text in self.sent if words in text)

    def rows(self, table: Any) -> list[Any]:
        """Every row of a table."""
        with reading(self.program.engine) as session:
            return list(session.exec(select(table)))


@pytest.fixture
def machine(make_stage: Callable[[], Stage]) -> Machine:
    return Machine(make_stage())


BACK = [5 * MINUTE, HOUR, 3 * HOUR]
MOMENTS = {"just before the round": 55 * MINUTE, "just after it": HOUR, "after both": 125 * MINUTE}


@pytest.mark.parametrize("back", BACK, ids=str)
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
def test_each_is_asked_once_however_the_clock_is_set_back(
    machine: Machine, back: timedelta, moment: timedelta, restarted: bool
) -> None:
    machine.run(moment)
    machine.say("zhengjie", "36.4")
    machine.wall -= back
    if restarted:
        machine.restart()
    machine.say("qianli", "36.5")
    machine.run(10 * MINUTE)
    machine.say("hanxue", "36.6")
    machine.run(EIGHT + 3 * HOUR + 50 * MINUTE - machine.wall)  # until 11:50 by the machine's clock
    asked = {words: machine.reminded(words) for words in REMINDERS}
    rounds = [row.key for row in machine.rows(Round) if row.key.startswith("remind/2020-02-05/am")]
    counts = {"asked": asked, "rounds": rounds, "stored": len(machine.rows(InboundRow))}
    print(counts)
    for words in REMINDERS:
        assert asked[words] == Counter(SILENT), counts
    assert sorted(rounds) == ["remind/2020-02-05/am/1", "remind/2020-02-05/am/2"], counts
    assert sorted(row.temperature for row in machine.rows(Checkin)) == [36.4, 36.5, 36.6], counts
    assert sum("已登记" in text for _, text in machine.sent) == 3, counts


def test_what_was_said_just_before_is_not_lost_or_said_again(machine: Machine) -> None:
    """The same message delivered again, after the clock has been set back, is still the same message."""
    machine.run(HOUR)
    machine.say("zhangwei", "张伟 36.5")
    machine.wall -= HOUR
    machine.said -= 1
    machine.say("zhangwei", "张伟 36.5")
    machine.run(2 * HOUR)
    assert len(machine.rows(Checkin)) == 1
    assert sum("已登记" in text for _, text in machine.sent) == 1
