"""Plays a OneBot v11 implementation (NapCat and the like) over a real socket, for all tests that need one."""

import asyncio
import itertools
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed

Json = dict[str, Any]

# its frames would hide a leak in the program's own log
SILENT = logging.Logger("peer", level=logging.CRITICAL + 1)  # noqa: LOG001 - in no registry, so nothing turns it on
HISTORY = {
    "get_group_list": (),
    "get_group_msg_history": ("group_id",),
    "get_friend_list": (),
    "get_friend_msg_history": ("user_id",),
    "get_recent_contact": (),
}
MEMBERS = {"get_group_member_list": ("group_id",), "get_group_member_info": ("group_id", "user_id")}
WAIT = 5.0  # seconds; a limit for what should have come at once, not a pause


@dataclass(frozen=True, slots=True)
class Sent:
    """One call by which the program sent something."""

    action: str
    params: Json
    message_id: str

    @property
    def text(self) -> str:
        """The text segments, joined."""
        return "".join(data.get("text", "") for kind, data in self.segments if kind == "text")

    @property
    def segments(self) -> list[tuple[str, Json]]:
        """(type, data) of each segment; none for uploads."""
        return [(item["type"], item["data"]) for item in self.params.get("message", [])]

    @property
    def group(self) -> str | None:
        """The group it went to (or through)."""
        return str(self.params["group_id"]) if "group_id" in self.params else None

    @property
    def user(self) -> str | None:
        """The person it went to, None for a group."""
        return str(self.params["user_id"]) if "user_id" in self.params else None


