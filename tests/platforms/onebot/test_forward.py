"""The program connects to OneBot implementations that listen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.platforms.contract import State, Trouble, TryLater
from tests.platforms.host import WAIT
from tests.platforms.onebot.line import TOKEN, Running, dump, running, say
from tests.platforms.onebot.listening import ListeningPeer
from tests.ports import free_port

pytestmark = pytest.mark.asyncio
QUICK = {"first_pause": 0.01, "longest_pause": 0.02, "ask_account_after": 0.01, "call_timeout": WAIT}


def make_certificate(folder: Path) -> Path:
    """A certificate for loopback that is its own authority, with its key in the same file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway of the tests")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "gateway.pem"
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(plain + certificate.public_bytes(Encoding.PEM))
    return path


@asynccontextmanager
async def forward(*peers: ListeningPeer, **options: Any) -> AsyncIterator[Running]:
    """The platform, which only connects and does not listen."""
    addresses = tuple(peer.address for peer in peers)
    async with running(**{"listen": False, "forward": addresses, **QUICK, **options}) as run:
        yield run


async def until(run: Running, trouble: Trouble | None) -> State:
    """Wait until the only line stands so; no event tells of it."""
    async with asyncio.timeout(WAIT):
        while (state := run.platform.states()[0]).trouble is not trouble:
            await asyncio.sleep(0.005)
    return state


async def test_messages_in_and_out() -> None:
    async with ListeningPeer(TOKEN) as peer, forward(peer) as run:
        await peer.here()
        await peer.private("36.5")
        assert (await run.host.next()).text == "36.5"
        await run.platform.send(say("已登记"))
        assert (await peer.next_send()).text == "已登记"
        assert run.platform.account_of(say("已登记")) == "10000"
        assert (await until(run, None)).account == "10000"


async def test_an_account_that_does_not_say_who_it_is_is_asked() -> None:
    async with ListeningPeer(TOKEN, self_id=10077, says_who=False) as peer, forward(peer) as run:
        await peer.here()
        assert (await peer.next_call())["action"] == "get_login_info"
        assert (await until(run, None)).account == "10077"


async def test_two_accounts_each_answer_their_own() -> None:
    async with ListeningPeer(TOKEN, 10001) as one, ListeningPeer(TOKEN, 10002) as two, forward(one, two) as run:
        for peer, person in ((one, 20001), (two, 20003)):
            await peer.here()
            await peer.private("36.5", user=person)
            message = await run.host.next()
            await run.platform.send(say("已登记", message.chat, id=person, account=message.account))
            assert (await peer.next_send()).user == str(person)


async def test_reverse_and_forward_at_once() -> None:
    async with ListeningPeer(TOKEN, 10001) as there, running(forward=(there.address,), **QUICK) as run:
        await there.here()
        async with run.peer(self_id=10002) as here:
            await there.private("36.5")
            await here.private("36.6", user=20003)
            assert {(await run.host.next()).account, (await run.host.next()).account} == {"10001", "10002"}


async def test_it_connects_again_after_the_line_broke() -> None:
    async with ListeningPeer(TOKEN) as peer, forward(peer) as run:
        await peer.here()
        await peer.private("36.5")
        await run.host.next()
        await peer.close()
        await until(run, Trouble.UNREACHABLE)
        with pytest.raises(TryLater):
            await run.platform.send(say("已登记"))
        await peer.connect()
        await peer.here()
        await peer.private("36.6")
        assert (await run.host.next()).text == "36.6"


async def test_nobody_there_at_the_start() -> None:
    peer = ListeningPeer(TOKEN, port=free_port())
    async with forward(peer) as run:
        await until(run, Trouble.UNREACHABLE)
        assert not run.platform.online()
        async with peer:
            await peer.here()
            await peer.private("36.5")
            assert (await run.host.next()).text == "36.5"


async def test_a_wrong_token_is_told_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    async with ListeningPeer("another") as peer, forward(peer) as run:
        await until(run, Trouble.REFUSED)
        assert peer.knocked.is_set()
        peer._token = TOKEN
        await peer.here()
    assert TOKEN not in dump(caplog)


async def test_a_wrong_token_that_is_told_only_inside_stays_the_trouble_until_it_is_right() -> None:
    """NapCat lets everybody in, says so, and closes; the trouble must not come and go with each try."""
    async with ListeningPeer("another", lets_in=True) as peer, forward(peer) as run:
        refused = await until(run, Trouble.REFUSED)
        for _ in range(3):
            peer.knocked.clear()
            async with asyncio.timeout(WAIT):
                await peer.knocked.wait()
            assert run.platform.states() == (refused,)
        peer._token = TOKEN
        assert (await until(run, None)).account == "10000"


async def test_one_that_never_says_who_it_is_and_does_not_answer_is_silent() -> None:
    async with ListeningPeer(TOKEN, says_who=False) as peer:
        peer.silent = True
        async with forward(peer, call_timeout=0.05) as run:
            await peer.here()
            await until(run, Trouble.SILENT)
            assert not run.platform.online()


async def test_somebody_who_speaks_no_websocket() -> None:
    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-x\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with running(listen=False, forward=(address,), **QUICK) as run:
            await until(run, Trouble.FAILING)


async def test_tls_with_the_right_authority_and_without(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    async with ListeningPeer(TOKEN, tls=certificate) as peer:
        async with forward(peer) as run:
            await until(run, Trouble.UNTRUSTED)
        async with forward(peer, ca_file=certificate) as run:
            await peer.here()
            await peer.private("36.5")
            assert (await run.host.next()).text == "36.5"


@pytest.mark.parametrize("there", [True, False])
async def test_it_stops_at_once(there: bool) -> None:
    peer = ListeningPeer(TOKEN, port=free_port())
    if there:
        await peer.connect()
    async with asyncio.timeout(WAIT):
        async with forward(peer):
            if there:
                await peer.here()
    await peer.close()
