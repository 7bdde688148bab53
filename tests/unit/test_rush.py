"""Messages to many let people who wait for an answer go first, but not for ever."""

import asyncio
from collections.abc import Sequence

import pytest

from bot import claims
from bot.claims import Claims
from bot.rush import Rush
from tests.unit.delivering import at_once


async def test_a_claim_waits_until_nobody_waits_for_an_answer() -> None:
    claimed: list[int] = []

    def claim(ids: Sequence[int]) -> set[int]:
        claimed.extend(ids)
        return set(ids)

    rush = Rush()
    rush.began()
    asked = asyncio.create_task(Claims(claim, at_once, rush).ask(7))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert claimed == []
    rush.ended()
    assert await asked
    assert claimed == [7]


async def test_a_crowd_that_never_ends_stops_no_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "PATIENCE", 0.01)
    rush = Rush()
    rush.began()
    assert await Claims(set, at_once, rush).ask(7)
