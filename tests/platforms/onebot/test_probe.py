"""A quick look from outside: at those who listen, and for those who connect."""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bot.platforms.contract import State, Trouble
from bot.platforms.onebot import OneBotSettings
from bot.platforms.onebot.probe import IN_USE, probe
from tests.platforms.host import WAIT
from tests.platforms.onebot.line import TOKEN, connected, dump, running
from tests.platforms.onebot.listening import ListeningPeer
from tests.platforms.onebot.peer import OneBotPeer
from tests.platforms.onebot.test_forward import forward, make_certificate
from tests.ports import free_port

pytestmark = pytest.mark.asyncio


def there(*peers: ListeningPeer, **options: object) -> OneBotSettings:
    """Settings for implementations that listen."""
    addresses = tuple(peer.address for peer in peers)
    return OneBotSettings(TOKEN, listen=False, forward=addresses, **{"probe_timeout": WAIT, **options})  # type: ignore[arg-type]


def here(**options: object) -> OneBotSettings:
    """Settings for one that connects."""
    return OneBotSettings(TOKEN, **{"port": free_port(), "probe_timeout": WAIT, **options})  # type: ignore[arg-type]


def told(states: tuple[State, ...]) -> list[tuple[str, Trouble | None]]:
    return [(state.account, state.trouble) for state in states]


# --- those who listen ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("says_who", [True, False])
async def test_all_is_well(says_who: bool) -> None:
    async with ListeningPeer(TOKEN, says_who=says_who) as peer:
        assert told(await probe(there(peer))) == [("10000", None)]
        assert [call["action"] for call in peer.calls] == ["get_login_info", "get_status"]


async def test_each_address_has_its_state() -> None:
    nobody = ListeningPeer(TOKEN, port=free_port())
    async with ListeningPeer(TOKEN, 10001) as one, ListeningPeer(TOKEN, 10002) as two:
        two.status_online = False
        assert told(await probe(there(one, two, nobody))) == [
            ("10001", None),
            ("10002", Trouble.LOGGED_OUT),
            ("", Trouble.UNREACHABLE),
        ]


@pytest.mark.parametrize("lets_in", [False, True], ids=["at the door", "inside, as NapCat does"])
async def test_a_wrong_token(lets_in: bool) -> None:
    async with ListeningPeer("another", lets_in=lets_in) as peer:
        assert told(await probe(there(peer))) == [("", Trouble.REFUSED)]


async def test_one_that_does_not_answer() -> None:
    async with ListeningPeer(TOKEN) as peer:
        peer.silent = True
        assert told(await probe(there(peer, probe_timeout=0.05))) == [("", Trouble.SILENT)]


async def test_one_that_closes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> None:
        return

    monkeypatch.setattr(ListeningPeer, "_take", nothing)
    async with ListeningPeer(TOKEN) as peer:
        assert told(await probe(there(peer))) == [("", Trouble.CLOSED)]


async def test_an_answer_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OneBotPeer, "_answer", lambda _, call: {"retcode": 0, "data": [1], "echo": call["echo"]})
    async with ListeningPeer(TOKEN) as peer:
        assert told(await probe(there(peer))) == [("", Trouble.FAILING)]


async def test_an_address_that_is_none() -> None:
    assert told(await probe(OneBotSettings(TOKEN, listen=False, forward=("nonsense",)))) == [("", Trouble.FAILING)]


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    async with ListeningPeer(TOKEN, tls=certificate) as peer:
        assert told(await probe(there(peer))) == [("", Trouble.UNTRUSTED)]
        assert told(await probe(there(peer, ca_file=certificate))) == [("10000", None)]


async def test_a_program_that_runs_is_not_disturbed() -> None:
    async with ListeningPeer(TOKEN) as peer, forward(peer) as run:
        await peer.here()
        await run.meet(peer)
        own = peer._socket
        assert told(await probe(there(peer))) == [("10000", None)]
        peer._socket = own
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"
        assert run.platform.online()


# --- those who connect --------------------------------------------------------------------------------------------


async def come(settings: OneBotSettings, token: str = TOKEN, **options: object) -> OneBotPeer:
    """Somebody who connects as soon as the address is listened on."""
    peer = OneBotPeer(f"ws://127.0.0.1:{settings.port}{settings.path}", token, **options)  # type: ignore[arg-type]
    async with asyncio.timeout(WAIT):
        while True:
            try:
                await peer.connect()
            except ConnectionRefusedError:
                await asyncio.sleep(0.005)  # whether somebody listens on a port has no event
            else:
                return peer


async def test_it_waits_until_somebody_connects() -> None:
    settings = here()
    async with AsyncExitStack() as stack:
        looking = asyncio.create_task(probe(settings, wait=WAIT))
        peer = await come(settings, self_id=10005)
        stack.push_async_callback(peer.close)
        assert told(await looking) == [("10005", None)]


async def test_somebody_who_is_logged_out() -> None:
    settings = here()
    looking = asyncio.create_task(probe(settings, wait=WAIT))
    peer = OneBotPeer(f"ws://127.0.0.1:{settings.port}{settings.path}", TOKEN)
    peer.status_online = False
    async with asyncio.timeout(WAIT):
        while not looking.done():
            try:
                await peer.connect()
            except ConnectionRefusedError:
                await asyncio.sleep(0.005)
            else:
                break
    assert told(await looking) == [("10000", Trouble.LOGGED_OUT)]
    await peer.close()


async def test_nobody_comes_within_the_time() -> None:
    assert told(await probe(here(), wait=0.02)) == [("", Trouble.STARTING)]
    assert told(await probe(here(probe_timeout=0.02))) == [("", Trouble.STARTING)]


async def test_who_comes_has_a_wrong_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = here()
    looking = asyncio.create_task(probe(settings, wait=0.2))
    with pytest.raises(Exception, match="403"):
        await come(settings, "wrong")
    assert told(await looking) == [("", Trouble.REFUSED)]
    assert TOKEN not in dump(caplog)


async def test_a_running_program_has_the_address(caplog: pytest.LogCaptureFixture) -> None:
    async with connected() as (run, peer):
        settings = replace(run.platform._settings, port=run.platform.port, probe_timeout=WAIT)
        caplog.clear()
        (state,) = await probe(settings)
        assert (state.trouble, state.detail) == (None, IN_USE)
        await peer.private("36.5")
        assert (await run.next()).text == "36.5"
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_running_program_with_another_token_has_it() -> None:
    async with running(token="another") as run:
        assert told(await probe(here(port=run.platform.port))) == [("", Trouble.REFUSED)]


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\n\r\n"])
async def test_somebody_else_has_the_address(answer: bytes) -> None:
    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert told(await probe(here(port=port))) == [("", Trouble.TAKEN)]


async def test_another_onebot_program_with_the_same_token_has_it() -> None:
    async with ListeningPeer(TOKEN) as other:
        assert told(await probe(here(port=other.port))) == [("", Trouble.TAKEN)]


async def test_an_address_that_is_not_ours() -> None:
    assert told(await probe(here(host="192.0.2.1"))) == [("", Trouble.FAILING)]


async def test_both_ways_at_once() -> None:
    async with ListeningPeer(TOKEN) as peer:
        settings = replace(there(peer), listen=True, port=free_port())
        assert told(await probe(settings, wait=0.02)) == [("10000", None), ("", Trouble.STARTING)]
