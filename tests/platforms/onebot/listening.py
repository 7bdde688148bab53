"""Plays a OneBot implementation that listens, to which the program connects."""

import asyncio
import json
import ssl
from pathlib import Path

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from tests.platforms.onebot.peer import SILENT, WAIT, OneBotPeer


class ListeningPeer(OneBotPeer):
    """The same account, but it listens and the program connects (forward WebSocket)."""

    def __init__(
        self, token: str = "", self_id: int = 10000, *, port: int = 0, says_who: bool = True, tls: Path | None = None,
        lets_in: bool = False,
    ) -> None:  # fmt: skip
        super().__init__("", token, self_id)
        self.port = port
        self.arrived = asyncio.Event()
        self.knocked = asyncio.Event()  # somebody came, with whatever token
        self._token = token
        self._says_who = says_who
        self._lets_in = lets_in  # and says only then that the token is wrong, as NapCat does
        self._tls = tls  # a file with certificate and key
        self._server: Server | None = None

    @property
    def address(self) -> str:
        """Where the program connects to."""
        return f"{'wss' if self._tls else 'ws'}://127.0.0.1:{self.port}/"

    async def connect(self) -> None:
        """Listen, on the same port again after a restart."""
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if self._tls else None
        if trust and self._tls:
            trust.load_cert_chain(self._tls)
        self._server = await serve(
            self._take, "127.0.0.1", self.port, process_request=self._admit, compression=None, ping_interval=None,
            logger=SILENT, ssl=trust,
        )  # fmt: skip
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def close(self) -> None:
        """Stop listening; who is connected is let go."""
        if self._server:
            self._server.close()
            await self._server.wait_closed()

    async def drop(self) -> None:
        """Break the line without a word, and be gone."""
        assert self._socket
        self._socket.transport.abort()
        await self.close()

    async def here(self) -> None:
        """Wait until the program has connected."""
        async with asyncio.timeout(WAIT):
            await self.arrived.wait()

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        self.knocked.set()
        right = request.headers.get("Authorization") == f"Bearer {self._token}"
        return None if right or self._lets_in else socket.respond(403, "")

    async def _take(self, socket: ServerConnection) -> None:
        right = socket.request is not None and socket.request.headers.get("Authorization") == f"Bearer {self._token}"
        if not right:
            words = {"message": "token验证失败", "wording": "token验证失败"}
            await socket.send(json.dumps({"status": "failed", "retcode": 1403, "data": None, **words, "echo": None}))
            return
        self._socket = socket
        if self._says_who:
            await self.event(post_type="meta_event", meta_event_type="lifecycle", sub_type="connect")
        self.arrived.set()
        await self._read(socket)
        self.arrived.clear()
