"""WeChat: keeps one stream to a Wechaty gateway, and sends by it."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from grpclib.exceptions import GRPCError

from bot.logs import trace
from bot.messages import Outbound
from bot.platforms.contract import CannotTell, Host, State, Trouble, TryLater
from bot.platforms.wechat.faces import Faces
from bot.platforms.wechat.faults import Ended, fault
from bot.platforms.wechat.gap import Gap
from bot.platforms.wechat.health import Health
from bot.platforms.wechat.intake import Intake
from bot.platforms.wechat.link import Link
from bot.platforms.wechat.sender import Sender
from bot.platforms.wechat.session import Session
from bot.platforms.wechat.settings import WechatSettings

log = logging.getLogger(__name__)

JITTER = 0.2  # of a pause


def _utc_now() -> datetime:
    return datetime.now(UTC)


class WechatPlatform:
    """A client of a Wechaty puppet service."""

    def __init__(
        self, settings: WechatSettings, now: Callable[[], datetime] = _utc_now, chance: random.Random | None = None
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._now = now
        self._chance = chance or random.Random()
        self._health = Health(now)
        self._faces = Faces(settings.faces_age)
        self._sender = Sender(settings)
        self._intake = Intake(settings.name, self._faces, settings.max_in_flight, now)
        self._gap = Gap(now)
        self._host: Host | None = None  # while it runs
        self._link: Link | None = None  # while the account is in service
        self._donged = False
        self._evicted: float | None = None  # when somebody else took the stream, as the loop counts time

    async def run(self, host: Host) -> None:
        """Serve until cancelled; then give messages on their way to the store a moment."""
        self._host = host
        handing_over = asyncio.create_task(self._intake.work(host))
        pause = self._settings.first_pause
        try:
            while True:
                if await self._serve():
                    pause = self._settings.first_pause
                await asyncio.sleep(pause * (1 + JITTER * self._chance.random()))
                pause = min(2 * pause, self._settings.longest_pause)
        finally:
            self._health.unwell(Trouble.STARTING)
            self._host = None
            await self._intake.finish(self._settings.finish)
            handing_over.cancel()
            await asyncio.wait({handing_over})

    async def send(self, message: Outbound) -> str:
        """Send, in several parts if need be, and return the last part's id; a retry repeats no part that is out."""
        if self._link is None:
            raise TryLater("not connected", offline=True)
        author = self._intake.author(message.reply_to) if message.reply_to else None
        return await self._sender.send(self._link, message, author)

    async def find(self, message: Outbound, since: datetime) -> str | None:
        """A gateway knows messages by their ids only."""
        raise CannotTell

    def account_of(self, message: Outbound) -> str:
        """The account of the gateway."""
        return self._health.account

    def online(self) -> bool:
        """Whether the account is logged in and the connection stands."""
        return self._link is not None and self._link.alive

    def states(self) -> tuple[State, ...]:
        """The account's state."""
        return (self._health.state,)

    # -- the connection

    async def _serve(self) -> bool:
        """One connection until it ends; whether the stream was ours."""
        loop = asyncio.get_running_loop()
        may_take = self._evicted is None or loop.time() - self._evicted > self._settings.taken_pause
        session = None
        try:
            session = Session(self._settings, self, donged=self._donged)
            await session.serve(may_take=may_take)
        except Exception as error:  # noqa: BLE001 - whatever the other side does, it is tried again
            self._fail(error, session)
        finally:
            self._link = None
            if session:
                if session.heard:
                    self._gap.begin(self._now() - timedelta(seconds=loop.time() - session.heard))
                self._donged = session.donged
                await session.close()
        return session is not None and session.attached

    def _fail(self, error: Exception, session: Session | None) -> None:
        wrong = fault(error)
        if session and session.attached:
            self._evicted = asyncio.get_running_loop().time() if isinstance(error, Ended) else None
        if wrong.trouble is Trouble.FAILING and not isinstance(error, (GRPCError, OSError)):
            log.error("WeChat is not served", extra={"action": "wechat_fault", "error": trace(error)})
        self._health.unwell(wrong.trouble, wrong.detail)

    # -- what a session tells

    async def logged_in(self, link: Link, account: str) -> None:
        """Everything works from here on."""
        self._faces.forget_all()  # whatever changed meanwhile was told to nobody
        self._link = link
        self._health.login(account)
        if self._host is not None:
            await self._gap.end(self._host, account)
        await self._intake.take_unread(link, account)

    def logged_out(self, trouble: Trouble, detail: str, code: str) -> None:
        """Nothing is heard, and nothing can be sent."""
        self._link = None
        self._gap.begin(self._now())
        self._health.unwell(trouble, detail, code)

    async def message(self, link: Link, id: str) -> None:
        """Read it and hand it over."""
        account = self._health.account if self._link is link else ""
        await self._intake.take(link, account, id)

    def changed(self, *, group: str = "", person: str = "") -> None:
        """Ask again for names."""
        if group:
            self._faces.forget_group(group)
        elif person:
            self._faces.forget_person(person)
        else:
            self._faces.forget_all()
