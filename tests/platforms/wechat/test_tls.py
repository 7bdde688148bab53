"""Over TLS: gateways have a certificate of Wechaty's own authority, whose root every npm package brings along."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bot.platforms.contract import Trouble
from bot.platforms.wechat import probe
from tests.platforms.wechat.line import GROUP, connected, out, running, settings
from tests.platforms.wechat.node import FOLDER, Gateway

pytestmark = pytest.mark.asyncio

SHIPPED = FOLDER / "node_modules" / "wechaty-puppet-service" / "dist" / "esm" / "src" / "auth" / "ca.js"


@pytest.fixture
def authority(tls_gateway: Gateway, tmp_path: Path) -> Path:
    """The root that the npm package ships, in a file."""
    del tls_gateway  # there is a package only where there is a gateway
    found = re.search(r"TLS_CA_CERT = `(-----BEGIN.*?-----END CERTIFICATE-----)`", SHIPPED.read_text(), re.DOTALL)
    assert found
    file = tmp_path / "wechaty.pem"
    file.write_text(found[1])
    return file


@pytest.fixture
def stranger(tmp_path: Path) -> Path:
    """An authority that has signed nothing."""
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
    file = tmp_path / "stranger.pem"
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return file


async def test_the_right_authority(tls_gateway: Gateway, authority: Path) -> None:
    async with connected(tls_gateway, tls=True, ca_file=authority) as run:
        await run.say("36.5", GROUP)
        assert (await run.next()).text == "36.5"
        await run.send(out("已登记", GROUP))
        assert (await run.seen())["text"] == "已登记"
        assert (await probe(settings(tls_gateway, tls=True, ca_file=authority))).trouble is None


async def test_another_name_may_be_asked_for(tls_gateway: Gateway, authority: Path) -> None:
    state = await probe(settings(tls_gateway, tls=True, ca_file=authority, server_name="puppet.example.org"))
    assert state.trouble is None


async def test_the_wrong_authority(tls_gateway: Gateway, stranger: Path) -> None:
    async with running(tls_gateway, tls=True, ca_file=stranger) as run:
        await run.trouble(Trouble.UNTRUSTED)
        assert not run.platform.online()


async def test_the_authorities_of_the_system(tls_gateway: Gateway) -> None:
    assert (await probe(settings(tls_gateway, tls=True))).trouble is Trouble.UNTRUSTED


async def test_a_file_that_holds_no_authority(tls_gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("")
    for file in (tmp_path / "empty.pem", tmp_path / "missing.pem"):
        assert (await probe(settings(tls_gateway, tls=True, ca_file=file))).trouble is Trouble.FAILING
        async with running(tls_gateway, tls=True, ca_file=file) as run:
            await run.trouble(Trouble.FAILING)


async def test_one_side_without_it(tls_gateway: Gateway, gateway: Gateway) -> None:
    assert (await probe(settings(gateway, tls=True))).trouble is Trouble.FAILING
    assert (await probe(settings(tls_gateway, tls=False))).trouble in {Trouble.CLOSED, Trouble.FAILING}
