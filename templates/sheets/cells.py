"""What every spreadsheet shares: cells that cannot turn into formulas, tables, and the set-up for paper."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Literal, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | Decimal | bool | date | datetime | time | timedelta | None

Look = Literal["body", "loud", "sum"]

GUARD = "'"
MAX_TEXT = 32_767  # what a cell of Excel holds
TEXT, WHOLE, ONE_DECIMAL, DAY, CLOCK = "@", "0", "0.0", "yyyy-mm-dd", "hh:mm"

_FORMULA_STARTS = frozenset("=+-@\t\r\n")
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SKIPPED = ("Cc", "Cf", "Zs", "Zl", "Zp")

_HEAD_FONT = Font(name="微软雅黑", size=11, bold=True, color="FFFFFF")
_HEAD_FILL = PatternFill("solid", start_color="17445F")
_TITLE_FONT = Font(name="微软雅黑", size=15, bold=True)
_BODY_FONT = Font(name="微软雅黑", size=10.5)
_LOUD_FONT = Font(name="微软雅黑", size=10.5, bold=True, color="C0342B")
_SUM_FONT = Font(name="微软雅黑", size=10.5, bold=True)
_LOOKS: dict[Look, Font] = {"body": _BODY_FONT, "loud": _LOUD_FONT, "sum": _SUM_FONT}
_EDGE = Side(style="thin", color="C9D3DA")
_BORDER = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


def safe_cell(value: Value) -> Value:
    """A value that is shown as it was written and never computed, here or after a detour through CSV.

    Text that a spreadsheet could take for a formula gets a visible apostrophe in front; so does text that starts so
    after white space, controls or in full-width form, because programs trim and normalise before they look.
    """
    if not isinstance(value, str):
        return value
    text = _NO_XML.sub("", value)
    if _starts_formula(text):
        text = GUARD + text
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"


def _starts_formula(text: str) -> bool:
    for char in text:
        if unicodedata.normalize("NFKC", char)[:1] in _FORMULA_STARTS:
            return True
        if unicodedata.category(char) not in _SKIPPED:
            return False
    return False


def mask_phone(phone: str | None) -> str:
    """A phone number that its owner's neighbours recognise and nobody can call: 138****0001."""
    digits = "".join(str(unicodedata.digit(char)) for char in phone or "" if char.isdecimal())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if len(digits) >= 6 else "****" if digits else ""


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of a table: its words, width in characters and number format."""

    words: str
    width: float
    number_format: str = TEXT


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table and how it is set."""

    values: Sequence[Value]
    look: Look = "body"


def new_workbook() -> Workbook:
    """An empty workbook that streams its rows, so that a district's day does not fill the memory."""
    return Workbook(write_only=True)


def new_sheet(workbook: Workbook, title: str) -> Worksheet:
    """A further sheet; a streamed one has the parts of a worksheet that are used here, which its type does not say."""
    return cast("Worksheet", workbook.create_sheet(title))


def to_bytes(workbook: Workbook) -> bytes:
    """The finished file."""
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def text_cell(sheet: Worksheet, value: Value, font: Font = _BODY_FONT) -> Cell:
    """A cell without frame, for titles and explanations."""
    cell = WriteOnlyCell(sheet, value=None)
    _put(cell, value)
    cell.font = font
    return cell


def head_cell(sheet: Worksheet, words: str) -> Cell:
    """A cell of a table's first row."""
    cell = text_cell(sheet, words, _HEAD_FONT)
    cell.fill = _HEAD_FILL
    cell.border = _BORDER
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell


def write_table(
    workbook: Workbook,
    title: str,
    headings: Sequence[Heading],
    rows: Iterable[Row],
    *,
    lead: Sequence[str] = (),
    page_header: str = "",
) -> Worksheet:
    """A sheet with a table under `lead` lines: frozen and filtered head, formats, widths, A4 print set-up."""
    sheet = new_sheet(workbook, title)
    head = len(lead) + 1
    set_up(sheet, headings, head, page_header)
    for number, words in enumerate(lead, start=1):
        _lead_line(sheet, number, words, headings)
    sheet.append([head_cell(sheet, heading.words) for heading in headings])
    last = head
    pens = [_Pen(sheet, heading) for heading in headings]
    for row in rows:
        sheet.append([pen.cell(value, row.look) for pen, value in zip(pens, row.values, strict=True)])
        # A sum under the filter would be sorted and hidden with the rows.
        last += row.look != "sum"
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(headings))}{last}"
    return sheet


def _lead_line(sheet: Worksheet, number: int, words: str, headings: Sequence[Heading]) -> None:
    """One line over the whole table, as high as its text needs: merged cells do not grow by themselves."""
    room = 0.9 * sum(heading.width for heading in headings)
    lines = ceil(sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in words) / room)
    sheet.row_dimensions[number].height = 28 if number == 1 else 18 * max(lines, 1)
    sheet.merged_cells.add(f"A{number}:{get_column_letter(len(headings))}{number}")
    cell = text_cell(sheet, words, _TITLE_FONT if number == 1 else _BODY_FONT)
    cell.alignment = Alignment(vertical="center", wrap_text=number > 1)
    sheet.append([cell])


class _Pen:
    """The cells of one column: a streamed row is on paper before the next begins, so a look is set up once."""

    def __init__(self, sheet: Worksheet, heading: Heading) -> None:
        self._sheet = sheet
        self._heading = heading
        self._cells: dict[tuple[Look, bool], Cell] = {}

    def cell(self, value: Value, look: Look) -> Cell:
        """The column's cell with this value, good until the row is appended."""
        kind = (look, isinstance(value, str))
        if kind not in self._cells:
            self._cells[kind] = self._styled(*kind)
        cell = self._cells[kind]
        _put(cell, value)
        return cell

    def _styled(self, look: Look, text: bool) -> Cell:
        cell = text_cell(self._sheet, None, _LOOKS[look])
        cell.number_format = TEXT if text else self._heading.number_format
        cell.border = _BORDER
        cell.alignment = Alignment(horizontal="left" if text else "center", vertical="center", wrap_text=text)
        return cell


def _put(cell: Cell, value: Value) -> None:
    # An empty text cell would be written as text without its text, which strict readers complain of.
    cell.value = None if value == "" else safe_cell(value)
    if value and isinstance(value, str):
        cell.data_type = "s"  # openpyxl would take #N/A for an error


def set_up(sheet: Worksheet, headings: Sequence[Heading], head: int, page_header: str = "") -> None:
    """Widths, frozen head and paper: A4, as wide as the page, the head on every page, lying where it is wide."""
    for number, heading in enumerate(headings, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = heading.width
    sheet.freeze_panes = f"A{head + 1}"
    wide = sum(heading.width for heading in headings) > 92
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if wide else "portrait"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top = sheet.page_margins.bottom = 0.75
    sheet.page_margins.header = sheet.page_margins.footer = 0.35
    if page_header:
        words = _NO_XML.sub("", page_header)[:60].replace("&", "&&")  # a single one starts a code
        sheet.HeaderFooter.oddHeader = HeaderFooterItem(left=_HeaderFooterPart(text=words))
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="第 &P 页，共 &N 页"))
