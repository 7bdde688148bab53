"""The daily report as a workbook: figures by area, who is missing, fevers, and the check-ins behind the figures."""

from __future__ import annotations

from collections.abc import Iterator

from templates.sheets.cells import (
    CLOCK,
    ONE_DECIMAL,
    WHOLE,
    Heading,
    Row,
    mask_phone,
    new_workbook,
    to_bytes,
    write_table,
)
from templates.views import ReportView

SUMMARY, MISSING, FEVERS, DETAIL = "汇总", "缺报", "发热", "明细"

SUMMARY_HEADINGS = (
    Heading("片区", 24),
    Heading("负责人", 14),
    Heading("状态", 14),
    Heading("应报", 9, WHOLE),
    Heading("上午实报", 11, WHOLE),
    Heading("下午实报", 11, WHOLE),
    Heading("缺报", 9, WHOLE),
    Heading("发热", 9, WHOLE),
)
MISSING_HEADINGS = (
    Heading("片区", 24),
    Heading("门牌", 16),
    Heading("姓名", 14),
    Heading("缺报时段", 16),
    Heading("手机", 16),
)
FEVER_HEADINGS = (
    Heading("片区", 24),
    Heading("门牌", 16),
    Heading("姓名", 14),
    Heading("体温（℃）", 12, ONE_DECIMAL),
    Heading("症状", 28),
    Heading("警报", 22),
    Heading("等待", 12),
)
DETAIL_HEADINGS = (
    Heading("时间", 10, CLOCK),
    Heading("片区", 24),
    Heading("门牌", 16),
    Heading("姓名", 14),
    Heading("体温（℃）", 12, ONE_DECIMAL),
    Heading("症状", 28),
    Heading("来源", 16),
)


def daily_report_workbook(view: ReportView) -> bytes:
    """The workbook of one version of a report, as xlsx."""
    workbook = new_workbook()
    write_table(workbook, SUMMARY, SUMMARY_HEADINGS, _summary(view), lead=_lead(view))
    # Each sheet may be printed alone and must still say whose day it is.
    whose = f"{view.area_name}　{view.date:%Y-%m-%d}　第{view.version}版"
    write_table(workbook, MISSING, MISSING_HEADINGS, _missing(view), page_header=whose)
    write_table(workbook, FEVERS, FEVER_HEADINGS, _fevers(view), page_header=whose)
    write_table(workbook, DETAIL, DETAIL_HEADINGS, _detail(view), page_header=whose)
    return to_bytes(workbook)


def _lead(view: ReportView) -> list[str]:
    """What the numbers are of, so that a printed sheet explains itself."""
    day = f"{view.date.year}年{view.date.month}月{view.date.day}日"
    lines = [
        f"{view.area_name}疫情防控日报",
        f"{day}　{view.status_label}　第{view.version}版　{view.headline}",
        "　".join(f"{figure.label}{figure.value}" for figure in view.figures),
        f"规则版本：{view.edition}　生成时间：{view.generated_at:%Y-%m-%d %H:%M}",
    ]
    return [*lines, f"备注：{view.note}"] if view.note else lines


def _summary(view: ReportView) -> Iterator[Row]:
    counts = [(part.should, part.am, part.pm, part.missing, part.fever) for part in view.parts]
    for part, numbers in zip(view.parts, counts, strict=True):
        yield Row((part.name, part.responsible, part.status_label, *numbers))
    if counts:
        # Written as numbers, not as formulas: a phone's preview shows formulas that were never computed as empty.
        yield Row(("合计", "", "", *(sum(column) for column in zip(*counts, strict=True))), "sum")


def _missing(view: ReportView) -> Iterator[Row]:
    for line in view.missing:
        yield Row((line.area, line.address, line.name, line.halves, mask_phone(line.phone)))


def _fevers(view: ReportView) -> Iterator[Row]:
    for line in view.fevers:
        values = (line.area, line.address, line.name, line.temperature, line.symptoms, line.alert, line.waited)
        yield Row(values, "loud")


def _detail(view: ReportView) -> Iterator[Row]:
    zone = view.generated_at.tzinfo
    for line in view.checkins:
        # A spreadsheet knows no zones: the clock on the wall of the area is written.
        at = line.time.astimezone(zone).replace(tzinfo=None)
        values = (at, line.area, line.address, line.name, line.temperature, line.symptoms, line.source)
        yield Row(values, "loud" if line.alarm else "body")
