"""Puts the web application together around a desk."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from web.desk import Desk, DeskRefused
from web.guard import LOOPBACK, Guard, refusal
from web.hooks import Take, hook_routes
from web.pages import Pages
from web.platforms import Accounts, platform_routes
from web.sandbox import sandbox_routes

STATIC = Path(__file__).parent / "static"


class _Static(StaticFiles):
    """Static files that the browser asks about each time, so that an update shows at once."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came
        response.headers["Cache-Control"] = "no-cache"
        return response


def build(
    desk: Desk | None, hosts: Iterable[str] = LOOPBACK, hooks: Mapping[str, Take] = MappingProxyType({}),
    accounts: Accounts | None = None,
) -> FastAPI:  # fmt: skip
    """The application; without a desk it has no sandbox. `hosts` are the names it answers to, see `web.guard`."""
    pages = Pages()
    app = FastAPI(title="lianfang", docs_url=None, redoc_url=None, openapi_url=None)
    if desk is not None:
        app.include_router(sandbox_routes(desk))
    if accounts is not None:
        app.include_router(platform_routes(accounts, pages, is_home=desk is None))
    app.include_router(hook_routes(hooks))
    app.mount("/static", _Static(directory=STATIC), name="static")
    app.add_middleware(Guard, pages=pages, hosts=hosts)

    @app.get("/healthz")
    async def healthz() -> PlainTextResponse:
        """Answers while the event loop runs."""
        return PlainTextResponse("ok")

    @app.exception_handler(DeskRefused)
    async def refused(request: Request, error: DeskRefused) -> Response:
        return refusal(pages, request, HTTPStatus.CONFLICT, error.message)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        words = pages.problem("malformed", field=str(first["loc"][-1]), fault=first["type"])
        return refusal(pages, request, HTTPStatus.UNPROCESSABLE_ENTITY, words)

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> Response:
        return refusal(pages, request, error.status_code, pages.problem("http", status=error.status_code))

    return app
