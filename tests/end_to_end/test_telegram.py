"""The program on Telegram: polling and web hook, through the real Bot API library and a server on loopback."""

import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

import bot.app
from bot.app import App, build_app
from bot.clock import SandboxClock
from bot.messages import Chat, ChatKind
from bot.settings import Secrets, Settings
from bot.setup import install_sample
from storage.tables import InboundRow
from tests.end_to_end.town import KEY, SAMPLE, START, running
from tests.platforms.telegram.server import TOKEN, BotApi, person
from tests.ports import free_port

ZHANGWEI, STRANGER = 20001, 29999
NOW = int(datetime.fromisoformat(START).timestamp())
SECRET = "hook-s3cret_77"


def with_telegram() -> dict[str, Any]:
    """The sample, in which 张伟 is on Telegram too."""
    sample = copy.deepcopy(SAMPLE)
    for household in sample["households"]:
        for member in household["members"]:
            if member.get("qq") == ZHANGWEI:
                member["telegram"] = ZHANGWEI
    return sample


def settings_of(folder: Path, api: BotApi, *, hooked: bool) -> Settings:
    port = free_port()
    hook = f"http://127.0.0.1:{port}/hooks/telegram" if hooked else ""
    part = {"base_url": api.url, "sends_per_second": 0, "jitter_seconds": 0, "webhook_url": hook}
    return Settings(
        store={"url": f"sqlite:///{folder / 'town.db'}"}, web={"port": port}, sandbox={"enabled": False},
        platforms={"telegram": part},
        secrets=Secrets(key=KEY, telegram_token=TOKEN, telegram_webhook_secret=SECRET),
    )  # fmt: skip


@asynccontextmanager
async def telegram(folder: Path, monkeypatch: pytest.MonkeyPatch, *, hooked: bool) -> AsyncIterator[tuple[App, BotApi]]:
    """The sample community at 08:00 on Telegram."""
    clock = SandboxClock(datetime.fromisoformat(START))
    monkeypatch.setattr(bot.app, "SystemClock", lambda: clock)
    async with BotApi() as api:
        app = build_app(settings_of(folder, api, hooked=hooked))
        install_sample(app.program, with_telegram())
        app.program.tick()
        async with running(app):
            yield app, api


async def say(api: BotApi, who: int, text: str) -> None:
    await api.message(Chat("telegram", ChatKind.PRIVATE, str(who)), text=text, date=NOW)


def stored(app: App) -> list[tuple[str, str]]:
    with Session(app.program.engine) as session:
        return [(row.platform, row.text) for row in session.exec(select(InboundRow))]


@pytest.mark.parametrize("hooked", [False, True], ids=["polling", "web hook"])
async def test_a_check_in_on_telegram_is_stored_and_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hooked: bool
) -> None:
    async with telegram(tmp_path, monkeypatch, hooked=hooked) as (app, api):
        await say(api, ZHANGWEI, "36.5，没有不舒服")
        greeting, receipt = await api.next_send(), await api.next_send()
        assert "小联" in greeting.text
        assert all(part in receipt.text for part in ("已登记", "张伟", "36.5", "第2/14天"))
        assert stored(app) == [("telegram", "36.5，没有不舒服")]


async def test_the_menu_holds_every_command_and_what_it_names_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telegram(tmp_path, monkeypatch, hooked=False) as (_app, api):
        await api.until(lambda: bool(api.commands))
        assert "report_for" in [entry["command"] for entry in api.commands]
        await say(api, STRANGER, "/report_for 3-2-502 王大爷 36.8")
        told = [(await api.next_send()).text for _ in range(2)]
        assert any("无权" in text for text in told)


async def test_who_does_not_know_the_secret_of_the_hook_is_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telegram(tmp_path, monkeypatch, hooked=True) as (app, api):
        chat = {**person(STRANGER), "type": "private"}
        message = {"message_id": 1, "from": person(STRANGER), "text": "救命", "chat": chat, "date": NOW}
        update = {"update_id": 1, "message": message}
        await api.until(lambda: bool(api.webhook))
        async with httpx.AsyncClient() as client:
            address = f"http://127.0.0.1:{app.settings.web.port}/hooks/telegram"
            assert (await client.post(address, json=update)).status_code == 403
            wrong = {"X-Telegram-Bot-Api-Secret-Token": "guess"}
            assert (await client.post(address, json=update, headers=wrong)).status_code == 403
            right = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Host": "lianfang.example"}
            assert (await client.post(address, json=update, headers=right)).status_code == 200
        assert stored(app) == [("telegram", "救命")]
