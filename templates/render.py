"""Turns a template's name and its values into the words that are sent; a missing value is an error."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

WORDS = Path(__file__).parent / "words"


def _reading(value: float | None) -> str:
    """A temperature as people write it."""
    return "" if value is None else f"{value:.2f}".rstrip("0").ljust(4, "0") if value % 1 else f"{value:.1f}"


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701  plain text: chats have no markup that could be injected
        loader=FileSystemLoader(WORDS), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["reading"] = _reading
    return environment


@cache
def _template(name: str) -> Template:
    return _environment().get_template(f"{name}.txt")


def render(name: str, /, **values: Any) -> str:
    """The words of template `name`; raises `jinja2.UndefinedError` if a value is missing."""
    return _template(name).render(values).strip()


def names() -> list[str]:
    """Every template there is."""
    return sorted(str(path.relative_to(WORDS).with_suffix("")) for path in WORDS.rglob("*.txt"))
