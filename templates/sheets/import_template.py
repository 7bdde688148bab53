"""The workbook in which a community is handed in, and the table of its columns that the importer reads it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from templates.sheets.cells import (
    DAY,
    TEXT,
    WHOLE,
    Heading,
    Row,
    head_cell,
    new_sheet,
    new_workbook,
    set_up,
    text_cell,
    to_bytes,
    write_table,
)

HEADER_ROW = 1
EXAMPLE_MARK = "示例"
GUIDE = "填写说明"
LAST_ROW = 5000  # how far down the drop-downs reach


@dataclass(frozen=True, slots=True)
class Choice:
    """One allowed word of a column and the value it stands for."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the Chinese header people see, the field the importer fills, and what may stand in it.

    `choices` is a closed list; with `many` it may hold several of them, separated by 、 or a comma.
    """

    header: str
    field: str
    example: str | int | date
    note: str
    required: bool = False
    width: float = 16
    choices: tuple[Choice, ...] = ()
    many: bool = False
    number_format: str = TEXT


LEVELS = (
    Choice("区", "district"),
    Choice("街道", "subdistrict"),
    Choice("社区", "community"),
    Choice("网格", "grid"),
)
KINDS = (Choice("居民", "residents"), Choice("工作", "staff"))
ROLES = (
    Choice("楼栋长", "captain"),
    Choice("志愿者", "volunteer"),
    Choice("医生", "doctor"),
    Choice("网格长", "grid_leader"),
    Choice("居委会", "committee"),
    Choice("街道", "subdistrict"),
    Choice("区", "district"),
    Choice("管理员", "operator"),
)
TAGS = (Choice("独居", "lives_alone"), Choice("慢病", "chronic"), Choice("医护家庭", "health_worker"))

_HOUSEHOLD = "楼栋-单元-房号，例如 3-2-501。"
_AREA = "写“区域”表里的编号或名称。"
_QQ = "数字；没有就留空，绑定后自动补上。"

AREAS, GROUPS, STAFF, HOUSEHOLDS, OBSERVATIONS = "区域", "群", "工作人员", "住户", "医学观察"

COLUMNS: Mapping[str, tuple[Column, ...]] = MappingProxyType(
    {
        AREAS: (
            Column("编号", "id", "示例xf1", "自己定的短编号，字母和数字，不重复；再次导入时凭它认出同一区域。", True),
            Column("级别", "level", "网格", "从下拉列表中选。", True, 10, LEVELS),
            Column("名称", "name", "幸福里第一网格", "全称，不重复。", True, 24),
            Column("上级", "parent", "xingfu", "上一级区域的编号或名称；最高一级留空。"),
            Column("楼栋", "buildings", "1、2、3", "只有网格要填：所管楼栋的号码，用顿号或逗号隔开。", False, 20),
        ),
        GROUPS: (
            Column("编号", "id", "示例g-xf1", "自己定的短编号，不重复。", True),
            Column("QQ群号", "qq", "900001", "数字；其他平台的群留空，在群里用 /绑定群 绑定。"),
            Column("名称", "name", "幸福里1-3栋居民群", "群的名称。", True, 24),
            Column("区域", "area", "xf1", "这个群属于哪个区域。" + _AREA, True),
            Column(
                "类型", "kind", "居民", "居民群里不会出现电话、全名加健康信息；工作群可以出现姓名。", True, 10, KINDS
            ),
        ),
        STAFF: (
            Column("编号", "id", "示例sun", "自己定的短编号，不重复。", True),
            Column("QQ", "qq", "10008", _QQ),
            Column("姓名", "name", "孙大爷", "姓名。", True),
            Column("角色", "role", "楼栋长", "从下拉列表中选；一人多个角色时写多行，编号相同。", True, 12, ROLES),
            Column("区域", "area", "xf1", "负责的区域。" + _AREA, True),
            Column("楼栋", "building", "3", "只有楼栋长要填：负责的楼栋号码。", False, 10),
            Column("门牌", "household", "3-1-101", "本人住在辖区内时填写。" + _HOUSEHOLD),
        ),
        HOUSEHOLDS: (
            Column("社区", "community", "示例幸福里社区", "写“区域”表里的社区编号或名称。", True, 20),
            Column("门牌", "address", "3-2-501", _HOUSEHOLD + "同一户的人每人一行，第一行是联系人。", True),
            Column("姓名", "name", "张伟", "姓名；同一户内不重复。", True),
            Column("QQ", "qq", "20001", _QQ),
            Column("年龄", "age", 38, "周岁，整数；不清楚就留空。", False, 8, number_format=WHOLE),
            Column("手机", "phone", "13800000001", "11位手机号；导入后加密保存。"),
            Column("标签", "tags", "独居、慢病", "可以填几个，用顿号隔开。", False, 20, TAGS, many=True),
        ),
        OBSERVATIONS: (
            Column("社区", "community", "示例幸福里社区", "写“区域”表里的社区编号或名称。", True, 20),
            Column("门牌", "address", "3-2-501", "“住户”表里有的门牌。" + _HOUSEHOLD, True),
            Column("姓名", "name", "张伟", "“住户”表里同一户的姓名。", True),
            Column("起始日", "start", date(2020, 2, 3), "年-月-日；这一天算第0天。", True, number_format=DAY),
            Column("天数", "days", 14, "留空就按现行规则的天数。", False, 8, number_format=WHOLE),
            Column("原因", "reason", "自疫情发生地返回", "例如：自疫情发生地返回、密切接触者、同户接触。", True, 28),
        ),
    }
)

_EXAMPLE_FONT = Font(name="微软雅黑", size=10.5, italic=True, color="8A97A1")
_EXAMPLE_FILL = PatternFill("solid", start_color="F1F5F8")
_GUIDE_HEADINGS = (
    Heading("表", 12),
    Heading("列", 12),
    Heading("必填", 8),
    Heading("可选的值", 34),
    Heading("说明", 60),
)
_GUIDE_LEAD = (
    "社区资料导入表",
    "一行一条，从第3行写起；第2行是示例，以“示例”开头的行不导入，可以留着。表名和第1行的列名请不要改动。",
    "可以先填一部分；改好后再导入一次，不会重复。有错的行会按行号列出原因，其余的行照常导入。",
)


def is_example(first_cell: object) -> bool:
    """Whether a row, told by its first cell, is the template's example that an importer passes over."""
    return isinstance(first_cell, str) and first_cell.strip().startswith(EXAMPLE_MARK)


