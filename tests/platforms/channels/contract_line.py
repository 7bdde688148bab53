"""The channels' part in the contract suite: a running hook of every kind, out only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.messages import Chat, ChatKind
from bot.platforms.channels import ChannelsPlatform
from tests.platforms.channels.hooks import HookPeer, hook_peer
from tests.platforms.channels.line import becomes, running
from tests.platforms.host import FakeHost

if TYPE_CHECKING:
    from tests.platforms.contract.line import Opening, Seen

CHANNEL, TOKEN, WRONG = "duty", "s3cretkey0815", "an0therkey"
PATH = "/robot/send"
GROUP = Chat("channels", ChatKind.GROUP, CHANNEL)
PERSON = Chat("channels", ChatKind.PRIVATE, CHANNEL)  # there is none: see CANNOT

CANNOT = {
    "in": "nothing comes in: a channel is a way out only",
    "private": "a channel is an address, not a person",
    "reply": "what is sent stands alone",
    "mention": "nobody is spoken to",
    "image": "nothing comes in",
    "redeliver": "nothing comes in",
    "duplicate": "nothing comes in",
    "history": "nothing comes in, so nothing is missed",
    "find": "a channel cannot be asked what it was sent",
    "reconnect": "there is no connection to lose: each message has its own",
    "file": "the robots of DingTalk take words only; mail and hooks are tried in test_mail.py and test_hooks.py",
}


@dataclass
class ChannelLine:
    """A DingTalk robot: of all channels the one whose answers say most."""

    platform: ChannelsPlatform
    peer: HookPeer
    host: FakeHost = field(default_factory=FakeHost)
    group: Chat = GROUP
    person: Chat = PERSON
    cannot: dict[str, str] = field(default_factory=lambda: dict(CANNOT))

    async def say(
        self, text: str, chat: Chat, *, mention: bool = False, reply_to: str | None = None, image: bool = False
    ) -> str:
        raise NotImplementedError(CANNOT["in"])

    async def again(self, message_id: str) -> None:
        raise NotImplementedError(CANNOT["redeliver"])

    async def seen(self) -> "Seen":
        from tests.platforms.contract.line import Seen

        request = await self.peer.next()
        assert request.query["access_token"] == TOKEN
        return Seen(self.group, request.json["text"]["content"], "")  # a robot gives no ids

    async def cut(self) -> None:
        await self.peer.close()

    async def restore(self) -> None:
        await self.peer.open()
        await becomes(self.platform, None)

    async def slow_down(self, seconds: float) -> None:
        self.peer.plan(429, Retry_After=str(round(seconds)))

    async def refuse(self) -> None:
        self.peer.plan(200, {"errcode": 310000, "errmsg": "keywords not in content"})


@asynccontextmanager
async def robot_line(*, wrong_credentials: bool = False) -> AsyncIterator[ChannelLine]:
    async with hook_peer(answer=b'{"errcode":0,"errmsg":"ok"}') as peer:
        token = WRONG if wrong_credentials else TOKEN
        peer.judge = lambda request: (
            None if request.query.get("access_token") == TOKEN else b'{"errcode":300001,"errmsg":"token is not exist"}'
        )
        urls = {CHANNEL: f"http://{peer.place}{PATH}?access_token={token}"}
        async with running(urls, longest_pause=0.1) as platform:
            yield ChannelLine(platform, peer)


LINES: "dict[str, Opening]" = {"channels": robot_line}
