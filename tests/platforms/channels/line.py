"""Running channels, and what to say through them."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.messages import Chat, ChatKind, FileKind, Outbound, OutboundFile
from bot.platforms.channels import ChannelsPlatform, ChannelsSettings
from bot.platforms.contract import State, Trouble
from tests.platforms.host import WAIT, FakeHost

with warnings.catch_warnings():  # it imports `imghdr`, which Python 3.11 calls deprecated; here, warnings are errors
    warnings.simplefilter("ignore", DeprecationWarning)
    import apprise.utils.pgp  # noqa: F401

SECRET = "s3cretkey0815"
TEXT = "3号楼今日体温汇总\n已报 41 人,未报 2 人。\n请值班员跟进。"
XLSX = OutboundFile(FileKind.XLSX, "三号楼登记表.xlsx", bytes(range(256)) * 9)
PNG = OutboundFile(FileKind.PNG, "汇总.png", b"\x89PNG\r\n\x1a\n" + bytes(range(255, -1, -1)) * 7)


@asynccontextmanager
async def running(urls: dict[str, str], **options: Any) -> AsyncIterator[ChannelsPlatform]:
    patience = {"connect_timeout": WAIT, "answer_timeout": WAIT, "send_timeout": WAIT, "first_pause": 0.02}
    platform = ChannelsPlatform(ChannelsSettings(urls, **{**patience, **options}))
    task = asyncio.create_task(platform.run(FakeHost()))
    try:
        async with asyncio.timeout(2 * WAIT):
            await platform.ready.wait()
            while any(state.trouble is Trouble.STARTING for state in platform.states()):  # until it has looked
                await asyncio.sleep(0.001)
        yield platform
    finally:
        task.cancel()
        done, _ = await asyncio.wait({task}, timeout=WAIT)  # not `await task`: its cancellation would hide a time-out
        assert done, "the platform does not stop"
        assert task.cancelled(), task.exception()


def say(text: str = TEXT, channel: str = "duty", id: int = 7, file: OutboundFile | None = None) -> Outbound:
    return Outbound(id, Chat("channels", ChatKind.GROUP, channel), text, file)


def state(platform: ChannelsPlatform, channel: str = "duty") -> State:
    return next(state for state in platform.states() if state.account == channel)


async def becomes(platform: ChannelsPlatform, trouble: Trouble | None, channel: str = "duty") -> State:
    """Wait until a channel's state is this."""
    async with asyncio.timeout(WAIT):
        while state(platform, channel).trouble is not trouble:
            await asyncio.sleep(0.005)
    return state(platform, channel)


def dump(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that any handler could write of the records but the noise of asyncio's selector."""
    return "\n".join(str(vars(record)) for record in caplog.records if record.name != "asyncio")


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody has reason to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    pem = folder / "server.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context