def import_template() -> bytes:
    """The empty workbook to fill in, as xlsx."""
    workbook = new_workbook()
    write_table(workbook, GUIDE, _GUIDE_HEADINGS, _guide(), lead=_GUIDE_LEAD)
    for title, columns in COLUMNS.items():
        _write_sheet(workbook, title, columns)
    return to_bytes(workbook)


def _guide() -> list[Row]:
    return [
        Row((title, column.header, "是" if column.required else "", _labels(column), column.note))
        for title, columns in COLUMNS.items()
        for column in columns
    ]


def _labels(column: Column) -> str:
    return "、".join(choice.label for choice in column.choices)


def _write_sheet(workbook: Workbook, title: str, columns: Sequence[Column]) -> None:
    sheet = new_sheet(workbook, title)
    set_up(sheet, [Heading(column.header, column.width) for column in columns], HEADER_ROW, title)
    for number, column in enumerate(columns, start=1):
        letter = get_column_letter(number)
        # Without the text format, Excel makes a date of the address 3-2-501 and rounds long numbers.
        sheet.column_dimensions[letter].number_format = column.number_format
        _validate(sheet, letter, column)
    sheet.append([_head(sheet, column) for column in columns])
    sheet.append([_example(sheet, column) for column in columns])


def _head(sheet: Worksheet, column: Column) -> object:
    cell = head_cell(sheet, column.header)
    words = ("必填。" if column.required else "选填。") + column.note
    cell.comment = Comment(
        words + (f"\n可选：{_labels(column)}" if column.choices else ""), "联防", height=120, width=280
    )
    return cell


def _example(sheet: Worksheet, column: Column) -> object:
    cell = text_cell(sheet, column.example, _EXAMPLE_FONT)
    cell.fill = _EXAMPLE_FILL
    cell.number_format = column.number_format
    return cell


def _validate(sheet: Worksheet, letter: str, column: Column) -> None:
    """A drop-down for closed lists; a list of several cannot be one, so the comment and the guide name its words."""
    if not column.choices or column.many:
        return
    labels = ",".join(choice.label for choice in column.choices)
    rule = DataValidation(type="list", formula1=f'"{labels}"', allow_blank=not column.required)
    rule.showErrorMessage = True
    rule.errorTitle = column.header
    rule.error = f"请从下拉列表中选：{_labels(column)}"
    rule.add(f"{letter}{HEADER_ROW + 1}:{letter}{LAST_ROW}")
    sheet.data_validations.append(rule)
