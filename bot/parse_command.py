"""`lianfang parse`: what the parser makes of texts, for people and for the scorer."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from parsing import Context, parse, to_json


def answers(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One answer a line, in the form of the labelling guide; raises ValueError naming a line that is no JSON object."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = orjson.loads(line)
            context = Context(asked.get("expecting"), asked.get("household"), tuple(asked.get("members") or ()))
            yield to_json(asked["id"], parse(asked["text"], context))
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"第{number}行不是 {{id, text, …}} 这样的 JSON") from error


def explained(text: str, *, traces: bool) -> str:
    """One text as indented JSON, with the rules that spoke if asked."""
    understood = parse(text)
    answer = to_json("1", understood)
    if traces:
        answer["rules"] = [
            {"rule": t.rule, "from": t.start, "to": t.end, "text": text[t.start : t.end]} for t in understood.traces
        ]
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()
