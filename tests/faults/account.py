"""A QQ account that behaves as real ones do: it delivers once, remembers every conversation, and answers calls late."""

import asyncio
import json
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from tests.platforms.onebot.peer import Json, OneBotPeer, Sent

LATEST = 0.15  # seconds until a call is answered: what was sent and not confirmed is lost in a kill


@dataclass(frozen=True, slots=True)
class Said:
    """What a resident writes: privately, or in a group."""

    id: int
    user: int
    text: str
    group: int | None = None


class Account(OneBotPeer):
    """What is said while nobody is connected, or lost on the way, stands in the history and is not delivered again."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.remembers_friends = True  # some implementations have no history of private conversations
        self.here = asyncio.Event()
        self.asked: Counter[str] = Counter()  # calls for history
        self._chats: dict[tuple[str, int], list[Json]] = {}
        self.unconfirmed: list[str] = []  # texts that it has sent, while the program died before it could be told
        self._late = Random(4)

    # -- people write

    async def say(self, said: Said) -> None:
        """Somebody writes; it is delivered if the program is there."""
        self.tell(said)
        with suppress(ConnectionClosed):
            if self.here.is_set():
                await self.deliver(said)

    def tell(self, said: Said) -> None:
        """Somebody writes, and it stands in the history only."""
        self._keep("private" if said.group is None else "group", said.group or said.user, said.user, said.id, said.text)

    async def deliver(self, said: Said) -> None:
        """Hand it over, for the first time or once more."""
        if said.group is None:
            await self.private(said.text, user=said.user, message_id=said.id)
        else:
            await self.group(said.text, group=said.group, user=said.user, message_id=said.id)

    def forget(self) -> None:
        """Lose the history."""
        self._chats.clear()

    def heard(self, user: int, *has: str) -> list[Sent]:
        """What was sent to a person with these words in it."""
        return [sent for sent in self.sends if sent.user == str(user) and all(part in sent.text for part in has)]

    # -- the line

    async def connect(self) -> None:
        while True:
            with suppress(ConnectionRefusedError):
                await super().connect()
                await self.here.wait()
                return
            await asyncio.sleep(0.01)  # it has started and does not listen yet

    async def gone(self) -> None:
        """Wait until the line is broken."""
        assert self._reader
        await self._reader

    async def _read(self, socket: Connection) -> None:
        self.here.set()
        loop = asyncio.get_running_loop()
        with suppress(ConnectionClosed):
            while True:
                before = len(self.sends)
                answer = json.dumps(self._answer(json.loads(await socket.recv())))
                sent = [one.text for one in self.sends[before:]]
                loop.call_later(self._late.uniform(0, LATEST), self._send_late, socket, answer, sent)
        self.here.clear()

    def _send_late(self, socket: Connection, answer: str, sent: list[str]) -> None:
        if socket.state is not State.OPEN:
            self.unconfirmed += sent
            return
        socket.protocol.send_text(answer.encode())
        socket.transport.writelines(socket.protocol.data_to_send())

    # -- what it remembers

    def _answer(self, call: Json) -> Json:
        action = call["action"]
        if action.endswith("_msg_history") or action in ("get_group_list", "get_recent_contact"):
            self.asked[action] += 1
            return self._history(action, call["params"], call.get("echo"))
        before = len(self.sends)
        answer = super()._answer(call)
        for sent in self.sends[before:]:
            kind, whose = ("private", sent.user) if sent.user else ("group", sent.group)
            self._keep(kind, int(whose or 0), self.self_id, int(sent.message_id), sent.text)
        return answer

    def _history(self, action: str, params: Json, echo: Any) -> Json:
        if action in ("get_friend_msg_history", "get_recent_contact") and not self.remembers_friends:
            return {"status": "failed", "retcode": 1404, "data": None, "message": "不支持的API", "echo": echo}
        if action == "get_group_list":
            found: Any = [{"group_id": whose, "group_name": ""} for kind, whose in self._chats if kind == "group"]
        elif action == "get_recent_contact":
            found = [
                {"chatType": 1, "peerUin": str(whose), "msgTime": str(chat[-1]["time"])}
                for (kind, whose), chat in self._chats.items() if kind == "private"
            ][-int(params["count"]) :]  # fmt: skip
        else:
            kind, key = ("group", "group_id") if "group" in action else ("private", "user_id")
            found = {"messages": self._page(kind, params[key], params)}
        return {"status": "ok", "retcode": 0, "data": found, "message": "", "echo": echo}

    def _page(self, kind: str, whose: Any, params: Json) -> list[Json]:
        """The newest ones, or those up to one message, oldest first."""
        chat = self._chats.get((kind, int(whose)), [])
        start = params.get("message_seq") or params.get("message_id")
        places = [place for place, told in enumerate(chat) if str(told["message_id"]) == str(start)]
        return chat[: places[0] + 1 if places else None][-int(params.get("count", 20)) :]

    def _keep(self, kind: str, whose: int, user: int, ident: int, text: str) -> None:
        chat = self._chats.pop((kind, whose), [])
        self._chats[kind, whose] = chat  # the last one is the one talked in last
        chat.append({
            "message_id": ident, "message_seq": ident, "user_id": user, "time": int(time.time()), "self_id": self.self_id,
            "post_type": "message_sent" if user == self.self_id else "message", "message_type": kind,
            "sender": {"user_id": user, "nickname": f"居民{user}"}, "raw_message": text,
            "message": [{"type": "text", "data": {"text": text}}],
            **({"group_id": whose} if kind == "group" else {"target_id": whose}),
        })  # fmt: skip
