"""Any text, from anybody, anywhere: stored as it came, and no handler breaks."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.messages import Inbound
from bot.program import Program
from tests.properties.quick import FEW, Said, any_command, any_text, people, places, quick_stage, stored


def unhandled(said: list[Said]) -> list[str]:
    """The texts on which handling broke."""
    with quick_stage() as stage:
        messages: list[Inbound] = [one.on(stage) for one in said]
        program: Program = stage.program
        for message in messages:
            program.handle([message])
        stage.settle()
        left = stored(stage)
        wanted = [(m.message_id, m.sender.id, m.text.encode("utf-8", "replace").decode()) for m in messages]
        assert sorted(left["messages"]) == sorted(wanted)
        return left["failed"]


@settings(FEW, max_examples=12)
@given(st.lists(st.builds(Said, people, places, any_text, st.booleans()), min_size=1, max_size=12))
def test_no_text_breaks_a_handler(said: list[Said]) -> None:
    assert unhandled(said) == []


@settings(FEW, max_examples=12)
@given(
    st.lists(
        st.builds(
            Said, st.sampled_from(["wang", "chen", "zhao", "zhou", "sun", "op", "zhangwei"]), places, any_command
        ),
        min_size=1,
        max_size=12,
    )
)
def test_no_command_breaks_whatever_follows_it(said: list[Said]) -> None:
    assert unhandled(said) == []
