"""A plain HTTP/1.1 server that a test can break in every way: hang, drop, refuse connections, come back."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl


class Drop(Exception):
    """Break the connection instead of answering."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart form."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Request:
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    def form(self) -> tuple[dict[str, str], dict[str, Upload]]:
        """Fields and files of a form in either encoding."""
        kind = self.headers.get("content-type", "")
        if found := re.search(r"boundary=(\S+)", kind):
            return _multipart(self.body, found[1].encode())
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True)), {}


Handler = Callable[[Request], Awaitable[tuple[int, bytes]]]


@dataclass
class HttpServer:
    """Listens on a port of the loopback; the same one after a pause."""

    handler: Handler
    port: int = 0
    _server: asyncio.Server | None = None
    _lines: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=2**24)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Break all connections without a word and take no new ones."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        lines = dict(self._lines)
        for task, writer in lines.items():
            writer.transport.abort()
            task.cancel()
        if lines:
            await asyncio.wait(lines)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._lines[task] = writer
        try:
            await self._serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, Drop, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            writer.close()
            with suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
            self._lines.pop(task, None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            status, payload = await self.handler(Request(first.split()[1], headers, body))
            head = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: application/json\r\n"
            writer.write(f"{head}Content-Length: {len(payload)}\r\n\r\n".encode() + payload)
            await writer.drain()


def _multipart(body: bytes, boundary: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    fields, files = {}, {}
    for part in body.split(b"--" + boundary)[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        said = head.decode()
        name = re.search(r'\bname="([^"]*)"', said)
        file = re.search(r'\bfilename="([^"]*)"', said)
        assert name
        if file:
            files[name[1]] = Upload(file[1], content)
        else:
            fields[name[1]] = content.decode()
    return fields, files
