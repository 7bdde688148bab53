"""The menu of commands, and what else is told when the bot comes into service."""

import logging

import pytest

from bot.platforms.contract import Trouble
from bot.platforms.telegram.menu import entries
from tests.platforms.telegram.line import PERSON, polling
from tests.platforms.telegram.server import BotApi

pytestmark = pytest.mark.asyncio
COMMANDS = (("checkin", "报今天的体温"), ("help", "看您能做什么"))


async def test_commands_are_put_into_the_menu_once() -> None:
    async with polling(commands=COMMANDS) as run:
        await run.api.until(lambda: bool(run.api.commands))
        await run.api.stop()
        await run.trouble(Trouble.UNREACHABLE)
        await run.api.start()
        await run.trouble(None)
        await run.api.long_poll()
        assert run.api.count("setMyCommands") == 1
    assert run.api.commands[0] == {"command": "checkin", "description": "报今天的体温"}


async def test_without_commands_the_menu_is_left_alone() -> None:
    async with polling() as run:
        assert run.api.count("setMyCommands") == 0


@pytest.mark.parametrize("how", ["refused", "hanging"])
async def test_a_menu_that_is_not_taken_hinders_nothing(how: str) -> None:
    api = BotApi()
    if how == "refused":
        api.fail("setMyCommands", 400, "Bad Request: BOT_COMMAND_INVALID")
    else:
        api.hang("setMyCommands")
    async with polling(api=api, commands=COMMANDS) as run:
        await run.api.until(lambda: run.api.count("setMyCommands") == 1)
        await run.api.say("36.5", PERSON)
        assert (await run.next()).text == "36.5"
        assert run.platform.online()


async def test_a_menu_that_failed_is_tried_again_with_the_next_connection() -> None:
    api = BotApi()
    api.fail("setMyCommands", 500)
    async with polling(api=api, commands=COMMANDS) as run:
        await run.api.until(lambda: run.api.count("setMyCommands") == 1)
        await run.api.long_poll()
        await run.api.stop()
        await run.trouble(Trouble.UNREACHABLE)
        await run.api.start()
        await run.api.until(lambda: bool(run.api.commands))


async def test_what_telegram_would_refuse_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    commands = (*COMMANDS, ("打卡", "中文"), ("Help", "大写"), ("x" * 33, "太长"), ("empty", " "), ("long", "长" * 300))
    menu = entries(commands)
    assert [entry["command"] for entry in menu] == ["checkin", "help", "long"]
    assert len(menu[-1]["description"]) == 256
    assert len(entries(tuple((f"c{number}", "x") for number in range(120)))) == 100
    assert [vars(record).get("left") for record in caplog.records] == [4, 20]


async def test_privacy_mode_is_told_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    api = BotApi()
    api.me["can_read_all_group_messages"] = False
    async with polling(api=api) as run:
        assert run.platform.states()[0].detail.startswith("privacy mode")
        assert run.platform.online()
    assert "telegram_privacy_mode" in [vars(record).get("action") for record in caplog.records]
