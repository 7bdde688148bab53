"""A line between platform and gateway that can be cut in a moment, where restarting the gateway would take seconds."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """Passes on what comes, on the same port after a pause."""

    target: int
    port: int = 0
    _server: asyncio.Server | None = None
    _lines: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = field(default_factory=dict)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Break all connections without a word and take no new ones."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        lines = dict(self._lines)
        for writers in lines.values():
            for writer in writers:
                writer.transport.abort()
        if lines:
            await asyncio.wait(lines)

    async def _accept(self, near: asyncio.StreamReader, to_near: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._lines[task] = (to_near,)
        try:
            far, to_far = await asyncio.open_connection("127.0.0.1", self.target)
            self._lines[task] = (to_near, to_far)
            await asyncio.gather(_pass(near, to_far), _pass(far, to_near))
        finally:
            for writer in self._lines.pop(task):
                writer.transport.abort()
                with suppress(OSError):
                    await writer.wait_closed()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(2**16):
            writer.write(piece)
            await writer.drain()
    writer.transport.abort()
