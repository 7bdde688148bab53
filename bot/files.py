"""Files are rendered when they are sent: a row of the outbox holds only what to render."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.messages import FileKind, OutboundFile
from bot.program import Program
from community import report_text
from storage.tables import DailyReport
from templates.pictures.daily_report import daily_report_picture, daily_report_picture_apart
from templates.sheets.daily_report import daily_report_workbook
from templates.views import ReportView


@dataclass(frozen=True, slots=True)
class Plan:
    """A file that can be rendered without the store."""

    kind: FileKind
    name: str
    view: ReportView


def plan(program: Program, spec: dict[str, Any]) -> Plan:
    """Read what a file shows; in the thread that owns the store."""
    kind = FileKind(spec["kind"])
    with program.work() as work:
        report = work.session.get_one(DailyReport, spec["report"])
        view = report_text.view_of(work, report, every_gap=kind is FileKind.XLSX)
        return Plan(kind, report_text.file_name(work.areas, report, kind), view)


def render(planned: Plan) -> OutboundFile:
    """Render here and now."""
    makers: dict[FileKind, Callable[[ReportView], bytes]] = {
        FileKind.PNG: daily_report_picture, FileKind.XLSX: daily_report_workbook,
    }  # fmt: skip
    return OutboundFile(planned.kind, planned.name, makers[planned.kind](planned.view))


async def render_apart(planned: Plan) -> OutboundFile:
    """Render without blocking the loop: a picture in a process of its own, so that the memory does not feel it either."""
    if planned.kind is FileKind.PNG:
        return OutboundFile(planned.kind, planned.name, await daily_report_picture_apart(planned.view))
    return await asyncio.to_thread(render, planned)
