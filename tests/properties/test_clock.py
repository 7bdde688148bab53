"""Time in one step or in many: the same things happen."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.quick import FEW, START, Said, by_chat, quick_stage, sayings, stored


@settings(FEW, max_examples=6)
@given(st.lists(sayings, max_size=4), st.lists(st.integers(1, 8 * 3600), min_size=1, max_size=8))
def test_one_step_or_many(said: list[Said], seconds: list[int]) -> None:
    with quick_stage() as whole, quick_stage() as parts:
        for stage in (whole, parts):
            for one in said:
                stage.receive(one.on(stage))
        moment = START
        for step in seconds:
            moment += timedelta(seconds=step)
            parts.forward(moment)
        whole.forward(moment)
        assert by_chat(parts) == by_chat(whole)
        assert stored(parts) == stored(whole)


@settings(FEW, max_examples=3)
@given(st.integers(1, 36), st.integers(1, 59))
def test_ticks_between_change_nothing(hours: int, every: int) -> None:
    """The program looks at the clock all the time; looking does nothing."""
    with quick_stage() as seldom, quick_stage() as often:
        end = START + timedelta(hours=hours)
        seldom.forward(end)
        moment = START
        while (moment := moment + timedelta(minutes=every * 7)) < end:
            often.forward(moment)
            often.settle()
            often.settle()
        often.forward(end)
        assert by_chat(often) == by_chat(seldom)
        assert stored(often) == stored(seldom)
