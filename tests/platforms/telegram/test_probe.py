"""A quick look from outside, beside a program that runs."""

import asyncio
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.platforms.contract import Trouble
from bot.platforms.telegram import TelegramSettings, probe
from tests.platforms.telegram.line import PERSON, polling
from tests.platforms.telegram.server import BOT_ID, TOKEN, BotApi

pytestmark = pytest.mark.asyncio
NOW = datetime.now(UTC)


async def test_all_is_well() -> None:
    async with BotApi() as api:
        state = await probe(TelegramSettings(token=TOKEN, base_url=api.url))
    assert (state.account, state.trouble) == (str(BOT_ID), None)


@pytest.mark.parametrize("token", ["7000001:wrong", "nonsense"])
async def test_a_wrong_token(token: str) -> None:
    async with BotApi() as api:
        state = await probe(TelegramSettings(token=token, base_url=api.url))
    assert (state.account, state.trouble) == ("", Trouble.REFUSED)
    assert token not in repr(state)


async def test_nobody_there() -> None:
    state = await probe(TelegramSettings(token=TOKEN, base_url="http://127.0.0.1:9/bot"))
    assert (state.trouble, state.detail) == (Trouble.UNREACHABLE, "ConnectError")


async def test_a_server_that_does_not_answer() -> None:
    async with BotApi() as api:
        api.hang("getMe")
        state = await probe(TelegramSettings(token=TOKEN, base_url=api.url, probe_timeout=0.05))
    assert state.trouble is Trouble.SILENT


@pytest.mark.parametrize(("status", "payload"), [(200, b"<html>"), (200, b'{"ok":true,"result":[]}'), (500, b"")])
async def test_something_else_at_the_address(status: int, payload: bytes) -> None:
    async with BotApi() as api:
        api.say_raw("getMe", status, payload)
        state = await probe(TelegramSettings(token=TOKEN, base_url=api.url))
    assert state.trouble is Trouble.FAILING


async def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=_own_certificate(tmp_path))
    port = server.sockets[0].getsockname()[1]
    state = await probe(TelegramSettings(token=TOKEN, base_url=f"https://127.0.0.1:{port}/bot"))
    server.close()
    await server.wait_closed()
    assert state.trouble is Trouble.UNTRUSTED


def _own_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), NOW, NOW + timedelta(1))
    file = folder / "own.pem"
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(key.private_bytes(*plain) + made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


async def test_a_proxy_that_is_none() -> None:
    state = await probe(TelegramSettings(token=TOKEN, proxy="nonsense://127.0.0.1"))
    assert state.trouble is Trouble.FAILING


async def test_a_running_program_is_not_disturbed() -> None:
    async with polling() as run:
        state = await probe(replace(TelegramSettings(token=TOKEN), base_url=run.api.url))
        assert state.trouble is None
        assert (run.api.count("getUpdates"), run.api.count("deleteWebhook")) == (2, 1)
        await run.api.say("36.5", PERSON)
        assert (await run.next()).text == "36.5"
        assert run.platform.online()
