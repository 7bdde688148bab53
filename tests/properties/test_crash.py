"""Killed at any point and started again: nothing is lost, nothing is said twice, reminders at most once."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery import Delivery
from bot.messages import Outbound
from bot.platforms.contract import CannotTell, Host, State
from community.outgoing import Priority
from tests.properties.quick import FEW, START, QuickStage, Said, heard, quick_stage, sayings, stored

hours = st.sampled_from([0, 0.2, 0.5, 1, 3, 6])


@dataclass(frozen=True, slots=True)
class Step:
    """Something is said, then time passes; the program is killed somewhere on the way, or not."""

    said: Said
    hours: float
    killed: str  # no · before · unsent · half-sent · after · waking


steps = st.builds(Step, sayings, hours, st.sampled_from(["no", "before", "unsent", "half-sent", "after", "waking"]))


def play(stage: QuickStage, story: list[Step], *, calm: bool) -> None:
    moment = START
    for step in story:
        moment += timedelta(hours=step.hours)
        killed = "no" if calm else step.killed
        message = step.said.on(stage)
        if killed == "before":
            stage.crash()
        stage.program.handle([message])
        if killed in ("unsent", "half-sent"):
            if killed == "half-sent" and (rows := stage.program.outbox.due()):
                stage._deliver(rows[0])
            stage.crash()
            stage.program.handle([message])  # the platform had no word of it, and delivers it again
        stage.settle()
        if killed == "after":
            stage.crash()
        if killed == "waking":  # the round has run, what it wrote is not yet out
            stage.forward(moment - timedelta(seconds=1)) if moment - timedelta(seconds=1) > stage.clock.now() else None
            stage.clock.set(moment)
            stage.program.tick()
            stage.crash()
        stage.forward(moment)


@settings(FEW, max_examples=10)
@given(st.lists(steps, min_size=1, max_size=6))
def test_killed_between_any_two_steps(story: list[Step]) -> None:
    with quick_stage() as calm, quick_stage() as killed:
        play(calm, story, calm=True)
        play(killed, story, calm=False)
        assert stored(killed) == stored(calm)
        assert heard(killed) == heard(calm)


class Breaking:
    """A platform that dies with the program while it sends: the message may have arrived."""

    name = "sandbox"

    def __init__(self, lives_for: int) -> None:
        self.sent: list[Outbound] = []
        self.dead = asyncio.Event()
        self._left = lives_for

    async def run(self, host: Host) -> None:
        """Nothing comes in."""

    async def send(self, message: Outbound) -> str:
        self.sent.append(message)
        if len(self.sent) > self._left:
            self.dead.set()
            await asyncio.Event().wait()
        return f"out-{message.id}"

    async def find(self, message: Outbound, since: datetime) -> str | None:
        raise CannotTell

    def account_of(self, message: Outbound) -> str:
        return "bot"

    def states(self) -> tuple[State, ...]:
        return ()

    def online(self) -> bool:
        return not self.dead.is_set()


async def deliver(stage: QuickStage, platform: Breaking) -> None:
    """Send what is due by the real delivery, until all is out or the platform dies."""

    async def in_store(call):  # type: ignore[no-untyped-def]
        return call()

    delivery = Delivery(stage.program, {platform.name: platform}, {}, in_store)
    running = asyncio.create_task(delivery.run())
    await delivery.poll()
    out, dead = asyncio.create_task(delivery.drained()), asyncio.create_task(platform.dead.wait())
    await asyncio.wait({out, dead}, return_when=asyncio.FIRST_COMPLETED)
    tasks = {out, dead, running, *delivery._tasks}
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


@settings(FEW, max_examples=8)
@given(st.lists(st.integers(0, 4), max_size=4))
def test_killed_while_sending_asks_nobody_twice(lives: list[int]) -> None:
    with quick_stage() as stage:
        stage.program.handle([Said("zhangwei", "private", "我36.5").on(stage)])
        stage.clock.set(START + timedelta(hours=1))
        stage.program.tick()
        platforms = [*(Breaking(number) for number in lives), Breaking(10_000)]
        for platform in platforms:
            asyncio.run(deliver(stage, platform))
            stage.die()
        sent = Counter((m.chat.id, m.text) for platform in platforms for m in platform.sent)
        reminders = {key: count for key, count in sent.items() if "上午的体温" in key[1]}
        assert set(reminders.values()) <= {1}
        assert any("已登记" in text for _, text in sent)
        assert Priority.BULK > Priority.ANSWER


@settings(FEW, max_examples=10)
@given(st.lists(st.sampled_from([10, 30, 60, 90, 240, 600]), min_size=1, max_size=5), st.integers(0, 4))
def test_downtime_of_any_length_asks_nobody_twice(minutes: list[int], silent: int) -> None:
    """Off for a while, again and again: each reminder at most once, and none when its half day is over."""
    with quick_stage() as stage:
        for number, off in enumerate(minutes):
            stage.die()
            stage.clock.set(stage.clock.now() + timedelta(minutes=off))
            if number != silent:
                stage.settle()
                stage.crash()
        asked = Counter((sent.to, sent.text) for sent in stage.sent if "体温：" in sent.text)
        assert set(asked.values()) <= {1}
        local = stage.clock.now().astimezone(stage.program.house.zone)
        if local.hour >= 12:
            late = [sent for sent in stage.sent if "上午的体温" in sent.text and sent.window > 0]
            assert late == []
