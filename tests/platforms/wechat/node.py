"""A real Wechaty gateway (Node) in a process of its own, and how a test steers it."""

import asyncio
import atexit
import json
import os
import signal
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.platforms.node import prepare
from tests.ports import free_port

FOLDER = Path(__file__).parent / "gateway"
TOKEN = "puppet-s3cret-token-77"
TELL_LIMIT = 10.0  # seconds
PATIENCE = 60.0  # seconds for a start on a machine that is busy


@dataclass
class Gateway:
    """One gateway, on the same ports over restarts."""

    options: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    control: int = field(default_factory=free_port)
    _process: "subprocess.Popen[str] | None" = None
    _drain: threading.Thread | None = None

    def start(self) -> None:
        environ = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("WECHATY", "GW_"))},
            "GW_PORT": str(self.port),
            "CTL_PORT": str(self.control),
            "GW_TOKEN": TOKEN,
            "WECHATY_LOG": "error",
            "GW_STDIN": "1",
            **self.options,
        }
        self._process = subprocess.Popen(
            ["node", "gateway.mjs"], cwd=FOLDER, env=environ, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        up = threading.Event()
        self._drain = threading.Thread(target=self._read, args=(self._process, up), daemon=True)
        self._drain.start()
        assert up.wait(PATIENCE), "the gateway does not start"

    def _read(self, process: "subprocess.Popen[str]", up: threading.Event) -> None:
        assert process.stdout
        for line in process.stdout:  # all of it, or a full pipe would stop the gateway
            if line.startswith("{") and json.loads(line).get("ev") == "up":
                up.set()

    def kill(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        assert self._drain
        assert self._process.stdout
        assert self._process.stdin
        self._drain.join()
        self._process.stdout.close()
        self._process.stdin.close()
        self._process = None

    def freeze(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGCONT)

    @property
    def runs(self) -> bool:
        return self._process is not None

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def tell(self, path: str, **what: Any) -> dict[str, Any]:
        """Steer it; what it answers. By hand, as a client that can do everything takes longer than the gateway."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.control)
        body = json.dumps(what).encode()
        writer.write(f"POST {path} HTTP/1.0\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        async with asyncio.timeout(TELL_LIMIT):
            head, _, answer = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        assert b" 200 " in head.splitlines()[0], answer.decode()
        return dict(json.loads(answer))

    async def reset(self) -> None:
        """As it was at its start, as far as the next test can tell."""
        self.thaw()
        await self.tell("/reset")


async def start(gateway: Gateway) -> None:
    """Without holding up what runs beside it."""
    await asyncio.to_thread(gateway.start)


_shared: list[Gateway] = []


def shared() -> Gateway:
    """The one for all tests of this process; a start takes a second and more."""
    if not _shared:
        prepare(FOLDER)
        _shared.append(Gateway())
        atexit.register(_shared[0].kill)
    if not _shared[0].runs:  # not yet, or a test that stopped it has failed
        _shared[0].start()
    return _shared[0]
