"""The page that shows how the program's own accounts are, with the code by which one is logged in.

Whoever scans such a code is logged in as the account. So the page is for the machine itself: beyond what `web.guard`
asks of the host name, the caller must be on loopback, and nobody may have passed the request on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from ipaddress import ip_address
from typing import Protocol

import segno
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from community.troubles import duration
from templates.render import render
from web.guard import refusal
from web.pages import Pages

PASSED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@dataclass(frozen=True, slots=True)
class AccountView:
    """How one own account is."""

    platform: str
    account: str  # the platform's id of it, empty while it is not known
    trouble: str  # a name that `flow/trouble` knows; empty while all is well
    since: datetime  # in the zone in which it is shown
    detail: str = ""
    code: str = ""  # what the QR code holds that waits to be scanned


class Accounts(Protocol):
    """The running program; called from one event loop only."""

    def views(self) -> list[AccountView]:
        """How every own account is now."""

    def local_now(self) -> datetime:
        """The present moment, in the zone in which times are shown."""


@dataclass(frozen=True, slots=True)
class Card:
    """One account as the page shows it."""

    called: str
    well: bool
    wrong: str
    todo: str
    since: str
    lasting: str
    code: Markup


def platform_routes(accounts: Accounts, pages: Pages, *, is_home: bool) -> APIRouter:
    """The page; it is also what `/` shows where there is no sandbox."""
    router = APIRouter()
    template = Environment(
        loader=PackageLoader("templates", "pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("platforms.html")  # fmt: skip

    async def page(request: Request) -> Response:
        """The accounts: first what waits for a phone, then those in trouble."""
        if not _is_from_here(request):
            return refusal(pages, request, HTTPStatus.FORBIDDEN, pages.problem("wrong_host"))
        now = accounts.local_now()
        cards = sorted((_card(view, now) for view in accounts.views()), key=lambda card: (not card.code, card.well))
        return HTMLResponse(template.render(cards=cards, now=now))

    router.add_api_route("/platforms", page, response_class=HTMLResponse)
    if is_home:
        router.add_api_route("/", _home, response_class=RedirectResponse)
    return router


async def _home() -> Response:
    """There is nothing else to see."""
    return RedirectResponse("/platforms")


def _is_from_here(request: Request) -> bool:
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:  # no network address
        return False


def _card(view: AccountView, now: datetime) -> Card:
    wrong, todo = _words(view) if view.trouble else ("", "")
    return Card(
        render("flow/account", platform=view.platform, account=view.account), not view.trouble, wrong, todo,
        _moment(view.since, now), _lasting(now - view.since), _picture(view.code),
    )  # fmt: skip


def _words(view: AccountView) -> tuple[str, str]:
    """What is wrong, and what to do."""
    words = render(
        "flow/trouble", platform=view.platform, account=view.account, trouble=view.trouble, detail=view.detail, page=""
    )
    wrong, _, todo = words.partition("\n")
    return wrong, todo


def _moment(at: datetime, now: datetime) -> str:
    return f"{at:%H:%M}" if at.date() == now.date() else f"{at.month}月{at.day}日 {at:%H:%M}"


def _lasting(lasting: timedelta) -> str:
    return duration(max(int(lasting.total_seconds() // 60), 0))


def _picture(code: str) -> Markup:
    """A code as a picture within the page: it is on no address of its own, and in no cache."""
    if not code:
        return Markup()
    try:
        drawn = segno.make(code, micro=False)
    except ValueError:  # too long for any code
        return Markup()
    return Markup(drawn.svg_inline(border=4, light="#fff", omitsize=True, svgclass="qr", lineclass=None))  # noqa: S704  drawn here, nothing of the code's text is in it
