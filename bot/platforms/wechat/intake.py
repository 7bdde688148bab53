"""Messages on their way in: the gateway names them, they are read, and handed over in the order of their coming."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from grpclib.const import Status
from grpclib.exceptions import GRPCError, StreamTerminatedError

from bot.messages import Chat, Inbound
from bot.platforms.contract import Host
from bot.platforms.wechat import codec, words
from bot.platforms.wechat.faces import Faces
from bot.platforms.wechat.faults import DOUBTFUL, NotConnected
from bot.platforms.wechat.link import Link

T = TypeVar("T")
log = logging.getLogger(__name__)

REMEMBERED = 8192  # messages that are known by their id when they are delivered again
UNREAD_LIMIT = 1024
TRIES = 2  # to read a message while the connection stands


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a message of a group; an answer speaks to them."""

    group: str
    id: str
    name: str


@dataclass(slots=True)
class _Coming:
    link: Link
    account: str
    id: str
    reading: asyncio.Task[codec.Raw | None]


class Intake:
    """Hands messages to the program; outlives a connection."""

    def __init__(self, platform: str, faces: Faces, slots: int, now: Callable[[], datetime]) -> None:
        self._platform = platform
        self._faces = faces
        self._now = now
        self._slots = asyncio.Semaphore(slots)
        self._coming: asyncio.Queue[_Coming] = asyncio.Queue()
        self._turns: WeakValueDictionary[Chat, asyncio.Lock] = WeakValueDictionary()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._unread: OrderedDict[str, None] = OrderedDict()  # the line broke before they were read; they come again
        self._authors: OrderedDict[str, Author] = OrderedDict()
        self._tasks: set[asyncio.Task[Any]] = set()

    async def take(self, link: Link, account: str, id: str) -> None:
        """A message with this id has come; while too many are under way, wait."""
        if not id or id in self._known:
            return
        if not account:  # nobody has said yet whose messages these are
            self._put_back(id)
            return
        _keep(self._known, id, None)
        await self._slots.acquire()
        self._coming.put_nowait(_Coming(link, account, id, self._spawn(self._read(link, id))))

    async def take_unread(self, link: Link, account: str) -> None:
        """Take what the last connection could not read any more."""
        ids = list(self._unread)
        self._unread.clear()
        for id in ids:
            await self.take(link, account, id)

    async def work(self, host: Host) -> None:
        """Hand over for ever. Which conversation a message belongs to is only known once it is read, so they are read
        all at once, and looked at in their order.
        """
        while True:
            coming = await self._coming.get()
            try:
                message = await coming.reading
            except asyncio.CancelledError:  # the program stops
                self._give_up(coming)
                raise
            if message is None or message.author == coming.account or not message.is_said:
                self._slots.release()
            else:
                self._spawn(self._hand_over(host, coming, message))

    async def finish(self, seconds: float) -> None:
        """Give what is on its way to the store a moment, then give up."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        while not self._coming.empty():
            self._give_up(self._coming.get_nowait())

    def author(self, message_id: str) -> Author | None:
        """Who wrote a message, if it came in a group and not too long ago."""
        return self._authors.get(message_id)

    # -- one message

    async def _read(self, link: Link, id: str) -> codec.Raw | None:
        try:
            return codec.raw(id, await self._payload(link, id))
        except (NotConnected, StreamTerminatedError, OSError):  # a time-out is an OSError
            self._put_back(id)
        except GRPCError as error:
            if error.status in DOUBTFUL or error.status is Status.UNAVAILABLE:
                self._put_back(id)
            else:
                self._lose(id, f"not read: {error.status.name}")
        except codec.Malformed as error:
            self._lose(id, str(error))
        except Exception as error:  # noqa: BLE001 - worker; only the type: the message may quote what was said
            self._lose(id, type(error).__name__)
        return None

    async def _payload(self, link: Link, id: str) -> Any:
        for left in reversed(range(TRIES)):
            try:
                return await link.call(lambda stub: stub.message_payload(id=id))
            except TimeoutError:
                if not left:
                    raise

    async def _hand_over(self, host: Host, coming: _Coming, message: codec.Raw) -> None:
        try:
            # A lock lets in whoever came first; it is passed on as soon as the handing over has begun.
            async with self._turn(codec.chat_of(message, self._platform)):
                storing = self._spawn(self._store(host, await self._meet(coming, message)))
            await asyncio.wait({storing})
        except Exception as error:  # noqa: BLE001 - worker; only the type: the message may quote what was said
            self._lose(coming.id, type(error).__name__)
        finally:
            self._slots.release()

    async def _meet(self, coming: _Coming, message: codec.Raw) -> Inbound:
        faces, link, own = self._faces, coming.link, set[str]()
        if message.room:
            face = await faces.member(link, message.room, message.author)
            if words.may_address(message.written):
                own = await faces.names(link, message.room, coming.account)
            _keep(self._authors, message.id, Author(message.room, message.author, face.name))
        else:
            face = await faces.person(link, message.author)
        return codec.inbound(message, self._platform, coming.account, face, own, self._now())

    async def _store(self, host: Host, message: Inbound) -> None:
        try:
            await host.receive(message)
        except Exception as error:  # noqa: BLE001 - worker; only the type: a database error quotes its parameters
            self._known.pop(message.message_id, None)  # should it be delivered again
            log.error("message lost", extra={"action": "wechat_lost", "error": type(error).__name__})

    # -- memory

    def _give_up(self, coming: _Coming) -> None:
        self._put_back(coming.id)
        self._slots.release()

    def _put_back(self, id: str) -> None:
        self._known.pop(id, None)
        _keep(self._unread, id, None, UNREAD_LIMIT)

    def _lose(self, id: str, reason: str) -> None:
        self._known.pop(id, None)
        log.warning("message not understood", extra={"action": "wechat_malformed", "reason": reason})

    def _turn(self, chat: Chat) -> asyncio.Lock:
        turn = self._turns.get(chat)
        if turn is None:
            turn = self._turns[chat] = asyncio.Lock()
        return turn

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _keep(memory: OrderedDict[str, T], key: str, value: T, limit: int = REMEMBERED) -> None:
    memory[key] = value
    if len(memory) > limit:
        memory.popitem(last=False)
