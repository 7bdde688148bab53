"""The limit to compare with: a socket that sends every frame back. `python -m benchmarks.echo PORT`."""

import asyncio
import sys

from websockets.asyncio.server import ServerConnection, serve


async def echo(socket: ServerConnection) -> None:
    """Send back whatever comes."""
    async for frame in socket:
        await socket.send(frame)


async def main(port: int) -> None:
    """Serve until killed."""
    async with serve(echo, "127.0.0.1", port, compression=None, ping_interval=None) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
