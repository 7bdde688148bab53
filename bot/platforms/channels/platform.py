"""Channels: messages go out to mail, robots and hooks, and nothing comes in."""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from bot.messages import ChatKind, Outbound
from bot.platforms.channels.by_apprise import ByApprise
from bot.platforms.channels.look import look
from bot.platforms.channels.robot_address import read_address
from bot.platforms.channels.robots import Robot
from bot.platforms.channels.service import Part, Service, Unusable
from bot.platforms.channels.settings import ChannelsSettings
from bot.platforms.channels.threads import Threads
from bot.platforms.channels.verdict import Failure, later, never
from bot.platforms.contract import CannotTell, Host, Rejected, State, Trouble, TryLater

log = logging.getLogger(__name__)

UNFINISHED_LIMIT = 1024  # messages of which parts are out
_SEEN_BY_LOOKING = (Trouble.STARTING, Trouble.UNREACHABLE, Trouble.CLOSED)  # of the rest only a message tells the end


@dataclass(slots=True)
class Channel:
    """One channel and how it is."""

    name: str
    service: Service | None = None  # None: not opened yet, or its address cannot be used
    trouble: Trouble | None = Trouble.STARTING
    detail: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(UTC))
    findings: int = 0  # how often something was found out about it
    failures: int = 0  # of messages, in a row
    changed: asyncio.Event = field(default_factory=asyncio.Event)  # a message has found another state
    refused_at: float | None = None  # when it last refused for good, by the monotonic clock

    def find_out(self, failure: Failure | None) -> bool:
        """Take over what a message or a look has found; whether the state is another one now.

        A message that came too fast, or whose words were refused, says that the channel as such is well.
        """
        self.findings += 1
        self.refused_at = time.monotonic() if failure and failure.permanent else None
        trouble = failure.trouble if failure else None
        detail = failure.detail if failure and trouble else ""
        if (trouble, detail) == (self.trouble, self.detail):
            return False
        self.trouble, self.detail, self.since = trouble, detail, datetime.now(UTC)
        return True


@dataclass(slots=True)
class Sending:
    """A message of which some parts may be out."""

    went: set[int] = field(default_factory=set)
    done: dict[int, set[str]] = field(default_factory=dict)  # part -> who of several has it
    tasks: "dict[int, asyncio.Task[Failure | None]]" = field(default_factory=dict)


