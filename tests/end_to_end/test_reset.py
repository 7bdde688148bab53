"""The sandbox is started again while people write: the old conversation is gone, and the new one works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from sqlmodel import Session, select

from bot.app import App, build_app
from bot.settings import Secrets, Settings
from storage.tables import InboundRow, OutboxRow
from tests.end_to_end.town import KEY
from tests.platforms.onebot.peer import WAIT


@asynccontextmanager
async def sandbox(folder: Path) -> AsyncIterator[App]:
    """The parts of the sandbox without its page, running."""
    settings = Settings(store={"url": f"sqlite:///{folder / 'play.db'}"}, secrets=Secrets(key=KEY))
    app = build_app(settings)
    assert app.desk
    app.desk.attach(asyncio.get_running_loop())
    parts = [
        app.inbox.run(),
        app.delivery.run(),
        *(part.run(app.host_of(name)) for name, part in app.platforms.items()),
    ]
    tasks = {asyncio.create_task(part) for part in parts}
    try:
        async with asyncio.timeout(4 * WAIT):
            yield app
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        app.program.engine.dispose()
        app.store.close()


async def said_by(app: App, who: str) -> list[str]:
    assert app.desk
    return [bubble.text for bubble in await app.desk.history(who, "private")]


async def test_started_again_while_people_write(tmp_path: Path) -> None:
    async with sandbox(tmp_path) as app:
        assert app.desk
        says = [asyncio.create_task(app.desk.say("zhangwei", "private", "/帮助", None, False)) for _ in range(70)]
        await asyncio.sleep(0.01)  # some are stored by then, some are being answered, some wait
        await app.desk.reset()
        await asyncio.gather(*says)
        await app.desk.say("limei", "private", "36.5", None, False)
        await app.delivery.drained()
        assert any("已登记" in text for text in await said_by(app, "limei"))
        await app.desk.forward(await app.desk.now() + timedelta(minutes=70))
        assert any("上午的体温" in text for text in await said_by(app, "wuhao"))
        assert (app.delivery._queues, app.delivery._held) == ({}, set())


async def test_what_was_sent_before_is_not_marked_on_new_messages(tmp_path: Path) -> None:
    """Ids begin again at 1: a mark of the old message 1 would make the new one look sent."""
    async with sandbox(tmp_path) as app:
        assert app.desk
        app.program.sent.add(1, "out-1")
        app.program.sent.add(2, "out-2")
        await app.desk.reset()
        await app.desk.say("zhangwei", "private", "/帮助", None, False)
        await app.delivery.drained()

        def look() -> tuple[int, list[OutboxRow]]:
            with Session(app.program.engine) as session:
                return len(list(session.exec(select(InboundRow)))), list(session.exec(select(OutboxRow)))

        received, sent = await app.store.run(look)
        assert received == 1
        assert len([text for text in await said_by(app, "zhangwei") if "/打卡" in text]) == 1
        assert {row.state for row in sent} == {"sent"}
