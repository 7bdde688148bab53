"""docs/commands.md is what the registration says."""

import re

import bot.router  # noqa: F401  (importing it registers every command)
from bot.settings import ROOT
from docs.commands import TARGET, table
from handlers.guide import who_label
from handlers.registry import COMMANDS


def rows() -> list[list[str]]:
    lines = [line for line in TARGET.read_text(encoding="utf-8").splitlines() if line.startswith("| /")]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


def test_the_page_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == table(), "run `make docs`"


def test_it_lists_every_command_with_who_may() -> None:
    assert [(row[0], row[1], row[2]) for row in rows()] == [
        (entry.usage, f"/{entry.aliases[0]}", who_label(entry)) for entry in COMMANDS.values()
    ]


def test_it_lies_where_it_is_looked_for() -> None:
    assert TARGET == ROOT / "docs" / "commands.md"
