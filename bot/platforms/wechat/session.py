"""One life of a connection: takes the stream of events, follows who is logged in, and watches that it still lives."""

import asyncio
import logging
from contextlib import suppress
from typing import Any, Protocol

from grpclib.const import Status
from grpclib.exceptions import GRPCError
from wechaty_grpc.wechaty.puppet import EventResponse, EventType

from bot.platforms.contract import Trouble
from bot.platforms.wechat import codec
from bot.platforms.wechat.codec import text_of
from bot.platforms.wechat.faults import DOUBTFUL, Ended, Silent
from bot.platforms.wechat.link import Link
from bot.platforms.wechat.settings import WechatSettings

log = logging.getLogger(__name__)

# of the status of a scan
CANCELLED, SCANNED, CONFIRMED, TIMED_OUT = 1, 3, 4, 5

# kinds of what is not true any more
CONTACT, ROOM, ROOM_MEMBER = 2, 3, 4


class Listener(Protocol):
    """What a session tells; called in the order of events, and awaited before the next one."""

    async def logged_in(self, link: Link, account: str) -> None:
        """The account is in service."""

    def logged_out(self, trouble: Trouble, detail: str, code: str) -> None:
        """It is not; maybe a code waits to be scanned."""

    async def message(self, link: Link, id: str) -> None:
        """A message has come."""

    def changed(self, *, group: str = "", person: str = "") -> None:
        """Names may not be true any more; of neither: none of them."""


class Session:
    """Raises from `serve` why there is no connection any more."""

    def __init__(self, settings: WechatSettings, listener: Listener, *, donged: bool) -> None:
        self.link = Link(settings)
        self.attached = False  # the stream is ours
        self.donged = donged  # this gateway answers `ding` over the stream; not every one does
        self.heard = 0.0  # when the stream was surely whole, as the loop counts time
        self._settings = settings
        self._listener = listener
        self._beat = asyncio.Event()  # with each event
        self._settled = asyncio.Event()  # it is known whether somebody is logged in
        self._taking = False  # an event; while the store is slow, that lasts

    async def serve(self, *, may_take: bool) -> None:
        """Serve until it breaks. `may_take`: take the stream from whoever has it, most often a dead connection of
        ours that the gateway has not given up yet.
        """
        await self.link.open()
        try:
            await self._follow(start=False)
        except GRPCError as error:
            if error.status is not Status.ALREADY_EXISTS or not may_take:
                raise
        log.warning("the stream is taken from another client", extra={"action": "wechat_take"})
        with suppress(GRPCError):  # the stream is free all the same if only the puppet would not stop
            await self.link.call(lambda stub: stub.stop(), self._settings.start_timeout)
        await self._follow(start=True)

    async def close(self) -> None:
        """Break the connection."""
        await self.link.close()

    # -- both halves

    async def _follow(self, *, start: bool) -> None:
        halves = [asyncio.create_task(half) for half in (self._read(), self._watch(start=start))]
        try:
            await asyncio.wait(halves, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for half in halves:
                half.cancel()
            await asyncio.wait(halves)
            errors = [half.exception() for half in halves if not half.cancelled()]
        for error in filter(None, errors):  # the stream's own end says more, so it comes first
            raise error

    async def _read(self) -> None:
        async for event in self.link.events():
            self.heard = asyncio.get_running_loop().time()
            self.attached = True
            self._beat.set()
            self._taking = True
            await self._take(event)
            self._taking = False
        raise Ended

    async def _watch(self, *, start: bool) -> None:
        s = self._settings
        if not await _within(self._beat, s.first_event):
            await self._ask()  # not every gateway greets
            self.attached = True
        if start or not await _within(self._settled, s.settle):
            await self._start()
        await self._ask()  # tells whether this gateway answers over the stream
        while True:
            self._beat.clear()
            if not await _within(self._beat, s.pulse):
                await self._ask()

    async def _start(self) -> None:
        """Tell the gateway to log its account in; if it has been told before, this changes nothing."""
        await self.link.call(lambda stub: stub.start(), self._settings.start_timeout)
        if not await _within(self._settled, self._settings.settle):
            self._listener.logged_out(Trouble.LOGGED_OUT, "", "")

    async def _ask(self) -> None:
        """Whether the gateway lives, and the stream too: one may be deaf on a gateway that answers everything."""
        self._beat.clear()
        try:
            await self.link.call(lambda stub: stub.ding(data="?"))
        except TimeoutError:
            raise Silent from None
        except GRPCError as error:  # it answers, even if not to this
            if error.status in DOUBTFUL:
                raise Silent from None
        if self.donged and not await _within(self._beat, self._settings.echo) and not self._taking:
            raise Silent
        self.heard = asyncio.get_running_loop().time()

    # -- events

    async def _take(self, event: EventResponse) -> None:
        fields, listener = _fields(event), self._listener
        match event.type:
            case EventType.EVENT_TYPE_MESSAGE:
                await listener.message(self.link, text_of(fields, "messageId"))
            case EventType.EVENT_TYPE_LOGIN:
                if account := text_of(fields, "contactId"):
                    self._settled.set()
                    await listener.logged_in(self.link, account)
            case EventType.EVENT_TYPE_LOGOUT:
                self._settled.set()
                listener.logged_out(Trouble.LOGGED_OUT, "", "")
            case EventType.EVENT_TYPE_SCAN:
                self._settled.set()
                self._scan(fields)
            case EventType.EVENT_TYPE_DONG:
                self.donged = True
            case EventType.EVENT_TYPE_ERROR:  # of the gateway's own doing; what it says may quote anything
                log.warning("the gateway has an error", extra={"action": "wechat_gateway_error"})
            case EventType.EVENT_TYPE_DIRTY:
                self._dirty(fields)
            case EventType.EVENT_TYPE_ROOM_JOIN | EventType.EVENT_TYPE_ROOM_LEAVE | EventType.EVENT_TYPE_ROOM_TOPIC:
                listener.changed(group=text_of(fields, "roomId"))

    def _scan(self, fields: dict[str, Any]) -> None:
        status, code = fields.get("status"), text_of(fields, "qrcode")
        if status in (SCANNED, CONFIRMED):
            self._listener.logged_out(Trouble.SCAN, "scanned", "")
        elif status in (CANCELLED, TIMED_OUT) or not code:
            self._listener.logged_out(Trouble.LOGGED_OUT, "", "")
        else:
            self._listener.logged_out(Trouble.SCAN, "", code)

    def _dirty(self, fields: dict[str, Any]) -> None:
        id, kind = text_of(fields, "payloadId"), fields.get("payloadType")
        if kind == CONTACT:
            self._listener.changed(person=id)
        elif kind in (ROOM, ROOM_MEMBER):
            self._listener.changed(group=id)


def _fields(event: EventResponse) -> dict[str, Any]:
    try:
        return codec.event(event.payload)
    except codec.Malformed as error:  # what kind of event it is says something all the same
        log.warning("event not understood", extra={"action": "wechat_malformed", "reason": str(error)})
        return {}


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
