"""Delivery for tests: a platform that does as it is told, and the loop that sends, over a play's store."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.delivery import Delivery
from bot.messages import Outbound
from bot.pace import Rate
from bot.platforms.contract import CannotTell, Host, State
from tests.platforms.onebot.peer import WAIT
from tests.unit.playing import Play

AT_ONCE = (0.0,) * 4  # the pauses between tries


class Platform:
    """A platform that fails as it is told, and then takes everything."""

    name = "sandbox"

    def __init__(self, *failures: Exception, up: bool = True) -> None:
        self.up = up
        self.failures = list(failures)
        self.always: Callable[[Outbound], Exception | None] = lambda _message: None
        self.knows: dict[str, str] | None = None  # text → id of what is out; None: it cannot be asked
        self.asked: list[Outbound] = []
        self.tried: list[Outbound] = []
        self.sent: list[Outbound] = []

    async def run(self, host: Host) -> None:
        """Nothing comes in."""

    async def find(self, message: Outbound, since: datetime) -> str | None:
        self.asked.append(message)
        if self.knows is None:
            raise CannotTell
        return self.knows.get(message.text)

    def account_of(self, message: Outbound) -> str:
        return "bot"

    def states(self) -> tuple[State, ...]:
        return ()

    async def send(self, message: Outbound) -> str:
        self.tried.append(message)
        if failure := self.always(message) or (self.failures.pop(0) if self.failures else None):
            raise failure
        self.sent.append(message)
        return f"out-{message.id}"

    def online(self) -> bool:
        return self.up


async def at_once(call: Callable[[], Any]) -> Any:
    """The store answers within the loop's turn."""
    return call()


def delivery_of(
    play: Play, platform: Platform, pauses: Sequence[float] = AT_ONCE, rate: Rate | None = None
) -> Delivery:
    journal, rates = play.stage.folder / "sending.log", {"sandbox": rate or Rate()}
    return Delivery(play.stage.program, {"sandbox": platform}, rates, at_once, journal=journal, pauses=pauses)


@asynccontextmanager
async def delivering(
    play: Play, platform: Platform, pauses: Sequence[float] = AT_ONCE, rate: Rate | None = None
) -> AsyncIterator[Delivery]:
    """The running delivery, stopped at the end as the program stops it."""
    delivery = delivery_of(play, platform, pauses, rate)
    task = asyncio.create_task(delivery.run())
    try:
        await delivery.poll()
        yield delivery
    finally:
        task.cancel()
        await asyncio.wait({task})


async def deliver(play: Play, platform: Platform) -> None:
    """Send until all that is due is done with."""
    async with asyncio.timeout(WAIT), delivering(play, platform) as delivery:
        await delivery.drained()


def remind(play: Play) -> None:
    """It is nine: three people are to be asked."""
    play.moment("2020-02-05T08:59")
    play.stage.clock.set(play.stage.clock.now() + timedelta(minutes=2))
    play.stage.program.tick()


def write(play: Play, who: str, text: str) -> None:
    """Somebody writes, and the answers wait in the outbox."""
    play.stage.program.handle([play.stage.inbound(who, "private", text)])


def states(play: Play, where: str) -> set[str]:
    return {state for (state,) in play.rows(f"SELECT state FROM outbox WHERE {where}")}
