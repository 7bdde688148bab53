"""Messages delivered again, in any order and any number of times, change nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.properties.quick import FEW, Said, by_chat, heard, quick_stage, sayings, stored


@settings(FEW, max_examples=15)
@given(st.lists(sayings, min_size=1, max_size=8), st.lists(st.integers(0, 99), max_size=12))
def test_redelivered_later_in_any_order(said: list[Said], again: list[int]) -> None:
    with quick_stage() as once, quick_stage() as often:
        messages = [one.on(often) for one in said]
        for one in said:
            once.receive(one.on(once))
        for number, message in enumerate(messages):
            often.receive(message)
            for earlier in again[number::8]:
                often.receive(messages[earlier % (number + 1)])
        for any_one in again:
            often.receive(messages[any_one % len(messages)])
        assert stored(often) == stored(once)
        assert by_chat(often) == by_chat(once)


@settings(FEW, max_examples=15)
@given(st.lists(sayings, min_size=1, max_size=10), st.lists(st.integers(0, 99), max_size=10), st.integers(1, 5))
def test_a_batch_with_repeats_equals_one_by_one(said: list[Said], again: list[int], size: int) -> None:
    """However the messages fall into batches, and whatever is in a batch twice."""
    with quick_stage() as single, quick_stage() as batched:
        messages = [one.on(batched) for one in said]
        for one in said:
            single.receive(one.on(single))
        for start in range(0, len(messages), size):
            batch = messages[start : start + size]
            repeats = [messages[number % (start + len(batch))] for number in again]
            batched.program.handle([*batch, *repeats])
            batched.settle()
        assert stored(batched) == stored(single)
        assert heard(batched) == heard(single)
