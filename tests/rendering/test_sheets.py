"""Spreadsheets re-opened: what is in them, how they print, and that nothing in them computes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from templates.sheets.cells import MAX_TEXT, mask_phone, safe_cell
from templates.sheets.daily_report import daily_report_workbook
from templates.sheets.import_template import (
    COLUMNS,
    GUIDE,
    HEADER_ROW,
    KINDS,
    LEVELS,
    ROLES,
    import_template,
    is_example,
)
from templates.views import CheckInLine, MissingLine, ReportView
from tests.rendering.views import long_report, report


def opened(data: bytes) -> Workbook:
    return load_workbook(BytesIO(data))


def daily(view: ReportView | None = None) -> Workbook:
    return opened(daily_report_workbook(view or report()))


def rows(sheet: Worksheet) -> list[tuple[object, ...]]:
    return list(sheet.iter_rows(values_only=True))


# --- what may not compute ---

HARMFUL = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    " =1",
    "\u3000=1",
    "\u00a0+1",
    "\u200b=1",
    "\ufeff@x",
    "\x00=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    "﹦1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "\t普通",
    "-",
]
HARMLESS = ["张伟", "3-2-501", "体温 = 36.5", "a@b.c", "'x", "", "#N/A", "#REF!", "1+1", "【=1】", "TRUE", "36.5"]


@pytest.mark.parametrize("text", HARMFUL)
def test_harmful_text_is_guarded(text: str) -> None:
    safe = safe_cell(text)
    assert isinstance(safe, str)
    assert safe.startswith("'")
    assert safe[1:] == text.replace("\x00", "")


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    "value", [None, 0, -3, 36.5, -0.5, Decimal("36.5"), True, date(2020, 2, 5), datetime(2020, 2, 5)]
)
def test_values_that_are_no_text_are_left_alone(value: float | Decimal | date | None) -> None:
    assert safe_cell(value) is value


@pytest.mark.parametrize("text", ["张\x01伟\x0b\ud800\uffff", "字" * 40_000, "=" + "字" * 40_000])
def test_text_that_no_cell_can_hold(text: str) -> None:
    safe = safe_cell(text)
    assert isinstance(safe, str)
    assert len(safe) <= MAX_TEXT
    assert not set(safe) & {"\x01", "\x0b", "\ud800", "\uffff"}


@pytest.mark.parametrize("text", [*HARMFUL, *HARMLESS])
def test_residents_words_are_text_in_every_sheet(text: str) -> None:
    line = CheckInLine(datetime(2020, 2, 5, 1, tzinfo=UTC), text, text, text, 36.5, text, text)
    workbook = daily(
        report(
            area_name=text, headline=text, note=text, checkins=(line,), missing=(MissingLine(text, text, text, text),)
        )
    )
    for sheet in workbook:
        for row in sheet.iter_rows():
            assert not [cell.coordinate for cell in row if cell.data_type in "fe"]


@pytest.mark.parametrize(
    ("phone", "expected"),
    [
        ("13800000001", "138****0001"),
        ("+86 138-0000-0001", "138****0001"),
        ("８６１３８０００００００１", "138****0001"),
        ("02787654321", "027****4321"),
        ("87654321", "****21"),
        ("120", "****"),
        ("无", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_phone_is_masked(phone: str | None, expected: str) -> None:
    assert mask_phone(phone) == expected


# --- the daily report ---


def test_report_has_its_sheets_and_rows() -> None:
    workbook = daily()
    assert workbook.sheetnames == ["汇总", "缺报", "发热", "明细"]
    assert rows(workbook["汇总"])[-4:] == [
        ("片区", "负责人", "状态", "应报", "上午实报", "下午实报", "缺报", "发热"),
        ("幸福里第一网格", "王芳", "已确认", 4, 4, 4, 0, 0),
        ("幸福里第二网格", "刘强", "未经确认", 1, 0, 0, 1, 0),
        ("合计", None, None, 5, 4, 4, 1, 0),
    ]
    assert rows(workbook["缺报"])[1:] == [("幸福里第二网格", "6-2-1102", "冯宇", "上午、下午", "138****0006")]
    assert rows(workbook["明细"])[3][1:] == ("幸福里第一网格", "3-2-501", "张伟", 37.5, "咳嗽", "本人")


def test_summary_explains_itself() -> None:
    lead = " ".join(str(row[0]) for row in rows(daily()["汇总"])[:5])
    for words in (
        "幸福里社区",
        "2020年2月5日",
        "未经确认",
        "第1版",
        "零报告（缺报1人）",
        "明日到期1",
        "国家卫生健康委",
        "备注",
    ):
        assert words in lead


def test_times_are_the_areas_clock() -> None:
    line = CheckInLine(datetime(2020, 2, 5, 1, 30, tzinfo=UTC), "", "", "", None, "", "")
    sheet = daily(report(checkins=(line,)))["明细"]
    assert sheet["A2"].value == datetime(2020, 2, 5, 9, 30)


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        report(generated_at=datetime(2020, 2, 5, 19))


@pytest.mark.parametrize(
    ("title", "frozen", "filtered", "repeated", "orientation"),
    [
        ("汇总", "A7", "A6:H8", "$6:$6", "landscape"),
        ("缺报", "A2", "A1:E2", "$1:$1", "portrait"),
        ("发热", "A2", "A1:G2", "$1:$1", "landscape"),
        ("明细", "A2", "A1:G4", "$1:$1", "landscape"),
    ],
)
def test_sheets_are_ready_to_read_and_print(
    title: str, frozen: str, filtered: str, repeated: str, orientation: str
) -> None:
    sheet = daily()[title]
    assert sheet.freeze_panes == frozen
    assert sheet.auto_filter.ref == filtered
    assert sheet.print_title_rows == repeated
    assert sheet.page_setup.orientation == orientation
    assert sheet.page_setup.paperSize in (9, "9")
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    header = sheet.HeaderFooter.oddHeader
    assert header is not None
    assert title == "汇总" or "幸福里社区　2020-02-05" in str(header.left.text)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert all(8 <= dimension.width <= 60 for dimension in sheet.column_dimensions.values())


def test_number_formats() -> None:
    workbook = daily()
    assert workbook["明细"]["E2"].number_format == "0.0"
    assert workbook["明细"]["A2"].number_format == "hh:mm"
    assert workbook["发热"]["D2"].number_format == "0.0"
    assert workbook["汇总"]["D7"].number_format == "0"
    assert workbook["缺报"]["B2"].number_format == "@"


def test_alarming_check_in_stands_out() -> None:
    sheet = daily()["明细"]
    assert sheet["E4"].font.b
    assert not sheet["E2"].font.b


@pytest.mark.parametrize("view", [report(parts=(), missing=(), fevers=(), checkins=(), note=""), long_report()])
def test_empty_and_long_reports_open(view: ReportView) -> None:
    workbook = daily(view)
    assert len(rows(workbook["缺报"])) == 1 + len(view.missing)
    assert len(rows(workbook["明细"])) == 1 + len(view.checkins)


# --- the import's template ---


def test_template_holds_the_columns_that_the_importer_reads() -> None:
    workbook = opened(import_template())
    assert workbook.sheetnames == [GUIDE, *COLUMNS]
    for title, columns in COLUMNS.items():
        header = [cell.value for cell in workbook[title][HEADER_ROW]]
        assert header == [column.header for column in columns]
        assert len({column.field for column in columns}) == len(columns)


def test_template_has_exactly_one_row_and_it_is_the_example() -> None:
    workbook = opened(import_template())
    for title, columns in COLUMNS.items():
        body = rows(workbook[title])[HEADER_ROW:]
        assert len(body) == 1
        assert is_example(body[0][0])
        read = [value.date() if isinstance(value, datetime) else value for value in body[0]]
        assert read == [column.example for column in columns]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("示例xf1", True), (" 示例：幸福里", True), ("xf1", False), (None, False), (5, False), ("", False)],
)
def test_example_mark(cell: object, expected: bool) -> None:
    assert is_example(cell) is expected


def test_every_column_says_what_is_allowed() -> None:
    workbook = opened(import_template())
    guide = {(row[0], row[1]) for row in rows(workbook[GUIDE])}
    for title, columns in COLUMNS.items():
        for cell, column in zip(workbook[title][HEADER_ROW], columns, strict=True):
            assert cell.comment is not None
            assert column.note in cell.comment.text
            assert all(choice.label in cell.comment.text for choice in column.choices)
            assert (title, column.header) in guide


@pytest.mark.parametrize(
    ("title", "ranges", "choices"),
    [("区域", "B2:B5000", LEVELS), ("群", "E2:E5000", KINDS), ("工作人员", "D2:D5000", ROLES)],
)
def test_closed_lists_are_drop_downs(title: str, ranges: str, choices: tuple[object, ...]) -> None:
    (rule,) = opened(import_template())[title].data_validations.dataValidation
    assert rule.type == "list"
    assert str(rule.sqref) == ranges
    assert len(str(rule.formula1).split(",")) == len(choices)
    assert len(str(rule.formula1)) <= 257, "Excel refuses longer lists"


def test_addresses_and_numbers_are_typed_as_text() -> None:
    workbook = opened(import_template())
    for title, columns in COLUMNS.items():
        for letter, column in zip("ABCDEFG", columns, strict=False):
            assert workbook[title].column_dimensions[letter].number_format == column.number_format
    assert {column.number_format for column in COLUMNS["住户"] if column.field in ("address", "qq", "phone")} == {"@"}


def test_labels_and_values_of_choices_are_unique() -> None:
    for columns in COLUMNS.values():
        for column in columns:
            assert len({choice.label for choice in column.choices}) == len(column.choices)
            assert len({choice.value for choice in column.choices}) == len(column.choices)
