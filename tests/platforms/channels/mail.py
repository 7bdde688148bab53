"""Plays a mail server: takes mails, or refuses them at the step and with the code that it is told."""

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from tests.platforms.host import WAIT

HANG, HANG_UP = 0, -1  # instead of a code


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it came, with the addresses of its envelope."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    login: tuple[str, str] | None


@dataclass
class MailPeer:
    """`refusals` maps a step (or a recipient's address) to the codes that it answers with, one at a time."""

    port: int = 0
    mails: asyncio.Queue[Mail] = field(default_factory=asyncio.Queue)
    refusals: dict[str, list[int]] = field(default_factory=dict)
    greetings: int = 0  # connections that only look say nothing
    _server: asyncio.Server | None = None
    _lines: dict[asyncio.StreamWriter, asyncio.Task[Any]] = field(default_factory=dict)

    def refuse(self, step: str, *codes: int) -> None:
        """Steps: connect, AUTH, MAIL, RCPT, DATA, or the end of the data (".")."""
        self.refusals.setdefault(step, []).extend(codes)

    async def next(self) -> Mail:
        """The next mail that came."""
        async with asyncio.timeout(WAIT):
            return await self.mails.get()

    async def open(self, context: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context, limit=2**22)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and break every line."""
        assert self._server
        self._server.close()
        for writer in self._lines:
            writer.transport.abort()
        if self._lines:
            await asyncio.wait(self._lines.values(), timeout=WAIT)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines[writer] = asyncio.current_task()
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await _Dialogue(self, reader, writer).hold()
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            del self._lines[writer]


@dataclass
class _Dialogue:
    peer: MailPeer
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    login: tuple[str, str] | None = None

    async def hold(self) -> None:
        if not await self.answer("connect", 220, "ready"):
            return
        while line := (await self.reader.readline()).decode().strip():
            verb, _, rest = line.partition(" ")
            if not await self.step(verb.upper(), rest):
                return

    async def step(self, verb: str, rest: str) -> bool:
        if verb == "EHLO":
            self.peer.greetings += 1
            self.writer.write(b"250-mail.invalid\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n")
            return True
        if verb == "AUTH":
            _, user, password = base64.b64decode(rest.rsplit(maxsplit=1)[-1]).decode().split("\0")
            self.login = (user, password)
            return await self.answer("AUTH", 235, "welcome")
        if verb == "MAIL":
            self.sender, self.recipients = _address(rest), []
            return await self.answer("MAIL", 250, "ok")
        if verb == "RCPT":
            address = _address(rest)
            if self.peer.refusals.get(address):
                return await self.answer(address, 250, "ok")
            self.recipients.append(address)
            return await self.answer("RCPT", 250, "ok")
        if verb == "DATA":
            refused = bool(self.peer.refusals.get("DATA"))
            return await self.answer("DATA", 354, "go on") and (refused or await self.data())
        await self.answer(verb, 221 if verb == "QUIT" else 250, "ok")
        return verb != "QUIT"

    async def data(self) -> bool:
        raw = await self.reader.readuntil(b"\r\n.\r\n")
        refused = bool(self.peer.refusals.get("."))
        if not refused:
            content = raw.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
            message = cast("EmailMessage", message_from_bytes(content, policy=default))
            self.peer.mails.put_nowait(Mail(self.sender, self.recipients, message, self.login))
        return await self.answer(".", 250, "taken")

    async def answer(self, step: str, code: int, words: str) -> bool:
        planned = self.peer.refusals.get(step)
        if planned:
            code, words = planned.pop(0), "no"
        if code == HANG:
            await self.reader.read()
            return False
        if code == HANG_UP:
            self.writer.transport.abort()
            return False
        self.writer.write(f"{code} {words}\r\n".encode())
        await self.writer.drain()
        return True


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]


@asynccontextmanager
async def mail_peer(context: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[MailPeer]:
    peer = MailPeer(**options)
    await peer.open(context)
    try:
        yield peer
    finally:
        await peer.close()
