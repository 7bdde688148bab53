"""Messages to many let people who wait for an answer go first, but not for ever."""

import asyncio

import pytest

from bot import claims
from bot.claims import Claims
from bot.rush import Rush


class Store:
    """Remembers what was claimed."""

    def __init__(self) -> None:
        self.claimed: list[int] = []

    async def __call__(self, call):  # type: ignore[no-untyped-def]
        """Run it at once."""
        return call()

    def claim(self, ids):  # type: ignore[no-untyped-def]
        """All are still wanted."""
        self.claimed += ids
        return set(ids)


async def test_a_claim_waits_until_nobody_waits_for_an_answer() -> None:
    store, rush = Store(), Rush()
    rush.began()
    asked = asyncio.create_task(Claims(store.claim, store, rush).ask(7))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert store.claimed == []
    rush.ended()
    assert await asked
    assert store.claimed == [7]


async def test_a_crowd_that_never_ends_stops_no_reminder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "PATIENCE", 0.01)
    store, rush = Store(), Rush()
    rush.began()
    assert await Claims(store.claim, store, rush).ask(7)
