"""SVG to PNG with the packaged font only, so that a picture is the same on every machine.

resvg draws in native code, maps the font instead of reading it and gives all memory back; but it holds the
interpreter's lock while it draws. Whoever must go on answering meanwhile uses `render_apart`, which draws in a
short-lived process.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import resvg_py

from templates.pictures.font import FAMILY, LANGUAGE, font_file

_ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 30


class PictureFailed(RuntimeError):
    """The drawing process ended without a picture."""


def render_svg(svg: str, width: int | None = None) -> bytes:
    """PNG of an SVG; `width` in pixels scales it, the SVG's own size is taken without."""
    return resvg_py.svg_to_bytes(
        svg_string=svg,
        width=width,
        skip_system_fonts=True,
        font_files=[str(font_file())],
        font_family=FAMILY,
        # Whatever family a drawing names, it ends here and not at the file's first face, which is the Japanese one.
        serif_family=FAMILY,
        sans_serif_family=FAMILY,
        monospace_family=FAMILY,
        languages=[LANGUAGE],
    )


async def render_apart(svg: str, width: int | None = None) -> bytes:
    """The same PNG, drawn in a process of its own while this one goes on."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "templates.pictures.raster",
        *([str(width)] if width else []),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            png, complaint = await process.communicate(svg.encode())
    except BaseException:
        if process.returncode is None:
            process.kill()
            await process.wait()
        raise
    if process.returncode or not png:
        # The last line of a traceback names the fault; the drawing itself, which holds names, is never repeated.
        raise PictureFailed(complaint.decode(errors="replace").strip().rpartition("\n")[2][:200])
    return png


if __name__ == "__main__":
    sys.stdout.buffer.write(
        render_svg(sys.stdin.buffer.read().decode(), int(sys.argv[1]) if len(sys.argv) > 1 else None)
    )
