"""Reads what a community hands in: YAML in the sample's form, or the filled-in Excel template."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import yaml
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from community.import_plan import Plan, Row
from templates.sheets.import_template import AREAS, COLUMNS, GROUPS, HOUSEHOLDS, OBSERVATIONS, STAFF, is_example

SECTIONS = ("areas", "groups", "staff", "households", "observations", "rules")
SHEET_KINDS = {AREAS: "areas", GROUPS: "groups", STAFF: "staff", HOUSEHOLDS: "members", OBSERVATIONS: "observations"}


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says why, in Chinese."""


def read_file(path: Path) -> Plan:
    """The rows of a file; raises `UnreadableFile`."""
    if not path.is_file():
        raise UnreadableFile(f"找不到文件：{path}")
    if path.suffix.lower() == ".xlsx":
        return read_excel(path)
    if path.suffix.lower() in (".yaml", ".yml"):
        return plan_of(read_yaml(path))
    raise UnreadableFile(f"只认识 .xlsx 和 .yaml 文件，不是“{path.suffix}”")


class _LineLoader(yaml.CSafeLoader):
    """Remembers on which line each mapping stands."""


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    return {**loader.construct_mapping(node, deep=True), "__line__": node.start_mark.line + 1}


_LineLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file whose mappings know their lines."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=_LineLoader)  # noqa: S506  a safe loader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name} 不是正确的 YAML：{error}") from error
    if not isinstance(raw, dict):
        raise UnreadableFile(f"{path.name} 里应有 areas、households 等部分")
    return raw


def plan_of(raw: dict[str, Any]) -> Plan:
    """The rows of a mapping in the sample's form."""
    plan = Plan(problems=[f"不认识的部分“{key}”" for key in raw if key not in (*SECTIONS, "__line__")])
    plan.areas = list(_rows(raw, "areas", plan))
    plan.groups = list(_rows(raw, "groups", plan))
    plan.staff = list(_rows(raw, "staff", plan))
    plan.members = [member for row in _rows(raw, "households", plan) for member in _members(row, plan)]
    plan.observations = list(_rows(raw, "observations", plan))
    return plan


def _rows(raw: dict[str, Any], section: str, plan: Plan) -> Iterator[Row]:
    items = raw.get(section) or []
    if not isinstance(items, list):
        plan.problems.append(f"“{section}”应是列表")
        return
    for number, item in enumerate(items, 1):
        if isinstance(item, dict):
            yield Row(f"{section} 第{item.get('__line__', number)}行", item)
        else:
            plan.problems.append(f"{section} 第{number}项：应是一组键和值")


def _members(row: Row, plan: Plan) -> Iterator[Row]:
    members = row.values.get("members")
    if not isinstance(members, list) or not members:
        plan.problems.append(f"{row.where}：缺少“members”")
        return
    for member in members:
        if isinstance(member, dict):
            home = {key: row.values.get(key) for key in ("address", "community")}
            yield Row(f"households 第{member.get('__line__', '?')}行", {**home, **member})
        else:
            plan.problems.append(f"{row.where}：members 里应是一组键和值")


def read_excel(path: Path) -> Plan:
    """The rows of the filled-in template; columns are found by their headers, in any order."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, KeyError, OSError) as error:
        raise UnreadableFile(f"{path.name} 不是正确的 Excel 文件") from error
    plan = Plan()
    for sheet in book.worksheets:
        kind = SHEET_KINDS.get(sheet.title)
        if kind is not None:
            getattr(plan, kind).extend(_sheet_rows(sheet, plan))
    book.close()
    if not any((plan.areas, plan.groups, plan.staff, plan.members, plan.observations)):
        plan.problems.append(f"没有读到任何一行；工作表应叫：{'、'.join(SHEET_KINDS)}")
    return plan


def _sheet_rows(sheet: Any, plan: Plan) -> Iterator[Row]:
    fields = {column.header: column.field for column in COLUMNS[sheet.title]}
    lines = sheet.iter_rows(values_only=True)
    headers = [str(cell).strip() if cell is not None else "" for cell in next(lines, ())]
    missing = [c.header for c in COLUMNS[sheet.title] if c.required and c.header not in headers]
    if missing:
        plan.problems.append(f"工作表“{sheet.title}”缺少列：{'、'.join(missing)}")
        return
    for number, cells in enumerate(lines, 2):
        if all(cell is None or str(cell).strip() == "" for cell in cells) or is_example(cells[0]):
            continue
        values = {fields[h]: cell for h, cell in zip(headers, cells, strict=False) if h in fields}
        if sheet.title == OBSERVATIONS:
            values = {**values, "household": values.get("address"), "person": values.get("name")}
        yield Row(f"工作表“{sheet.title}”第{number}行", values, {field: header for header, field in fields.items()})
