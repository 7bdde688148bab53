"""Ports of loopback for what the tests start."""

import socket
from contextlib import suppress
from random import SystemRandom

CHANCE = SystemRandom()


def free_port() -> int:
    """A port of loopback that nobody uses now; below those that the system gives to connections on their way out."""
    while True:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port := CHANCE.randrange(20_000, 32_000)))
            return port
