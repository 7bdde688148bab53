"""From an empty folder to a group that is bound: set up, started, and the grid leader lets the bot in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.messages import Chat, ChatKind
from tests.end_to_end.process import Running, own_process
from tests.init.setting_up import STAFF, TOWN, account, asked, codes, on_a_free_port, telegram
from tests.platforms.telegram.server import TOKEN, BotApi, Sent
from tests.ports import free_port

LEADER, STRANGER = 20001, 20002
PRIVATE = Chat("telegram", ChatKind.PRIVATE, str(LEADER))
GROUP = Chat("telegram", ChatKind.GROUP, "-1001234500001")
OWN = "a-token-of-ones-own"


@asynccontextmanager
async def running(config: Path) -> AsyncIterator[Running]:
    """`lianfang run` in a process of its own, while this one plays the platform."""
    program = await asyncio.to_thread(Running, config)
    try:
        yield program
    finally:
        await asyncio.to_thread(program.kill)


async def heard(api: BotApi, chat: Chat, words: str) -> Sent:
    """The next message to this chat that holds these words."""
    while True:
        sent = await api.next_send()
        if str(sent.chat) == chat.id and words in sent.text:
            return sent


async def set_up(folder: Path, *lines: str) -> dict[str, str]:
    """Run `lianfang init` with these answers about the platform; everybody's code."""
    async with asked(folder) as init:
        await init.type(*TOWN, *STAFF, *lines)
        assert await init.end() == 0, init.shown
    on_a_free_port(folder / "config.yaml")
    return codes(init.shown)


async def test_telegram(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    async with BotApi() as api:
        given = await set_up(tmp_path, *telegram(api.url, TOKEN, "是", "是"))
        looked = await asyncio.to_thread(own_process, "doctor", "--config", config)
        assert looked.returncode == 0, looked.stdout + looked.stderr
        async with running(config):
            await api.message(GROUP, text="/绑定群 幸福里第二网格 居民", user=LEADER)
            await heard(api, PRIVATE, "无权")
            await api.message(PRIVATE, text=f"/绑定 {given['王芳']}")
            await heard(api, PRIVATE, "王芳")
            await api.message(GROUP, text="/绑定群 幸福里第二网格 居民", user=LEADER)
            await heard(api, GROUP, "本群已绑定：幸福里第二网格（居民群）")
            await api.message(Chat("telegram", ChatKind.PRIVATE, str(STRANGER)), text=f"/绑定 {given['王芳']}")
            await heard(api, Chat("telegram", ChatKind.PRIVATE, str(STRANGER)), "已经用过")


async def test_qq(tmp_path: Path) -> None:
    port = free_port()
    given = await set_up(tmp_path, "qq", "1", "是", str(port), OWN, "否", "是")
    config = tmp_path / "config.yaml"
    looked = await asyncio.to_thread(own_process, "doctor", "--config", config)
    assert looked.returncode == 1
    assert [line for line in looked.stdout.splitlines() if line.startswith("有问题")] == [
        line for line in looked.stdout.splitlines() if "还没有 OneBot 程序连上来" in line
    ]
    async with running(config), account(port, OWN) as peer:
        await peer.private(f"/绑定 {given['王芳']}", user=LEADER)
        while "王芳" not in (await peer.next_send()).text:
            pass
        await peer.group("/绑定群 幸福里第二网格 居民", group=900001, user=LEADER)
        while not ((sent := await peer.next_send()).group and "本群已绑定" in sent.text):
            pass
        assert sent.group == "900001"
