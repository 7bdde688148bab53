"""What an import is to take: rows as they were read, with the place where people find them again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class BadRow(Exception):
    """A row that cannot be taken; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it was read; `where` names it for people (sheet and line)."""

    where: str
    values: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)  # what the sheet calls a key

    def called(self, key: str) -> str:
        """A key as the file calls it."""
        return self.headers.get(key, key)

    def text(self, key: str) -> str:
        """A value that must be there."""
        value = self.optional(key)
        if not value:
            raise BadRow(f"缺少“{self.called(key)}”")
        return value

    def optional(self, key: str) -> str:
        """A value as trimmed text, empty where there is none; 10001.0 from a spreadsheet is 10001."""
        value = self.values.get(key)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    def number(self, key: str) -> int | None:
        """A whole number, or None."""
        value = self.optional(key)
        if not value:
            return None
        if not value.isdecimal():
            raise BadRow(f"“{self.called(key)}”应是整数，不是“{value}”")
        return int(value)


@dataclass(slots=True)
class Plan:
    """Everything that a file holds, by kind."""

    areas: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    staff: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    observations: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # found while reading