class OneBotPeer:
    """One QQ account: `async with OneBotPeer(url, token) as peer`, send events, await what the program sends."""

    _ids = itertools.count(1_000_001)

    def __init__(
        self,
        url: str,
        token: str = "",
        self_id: int = 10000,
        *,
        query: bool = False,
        self_header: bool = True,
        heartbeat_ms: int = 0,
    ) -> None:
        self.self_id = self_id
        self.calls: list[Json] = []  # every call as it came
        self.sends: list[Sent] = []  # those that send something, answered well
        self.silent = False  # answer no call
        self.echo_as: str | None = None  # answer with this echo instead of the right one
        self.remembers = False  # whether it offers the history of groups and of private conversations
        self.lacks: set[str] = set()  # actions that it does not have, of those it would have otherwise
        self.counts_by_group = False  # its `message_seq` is a number of each conversation (LLOneBot), no id (NapCat)
        self.members: dict[int, dict[int, str]] = {}  # group -> member -> card
        self.status_online = True
        self._past: dict[tuple[str, int], list[Json]] = {}
        self._url = f"{url}?access_token={token}" if query and token else url
        self._headers = {"X-Client-Role": "Universal"}
        if token and not query:
            self._headers["Authorization"] = f"Bearer {token}"
        if self_header:
            self._headers["X-Self-ID"] = str(self_id)
        self._heartbeat_ms = heartbeat_ms
        self._failures: dict[str, list[tuple[int, str]]] = {}
        self._holding: dict[str, asyncio.Event] = {}
        self._called: asyncio.Queue[Json] = asyncio.Queue()
        self._sent: asyncio.Queue[Sent] = asyncio.Queue()
        self._later: set[asyncio.Task[None]] = set()
        self._socket: Connection | None = None
        self._reader: asyncio.Task[None] | None = None

    # -- the connection

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def connect(self) -> None:
        """Connect as implementations do: lifecycle event first, then a heartbeat if one was asked for."""
        self._socket = await connect(
            self._url,
            additional_headers=self._headers,
            proxy=None,
            compression=None,
            max_size=None,
            ping_interval=None,
            logger=SILENT,
        )
        self._reader = asyncio.create_task(self._read(self._socket))
        await self.event(post_type="meta_event", meta_event_type="lifecycle", sub_type="connect")
        if self._heartbeat_ms:
            await self.heartbeat()

    async def close(self) -> None:
        """Close politely."""
        if self._socket and self._reader:
            await self._socket.close()
            await self._reader

    async def drop(self) -> None:
        """Break the line without a word."""
        assert self._socket
        assert self._reader
        self._socket.transport.abort()
        await self._reader

    def freeze(self) -> None:
        """Stop reading with the line open, as a hung process does."""
        assert self._socket
        self._socket.transport.pause_reading()

    async def reconnect(self) -> None:
        """Drop and connect again, as after a restart of the implementation."""
        await self.drop()
        await self.connect()

    async def closed(self) -> int | None:
        """Wait until the program closes the connection; its close code."""
        assert self._socket
        async with asyncio.timeout(WAIT):
            await self._socket.wait_closed()
        return self._socket.close_code

    # -- events

    async def raw(self, frame: str | bytes) -> None:
        """Send a text frame as it is, valid or not."""
        assert self._socket
        await self._socket.send(frame if isinstance(frame, bytes) else frame.encode(), text=True)

    async def event(self, **fields: Any) -> None:
        """Send an event; `time` and `self_id` are filled in."""
        await self.raw(json.dumps({"time": int(time.time()), "self_id": self.self_id, **fields}))

    async def heartbeat(self, *, online: bool = True) -> None:
        """Send a heartbeat."""
        status, interval = {"online": online, "good": online}, self._heartbeat_ms or 30000
        await self.event(post_type="meta_event", meta_event_type="heartbeat", status=status, interval=interval)

    async def private(self, message: str | list[Json], user: int = 20001, **fields: Any) -> str:
        """Somebody writes to the account; a string is plain text unless `cq=True`. Returns the message id."""
        start = {"message_type": "private", "sub_type": "friend", "user_id": user}
        return await self._message(message, {**start, **fields})

    async def group(self, message: str | list[Json], group: int = 900001, user: int = 20001, **fields: Any) -> str:
        """Somebody writes in a group. Returns the message id."""
        start = {"message_type": "group", "sub_type": "normal", "group_id": group, "user_id": user, "anonymous": None}
        return await self._message(message, {**start, **fields})

    async def _message(self, message: str | list[Json], fields: Json) -> str:
        cq = fields.pop("cq", False)
        name = fields.pop("name", f"居民{fields['user_id']}")
        ident = fields.pop("message_id", None) or next(self._ids)
        if isinstance(message, str) and not cq:
            message = [{"type": "text", "data": {"text": message}}]
        common = {
            "post_type": "message",
            "message_id": ident,
            "message": message,
            "raw_message": message if isinstance(message, str) else "",
            "font": 14,
            "sender": {"user_id": fields["user_id"], "nickname": name, "sex": "unknown", "age": 0, "role": "member"},
        }
        await self.event(**{**common, **fields})
        return str(ident)

    def meanwhile(self, message: str, group: int = 900001, user: int = 20001, **fields: Any) -> str:
        """Somebody writes in a group while the program is not connected: it stands in the history only."""
        ident = fields.pop("message_id", None) or next(self._ids)
        told = {"message_id": ident, "user_id": user, "message_type": "group", "group_id": group}
        self._store(("group", group), message, user, {**told, **fields})
        return str(ident)

    def meanwhile_private(self, message: str, user: int = 20001, **fields: Any) -> str:
        """Somebody writes in private while the program is not connected."""
        ident = fields.pop("message_id", None) or next(self._ids)
        told = {"message_id": ident, "user_id": user, "message_type": "private", "sub_type": "friend"}
        self._store(("friend", user), message, fields.pop("author", user), {**told, **fields})
        return str(ident)

    def _store(self, chat: tuple[str, int], message: str | list[Json], author: int, fields: Json) -> None:
        past = self._past.setdefault(chat, [])
        if isinstance(message, str):
            message = [{"type": "text", "data": {"text": message}}]
        sender = {"user_id": author, "nickname": f"居民{author}"}
        seq = len(past) + 1 if self.counts_by_group else fields["message_id"]
        past.append({"time": int(time.time()), "sender": sender, "message": message, "message_seq": seq, **fields})

    def _told(self, action: str, params: Json) -> Any:
        if action == "get_group_list":
            return [{"group_id": chat, "group_name": ""} for kind, chat in self._past if kind == "group"]
        if action == "get_friend_list":
            return [{"user_id": chat, "nickname": ""} for kind, chat in self._past if kind == "friend"]
        if action == "get_recent_contact":
            last = {chat: said[-1]["time"] for chat, said in self._past.items()}
            kinds = {"friend": 1, "group": 2}
            told = [
                {"peerUin": str(id), "chatType": kinds[kind], "msgTime": str(at)} for (kind, id), at in last.items()
            ]
            return told[: params["count"]]
        return {"messages": self._page_of(action, params)}

    def _page_of(self, action: str, params: Json) -> list[Json]:
        kind, key = ("group", "group_id") if "group" in action else ("friend", "user_id")
        past, count = self._past.get((kind, int(params[key])), []), params["count"]
        start = params.get("message_seq")
        if not start:
            return past[-count:]
        at = next(place for place, said in enumerate(past) if said["message_seq"] == start)
        if self.counts_by_group:
            page = past[max(0, at + 1 - count) : at + 1]
            return page[::-1] if params.get("reverseOrder") else page
        # NapCat goes forwards from the message to start from, unless it is asked for the reverse order
        return past[max(0, at + 1 - count) : at + 1] if params.get("reverse_order") else past[at : at + count]

    def _member(self, action: str, params: Json) -> Any:
        cards = self.members[int(params["group_id"])]
        if action == "get_group_member_list":
            return [{"user_id": user, "nickname": "", "card": card} for user, card in cards.items()]
        user = int(params["user_id"])
        return {"user_id": user, "nickname": "", "card": cards.get(user, "")}

    async def notice(self, kind: str, group: int = 900001, user: int = 20001, **fields: Any) -> None:
        """Something has happened in a group."""
        await self.event(post_type="notice", notice_type=kind, group_id=group, user_id=user, **fields)

    # -- calls

    def fail(self, action: str, *retcodes: int, words: str = "") -> None:
        """Answer the next calls of this action with these retcodes and words; 0 is success."""
        self._failures.setdefault(action, []).extend((retcode, words) for retcode in retcodes)

    def hold(self, action: str) -> asyncio.Event:
        """Answer calls of this action only once the event is set."""
        return self._holding.setdefault(action, asyncio.Event())

    def called(self, action: str) -> list[Json]:
        """The parameters of all calls of this action."""
        return [call["params"] for call in self.calls if call["action"] == action]

    async def answer(self, call: Json) -> None:
        """Answer a call on which it was silent."""
        assert self._socket
        await self._socket.send(json.dumps(self._answer(call)))

    async def next_call(self) -> Json:
        """The next call of any action, answered or not."""
        async with asyncio.timeout(WAIT):
            return await self._called.get()

    async def next_send(self) -> Sent:
        """The next thing that the program sent."""
        async with asyncio.timeout(WAIT):
            return await self._sent.get()

    async def _read(self, socket: Connection) -> None:
        with suppress(ConnectionClosed):
            while True:
                call = json.loads(await socket.recv())
                self.calls.append(call)
                self._called.put_nowait(call)
                if call["action"] in self._holding:
                    self._later.add(asyncio.create_task(self._hold(socket, call)))
                elif not self.silent:
                    await socket.send(json.dumps(self._answer(call)))
        for task in self._later:
            task.cancel()

    async def _hold(self, socket: Connection, call: Json) -> None:
        await self._holding[call["action"]].wait()
        with suppress(ConnectionClosed):
            await socket.send(json.dumps(self._answer(call)))

    def _answer(self, call: Json) -> Json:
        action, echo = call["action"], self.echo_as or call.get("echo")
        planned = self._failures.get(action)
        retcode, words = planned.pop(0) if planned else (self._check(action, call["params"]), "")
        if retcode:
            return {
                "status": "failed",
                "retcode": retcode,
                "data": None,
                "message": words,
                "wording": words or "失败",
                "echo": echo,
            }
        if action == "get_login_info":
            data = {"user_id": self.self_id, "nickname": "小联"}
            return {"status": "ok", "retcode": 0, "data": data, "message": "", "wording": "", "echo": echo}
        if action == "get_status":
            return {"status": "ok", "retcode": 0, "data": {"online": self.status_online, "good": True}, "echo": echo}
        if action.startswith("get_group_member"):
            return {"status": "ok", "retcode": 0, "data": self._member(action, call["params"]), "echo": echo}
        if action.startswith("get_"):
            return {"status": "ok", "retcode": 0, "data": self._told(action, call["params"]), "echo": echo}
        sent = Sent(action, call["params"], str(next(self._ids)))
        self.sends.append(sent)
        self._sent.put_nowait(sent)
        self._store_own(sent)
        upload = action.startswith("upload_")
        data = {"file_id": f"/{sent.message_id}"} if upload else {"message_id": int(sent.message_id)}
        return {"status": "ok", "retcode": 0, "data": data, "message": "", "wording": "", "echo": echo}

    def _store_own(self, sent: Sent) -> None:
        """What the program says stands in the history like everything else, under the id of a message."""
        group = "group" in sent.action
        chat = ("group", int(sent.params["group_id"])) if group else ("friend", int(sent.params["user_id"]))
        file = [{"type": "file", "data": {"file": sent.params.get("name"), "file_id": f"/{sent.message_id}"}}]
        # whose conversation it is stands nowhere in a private message of one's own
        where = {"message_type": "group", "group_id": chat[1]} if group else {"message_type": "private"}
        told = {"message_id": int(sent.message_id), "user_id": self.self_id, "post_type": "message_sent", **where}
        self._store(chat, sent.params.get("message", file), self.self_id, told)

    def _check(self, action: str, params: Json) -> int:
        needed = {
            "get_login_info": (),
            "get_status": (),
            **(HISTORY if self.remembers else {}),
            **(MEMBERS if self.members else {}),
            "send_private_msg": ("user_id", "message"),
            "send_group_msg": ("group_id", "message"),
            "upload_private_file": ("user_id", "file", "name"),
            "upload_group_file": ("group_id", "file", "name"),
        }.get(action)
        if needed is None or action in self.lacks:
            return 1404
        return 0 if all(params.get(key) for key in needed) else 1400
