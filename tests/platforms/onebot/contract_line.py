"""QQ before the contract suite, once for each side that may connect."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import InvalidStatus

from bot.messages import Chat
from tests.platforms.contract.line import Line, Opening, Seen
from tests.platforms.host import WAIT, FakeHost
from tests.platforms.onebot.line import GROUP, PERSON, TOKEN, Running, running, seg
from tests.platforms.onebot.listening import ListeningPeer
from tests.platforms.onebot.peer import OneBotPeer

CANNOT: dict[str, str] = {}
SENDS = ("send_group_msg", "send_private_msg", "upload_group_file", "upload_private_file")
QUICK = {"first_pause": 0.01, "longest_pause": 0.02, "ask_account_after": 0.01}
FAST = "send group message failed: blocked by server"


@dataclass
class OneBotLine:
    """QQ as a line."""

    run: Running
    peer: OneBotPeer
    group: Chat = GROUP
    person: Chat = PERSON
    cannot: dict[str, str] = field(default_factory=lambda: dict(CANNOT))
    said: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def platform(self) -> Any:
        return self.run.platform

    @property
    def host(self) -> FakeHost:
        return self.run.host

    async def say(
        self, text: str, chat: Chat, *, mention: bool = False, reply_to: str | None = None, image: bool = False
    ) -> str:
        said = [seg("reply", id=reply_to)] if reply_to else []
        said += [seg("at", qq="10000"), seg("text", text=" ")] if mention else []
        said.append(seg("text", text=text))
        said += [seg("image", file="a.png", url="http://gchat.qpic.cn/a.png")] if image else []
        return await self._speak(chat, message=said)

    async def _speak(self, chat: Chat, **fields: Any) -> str:
        user = int(PERSON.id)
        if chat == self.group:
            id = await self.peer.group(group=int(chat.id), user=user, **fields)
        else:
            id = await self.peer.private(user=user, **fields)
        self.said[id] = {"chat": chat, **fields}
        return id

    async def again(self, message_id: str) -> None:
        await self._speak(**{**self.said[message_id], "message_id": int(message_id)})

    async def seen(self) -> Seen:
        sent = await self.peer.next_send()
        replies = [data["id"] for kind, data in sent.segments if kind == "reply"]
        file = sent.params.get("file", "")
        return Seen(
            chat=self.person if sent.user else self.group,
            text=sent.text,
            id=sent.message_id if sent.segments else f"/{sent.message_id}",
            reply_to=replies[0] if replies else None,
            file_name=sent.params.get("name", ""),
            file=base64.b64decode(file.removeprefix("base64://")),
        )

    async def cut(self) -> None:
        await self.peer.drop()
        await self._until(well=False)

    async def restore(self) -> None:
        await self.peer.connect()
        await self._until(well=True)

    async def _until(self, *, well: bool) -> None:
        async with asyncio.timeout(WAIT):
            while all(state.trouble is None for state in self.platform.states()) is not well:
                await asyncio.sleep(0.005)  # a state has no event

    async def slow_down(self, seconds: float) -> None:
        """For how long, QQ does not say."""
        self._fail(100, FAST)

    async def refuse(self) -> None:
        self._fail(1400, "")

    def _fail(self, retcode: int, words: str) -> None:
        for action in SENDS:
            self.peer._failures.pop(action, None)
            self.peer.fail(action, retcode, words=words)


@asynccontextmanager
async def _reverse(*, wrong_credentials: bool = False) -> AsyncIterator[Line]:
    async with running() as run:
        peer = run.peer("wrong" if wrong_credentials else TOKEN)
        peer.remembers = True
        with suppress(InvalidStatus):
            await peer.connect()
        line = OneBotLine(run, peer)
        await line._until(well=not wrong_credentials)
        yield line
        await peer.close()


@asynccontextmanager
async def _forward(*, wrong_credentials: bool = False) -> AsyncIterator[Line]:
    async with ListeningPeer("wrong" if wrong_credentials else TOKEN) as peer:
        peer.remembers = True
        async with running(listen=False, forward=(peer.address,), **QUICK) as run:
            line = OneBotLine(run, peer)
            if not wrong_credentials:
                await line._until(well=True)
            yield line


LINES: dict[str, Opening] = {"qq-reverse": _reverse, "qq-forward": _forward}
