"""Plays the other side of web hooks and robots: a small HTTP server that answers as it is told."""

import asyncio
import json
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.platforms.host import WAIT

HANG, HANG_UP = 0, -1  # instead of a status: no answer at all; the line breaks


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def multipart(self) -> list[Message]:
        """The fields of an upload, each with its name and file name in its headers."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        return list(BytesParser(policy=HTTP).parsebytes(head + self.body).iter_parts())


@dataclass
class HookPeer:
    """Takes requests, and answers 200 with `answer` unless something else is planned."""

    port: int = 0
    scheme: str = "http"
    answer: bytes = b"{}"
    judge: Callable[[Request], bytes | None] = lambda request: None  # an answer that takes the place of all others
    requests: asyncio.Queue[Request] = field(default_factory=asyncio.Queue)
    came: int = 0
    _planned: deque[tuple[int, bytes, dict[str, str]]] = field(default_factory=deque)
    _held: asyncio.Event | None = None
    _server: asyncio.Server | None = None
    _lines: dict[asyncio.StreamWriter, asyncio.Task[Any]] = field(default_factory=dict)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def plan(self, status: int, body: object = b"", **headers: str) -> None:
        """How the next request is answered."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._planned.append((status, content, headers))

    def hold(self) -> asyncio.Event:
        """The next request is answered only once the event is set."""
        self._held = asyncio.Event()
        return self._held

    async def next(self) -> Request:
        """The next request that came."""
        async with asyncio.timeout(WAIT):
            return await self.requests.get()

    async def open(self, context: ssl.SSLContext | None = None) -> None:
        self.scheme = "https" if context else "http"
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=context, limit=2**20)
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
                while await self._request(reader, writer):
                    pass
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            del self._lines[writer]

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        first = await reader.readexactly(1)
        if not first.isalpha():  # somebody who wants TLS
            writer.write(b"HTTP/1.1 400 -\r\n\r\n")
            return False
        head = first + await reader.readuntil(b"\r\n\r\n")
        line, _, rest = head.partition(b"\r\n")
        method, target, _ = line.decode().split(" ", 2)
        headers = BytesParser(policy=HTTP).parsebytes(rest, headersonly=True)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        url = urlsplit(target)
        self.came += 1
        request = Request(method, url.path, dict(parse_qsl(url.query)), headers, body)
        self.requests.put_nowait(request)
        status, answer, extra = self._planned.popleft() if self._planned else (200, self.answer, {})
        if (judged := self.judge(request)) is not None:
            status, answer, extra = 200, judged, {}
        if self._held is not None:
            await self._held.wait()
            self._held = None
        if status == HANG:
            await reader.read()  # until the other side gives up
            return False
        if status == HANG_UP:
            writer.transport.abort()
            return False
        lines = [f"HTTP/1.1 {status} -", f"Content-Length: {len(answer)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in extra.items()]
        writer.write("\r\n".join([*lines, "\r\n"]).encode() + answer)
        await writer.drain()
        return True


@asynccontextmanager
async def hook_peer(context: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[HookPeer]:
    peer = HookPeer(**options)
    await peer.open(context)
    try:
        yield peer
    finally:
        await peer.close()
