"""Reads a transcript file and refuses what is malformed, before anything is played."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml


class Malformed(Exception):
    """The file is no transcript; the message says where."""


KEYS: dict[str, tuple[set[str], set[str]]] = {  # step: (needed keys, further keys)
    "say": ({"who", "where", "text"}, {"reply_to", "photo", "mentions_bot"}),
    "expect": ({"to"}, {"has", "lacks", "times", "save"}),
    "silence": ({"to"}, set()),
    "never": ({"to", "has"}, set()),
    "file": ({"to", "kind"}, {"has"}),
    "offline": ({"platform_minutes"}, set()),
}
PLAIN = {"clock", "crash", "redeliver"}
FILE_KINDS = {"xlsx", "png", "docx", "pdf", "csv"}
OVERRIDES = {"observations", "rules"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is and its values."""

    number: int
    kind: str
    values: Any


@dataclass(frozen=True, slots=True)
class Script:
    """A whole transcript; `overrides` replace parts of the sample."""

    title: str
    steps: tuple[Step, ...]
    overrides: dict[str, Any] = field(default_factory=dict)


def read_script(path: Path) -> Script:
    """Read and check a file; raises `Malformed`."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Malformed(f"unreadable: {str(error).splitlines()[0]}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("title"), str) or not isinstance(raw.get("steps"), list):
        raise Malformed("a title and a list of steps are expected")
    unknown = raw.keys() - {"title", "steps"} - OVERRIDES
    if unknown:
        raise Malformed(f"unknown keys: {', '.join(map(str, unknown))}")
    steps = tuple(_step(number, item) for number, item in enumerate(raw["steps"], 1))
    if not any(step.kind == "expect" for step in steps):
        raise Malformed("there is no expect in it")
    return Script(raw["title"], steps, {key: raw[key] for key in OVERRIDES & raw.keys()})


def _step(number: int, item: Any) -> Step:
    if not isinstance(item, dict) or len(item) != 1:
        raise Malformed(f"step {number}: one kind of step is expected")
    kind, values = next(iter(item.items()))
    if kind in KEYS:
        _check_keys(number, kind, values)
    elif kind not in PLAIN:
        raise Malformed(f"step {number}: unknown step '{kind}'")
    problem = _addressee_problem(kind, values) or _problem(kind, values)
    if problem:
        raise Malformed(f"step {number}: {problem}")
    return Step(number, kind, values)


def _check_keys(number: int, kind: str, values: Any) -> None:
    needed, further = KEYS[kind]
    if not isinstance(values, dict):
        raise Malformed(f"step {number}: '{kind}' wants keys")
    if missing := needed - values.keys():
        raise Malformed(f"step {number}: '{kind}' lacks {', '.join(sorted(missing))}")
    if extra := values.keys() - needed - further:
        raise Malformed(f"step {number}: '{kind}' does not know {', '.join(sorted(map(str, extra)))}")


def _addressee_problem(kind: str, values: Any) -> str | None:
    to = values["to"] if kind in KEYS and "to" in KEYS[kind][0] else ""
    return None if isinstance(to, str) else "to wants an id"


def _problem(kind: str, values: Any) -> str | None:
    """What is wrong with the values of a step, if anything."""
    match kind:
        case "clock":
            return None if _moment(values) else f"clock wants a moment such as 2020-02-05T09:00, not {values!r}"
        case "crash":
            return None if values is True else "crash wants true"
        case "redeliver":
            return None if values == "last" else "redeliver wants last"
        case "offline":
            minutes = values["platform_minutes"]
            number = isinstance(minutes, int | float) and not isinstance(minutes, bool)
            return None if number and minutes > 0 else "platform_minutes wants a number above 0"
        case "say":
            return _say_problem(values)
        case "file":
            return _file_problem(values)
        case "expect" | "never":
            return _expect_problem(kind, values)
    return None


def _say_problem(values: dict[str, Any]) -> str | None:
    if not all(isinstance(values[key], str) for key in ("who", "where", "text")):
        return "who, where and text want texts"
    return None if values.get("reply_to", "last") == "last" else "reply_to wants last"


def _file_problem(values: dict[str, Any]) -> str | None:
    if values["kind"] not in FILE_KINDS:
        return f"unknown kind of file: {values['kind']!r}"
    return None if _texts(values.get("has", [])) else "has wants a list of texts"


def _expect_problem(kind: str, values: dict[str, Any]) -> str | None:
    for key in ("has", "lacks"):
        if not _texts(values.get(key, [])):
            return f"{key} wants a list of texts"
    if kind == "never" and not values["has"]:
        return "never wants at least one text"
    if kind == "expect" and not ({"has", "lacks", "times", "save"} & values.keys()):
        return "expect wants has, lacks, times or save"
    times = values.get("times", 1)
    if not isinstance(times, int) or isinstance(times, bool) or times < 0:
        return "times wants a whole number"
    save = values.get("save", {})
    if not isinstance(save, dict) or not all(_is_pattern(value) for value in save.values()):
        return "save wants name: /pattern with brackets/"
    return _bad_pattern([*values.get("has", []), *values.get("lacks", []), *save.values()])


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_pattern(value: Any) -> bool:
    return isinstance(value, str) and len(value) > 2 and value[0] == value[-1] == "/" and "(" in value


def _bad_pattern(texts: list[str]) -> str | None:
    for text in texts:
        if is_regex(text):
            try:
                re.compile(re.sub(r"\{\w+\}", "x", text[1:-1]))
            except re.error as error:
                return f"bad pattern {text}: {error}"
    return None


def is_regex(text: str) -> bool:
    """Whether a string stands between slashes."""
    return len(text) > 1 and text.startswith("/") and text.endswith("/")


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def moment_of(value: Any) -> datetime:
    """The moment of a checked clock step."""
    found = _moment(value)
    if found is None:
        raise Malformed(f"no moment: {value!r}")
    return found


def scripts_in(path: Path) -> Iterator[Path]:
    """The transcript files of a folder, or the one file."""
    if path.is_dir():
        yield from sorted([*path.rglob("*.yaml"), *path.rglob("*.yml")])
    else:
        yield path
