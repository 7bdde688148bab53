"""An outside check: text in and out through npm's `telegram-test-api`, which knows nothing of this program.

Its getMe lacks `is_bot`, its answers carry milliseconds, it waits for nothing, ignores offsets and has no menu.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from bot.messages import Chat, ChatKind
from bot.platforms.telegram import TelegramPlatform, TelegramSettings
from tests.platforms.host import WAIT, FakeHost
from tests.platforms.node import prepare
from tests.platforms.telegram.line import out
from tests.ports import free_port

pytestmark = pytest.mark.asyncio
FOLDER = Path(__file__).parent / "outside"
TOKEN = "666:outside"
PERSON = Chat("telegram", ChatKind.PRIVATE, "20001")


@asynccontextmanager
async def server() -> AsyncIterator[httpx.AsyncClient]:
    """The server in a process of its own, and a client that plays a person."""
    await asyncio.to_thread(prepare, FOLDER)
    port = free_port()
    pipes = {"stdin": asyncio.subprocess.PIPE, "stdout": asyncio.subprocess.PIPE}
    process = await asyncio.create_subprocess_exec("node", "server.cjs", str(port), cwd=FOLDER, **pipes)
    assert process.stdin
    assert process.stdout
    try:
        async with asyncio.timeout(4 * WAIT):
            assert await process.stdout.readline() == b"ready\n"
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as person:
            yield person
    finally:
        process.stdin.close()
        await process.wait()


async def test_text_in_and_out() -> None:
    async with server() as person:
        commands = (("help", "看您能做什么"),)
        base = str(person.base_url.join("/bot"))
        platform = TelegramPlatform(TelegramSettings(token=TOKEN, base_url=base, commands=commands, pause_first=0.05))
        host = FakeHost()
        task = asyncio.create_task(platform.run(host))
        try:
            author = {"id": 20001, "first_name": "张伟", "is_bot": False}
            chat = {"id": 20001, "type": "private", "first_name": "张伟"}
            said = {"botToken": TOKEN, "from": author, "chat": chat, "date": 1580860800000, "text": "36.5，没有不舒服"}
            (await person.post("/sendMessage", json=said)).raise_for_status()
            message = await host.next()
            assert (message.chat, message.text, message.sender.name) == (PERSON, "36.5，没有不舒服", "张伟")
            assert message.at.isoformat() == "2020-02-05T00:00:00+00:00"
            assert platform.online()

            async with asyncio.timeout(WAIT):
                id = await platform.send(out("已登记 & 谢谢", PERSON))
            answer = await person.post("/getUpdates", json={"token": TOKEN, "chatId": 20001})
            (update,) = answer.json()["result"]
            assert update["message"]["text"] == "已登记 & 谢谢"
            assert id == f"20001:{update['messageId']}"
        finally:
            task.cancel()
            await asyncio.wait({task})
