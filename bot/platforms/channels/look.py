"""Whether somebody listens where a channel's messages go: a connection that is closed again at once."""

import asyncio
from contextlib import suppress

from bot.platforms.channels.verdict import Failure, later, of_error
from bot.platforms.contract import Trouble


async def look(host: tuple[str, int], seconds: float) -> Failure | None:
    """None if somebody listens there."""
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(*host)
    except TimeoutError:  # for the connection alone, so this is no silence of somebody who is there
        return later(Trouble.UNREACHABLE, "TimeoutError")
    except OSError as error:
        return of_error(error)
    except (ValueError, OverflowError) as error:  # no host name, or no port
        return later(Trouble.UNREACHABLE, type(error).__name__)
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(seconds):
            await writer.wait_closed()
    return None
