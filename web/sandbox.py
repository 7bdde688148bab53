"""The sandbox page and its endpoints: read conversations, write as anybody, move the clock, follow what happens.

Anybody who can reach these endpoints can write as anybody of the sample. They belong on loopback and in front of
invented people only; `web.guard` refuses other host names and other sites.
"""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import HTMLResponse, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from web.desk import PRIVATE, Desk, DeskEvent, DeskRefused, EventKind
from web.pages import Pages
from web.shapes import ID, BubbleOut, ClockIn, ClockOut, Done, GroupOut, PersonaOut, SayIn, StateOut

LONGEST_MOVE = timedelta(days=31)  # covers the last follow-up (day 28); more would keep the scheduler busy for long
EVENT_ID = re.compile(r"(?P<scene>[0-9a-f]{8})-(?P<bubble>\d{1,15})")
SHOWN_INLINE = frozenset({"image/png"})


def sandbox_routes(desk: Desk) -> APIRouter:
    """All routes of the sandbox over one desk."""
    sandbox = _Sandbox(desk)
    router = APIRouter()
    router.add_api_route("/", sandbox.page, response_class=HTMLResponse)
    api = APIRouter(prefix="/api/sandbox")
    api.add_api_route("/state", sandbox.state)
    api.add_api_route("/history", sandbox.history)
    api.add_api_route("/say", sandbox.say, methods=["POST"])
    api.add_api_route("/clock", sandbox.clock, methods=["POST"])
    api.add_api_route("/reset", sandbox.reset, methods=["POST"])
    api.add_api_route("/files/{id}", sandbox.file)
    api.add_api_route("/events", sandbox.events, response_class=EventSourceResponse)
    router.include_router(api)
    return router


class _Sandbox:
    """The endpoints, one method each."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pages = Pages()
        self._moving = asyncio.Lock()  # two quick "+10" must not both start from the same time
        self._scene = secrets.token_hex(4)  # new at every start and reset: tells a page that bubble ids began again

    async def page(self) -> str:
        """The sandbox itself."""
        return self._pages.sandbox(await self._desk.personas())

    async def state(self) -> StateOut:
        """Who and which groups there are, and the time."""
        return StateOut(
            scene=self._scene,
            now=await self._desk.now(),
            personas=[PersonaOut.model_validate(persona) for persona in await self._desk.personas()],
            groups=[GroupOut.of(group) for group in await self._desk.groups()],
        )

    async def history(
        self,
        viewer: ID,
        conversation: ID,
        after: Annotated[int, Query(ge=0, lt=10**15)] = 0,
        limit: Annotated[int, Query(ge=1, le=200)] = 200,
    ) -> list[BubbleOut]:
        """Bubbles of one conversation as `viewer` sees it; order and paging as `Desk.history`."""
        await self._check_member(viewer, conversation)
        zone = (await self._desk.now()).tzinfo
        return [BubbleOut.of(bubble, zone) for bubble in await self._desk.history(viewer, conversation, after, limit)]

    async def say(self, body: SayIn) -> Done:
        """Writes as somebody. The answer comes through the event stream."""
        await self._check_member(body.who, body.where)
        if not body.text.strip() and not body.photo:
            raise DeskRefused(self._pages.problem("nothing_said"))
        await self._desk.say(body.who, body.where, body.text, body.reply_to, body.photo)
        return Done()

    async def clock(self, body: ClockIn) -> ClockOut:
        """Moves the clock on, and answers when everything due has happened."""
        async with self._moving:
            now = await self._desk.now()
            target = _target(body, now)
            if target <= now:
                raise DeskRefused(self._pages.problem("only_forward"))
            if target - now > LONGEST_MOVE:
                raise DeskRefused(self._pages.problem("too_far", days=LONGEST_MOVE.days))
            await self._desk.forward(target)
            return ClockOut(now=await self._desk.now())

    async def reset(self) -> Done:
        """Starts again from the sample."""
        async with self._moving:
            self._scene = secrets.token_hex(4)  # before: a page that connects meanwhile must not trust old ids
            await self._desk.reset()
        return Done()

    async def file(self, id: Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]) -> Response:
        """A file of a bubble; pictures are shown, the rest is downloaded."""
        name, media_type, content = await self._desk.file(id)
        place = "inline" if media_type in SHOWN_INLINE else "attachment"
        disposition = f"{place}; filename*=UTF-8''{quote(name, safe='')}"
        return Response(content, media_type=media_type, headers={"Content-Disposition": disposition})

    async def events(
        self, last_event_id: Annotated[str, Header()] = "", after: str = ""
    ) -> AsyncIterator[ServerSentEvent]:
        """What happens, from the bubble after the last one the page has seen."""
        scene = self._scene
        seen = EVENT_ID.fullmatch(last_event_id or after)
        start = int(seen["bubble"]) if seen and seen["scene"] == scene else 0
        now = await self._desk.now()
        yield ServerSentEvent(event="hello", data={"scene": scene, "now": now.isoformat()}, retry=1000)
        async for event in self._desk.events(start):
            id = f"{scene}-{event.bubble}" if event.kind is EventKind.BUBBLE else None
            yield ServerSentEvent(event=event.kind.value, id=id, data=_told(event, event.at.astimezone(now.tzinfo)))
            if event.kind is EventKind.RESET:
                return

    async def _check_member(self, viewer: str, conversation: str) -> None:
        """Refuses unknown people and groups that the person is not in."""
        if all(persona.id != viewer for persona in await self._desk.personas()):
            raise DeskRefused(self._pages.problem("unknown_person"))
        groups = await self._desk.groups()
        if conversation != PRIVATE and all(g.id != conversation or viewer not in g.members for g in groups):
            raise DeskRefused(self._pages.problem("unknown_conversation"))


def _told(event: DeskEvent, at: datetime) -> dict[str, str | int | None]:
    """An event as the page's script reads it."""
    told: dict[str, str | int | None] = {"now": at.isoformat()}
    if event.kind is EventKind.BUBBLE:
        told |= {"id": event.bubble, "where": event.where, "viewer": event.viewer, "by": event.by}
    return told


def _target(body: ClockIn, now: datetime) -> datetime:
    """Where the clock should go; times without a zone are meant in the zone of `now`."""
    if body.minutes is not None:
        return now + timedelta(minutes=body.minutes)
    if body.next is not None:
        at = datetime.combine(now.date(), time.fromisoformat(body.next), now.tzinfo)
        return at if at > now else at + timedelta(days=1)
    if body.to is None:
        raise ValueError("ClockIn holds exactly one of its fields")
    return body.to if body.to.tzinfo else body.to.replace(tzinfo=now.tzinfo)
