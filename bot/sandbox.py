"""The desk behind the sandbox page: who can be written as, conversations, the clock, files, live events."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from bot import files
from bot.clock import SandboxClock
from bot.messages import Chat, ChatKind, Inbound, Outbound, Sender
from bot.platforms.sandbox import SandboxPlatform
from bot.program import Program
from bot.setup import check_key, install_sample
from community.access import RANK, ROLE_LABELS
from community.areas import AreaTree
from storage.engine import Session, reading
from storage.queries import flow, people
from storage.queries import sandbox as queries
from storage.queries.sandbox import Said
from storage.tables import Household, Person, Role, RoleName
from web.desk import (
    PRIVATE,
    RESIDENT,
    STRANGER,
    Bubble,
    DeskEvent,
    DeskRefused,
    EventKind,
    FileRef,
    GroupView,
    Persona,
)  # fmt: skip

PLATFORM = SandboxPlatform.name
CLOCK = "sandbox_clock"
BOT_NAME = "小联"
STRANGERS = (
    Persona("x-stranger", "路人甲", STRANGER, "陌生人", ""),
    Persona("x-new", "新来的", STRANGER, "陌生人", ""),
)
MEDIA = {"png": "image/png", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

InStore = Callable[[Callable[[], Any]], Awaitable[Any]]


class Part(Protocol):
    """A part of the program that can be made to stand still."""

    def still(self) -> AbstractAsyncContextManager[None]:
        """Do nothing while this lasts, and forget what was waiting."""


class Flow(Part, Protocol):
    """The part of the program that sends: offered rows, and a way to wait for them."""

    def offer(self, rows: Any) -> None:
        """Queue what was just committed."""

    async def poll(self) -> None:
        """Queue what was held until now."""

    async def drained(self) -> None:
        """Wait until all is out."""


class SandboxDesk:
    """Implements what the page asks; all reading and writing happens in the store's thread."""

    def __init__(
        self, program: Program, clock: SandboxClock, platform: SandboxPlatform, inbox: Part, delivery: Flow,
        in_store: InStore, sample: dict[str, Any], start: datetime,
    ) -> None:  # fmt: skip
        self._program = program
        self._clock = clock
        self._platform = platform
        self._inbox = inbox
        self._delivery = delivery
        self._in_store = in_store
        self._sample = sample
        self._start = start
        self._listeners: set[asyncio.Queue[DeskEvent | None]] = set()
        self._moving = asyncio.Lock()
        platform.shown = self._show

    # --- who and where ----------------------------------------------------------------------------------------

    async def personas(self) -> list[Persona]:
        """Residents, staff and two strangers."""
        known: list[Persona] = await self._in_store(self._personas)
        bound = {persona.id for persona in known}
        return [*known, *(stranger for stranger in STRANGERS if stranger.id not in bound)]

    def _personas(self) -> list[Persona]:
        with self._program.work() as work:
            rows = [(a, p) for a, p in queries.accounts(work.session, PLATFORM) if p is not None]
            homes = people.households_by_id(work.session, {p.household_id for _, p in rows if p.household_id})
            roles = people.roles_of(work.session, [p.id for _, p in rows if p.id])
            return [_persona(work.areas, a.external_id, p, homes, roles[p.id or 0]) for a, p in rows]

    async def groups(self) -> list[GroupView]:
        """Every group, with those of the sample who belong to its area."""
        found: list[GroupView] = await self._in_store(self._groups)
        return found

    def _groups(self) -> list[GroupView]:
        with self._program.work() as work:
            rows = [(a, p) for a, p in queries.accounts(work.session, PLATFORM) if p is not None]
            homes = people.households_by_id(work.session, {p.household_id for _, p in rows if p.household_id})
            roles = people.roles_of(work.session, [p.id for _, p in rows if p.id])
            views = []
            for group in queries.groups(work.session, PLATFORM):
                members = set()
                for account, person in rows:
                    home = homes.get(person.household_id or 0)
                    lives = home is not None and group.kind == "residents" and home.grid_id == group.area_id
                    serves = any(work.areas.covers(r.area_id, group.area_id) or work.areas.covers(group.area_id, r.area_id)
                                 for r in roles[person.id or 0])  # fmt: skip
                    if lives or serves:
                        members.add(account.external_id)
                if group.kind == "residents":
                    members |= {stranger.id for stranger in STRANGERS}
                views.append(GroupView(group.external_id, group.name, group.kind, frozenset(members)))
            return views

    # --- what was said ----------------------------------------------------------------------------------------

    async def history(self, viewer: str, conversation: str, after: int = 0, limit: int = 200) -> list[Bubble]:
        """A conversation as it is stored."""
        found: list[Bubble] = await self._in_store(lambda: self._history(viewer, conversation, after, limit))
        return found

    def _history(self, viewer: str, conversation: str, after: int, limit: int) -> list[Bubble]:
        kind, chat = (ChatKind.PRIVATE, viewer) if conversation == PRIVATE else (ChatKind.GROUP, conversation)
        with reading(self._program.engine) as session:
            said = queries.conversation(session, PLATFORM, kind, chat, after, limit)
            names = {account.external_id: p.name for account, p in queries.accounts(session, PLATFORM) if p}
            names |= {stranger.id: stranger.name for stranger in STRANGERS}
            keys = [item.inbound.reply_to for item in said if item.inbound and item.inbound.reply_to]
            return [
                _bubble(item, names, queries.bubbles_of_outbox(session, keys) if keys else {}, self._zone)
                for item in said
            ]

    @property
    def _zone(self) -> Any:
        return self._program.house.zone

    async def say(self, who: str, where: str, text: str, reply_to: int | None, photo: bool) -> None:
        """Write as somebody; returns when it is durable."""
        await self._platform.ready.wait()
        host = self._platform.host
        if host is None:
            raise DeskRefused("沙盒还没有准备好，请稍等")
        kind = ChatKind.PRIVATE if where == PRIVATE else ChatKind.GROUP
        message_id = f"in-{secrets.token_hex(8)}"
        quoted = await self._in_store(lambda: self._platform_id(reply_to)) if reply_to else None
        inbound = Inbound(
            account="bot", message_id=message_id, chat=Chat(PLATFORM, kind, who if kind is ChatKind.PRIVATE else where),
            sender=Sender(who, is_bot=who.startswith("bot-")), text=text, at=self._clock.now(), reply_to=quoted,
            mentions_bot=f"@{BOT_NAME}" in text, images=("sandbox:photo",) if photo else (),
        )  # fmt: skip
        await host.receive(inbound)
        await self._in_store(self._catch_up)

    def _platform_id(self, bubble_id: int) -> str | None:
        with reading(self._program.engine) as session:
            bubble = queries.bubble(session, bubble_id)
            return f"out-{bubble.outbox_id}" if bubble and bubble.outbox_id else None

    # --- time -------------------------------------------------------------------------------------------------

    async def now(self) -> datetime:
        """The sandbox clock in the sample's zone."""
        return self._clock.now().astimezone(self._zone)

    async def forward(self, to: datetime) -> None:
        """Move the clock on; what falls due on the way happens at its own moment, in order."""
        async with self._moving:
            if to <= self._clock.now():
                raise DeskRefused("时钟只能往前拨")
            while (moment := await self._in_store(lambda: self._program.next_moment(self._clock.now()))) <= to:
                self._clock.set(moment)
                await self._settle()
            self._clock.set(to)
            await self._settle()
            await self.keep_clock()

    async def _settle(self) -> None:
        self._delivery.offer(await self._in_store(self._program.tick))
        await self._delivery.poll()
        await self._delivery.drained()
        self._tell(DeskEvent(EventKind.CLOCK, await self.now()))

    async def keep_clock(self) -> None:
        """Remember the clock for the next start."""
        await self._in_store(lambda: keep_clock(self._program, self._clock.now()))

    # --- live -------------------------------------------------------------------------------------------------

    async def _show(self, message: Outbound) -> None:
        await self._in_store(lambda: self._add_outgoing(message.id))

    def _add_outgoing(self, outbox_id: int) -> None:
        """A bubble for what was sent; the message before it comes first, even if its own bubble is still to be made."""
        self._catch_up(sent=outbox_id)

    def _catch_up(self, sent: int | None = None) -> None:
        """Give every message without a bubble one, in the order in which they came, and tell the pages."""
        with Session(self._program.engine) as session:
            first = queries.last_bubble(session)
            for inbound_id in queries.inbound_without_bubble(session, PLATFORM):
                queries.add_bubble(session, inbound_id=inbound_id)
            if sent is not None and not queries.is_shown(session, sent):
                queries.add_bubble(session, outbox_id=sent)
            flow.keep_setting(session, CLOCK, self._clock.now().isoformat())
            session.commit()
            fresh = queries.since(session, first)
        for item in fresh:
            self._loop_tell(self._event(item))

    def _loop_tell(self, event: DeskEvent) -> None:
        self._loop.call_soon_threadsafe(self._tell, event)

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """The loop in which pages listen."""
        self._loop = loop

    def _event(self, item: Said) -> DeskEvent:
        row = item.inbound or item.outbox
        private = row is not None and row.chat_kind == ChatKind.PRIVATE
        return DeskEvent(
            EventKind.BUBBLE, self._clock.now().astimezone(self._zone), item.bubble.id or 0,
            PRIVATE if private else (row.chat_id if row else ""), row.chat_id if row and private else "",
            item.inbound.sender_id if item.inbound else None,
        )  # fmt: skip

    def _tell(self, event: DeskEvent) -> None:
        for queue in self._listeners:
            queue.put_nowait(event)

    async def events(self, after: int) -> AsyncIterator[DeskEvent]:
        """First what was missed, then what happens."""
        queue: asyncio.Queue[DeskEvent | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            last = after
            for event in await self._in_store(lambda: self._missed(after)):
                last = event.bubble
                yield event
            while (event := await queue.get()) is not None:
                if event.kind is not EventKind.BUBBLE or event.bubble > last:
                    yield event
                if event.kind is EventKind.RESET:
                    return
        finally:
            self._listeners.discard(queue)

    def _missed(self, after: int) -> list[DeskEvent]:
        with reading(self._program.engine) as session:
            return [self._event(item) for item in queries.since(session, after)]

    def stop(self) -> None:
        """The program ends: let go of every page."""
        for queue in self._listeners:
            queue.put_nowait(None)

    # --- files and starting again -----------------------------------------------------------------------------

    async def file(self, id: str) -> tuple[str, str, bytes]:
        """A file of a bubble, rendered again from the stored report."""
        spec = await self._in_store(lambda: self._file_spec(id))
        rendered = await files.render_apart(await self._in_store(lambda: files.plan(self._program, spec)))
        return rendered.name, MEDIA[rendered.kind], rendered.content

    def _file_spec(self, id: str) -> dict[str, Any]:
        with reading(self._program.engine) as session:
            row = queries.by_outbox(session, int(id)) if id.isdecimal() else None
            if row is None or row.file is None:
                raise DeskRefused("没有这个文件")
            return row.file

    async def reset(self) -> None:
        """Start again from the sample; what is on its way in or out belongs to the old one, as do its ids."""
        async with self._moving:
            async with self._inbox.still(), self._delivery.still():
                await self._in_store(self._empty)
            self._tell(DeskEvent(EventKind.RESET, await self.now()))

    def _empty(self) -> None:
        with Session(self._program.engine) as session:
            queries.empty(session)
            session.commit()
        check_key(self._program.engine)
        self._program.forget()
        self._clock.restart(self._start)
        install_sample(self._program, self._sample)
        self._program.tick()


def keep_clock(program: Program, moment: datetime) -> None:
    """Write down the sandbox clock."""
    with Session(program.engine) as session:
        flow.keep_setting(session, CLOCK, moment.isoformat())
        session.commit()


def kept_clock(program: Program) -> datetime | None:
    """The sandbox clock as it was when the program last ran."""
    with reading(program.engine) as session:
        stored = flow.setting(session, CLOCK)
    return datetime.fromisoformat(stored) if stored else None


def _persona(areas: AreaTree, id: str, person: Person, homes: dict[int, Household], roles: list[Role]) -> Persona:
    home = homes.get(person.household_id or 0)
    if not roles:
        return Persona(id, person.name, RESIDENT, "居民", home.address if home else "")
    highest = max(roles, key=lambda role: RANK[RoleName(role.role)])
    place = areas[highest.area_id].name
    if highest.building:
        place = f"{place} {highest.building}栋"
    return Persona(id, person.name, highest.role, ROLE_LABELS[RoleName(highest.role)], place)


def _bubble(item: Said, names: dict[str, str], quoted: dict[str, int], zone: Any) -> Bubble:
    if item.inbound is not None:
        row = item.inbound
        return Bubble(
            item.bubble.id or 0, row.sender_id, names.get(row.sender_id, row.sender_id), row.text,
            row.at.astimezone(zone), None, quoted.get(row.reply_to or ""), row.photos > 0,
        )  # fmt: skip
    out = item.outbox
    if out is None:
        raise ValueError("a bubble without a message")
    file = FileRef(str(out.id), out.file["kind"], out.text) if out.file else None
    at = (out.sent_at or out.created_at).astimezone(zone)
    return Bubble(item.bubble.id or 0, None, BOT_NAME, "" if file else out.text, at, file)
