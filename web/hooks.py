"""Where platforms deliver messages by HTTP. Open to the internet through a reverse proxy, so each hook has a secret."""

from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import Response

PREFIX = "/hooks/"
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  the name of the header, not what is in it

Take = Callable[[bytes, str], Awaitable[int]]
"""Takes a body and the secret that came with it; returns the HTTP status once the message is durable."""


def hook_routes(hooks: Mapping[str, Take]) -> APIRouter:
    """One address for each platform that has a hook, such as `/hooks/telegram`."""
    router = APIRouter(prefix=PREFIX.rstrip("/"))
    for name, take in hooks.items():
        router.add_api_route(f"/{name}", _endpoint(take), methods=["POST"], response_class=Response)
    return router


def _endpoint(take: Take) -> Callable[[Request], Awaitable[Response]]:
    async def receive(request: Request) -> Response:
        """What the platform delivers; anything but 2xx makes it deliver again."""
        return Response(status_code=await take(await request.body(), request.headers.get(SECRET, "")))

    return receive
