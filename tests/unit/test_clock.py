"""The machine's clock is set by somebody: what the program is told goes on, does not repeat itself, and heals."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.clock import DOUBT_SECONDS, FOLLOWED, SystemClock

NOON = datetime(2020, 2, 5, 4, tzinfo=UTC)
MINUTE, HOUR, DAY = 60, 3600, 86400


class Machine:
    """A machine whose clock can be set, and whose uptime cannot."""

    def __init__(self) -> None:
        self.wall = NOON
        self.uptime = 1000.0
        self.clock = SystemClock(lambda: self.wall, lambda: self.uptime)

    def run(self, seconds: float) -> None:
        self.uptime += seconds
        self.wall += timedelta(seconds=seconds)

    def set(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    def told(self) -> float:
        """Seconds after noon."""
        return (self.clock.now() - NOON).total_seconds()

    def off(self) -> float:
        """How far what is told is ahead of the machine's clock."""
        return (self.clock.now() - self.wall).total_seconds()


@pytest.mark.parametrize(
    ("set_by", "then", "told"),
    [
        (0, [1, 1], [0, 1, 2]),
        (-0.2, [1], [0, 0.8]),  # half a second and more has gone by: the step is not even seen
        (-10, [2, 6, 12, 10], [0, 1, 4, 10, 20]),  # half speed for twenty seconds
        (-HOUR, [HOUR, HOUR, HOUR], [0, HOUR / 2, HOUR, 2 * HOUR]),  # caught up after two hours
        (-2 * HOUR, [MINUTE], [0, MINUTE / 2]),
        (-2 * HOUR - 1, [MINUTE], [-2 * HOUR - 1, -2 * HOUR - 1 + MINUTE]),  # it had been wrong: followed at once
        (-365 * DAY, [1], [-365 * DAY, -365 * DAY + 1]),
        (10, [1], [10, 11]),
        (DAY, [1], [DAY, DAY + 1]),
        (DAY + 1, [1, 598, 1, 1], [0, 1, 599, DAY + 601, DAY + 602]),  # doubted for ten minutes
        (365 * DAY, [300, 300], [0, 300, 365 * DAY + 600]),
    ],
)
def test_what_is_told_after_the_clock_was_set(set_by: float, then: list[float], told: list[float]) -> None:
    machine = Machine()
    assert machine.told() == 0
    machine.set(set_by)
    heard = [machine.told()]
    for seconds in then:
        machine.run(seconds)
        heard.append(machine.told())
    assert heard == pytest.approx(told)


def test_a_wrong_day_that_is_put_right_soon_was_never_told() -> None:
    machine = Machine()
    machine.set(30 * DAY)
    for _ in range(5):
        machine.run(MINUTE)
        assert machine.told() < HOUR
    machine.set(-30 * DAY)
    assert machine.off() == 0
    machine.set(30 * DAY)  # and is doubted as long the second time
    machine.run(DOUBT_SECONDS - 1)
    assert machine.told() == 5 * MINUTE + DOUBT_SECONDS - 1


def test_a_sleeping_machine_has_not_set_its_clock() -> None:
    machine = Machine()
    machine.run(3 * DAY)
    with capture_logs() as logs:
        assert machine.off() == 0
    assert logs == []


@pytest.mark.parametrize(
    ("set_by", "logged"),
    [
        (0, []),
        (0.9, []),
        (-0.9, []),
        (-HOUR, [{"seconds": -HOUR, "followed": False}]),
        (-3 * HOUR, [{"seconds": -3 * HOUR, "followed": True}]),
        (HOUR, [{"seconds": HOUR, "followed": True}]),
        (2 * DAY, [{"seconds": 2 * DAY, "followed": False}]),
    ],
)
def test_a_jump_is_logged_once(set_by: float, logged: list[dict[str, Any]]) -> None:
    machine = Machine()
    machine.set(set_by)
    with capture_logs() as logs:
        for _ in range(5):
            machine.clock.now()
            machine.run(1)
    assert logs == [{"event": "clock.set", "log_level": "warning", **line} for line in logged]


STEPS = st.lists(
    st.tuples(
        st.floats(0, 5000, allow_nan=False),
        st.one_of(st.just(0.0), st.floats(-3 * HOUR, 3 * HOUR, allow_nan=False), st.floats(-90 * DAY, 90 * DAY)),
    ),
    max_size=30,
)


@given(STEPS)
def test_it_goes_back_only_to_follow_and_heals_always(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    told = machine.clock.now()
    for seconds, set_by in steps:
        machine.run(seconds)
        machine.set(set_by)
        before, told = told, machine.clock.now()
        followed = before + timedelta(seconds=seconds) - machine.wall > FOLLOWED
        assert told >= before or (followed and told == machine.wall)
        assert told - machine.wall <= FOLLOWED
    machine.run(DOUBT_SECONDS)
    machine.clock.now()
    machine.run(2 * FOLLOWED.total_seconds())
    machine.clock.now()
    machine.run(DOUBT_SECONDS)
    assert machine.off() == 0


def test_two_threads_that_ask_at_once_hear_no_earlier_moment() -> None:
    clock = SystemClock()
    ask: Callable[[int], list[datetime]] = lambda _: [clock.now() for _ in range(2000)]  # noqa: E731
    with ThreadPoolExecutor(4) as pool:
        for heard in pool.map(ask, range(4)):
            assert heard == sorted(heard)


def test_the_real_clock_tells_the_real_time() -> None:
    before = datetime.now(UTC)
    told = SystemClock().now()
    assert before <= told <= datetime.now(UTC)
    assert told.tzinfo is UTC
