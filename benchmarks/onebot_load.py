"""Plays a OneBot v11 implementation under load: residents check in in private, each waits for the answer.

    python -m benchmarks.onebot_load ws://127.0.0.1:8080/onebot/v11/ws --token TOKEN --count 10000

Prints one line of JSON. An event is answered when something is sent in private to its writer: by a reply segment with
its id, else the writer's oldest open one. With `--echo` the other side is `benchmarks.echo`, which sends frames back.
"""

import argparse
import asyncio
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidState

FIRST_QQ = 300_000_000
UNITS, ROOMS = 4, 2  # per building, per floor
HOUSEHOLDS_PER_BUILDING = 100


def address(number: int) -> str:
    """The address of household `number`, counted from 0: building-unit-room."""
    building, rest = divmod(number, HOUSEHOLDS_PER_BUILDING)
    unit, flat = divmod(rest, HOUSEHOLDS_PER_BUILDING // UNITS)
    floor, room = divmod(flat, ROOMS)
    return f"{building + 1}-{unit + 1}-{floor + 1}{room + 1:02d}"


def qq(number: int) -> int:
    """The account of the contact of household `number`."""
    return FIRST_QQ + number


def check_in(event: int, user: int) -> str:
    """What the writer of an event says: mostly a bare reading, sometimes the long form, rarely a symptom."""
    reading = f"36.{event * 7 % 10}"
    if event % 4:
        return reading
    return f"{address(user)} 体温{reading} {'咳嗽' if event % 40 == 0 else '无症状'}"


@dataclass(slots=True)
class Result:
    """What one run measured."""

    sent: dict[int, float] = field(default_factory=dict)  # open events: id -> when
    open_of: dict[int, deque[int]] = field(default_factory=dict)  # person -> open events, oldest first
    seconds: list[float] = field(default_factory=list)
    extra_sends: int = 0  # beyond one answer an event
    errors: dict[str, int] = field(default_factory=dict)

    def answered(self, user: int, event: int | None) -> bool:
        """Note an answer; false if nothing was open for it."""
        waiting = self.open_of.get(user)
        if not waiting or (event is not None and event not in waiting):
            self.extra_sends += 1
            return False
        if event is None:
            event = waiting.popleft()
        else:
            waiting.remove(event)
        self.seconds.append(time.perf_counter() - self.sent.pop(event))
        return True

    def error(self, what: str) -> None:
        """Count a fault."""
        self.errors[what] = self.errors.get(what, 0) + 1

    def summary(self, elapsed: float) -> dict[str, Any]:
        """The line that is printed."""
        ordered = sorted(self.seconds)
        return {
            "answered": len(ordered),
            "unanswered": len(self.sent),
            "seconds": round(elapsed, 3),
            "msgs_per_s": round(len(ordered) / elapsed, 1),
            "p50_ms": _ms(ordered, 0.5),
            "p99_ms": _ms(ordered, 0.99),
            "max_ms": _ms(ordered, 1.0),
            "extra_sends": self.extra_sends,
            "errors": self.errors,
            "load_cpu_s": round(time.process_time(), 2),
        }


def _ms(ordered: list[float], part: float) -> float | None:
    return round(ordered[int(part * (len(ordered) - 1))] * 1000, 2) if ordered else None


class Writer:
    """Writes the frames of one turn of the loop together, so that the load generator is not what is measured."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._scheduled = False

    def send(self, frame: bytes) -> None:
        """Queue a text frame; what is outstanding is bounded, so the queue is too."""
        self._socket.protocol.send_text(frame)
        if not self._scheduled:
            self._scheduled = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._scheduled = False
        self._socket.transport.writelines(self._socket.protocol.data_to_send())


class Load:
    """One run over one connection."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.result = Result()
        self._free = asyncio.Semaphore(options.outstanding)
        self._all = asyncio.Event()
        self._next_id = 500_000_000

    async def run(self) -> dict[str, Any]:
        """Connect, send everything, wait for the answers."""
        o = self.options
        headers = {"X-Self-ID": str(o.self_id), "X-Client-Role": "Universal", "Authorization": f"Bearer {o.token}"}
        frames = [(number, o.first + number, self._frame(number)) for number in range(o.count)]
        async with connect(
            o.url,
            additional_headers=headers,
            proxy=None,
            compression=None,
            max_size=None,
            max_queue=256,
            ping_interval=None,
        ) as socket:
            out = Writer(socket)
            if not o.echo:
                await socket.send(self._meta("lifecycle", sub_type="connect"), text=True)
                status = {"online": True, "good": True}
                await socket.send(self._meta("heartbeat", status=status, interval=30_000), text=True)
            started = time.perf_counter()
            reader = asyncio.create_task(self._read(socket, out))
            writer = asyncio.create_task(self._write(out, frames))
            waiter = asyncio.create_task(self._all.wait())
            await asyncio.wait({reader, waiter}, timeout=o.timeout, return_when=asyncio.FIRST_COMPLETED)
            elapsed = time.perf_counter() - started
            if reader.done():
                self.result.error("connection ended")
            if not reader.done():
                await asyncio.sleep(o.linger)  # what is sent beyond one answer each is counted, but not timed
            for task in (reader, writer, waiter):
                task.cancel()
            await asyncio.gather(reader, writer, waiter, return_exceptions=True)
        return {"count": o.count, "outstanding": o.outstanding, "users": o.users, **self.result.summary(elapsed)}

    async def _write(self, out: Writer, frames: list[tuple[int, int, bytes]]) -> None:
        result, users = self.result, self.options.users
        with suppress(InvalidState):
            for number, event, frame in frames:
                await self._free.acquire()
                result.open_of.setdefault(qq(number % users), deque()).append(event)
                result.sent[event] = time.perf_counter()
                out.send(frame)

    async def _read(self, socket: ClientConnection, out: Writer) -> None:
        with suppress(ConnectionClosed, InvalidState):
            while True:
                frame = orjson.loads(await socket.recv(decode=False))
                if self.options.echo:
                    self._done(frame["user_id"], frame["message_id"])
                else:
                    out.send(self._answer(frame))

    def _answer(self, call: dict[str, Any]) -> bytes:
        action, params = call.get("action"), call.get("params") or {}
        self._next_id += 1
        retcode = 0
        if action == "send_private_msg" and params.get("user_id") and params.get("message"):
            quoted = [item["data"]["id"] for item in params["message"] if item["type"] == "reply"]
            self._done(int(params["user_id"]), int(quoted[0]) if quoted else None)
        elif action == "send_group_msg" or str(action).startswith("upload_"):
            self.result.extra_sends += 1
        else:
            retcode = 1404
            self.result.error(f"called {action}")
        ok = {"status": "ok", "retcode": 0, "data": {"message_id": self._next_id}, "echo": call.get("echo")}
        return orjson.dumps(ok if not retcode else {**ok, "status": "failed", "retcode": retcode, "data": None})

    def _done(self, user: int, event: int | None) -> None:
        if self.result.answered(user, event):
            self._free.release()
            if len(self.result.seconds) >= self.options.count:
                self._all.set()

    def _frame(self, number: int) -> bytes:
        user = number % self.options.users
        text = check_in(number, user)
        return self._event(
            post_type="message",
            message_type="private",
            sub_type="friend",
            message_id=self.options.first + number,
            user_id=qq(user),
            message=[{"type": "text", "data": {"text": text}}],
            raw_message=text,
            font=14,
            sender={"user_id": qq(user), "nickname": f"住户{user}", "sex": "unknown", "age": 0},
        )

    def _meta(self, kind: str, **fields: Any) -> bytes:
        return self._event(post_type="meta_event", meta_event_type=kind, **fields)

    def _event(self, **fields: Any) -> bytes:
        return orjson.dumps({"time": int(time.time()), "self_id": self.options.self_id, **fields})


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--token", default="")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--outstanding", type=int, default=64)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--self-id", type=int, default=10000)
    parser.add_argument("--first", type=int, default=1, help="first message id; another one for a second run")
    parser.add_argument("--timeout", type=float, default=180.0)
    parser.add_argument("--linger", type=float, default=0.3)
    parser.add_argument("--echo", action="store_true")
    return parser.parse_args(arguments)


def main() -> int:
    """Run once and print the result; 1 if anything stayed open or went wrong."""
    result = asyncio.run(Load(parse(sys.argv[1:])).run())
    print(orjson.dumps(result).decode())
    return 1 if result["unanswered"] or result["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
