"""Plays Telegram's Bot API on the loopback: one bot, its chats, and everything that can go wrong on demand."""

import asyncio
import itertools
import json
import re
import time
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

import httpx

from bot.messages import Chat, ChatKind
from tests.platforms.host import WAIT
from tests.platforms.telegram.http import Drop, HttpServer, Request, Upload

Json = dict[str, Any]

BOT_ID = 7000001
TOKEN = f"{BOT_ID}:s3cret-AAfq9"
USERNAME = "lianfang_bot"
SENDS = ("sendMessage", "sendPhoto", "sendDocument")
LIMITS = {"text": 4096, "caption": 1024}
SLOW = 0.02  # seconds before a web hook that failed is tried again


class Refused(Exception):
    """Answered with an error."""

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status, self.parameters = status, parameters


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came; values as JSON where they are."""

    method: str
    fields: Json
    files: dict[str, Upload]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of the bot as the chat shows it."""

    method: str
    chat: int
    text: str
    message_id: int
    reply_to: int | None
    file: Upload | None


@dataclass
class BotApi:
    """`async with BotApi() as api`; `api.url` is the base address."""

    me: Json = field(
        default_factory=lambda: {
            "id": BOT_ID, "is_bot": True, "first_name": "联防", "username": USERNAME,
            "can_join_groups": True, "can_read_all_group_messages": True, "supports_inline_queries": False,
        }
    )  # fmt: skip
    calls: list[Call] = field(default_factory=list)
    sends: list[Sent] = field(default_factory=list)
    pending: list[Json] = field(default_factory=list)  # updates that are not confirmed
    webhook: Json = field(default_factory=dict)
    webhook_answers: list[int] = field(default_factory=list)
    commands: list[Json] = field(default_factory=list)
    token: str = TOKEN
    patient: bool = True  # false: answers at once with nothing
    date_unit: int = 1  # 1000: dates in milliseconds
    times: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))  # method -> calls
    sent: asyncio.Queue[Sent] = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self._http = HttpServer(self._answer)
        self._updates = itertools.count(810_000_001)
        self._messages: defaultdict[int, itertools.count[int]] = defaultdict(lambda: itertools.count(11))
        self._told: dict[str, Json] = {}  # message id -> update
        self._plans: defaultdict[str, deque[Callable[[], Any]]] = defaultdict(deque)
        self._after: defaultdict[str, deque[Callable[[], Any]]] = defaultdict(deque)
        self._news = asyncio.Condition()
        self._poll = 0  # number of the poll that is under way
        self._listening = 0  # polls that wait
        self._delivering: asyncio.Task[None] | None = None
        self._failed_at = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.port}/bot"

    async def __aenter__(self) -> Self:
        await self._http.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Be away: no connection stands, none is taken, nothing is delivered."""
        if self._delivering:
            self._delivering.cancel()
            await asyncio.wait({self._delivering})
            self._delivering = None
        await self._http.stop()

    async def start(self) -> None:
        """Be there again, with everything that was kept."""
        await self._http.start()
        self._deliver_if_asked()

    # -- what a test makes happen

    def fail(self, method: str, status: int, description: str = "Bad Request: no", **parameters: Any) -> None:
        """Answer the next call of a method with an error."""
        self._plans[method].append(lambda: _refuse(status, description, parameters or None))

    def fail_once(self, methods: Sequence[str], status: int, description: str, **parameters: Any) -> None:
        """Answer the next call of any of these with an error."""

        def refuse() -> None:
            for method in methods:
                with suppress(ValueError):
                    self._plans[method].remove(refuse)
            _refuse(status, description, parameters or None)

        for method in methods:
            self._plans[method].append(refuse)

    def say_raw(self, method: str, status: int, payload: bytes) -> None:
        """Answer the next call of a method with this, whatever it is."""
        self._plans[method].append(lambda: (status, payload))

    def hang(self, method: str) -> None:
        """Do the next call of a method and never answer it."""
        self._after[method].append(lambda: asyncio.Event().wait())

    def drop(self, method: str) -> None:
        """Do the next call of a method and break the connection."""
        self._after[method].append(_drop)

    def first_update(self, number: int) -> None:
        """Number updates from here on, as after a quiet week."""
        self._updates = itertools.count(number)

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(call.method == method for call in self.calls)

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something holds; looked at whenever a call has come or was answered."""
        async with asyncio.timeout(WAIT), self._news:
            await self._news.wait_for(true)

    async def long_poll(self) -> None:
        """Wait until the program has confirmed what there was and listens for more."""
        await self.until(lambda: self._listening > 0 and not self.pending)

    async def next_send(self) -> Sent:
        async with asyncio.timeout(WAIT):
            return await self.sent.get()

    # -- what people do

    async def say(self, text: str, chat: Chat, **fields: Any) -> str:
        """Somebody writes; the message's id as the program has it. `fields` go into the message."""
        return await self.message(chat, text=text, **fields)

    async def message(self, chat: Chat, *, kind: str = "message", **fields: Any) -> str:
        """A message of any content."""
        number = int(chat.id)
        private = chat.kind is ChatKind.PRIVATE
        user = fields.pop("user", number if private else 20001)
        message = {
            "message_id": next(self._messages[number]),
            "from": person(user),
            "chat": {**person(number), "type": "private"} if private else group(number),
            "date": int(time.time()) * self.date_unit,
            **fields,
        }
        if kind == "edited_message":
            message.setdefault("edit_date", message["date"])
        id = f"{number}:{message['message_id']}"
        await self.update({kind: message}, id)
        return id

    async def update(self, fields: Json, id: str = "") -> None:
        """Any update."""
        update = {"update_id": next(self._updates), **fields}
        self._told[id] = update
        self.pending.append(update)
        self._deliver_if_asked()
        await self._tell()

    async def again(self, id: str) -> None:
        """Deliver a message once more."""
        await self.update({key: value for key, value in self._told[id].items() if key != "update_id"}, id)

    # -- the server

    async def _answer(self, request: Request) -> tuple[int, bytes]:
        token, _, method = request.path.removeprefix("/bot").partition("/")
        method = next((known for known in METHODS if known.lower() == method.lower()), method)
        if token != self.token:
            return _error(401 if re.fullmatch(r"\d+:[\w-]+", token) else 404, "Unauthorized")
        fields, files = request.form()
        self.calls.append(Call(method, {key: _value(key, value) for key, value in fields.items()}, files))
        self.times[method].append(asyncio.get_running_loop().time())
        await self._tell()
        try:
            if self._plans[method]:
                answer = self._plans[method].popleft()()
            else:
                result = await METHODS[method](self, self.calls[-1])
                if self._after[method]:
                    await self._after[method].popleft()()
                answer = 200, json.dumps({"ok": True, "result": result}).encode()
        except KeyError:
            return _error(404, "Not Found")
        except Refused as refused:
            answer = _error(refused.status, str(refused), refused.parameters)
        await self._tell()
        return answer

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    async def _get_me(self, _: Call) -> Json:
        return self.me

    async def _get_updates(self, call: Call) -> list[Json]:
        self._poll += 1
        mine = self._poll
        await self._tell()
        if self.webhook.get("url"):
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; "
                               "use deleteWebhook to delete the webhook first")  # fmt: skip
        offset, limit, patience = (call.fields.get(key, 0) for key in ("offset", "limit", "timeout"))
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        if patience and self.patient and not self.pending:
            self._listening += 1
            await self._tell()
            try:
                async with asyncio.timeout(patience), self._news:
                    await self._news.wait_for(lambda: self.pending or self._poll != mine)
            except TimeoutError:
                pass
            finally:
                self._listening -= 1
        if self._poll != mine:
            raise Refused(409, "Conflict: terminated by other getUpdates request; "
                               "make sure that only one bot instance is running")  # fmt: skip
        return self.pending[: limit or 100]

    async def _set_webhook(self, call: Call) -> bool:
        secret = call.fields.get("secret_token", "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", str(secret)):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = dict(call.fields)
        self._deliver_if_asked()
        return True

    async def _delete_webhook(self, call: Call) -> bool:
        self.webhook = {}
        if call.fields.get("drop_pending_updates"):
            self.pending = []
        return True

    async def _get_webhook_info(self, _: Call) -> Json:
        info = {"url": self.webhook.get("url", ""), "pending_update_count": len(self.pending)}
        return {**info, "last_error_date": self._failed_at} if self._failed_at else info

    async def _set_my_commands(self, call: Call) -> bool:
        for command in call.fields["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands = call.fields["commands"]
        return True

    async def _get_chat(self, call: Call) -> Json:
        return {"id": call.fields["chat_id"], "type": "private"}

    async def _send(self, call: Call) -> Json:
        chat = call.fields["chat_id"]
        kind = "text" if call.method == "sendMessage" else "caption"
        text = str(call.fields.get(kind, ""))
        if len(text.encode("utf-16-le")) // 2 > LIMITS[kind]:
            raise Refused(400, f"Bad Request: message {'is' if kind == 'text' else 'caption is'} too long")
        if kind == "text" and not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        file = next(iter(call.files.values()), None)
        if call.method == "sendPhoto" and not (file and file.content.startswith(b"\x89PNG")):
            raise Refused(400, "Bad Request: IMAGE_PROCESS_FAILED")
        reply = call.fields.get("reply_parameters")
        sent = Sent(call.method, chat, text, next(self._messages[chat]), reply["message_id"] if reply else None, file)
        self.sends.append(sent)
        self.sent.put_nowait(sent)
        place = {**person(chat), "type": "private"} if chat > 0 else group(chat)
        date = int(time.time()) * self.date_unit
        return {"message_id": sent.message_id, "from": self.me, "chat": place, "date": date, kind: text}

    # -- the web hook

    def _deliver_if_asked(self) -> None:
        if self.webhook.get("url") and (self._delivering is None or self._delivering.done()):
            self._delivering = asyncio.create_task(self._deliver())

    async def _deliver(self) -> None:
        """One after the other, each until it is taken."""
        async with httpx.AsyncClient(trust_env=False) as client:
            while self.pending and self.webhook.get("url"):
                update = self.pending[0]
                headers = {"X-Telegram-Bot-Api-Secret-Token": str(self.webhook.get("secret_token", ""))}
                try:
                    answer = await client.post(self.webhook["url"], json=update, headers=headers)
                    self.webhook_answers.append(answer.status_code)
                except httpx.HTTPError:
                    self.webhook_answers.append(0)
                if self.webhook_answers[-1] == 200:
                    self.pending.remove(update)
                else:
                    self._failed_at = int(time.time())
                    await asyncio.sleep(SLOW)  # as Telegram does, only shorter
                await self._tell()


METHODS: dict[str, Callable[[BotApi, Call], Any]] = {
    "getMe": BotApi._get_me,
    "getUpdates": BotApi._get_updates,
    "setWebhook": BotApi._set_webhook,
    "deleteWebhook": BotApi._delete_webhook,
    "getWebhookInfo": BotApi._get_webhook_info,
    "setMyCommands": BotApi._set_my_commands,
    "getChat": BotApi._get_chat,
    **dict.fromkeys(SENDS, BotApi._send),
}


def person(id: int, **fields: Any) -> Json:
    return {"id": id, "is_bot": False, "first_name": f"居民{id}", **fields}


def group(id: int) -> Json:
    return {"id": id, "type": "supergroup" if id < -(10**12) else "group", "title": "幸福里3号楼"}


def entity(kind: str, text: str, part: str, **fields: Any) -> Json:
    """Where `part` stands in `text`, in UTF-16 units."""
    before = text[: text.index(part)]
    return {"type": kind, "offset": _units(before), "length": _units(part), **fields}


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _value(key: str, text: str) -> Any:
    """Numbers, lists and objects come as JSON; text is what it is."""
    if key in ("text", "caption", "url", "secret_token"):
        return text
    return json.loads(text)


def _error(status: int, description: str, parameters: Json | None = None) -> tuple[int, bytes]:
    body = {"ok": False, "error_code": status, "description": description}
    return status, json.dumps({**body, "parameters": parameters} if parameters else body).encode()


def _refuse(status: int, description: str, parameters: Json | None) -> None:
    raise Refused(status, description, parameters)


async def _drop() -> None:
    raise Drop
