"""The gateways: one for all tests of a worker, and one with TLS."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.platforms.node import prepare
from tests.platforms.wechat.node import FOLDER, Gateway, shared


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    """The one that all tests share, as new."""
    found = await asyncio.to_thread(shared)
    await found.reset()
    yield found
    found.thaw()


@pytest.fixture(scope="session")
def tls_gateway() -> Iterator[Gateway]:
    prepare(FOLDER)
    found = Gateway({"GW_TLS": "1"})
    found.start()
    yield found
    found.kill()
