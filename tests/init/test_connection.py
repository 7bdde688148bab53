"""The look at the platform before anything is written: right, wrong, repeated, waited for."""

from pathlib import Path

import pytest

from bot.settings import load_settings
from tests.init.setting_up import STAFF, TOWN, account, asked, everything, telegram
from tests.platforms.onebot.listening import ListeningPeer
from tests.platforms.telegram.server import BOT_ID, TOKEN, BotApi
from tests.ports import free_port

WRONG = f"{BOT_ID}:wr0ng-AAfq9-token"
OWN = "a-token-of-one's-own"


async def test_the_right_token_of_telegram(tmp_path: Path) -> None:
    async with BotApi() as api, asked(tmp_path) as init:
        await init.type(*TOWN, *STAFF, *telegram(api.url, TOKEN, ""))
        await init.until(f"连上了。机器人的账号：{BOT_ID}")
        assert everything(tmp_path) == []
        await init.type("是")
        assert await init.end() == 0, init.shown
        assert {call.method for call in api.calls} == {"getMe"}
    assert TOKEN not in init.shown
    assert load_settings(tmp_path / "config.yaml").secrets.telegram_token == TOKEN


async def test_a_wrong_token_of_telegram_is_said_and_can_be_changed(tmp_path: Path) -> None:
    async with BotApi() as api, asked(tmp_path) as init:
        await init.type(*TOWN, *STAFF, *telegram(api.url, WRONG, "是"))
        await init.until("令牌不对，被拒绝了。")
        assert api.calls == []
        await init.type("2", api.url, "", TOKEN, "是")
        await init.until("连上了。")
        await init.type("是")
        assert await init.end() == 0, init.shown
    assert TOKEN not in init.shown
    assert WRONG not in init.shown
    assert load_settings(tmp_path / "config.yaml").secrets.telegram_token == TOKEN


async def test_who_wants_to_goes_on_without_a_connection(tmp_path: Path) -> None:
    async with BotApi() as api, asked(tmp_path) as init:
        await init.type(*TOWN, *STAFF, *telegram(api.url, WRONG, "是", "3", "是"))
        assert await init.end() == 0, init.shown
    assert load_settings(tmp_path / "config.yaml").secrets.telegram_token == WRONG


async def test_it_is_tried_again_when_something_was_put_right(tmp_path: Path) -> None:
    async with BotApi() as api:
        address = api.url
        await api.stop()
        async with asked(tmp_path) as init:
            await init.type(*TOWN, *STAFF, *telegram(address, TOKEN, "是"))
            await init.until("连不上 Telegram")
            await api.start()
            assert api.url == address
            await init.type("1")
            await init.until("连上了。")
            await init.type("否")
            assert await init.end() == 1
    assert everything(tmp_path) == []


def reverse(port: int, token: str = OWN) -> tuple[str, ...]:
    """The answers about a OneBot program on this machine that connects here."""
    return (*TOWN, *STAFF, "qq", "反向", "是", str(port), token, "是")


async def test_a_onebot_program_is_waited_for(tmp_path: Path) -> None:
    port = free_port()
    async with asked(tmp_path) as init:
        await init.type(*reverse(port))
        await init.until("等 OneBot 程序连过来，最多 120 秒")
        async with account(port, OWN):
            await init.until("连上了。机器人的账号：10000")
        await init.type("是")
        assert await init.end() == 0, init.shown
    assert OWN not in init.shown
    assert load_settings(tmp_path / "config.yaml").secrets.onebot_token == OWN


async def test_a_onebot_program_that_does_not_come_stops_nobody(tmp_path: Path) -> None:
    async with asked(tmp_path, "--wait", "1") as init:
        await init.type(*reverse(free_port()))
        await init.until("还没有 OneBot 程序连上来。")
        await init.type("3", "是")
        assert await init.end() == 0, init.shown
    assert (tmp_path / "config.yaml").is_file()


@pytest.mark.parametrize("theirs", [OWN, "another-token"])
async def test_a_port_that_somebody_has_is_said(tmp_path: Path, theirs: str) -> None:
    async with ListeningPeer(theirs) as other, asked(tmp_path, "--wait", "1") as init:
        await init.type(*reverse(other.port))
        await init.until("现在怎么办？")
        assert ("连接被别的程序占着" if theirs == OWN else "令牌不对") in init.shown
        assert "连上了" not in init.shown


async def test_a_onebot_program_that_listens_is_asked(tmp_path: Path) -> None:
    async with ListeningPeer(OWN) as peer, asked(tmp_path) as init:
        await init.type(*TOWN, *STAFF, "qq", "正向", peer.address, "not-the-token", "是")
        await init.until("令牌不对，被拒绝了。")
        await init.type("2", "正向", peer.address, OWN, "是")
        await init.until("连上了。机器人的账号：10000")
        await init.type("是")
        assert await init.end() == 0, init.shown
    assert OWN not in init.shown
    assert load_settings(tmp_path / "config.yaml").platforms.onebot
