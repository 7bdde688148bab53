"""Answers to a question that the bot asked back, and what a slip was meant for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsing import guess
from parsing.choices import Choice, read_choice


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("2", Choice(index=1)), ("２", Choice(index=1)), ("二", Choice(index=1)), ("第二个", Choice(index=1)), ("第2个吧", Choice(index=1)), ("②", Choice(index=1)), ("2️⃣", Choice(index=1)),
        ("选2", Choice(index=1)), ("2号", Choice(index=1)), ("#2", Choice(index=1)), ("前面那个", Choice(index=0)), ("最后一个", Choice(index=-1)), ("後面嗰個", Choice(index=-1)),
        ("是的", Choice(yes=True)), ("对", Choice(yes=True)), ("嗯嗯", Choice(yes=True)), ("没错", Choice(yes=True)), ("不是", Choice(yes=False)), ("都不是", Choice(yes=False)),
        ("是我老婆的", Choice(whose="我老婆")), ("我老婆的", Choice(whose="我老婆")), ("李梅", Choice(whose="李梅")), ("那个是我妈量的", Choice(whose="我妈")), ("我自己的", Choice(whose="我")),
        ("36.5", None), ("李梅 36.5", None), ("", None), ("👌", None), ("那个我想问一下你们几点下班今天还来不来", None),
    ],
)  # fmt: skip
def test_short_answers(text: str, choice: Choice | None) -> None:
    assert read_choice(text) == choice


@given(st.text(max_size=60))
def test_any_text_is_an_answer_or_none(text: str) -> None:
    choice = read_choice(text)
    assert choice is None or (choice.index, choice.yes, choice.whose).count(None) == 2


@pytest.mark.parametrize(
    ("claimed", "meant"),
    [(3.65, 36.5), (3650.0, 36.5), (306.5, 36.5), (98.6, 37.0), (63.5, 36.5), (22.5, None), (45.1, None), (0.0, None), (33.2, None)],
)  # fmt: skip
def test_what_a_slip_was_meant_for(claimed: float, meant: float | None) -> None:
    assert guess(claimed) == meant
