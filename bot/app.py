"""Builds every part once and runs them in one task group until it is told to stop."""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import structlog
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.accounts import Accounts
from bot.clock import Clock, SandboxClock, SystemClock
from bot.cry import Cry
from bot.delivery import Delivery
from bot.host import ProgramHost
from bot.inbox import Inbox
from bot.login_codes import LoginCodes
from bot.logs import trace
from bot.own_thread import LAST_SECONDS, OwnThread
from bot.pace import Rate
from bot.platforms.building import hooks_of, platforms_of
from bot.platforms.contract import Platform
from bot.platforms.sandbox import SandboxPlatform
from bot.program import Program
from bot.rush import Rush
from bot.sandbox import SandboxDesk, keep_clock, kept_clock
from bot.settings import SPOOL, Settings
from bot.setup import install_sample, is_empty, program_of
from bot.spool import Spool
from bot.watch import Watch, page_of
from community.import_files import read_yaml
from storage.vault import vault
from web.app import build

log = structlog.get_logger()
TICK_SECONDS = 1
GRACE_SECONDS = 2  # for open pages, when the program stops


@dataclass(slots=True)
class App:
    """The running parts."""

    settings: Settings
    program: Program
    store: OwnThread  # owns the store
    disk: OwnThread  # writes the spool
    platforms: dict[str, Platform]
    inbox: Inbox
    delivery: Delivery
    watch: Watch
    desk: SandboxDesk | None

    def host_of(self, platform: str) -> ProgramHost:
        """The program as this platform sees it."""
        return ProgramHost(platform, self.program, self.inbox, self.store.run, self.delivery.offer)

    def end(self) -> None:
        """The store's last call."""
        if self.desk is not None:
            keep_clock(self.program, self.program.clock.now())
        self.program.engine.dispose()


def build_app(settings: Settings) -> App:
    """Build the parts; nothing listens yet."""
    clock: Clock = SystemClock()
    sample: dict[str, Any] = {}
    if settings.sandbox.enabled:
        sample = read_yaml(settings.path(settings.sandbox.sample))
        clock = SandboxClock(settings.sandbox.clock_starts)
    program = program_of(settings, clock)
    if isinstance(clock, SandboxClock):
        clock.set(kept_clock(program) or clock.now())
        if is_empty(program):
            install_sample(program, sample)
        program.tick()  # from now on rounds count as owed
    store = OwnThread("store")
    platforms = platforms_of(settings)
    rush = Rush()
    delivery = Delivery(
        program, platforms, _rates(settings), store.run, journal=settings.beside_store("sending.log"), rush=rush
    )
    spool, disk = Spool(settings.beside_store(SPOOL), vault), OwnThread("spool")
    cry = Cry(platforms, program.house.hotlines)
    inbox = Inbox(program, store.run, delivery.offer, spool, on_danger_unstored=cry.answer, on_disk=disk.run, rush=rush)
    page = page_of(settings.web)
    watch = Watch(
        Accounts(platforms), program, store.run, delivery.offer, SystemClock().now, LoginCodes(sys.stdout, page), page,
        settings.zone,
    )  # fmt: skip
    sandbox = platforms.get(SandboxPlatform.name)
    desk = None
    if isinstance(sandbox, SandboxPlatform) and isinstance(clock, SandboxClock):
        desk = SandboxDesk(
            program, clock, sandbox, inbox, delivery, store.run, sample, settings.sandbox.clock_starts
        )  # fmt: skip
    return App(settings, program, store, disk, platforms, inbox, delivery, watch, desk)


def _rates(settings: Settings) -> dict[str, Rate]:
    part = settings.platforms
    sending = {"qq": part.onebot, "wechat": part.wechat, "telegram": part.telegram}
    return {name: Rate(own.sends_per_second, own.burst, own.jitter_seconds) for name, own in sending.items() if own}


class _Server(uvicorn.Server):
    """A web server that leaves the signals to the program."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing: `run` stops every part, the server among them."""
        yield


async def run(app: App, announce: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM; `announce` gets the address of the page when it answers."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    if app.desk is not None:
        app.desk.attach(loop)
    web_part = app.settings.web
    server = _server(app)
    scheduler = _scheduler(app)
    # Raises OSError where the port is taken.
    with socket.create_server((web_part.host, web_part.port), family=family_of(web_part.host)) as listening:
        async with asyncio.TaskGroup() as group:
            handling, sending = group.create_task(app.inbox.run()), group.create_task(app.delivery.run())
            platforms = [group.create_task(platform.run(app.host_of(name))) for name, platform in app.platforms.items()]
            watching = group.create_task(app.watch.run())
            web = group.create_task(server.serve(sockets=[listening]))
            scheduler.start()
            await _announce(app, server, announce)
            spare_collections()
            await stop.wait()
            log.info("program.stopping")
            scheduler.shutdown(wait=False)
            if app.desk is not None:
                app.desk.stop()
            server.should_exit = True
            # What is being sent ends and is written down while its connection stands; then nothing more comes in; then
            # what came in is stored. Each of them takes a moment at most, even if the store hangs.
            await _stopped(watching)
            await _stopped(sending)
            await _stopped(*platforms)
            await web
            await _stopped(handling)
    try:
        async with asyncio.timeout(LAST_SECONDS):
            await app.store.run(app.end)
    except Exception as error:  # noqa: BLE001  the program stops all the same
        log.error("store.hangs", error=trace(error))
    app.store.close()
    app.disk.close()
    log.info("program.stopped")


async def _stopped(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def address_of(host: str, port: int) -> str:
    """A page's address as a browser takes it."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def family_of(host: str) -> socket.AddressFamily:
    """The kind of socket that a host is listened on with."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _server(app: App) -> _Server:
    config = uvicorn.Config(
        build(app.desk, hooks=hooks_of(app.platforms), accounts=app.watch), host=app.settings.web.host,
        port=app.settings.web.port, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="off",
    )  # fmt: skip
    return _Server(config)


def _scheduler(app: App) -> AsyncIOScheduler:
    """APScheduler gives the ticks; what is due is decided by the program."""

    async def tick() -> None:
        try:
            app.delivery.offer(await app.store.run(app.program.tick))
        except Exception as error:  # noqa: BLE001  a worker loop: the next tick does what this one did not
            log.error("tick.failed", error=trace(error))

    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_job(tick, "interval", seconds=TICK_SECONDS, max_instances=1, coalesce=True)
    return scheduler


def spare_collections() -> None:
    """Leave what was loaded at the start out of garbage collection, and collect less often: a tenth of the work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def _announce(app: App, server: _Server, announce: Callable[[str], None]) -> None:
    while not server.started:  # noqa: ASYNC110  uvicorn sets a flag, no event
        await asyncio.sleep(0.02)
    announce(address_of(app.settings.web.host, app.settings.web.port))
    log.info("program.started", platforms=sorted(app.platforms), edition=app.program.house.rules.edition)
