"""A look at whether QQ is to be reached; a program that runs keeps its connections.

Those who listen take several clients, so they are simply asked. Those who connect to us cannot be asked: the address
is listened on until somebody comes, unless a running program has it.
"""

import asyncio
import errno
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed

from bot.platforms.contract import State, Trouble
from bot.platforms.onebot.faults import is_refusal
from bot.platforms.onebot.forward import Dial, Patience
from bot.platforms.onebot.server import OURS, Door
from bot.platforms.onebot.settings import OneBotSettings
from bot.platforms.onebot.wire import Json, Malformed, fields, loads, number

IN_USE = "in use by a running program"
MOST_WORDS = 4096  # bytes of an answer


@dataclass(slots=True)
class _Found:
    """What an implementation said of its account."""

    account: str = ""
    trouble: Trouble | None = Trouble.SILENT

    def state(self, otherwise: Trouble | None = None) -> State:
        """How it is."""
        return State(self.account, self.trouble if self.account else otherwise or self.trouble, datetime.now(UTC))


async def probe(settings: OneBotSettings, wait: float | None = None) -> tuple[State, ...]:
    """How each address is; `wait` are the seconds in which somebody may connect to us, else `probe_timeout`."""
    looks = [_ask_there(settings, address) for address in settings.forward]
    if settings.listen:
        looks.append(_wait_here(settings, settings.probe_timeout if wait is None else wait))
    return tuple(await asyncio.gather(*looks))


async def _ask_there(settings: OneBotSettings, address: str) -> State:
    found = _Found()

    async def ask(_: Dial, socket: Connection) -> Trouble | None:
        return await _ask(socket, found)

    patience = Patience(settings.first_pause, settings.longest_pause, settings.probe_timeout, settings.max_frame)
    try:
        async with asyncio.timeout(settings.probe_timeout):
            trouble = await Dial(address, settings.token, settings.ca_file, patience, ask).once()
    except TimeoutError:
        return found.state()
    except Exception as error:  # noqa: BLE001 - an address that is none, say
        return State("", Trouble.FAILING, datetime.now(UTC), type(error).__name__)
    return found.state(trouble)


async def _wait_here(settings: OneBotSettings, wait: float) -> State:
    door, found, known = Door(settings), _Found(), asyncio.Event()

    async def ask(socket: Connection) -> None:
        asked = _Found()
        with suppress(TimeoutError):
            async with asyncio.timeout(settings.probe_timeout):
                await _ask(socket, asked)
        if asked.account and not known.is_set():
            found.account, found.trouble = asked.account, asked.trouble
            known.set()

    try:
        async with door.opened(ask):
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await known.wait()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return await _taken(settings)
        return State("", Trouble.FAILING, datetime.now(UTC), type(error).__name__)
    return found.state(Trouble.REFUSED if door.refused else Trouble.STARTING)


async def _ask(socket: Connection, found: _Found) -> Trouble | None:
    """Ask whose account it is and whether QQ has it; what is wrong with the connection, if something is."""
    with suppress(ConnectionClosed, Malformed):
        answer = await _call(socket, "get_login_info")
        if is_refusal(answer):
            return Trouble.REFUSED
        account = number(fields(answer.get("data")).get("user_id"))
        if not account.strip("0"):
            return Trouble.FAILING
        found.account, found.trouble = account, None
        status = fields((await _call(socket, "get_status")).get("data"))
        found.trouble = Trouble.LOGGED_OUT if status.get("online") is False else None
    return None


async def _call(socket: Connection, action: str) -> Json:
    """The answer to a call, or the word that the token is wrong; events in between are left to the program."""
    with suppress(ConnectionClosed):  # why it was closed can still be read
        await socket.send(json.dumps({"action": action, "params": {}, "echo": f"probe/{action}"}))
    while True:
        said = loads(await socket.recv(decode=False))
        if said.get("echo") == f"probe/{action}" or ("post_type" not in said and is_refusal(said)):
            return said


async def _taken(settings: OneBotSettings) -> State:
    """Who has the address: a running program with this token, or somebody else."""
    said = bytearray()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(settings.probe_timeout):
            await _knock(settings, said)
    answer = said.decode("latin-1")
    if OURS in answer:
        return State("", None, datetime.now(UTC), IN_USE)
    refused = answer.partition(" ")[2].startswith(("401", "403"))
    return State("", Trouble.REFUSED if refused else Trouble.TAKEN, datetime.now(UTC))


async def _knock(settings: OneBotSettings, said: bytearray) -> None:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(settings.host, settings.host)  # noqa: S104
    reader, writer = await asyncio.open_connection(host, settings.port)
    try:
        token = f"Authorization: Bearer {settings.token}\r\n" if settings.token else ""
        request = f"GET {settings.path} HTTP/1.1\r\nHost: {host}:{settings.port}\r\n{token}\r\n"
        writer.write(request.encode("latin-1"))
        while len(said) < MOST_WORDS and (some := await reader.read(MOST_WORDS)):
            said += some
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
