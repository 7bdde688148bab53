"""The outermost layer: who may call, how much they may send, what every answer carries, and what an error shows.

The sandbox lets anybody write as anybody. It is for demos on one's own machine only, so it answers to loopback host
names alone (which also stops DNS rebinding), and takes no changes from the pages of other sites.
"""

import secrets
import traceback
from collections.abc import Iterable
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.hooks import PREFIX
from web.pages import Pages

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
BODY_LIMIT = 2_000_000  # bytes; 200,000 characters are at most 1.2 MB when a client writes them as \uXXXX
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

log = structlog.get_logger(__name__)


def refusal(pages: Pages, request: Request, status: int, words: str, reference: str = "") -> Response:
    """The same words as JSON for the script and as a page for a person."""
    if request.url.path.startswith("/api/"):
        return JSONResponse({"message": words, "reference": reference}, status)
    return HTMLResponse(pages.problem_page(words, reference), status)


class Guard:
    """Pure ASGI, so that the event stream passes through unbuffered."""

    def __init__(self, app: ASGIApp, pages: Pages, hosts: Iterable[str] = LOOPBACK) -> None:
        self._app, self._pages, self._hosts = app, pages, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a refused request itself; otherwise passes it on and catches what goes wrong."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        request = Request(scope)
        if code := self._refused(request):
            response = refusal(self._pages, request, HTTPStatus.FORBIDDEN, self._pages.problem(code))
            await response(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, _limited(receive), send_with_headers)
        except Exception as error:  # noqa: BLE001  the one place where the unexpected becomes an answer
            reference = _log_unexpected(error)
            if started:
                return  # half an answer is out; the cut connection tells the page to fetch again
            words = self._pages.problem("unexpected")
            response = refusal(self._pages, request, HTTPStatus.INTERNAL_SERVER_ERROR, words, reference)
            await response(scope, receive, send_with_headers)

    def _refused(self, request: Request) -> str | None:
        if request.url.path.startswith(PREFIX):
            return None  # comes through a reverse proxy from outside, and shows a secret instead
        host = request.headers.get("host", "")
        if host.rpartition(":")[0] not in self._hosts and host not in self._hosts:
            return "wrong_host"
        if request.method not in {"GET", "HEAD"} and not _same_origin(request.headers, host):
            return "wrong_origin"
        return None


def _same_origin(headers: Headers, host: str) -> bool:
    """True for our own page and for clients that are no browser, which send neither header."""
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == host


def _limited(receive: Receive) -> Receive:
    """Counts what really arrives: an announced length may be missing or wrong."""
    read = 0

    async def limited() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > BODY_LIMIT:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return message

    return limited


def _log_unexpected(error: Exception) -> str:
    """Logs where it broke, without the error's own text: that may quote what somebody wrote."""
    reference = secrets.token_hex(4).upper()
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    log.error("web.unexpected", reference=reference, error=type(error).__name__, frames=frames)
    return reference
