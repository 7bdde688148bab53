"""All platforms at once in one program: QQ, WeChat over its real gateway, Telegram, and a channel out."""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

import bot.app
import bot.platforms.building
import tests.platforms.channels.line  # noqa: F401  loads apprise, whose warnings are errors here
from bot.app import App, build_app
from bot.clock import SandboxClock
from bot.messages import Chat, ChatKind
from bot.platforms.wechat import WechatSettings
from bot.settings import Secrets, Settings
from bot.setup import install_sample
from storage.tables import InboundRow
from tests.end_to_end.town import KEY, SAMPLE, START, WANG, ZHANGWEI, Peer, peer_of, running
from tests.end_to_end.town import TOKEN as QQ_TOKEN
from tests.platforms.channels.hooks import HookPeer, hook_peer
from tests.platforms.host import WAIT
from tests.platforms.telegram.server import TOKEN as TELEGRAM_TOKEN
from tests.platforms.telegram.server import BotApi
from tests.platforms.wechat.line import ALICE, QUICK
from tests.platforms.wechat.node import TOKEN as WECHAT_TOKEN
from tests.platforms.wechat.node import Gateway, shared, start
from tests.ports import free_port

NOW = int(datetime.fromisoformat(START).timestamp())


@dataclass
class Everywhere:
    """The program and the other side of each of its lines."""

    app: App
    clock: SandboxClock
    qq: Peer
    telegram: BotApi
    gateway: Gateway
    hook: HookPeer
    seen: int = 0

    async def on_telegram(self, who: int, text: str) -> None:
        await self.telegram.message(Chat("telegram", ChatKind.PRIVATE, str(who)), text=text, date=NOW)

    async def on_wechat(self, who: str, text: str) -> None:
        await self.gateway.tell("/inject", **{"from": who, "text": text})

    async def wechat_heard(self, *has: str) -> str:
        """The next message at the gateway that holds these words."""
        async with asyncio.timeout(2 * WAIT):
            while True:
                sent = await self.gateway.tell("/next", after=self.seen)
                self.seen = sent["seq"]
                if all(part in str(sent) for part in has):
                    return str(sent)

    async def in_service(self, platform: str) -> None:
        async with asyncio.timeout(4 * WAIT):
            while not self.app.platforms[platform].online():
                await asyncio.sleep(0.02)

    def stored(self) -> list[tuple[str, str]]:
        with Session(self.app.program.engine) as session:
            return sorted((row.platform, row.text) for row in session.exec(select(InboundRow)))


def everybody() -> dict[str, Any]:
    """The sample, in which 张伟 is on QQ, WeChat and Telegram, and 王芳 on QQ and Telegram."""
    sample = copy.deepcopy(SAMPLE)
    people = [member for household in sample["households"] for member in household["members"]] + sample["staff"]
    for person in people:
        if person.get("qq") == ZHANGWEI:
            person |= {"telegram": ZHANGWEI, "wechat": ALICE}
        if person.get("qq") == WANG:
            person |= {"telegram": WANG}
    return sample


@asynccontextmanager
async def everywhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Everywhere]:
    gateway = await asyncio.to_thread(shared)
    await gateway.reset()
    clock = SandboxClock(datetime.fromisoformat(START))
    monkeypatch.setattr(bot.app, "SystemClock", lambda: clock)
    monkeypatch.setattr(
        bot.platforms.building, "_wechat",
        lambda settings, part: WechatSettings(settings.secrets.wechat_token, part.endpoint, part.tls, **QUICK),
    )  # fmt: skip
    async with BotApi() as api, hook_peer(answer=b"ok") as hook:
        fast = {"sends_per_second": 0, "jitter_seconds": 0}
        settings = Settings(
            store={"url": f"sqlite:///{folder / 'town.db'}"}, web={"port": free_port()}, sandbox={"enabled": False},
            platforms={
                "onebot": {"port": free_port(), **fast}, "telegram": {"base_url": api.url, **fast},
                "wechat": {"endpoint": gateway.endpoint, "tls": False, **fast},
                "channels": {"duty": {"takes": ["alerts", "operator"]}},
            },
            secrets=Secrets(
                key=KEY, onebot_token=QQ_TOKEN, telegram_token=TELEGRAM_TOKEN, wechat_token=WECHAT_TOKEN,
                channels={"duty": f"json://{hook.place}/duty"},
            ),
        )  # fmt: skip
        app = build_app(settings)
        install_sample(app.program, everybody())
        app.program.tick()
        async with running(app), peer_of(settings) as qq:
            here = Everywhere(app, clock, qq, api, gateway, hook)
            await here.in_service("wechat")
            await here.in_service("telegram")
            yield here


async def test_one_person_on_three_platforms_is_answered_where_they_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with everywhere(tmp_path, monkeypatch) as here:
        await here.qq.private("36.4", user=ZHANGWEI)
        while "36.4" not in (await here.qq.next_send()).text:
            pass
        await here.on_telegram(ZHANGWEI, "36.5")
        while "36.5" not in (await here.telegram.next_send()).text:
            pass
        await here.on_wechat(ALICE, "36.6")
        receipt = await here.wechat_heard("已登记", "36.6")
        assert "张伟" in receipt
        assert "第2/14天" in receipt
        assert here.stored() == [("qq", "36.4"), ("telegram", "36.5"), ("wechat", "36.6")]


async def test_an_alert_goes_where_the_grid_leader_was_last_and_to_the_duty_mailbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with everywhere(tmp_path, monkeypatch) as here:
        await here.on_telegram(WANG, "/帮助")
        await here.telegram.next_send()
        await here.on_wechat(ALICE, "38.6，头疼")
        await here.wechat_heard("38.6")
        async with asyncio.timeout(2 * WAIT):
            while "38.6" not in (await here.telegram.next_send()).text:
                pass
            while "38.6" not in (await here.hook.next()).body.decode():
                pass
        assert not any("38.6" in sent.text for sent in here.qq.sends if sent.user == str(WANG))


async def test_wechat_goes_on_after_its_gateway_was_killed_and_the_others_notice_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with everywhere(tmp_path, monkeypatch) as here:
        here.gateway.kill()
        await here.qq.private("36.4", user=ZHANGWEI)
        while "36.4" not in (await here.qq.next_send()).text:
            pass
        await start(here.gateway)
        await here.in_service("wechat")
        await here.on_wechat(ALICE, "36.6")
        await here.wechat_heard("已登记", "36.6")