class ChannelsPlatform:
    """All configured channels; each is an own account with a pace and a state of its own."""

    def __init__(self, settings: ChannelsSettings) -> None:
        self.name = settings.name
        self.ready = asyncio.Event()  # set once every address was tried
        self._settings = settings
        self._channels = {name: Channel(name) for name in settings.urls}
        self._sendings: dict[int, Sending] = {}
        self._opening = asyncio.Lock()

    async def run(self, host: Host) -> None:
        """Keep the states true until cancelled."""
        try:
            await self._open()
            async with asyncio.TaskGroup() as group:
                for channel in self._channels.values():
                    group.create_task(self._watch(channel))
                await asyncio.Event().wait()
        finally:
            for sending in self._sendings.values():
                for task in sending.tasks.values():
                    task.cancel()

    async def send(self, message: Outbound) -> str:
        """Send, in several parts if need be; a retry repeats no part that is out, and waits for one on its way."""
        channel = await self._channel(message)
        assert channel.service is not None  # noqa: S101 - `_channel` has raised
        parts = channel.service.parts(message)
        if not parts:
            raise Rejected("nothing to send")
        sending = self._remember(message.id)
        for number, part in enumerate(parts):
            if number in sending.went:
                continue
            failure = await self._deliver(channel.service, sending, number, part)
            self._note(channel, failure)
            channel.failures = channel.failures + 1 if failure else 0
            if failure is not None:
                self._forget(message.id, sending, failure)
                raise self._error(channel, failure)
        self._sendings.pop(message.id, None)
        return f"{channel.name}-{message.id}"

    async def find(self, message: Outbound, since: datetime) -> str | None:
        """No channel can be asked."""
        raise CannotTell

    def account_of(self, message: Outbound) -> str:
        """Each channel has its own pace."""
        return message.chat.id if message.chat.id in self._channels else ""

    def online(self) -> bool:
        """Whether a channel is there that does not refuse everything.

        A refusal counts for a while only: nobody tells when it is over, so one message has to try again.
        """
        return any(self._has_chance(channel) for channel in self._channels.values())

    def states(self) -> tuple[State, ...]:
        """One for each channel."""
        return tuple(State(one.name, one.trouble, one.since, one.detail) for one in self._channels.values())

    # -- opening and watching

    async def _open(self) -> None:
        """Read every address; apprise is loaded by this, beside the loop."""
        async with self._opening:
            if self.ready.is_set():
                return
            threads = Threads(1)
            for name, url in self._settings.urls.items():
                channel = self._channels[name]
                try:
                    channel.service = await (await threads.start(partial(open_service, url, self._settings)))
                    if channel.service.host is None:  # else it is looked at first
                        self._note(channel, None)
                except Unusable as reason:
                    self._note(channel, never(Trouble.FAILING, str(reason)))
                except Exception as error:  # noqa: BLE001 - one broken channel must not stop the others
                    self._note(channel, never(Trouble.FAILING, type(error).__name__))
            self.ready.set()

    async def _watch(self, channel: Channel) -> None:
        """Look whether somebody is there: again soon while nobody is, and now and then while all is well."""
        s = self._settings
        host = channel.service.host if channel.service else None
        pause = s.first_pause
        while host is not None:
            before = channel.findings
            if channel.trouble is None or channel.trouble in _SEEN_BY_LOOKING:
                found = await look(host, s.look_timeout)
                if channel.findings == before:  # else a message has found out more meanwhile
                    self._note(channel, found)
            well = channel.trouble is None
            channel.changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(s.look_every if well else pause):
                    await channel.changed.wait()
            pause = s.first_pause if well else min(s.longest_pause, 2 * pause)

    def _note(self, channel: Channel, failure: Failure | None) -> None:
        if channel.find_out(failure):
            channel.changed.set()
            level = logging.WARNING if channel.trouble else logging.INFO
            told = {"channel": channel.name, "trouble": channel.trouble, "detail": channel.detail}
            log.log(level, "channel changed", extra={"action": "channel_state", **told})

    def _has_chance(self, channel: Channel) -> bool:
        if channel.refused_at is None:
            return True
        if channel.service is None:
            return False
        return time.monotonic() - channel.refused_at >= self._settings.refused_pause

    # -- sending

    async def _channel(self, message: Outbound) -> Channel:
        channel = self._channels.get(message.chat.id)
        if channel is None or message.chat.kind is not ChatKind.GROUP:
            raise Rejected("no such channel")
        if channel.service is None:
            await self._open()
        if channel.service is None:
            raise Rejected(channel.detail)
        return channel

    async def _deliver(self, service: Service, sending: Sending, number: int, part: Part) -> Failure | None:
        task = sending.tasks.get(number)
        if task is None or (task.done() and (task.cancelled() or task.result() is not None)):
            done = sending.done.setdefault(number, set())
            task = sending.tasks[number] = asyncio.create_task(service.deliver(part, done))
        try:
            async with asyncio.timeout(self._settings.send_timeout):
                failure = await asyncio.shield(task)
        except TimeoutError:  # it goes on; the next try waits for its end instead of sending once more
            return later(Trouble.SILENT, "time-out", maybe_sent=True)
        except asyncio.CancelledError:
            task.cancel()
            raise
        del sending.tasks[number]
        if failure is None:
            sending.went.add(number)
        return failure

    def _error(self, channel: Channel, failure: Failure) -> Exception:
        if isinstance(failure.error, TryLater) and failure.error.after is None:
            pause = self._settings.first_pause * 2 ** min(channel.failures - 1, 16)
            failure.error.after = min(self._settings.longest_pause, pause)
        return failure.error

    def _remember(self, outbox_id: int) -> Sending:
        if outbox_id not in self._sendings and len(self._sendings) >= UNFINISHED_LIMIT:
            del self._sendings[next(iter(self._sendings))]
        return self._sendings.setdefault(outbox_id, Sending())

    def _forget(self, outbox_id: int, sending: Sending, failure: Failure) -> None:
        """Keep only what a retry needs."""
        if isinstance(failure.error, Rejected) or not (sending.went or sending.tasks or any(sending.done.values())):
            self._sendings.pop(outbox_id, None)


def open_service(url: str, settings: ChannelsSettings) -> Service:
    """The service that an address means; raises `Unusable`."""
    url = url.strip()
    address = read_address(url)
    if address is None:
        return ByApprise(url, settings)
    return Robot(address, settings)
