"""Where implementations connect (reverse WebSocket), and who is let in."""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import unquote

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from bot.platforms.onebot.forward import CLOSE_SECONDS, PING_SECONDS, SILENT
from bot.platforms.onebot.settings import OneBotSettings

log = logging.getLogger(__name__)

OURS = "lianfang takes WebSocket connections here"
KEEPS_COMING = 120.0  # seconds; implementations try again sooner than that


class Door:
    """The address at which implementations knock."""

    def __init__(self, settings: OneBotSettings) -> None:
        self.port = 0  # what is listened on, while `open` is set
        self.open = asyncio.Event()
        self.refused: datetime | None = None  # since when those who come have a wrong token
        self._last_refused = 0.0
        self._settings = settings

    @asynccontextmanager
    async def opened(self, serve_one: Callable[[ServerConnection], Awaitable[object]]) -> AsyncIterator[None]:
        """Listen; raises `OSError` if the address is taken."""
        s = self._settings

        async def handle(socket: ServerConnection) -> None:
            await serve_one(socket)

        async with serve(
            handle,
            s.host,
            s.port,
            process_request=self._admit,
            compression=None,
            max_size=s.max_frame,
            max_queue=64,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            close_timeout=CLOSE_SECONDS,
            server_header=None,
            logger=SILENT,
        ) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            self.open.set()
            log.info("OneBot listens", extra={"action": "onebot_listening", "port": self.port})
            try:
                yield
            finally:
                self.open.clear()

    def is_refusing(self) -> bool:
        """Whether somebody keeps coming with a wrong token."""
        return self.refused is not None and asyncio.get_running_loop().time() - self._last_refused < KEEPS_COMING

    def _admit(self, socket: ServerConnection, request: Request) -> Response | None:
        path, _, query = request.path.partition("?")
        if path.rstrip("/") != self._settings.path.rstrip("/"):
            return self._refuse(socket, HTTPStatus.NOT_FOUND)
        if self._settings.token:
            token = _token(request, query)
            if not token:
                return self._refuse(socket, HTTPStatus.UNAUTHORIZED)
            if not hmac.compare_digest(_octets(token), _octets(self._settings.token)):
                return self._refuse(socket, HTTPStatus.FORBIDDEN)
        if "Upgrade" not in request.headers:  # a probe wants to know whose address it is
            return socket.respond(HTTPStatus.UPGRADE_REQUIRED, f"{OURS}\n")
        self.refused = None
        return None

    def _refuse(self, socket: ServerConnection, status: HTTPStatus) -> Response:
        log.warning("OneBot connection refused", extra={"action": "onebot_refused", "status": status.value})
        if status is not HTTPStatus.NOT_FOUND:
            self._last_refused = asyncio.get_running_loop().time()
            self.refused = self.refused or datetime.now(UTC)
        return socket.respond(status, f"{status.phrase}\n")


def _token(request: Request, query: str) -> str:
    for header in request.headers.get_all("Authorization"):
        scheme, _, token = header.partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""
    pairs = (pair.partition("=") for pair in query.split("&"))
    # not parse_qs: implementations append the token as it is, and a "+" in it means itself
    return next((unquote(value) for key, _, value in pairs if key == "access_token"), "")


def _octets(token: str) -> bytes:
    return token.encode("utf-8", "surrogateescape")
