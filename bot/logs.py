"""Structured logs without personal data: an action key, ids and counts; never text, names, numbers or readings."""

import logging
import sys
from types import TracebackType
from typing import Any

import structlog


def configure(level: str, json_lines: bool) -> None:
    """Send the program's own and the libraries' logs to standard error in one form."""
    shared: list[Any] = [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]
    renderer: Any = structlog.processors.JSONRenderer() if json_lines else structlog.dev.ConsoleRenderer(colors=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("alembic", "uvicorn", "websockets", "apscheduler", "sqlalchemy"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def trace(error: BaseException) -> str:
    """Where an error came from: its type and frames, without its message, which may hold what people wrote."""
    frames = []
    step: TracebackType | None = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return f"{type(error).__name__} at {' < '.join(reversed(frames[-8:]))}"
