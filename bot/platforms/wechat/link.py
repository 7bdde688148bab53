"""One connection to a gateway: calls, the stream of events, and how it is closed. It never connects twice."""

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, TypeVar, cast

from grpclib.client import Channel
from grpclib.config import Configuration
from grpclib.exceptions import StreamTerminatedError
from grpclib.protocol import H2Protocol
from wechaty_grpc.wechaty import PuppetStub
from wechaty_grpc.wechaty.puppet import EventResponse

from bot.platforms.wechat.faults import NotConnected, Silent
from bot.platforms.wechat.settings import WechatSettings

T = TypeVar("T")
CLOSE_SECONDS = 1.0


class Link:
    """A channel of grpclib that is used for one life of a connection."""

    def __init__(self, settings: WechatSettings) -> None:
        _hush()
        self._settings = settings
        self._channel = _Channel(settings)
        self._open = False

    @property
    def alive(self) -> bool:
        """Whether calls can be made."""
        return self._open and self._channel.protocol is not None and not self._channel.protocol.lost.is_set()

    async def open(self) -> None:
        """Connect; raises `OSError`, of which time-outs and TLS errors are kinds."""
        async with asyncio.timeout(self._settings.connect_timeout):
            await self._channel.__connect__()
        self._open = True

    async def call(self, work: Callable[[PuppetStub], Awaitable[T]], seconds: float | None = None) -> T:
        """Make one call; raises what grpclib does, or `NotConnected`."""
        if not self.alive:
            raise NotConnected
        stub = self._stub(self._settings.call_timeout if seconds is None else seconds)
        # grpclib ends a call by cancelling the task that waits for it, which no caller could tell from being
        # cancelled itself; so each call has a task of its own.
        task = asyncio.ensure_future(_awaited(work(stub)))
        task.add_done_callback(_look_at)
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
        if task.cancelled():  # by grpclib, without a reason
            raise NotConnected
        return task.result()

    async def events(self) -> AsyncIterator[EventResponse]:
        """The events, in order; for a task of its own, see `call`. Ends when the gateway ends the stream."""
        try:
            async with aclosing(cast("AsyncGenerator[EventResponse]", self._stub(None).event())) as stream:
                async for event in stream:
                    yield event
        except StreamTerminatedError:
            if self._channel.protocol and self._channel.protocol.given_up:
                raise Silent from None
            raise

    async def close(self) -> None:
        """Break the connection; nothing that still waits to be written may hold it."""
        self._open = False
        protocol = self._channel.protocol
        self._channel.close()
        if protocol and protocol.transport and not protocol.lost.is_set():
            protocol.transport.abort()
            await asyncio.wait({asyncio.ensure_future(protocol.lost.wait())}, timeout=CLOSE_SECONDS)

    def _stub(self, seconds: float | None) -> PuppetStub:
        metadata = [("authorization", f"Wechaty {self._settings.token}")]
        return PuppetStub(self._channel, timeout=seconds, metadata=metadata)


class _Protocol(H2Protocol):
    """Remembers its transport, to break it, and who ended the connection."""

    transport: asyncio.Transport | None = None
    given_up = False  # by our side, as nobody answered its pings

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.lost = asyncio.Event()
        self._ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        super().connection_made(transport)

    def eof_received(self) -> None:
        self._ended = True

    def connection_lost(self, exc: BaseException | None) -> None:
        self.given_up = exc is None and not self._ended
        self.lost.set()
        super().connection_lost(exc)


class _Channel(Channel):
    """Connects once; says the token as `:authority`, which gateways without TLS read it from."""

    protocol: _Protocol | None = None

    def __init__(self, settings: WechatSettings) -> None:
        self._token = settings.token
        super().__init__(
            settings.host,
            settings.port,
            ssl=_trust(settings) if settings.tls else None,
            config=Configuration(
                _keepalive_time=settings.keepalive,
                _keepalive_timeout=settings.keepalive_timeout,
                _keepalive_permit_without_calls=True,
                _http2_max_pings_without_data=0,  # no limit; by default two pings are all that a quiet night gets
                _http2_min_sent_ping_interval_without_data=settings.keepalive / 2,
                ssl_target_name_override=settings.server_name or None,
            ),
        )

    def _get_authority(self, host: str, port: int) -> str:
        return self._token

    def _protocol_factory(self) -> H2Protocol:
        plain = super()._protocol_factory()
        self.protocol = _Protocol(plain.handler, plain.config, plain.h2_config)
        return self.protocol

    async def _create_connection(self) -> H2Protocol:
        if self.protocol is not None:
            raise NotConnected
        return await super()._create_connection()


def _trust(settings: WechatSettings) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.ca_file)
    context.set_alpn_protocols(["h2"])
    if settings.ca_file is not None:
        # Wechaty's own authority signs one name for all gateways; whoever is given here is trusted as it is.
        context.check_hostname = False
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


async def _awaited(work: Awaitable[T]) -> T:
    return await work


def _look_at(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()  # else asyncio logs it, and a refused token stands in its message


def _no(_: logging.LogRecord) -> bool:
    return False


def _hush() -> None:
    # hpack logs each header, the token among them; a filter stays whatever the configuration of logging is.
    for name in ("hpack.hpack", "hpack.table", "grpclib.protocol"):
        logging.getLogger(name).addFilter(_no)
