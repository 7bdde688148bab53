"""`lianfang parse`: what the parser makes of texts, for people and for the scorer."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from parsing import Context, Trace, Understanding, as_text, parse, to_json
from parsing.wants.intents import reasons

# Where somebody mends the rules whose names begin like this.
MENDED_IN = (
    ("learned.", "learning/examples/ (add labelled messages, then make learn)"),
    ("danger.", "parsing/dangers/alarms/; what is harmless: parsing/dangers/harmless.py"),
    ("symptom.", "parsing/health/: symptom_words.py, body.py, phrases.py; denied or over: negation.py"),
    ("temperature.", "parsing/health/: temperature.py, not_body.py"),
    ("people.", "parsing/people/: kin.py, names.py, surnames.py; whose it is: parsing/reports/walk.py"),
    ("state.", "parsing/health/states.py"),
    ("when.", "parsing/health/times.py"),
    ("address", "parsing/address.py"),
    ("bare.", "parsing/reports/bare.py"),
)


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
    """One text as indented JSON; if asked, with the rules that spoke, what they say, and where each is mended."""
    understood = parse(text)
    answer = to_json("1", understood)
    if traces:
        answer["read_as"] = as_text(understood.checkins)
        answer["rules"] = [_rule(text, trace) for trace in understood.traces]
        answer["mended_in"] = _places(understood)
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode()


def _rule(text: str, trace: Trace) -> dict[str, Any]:
    told = {
        "rule": trace.rule,
        "says": trace.says,
        "from": trace.start,
        "to": trace.end,
        "text": text[trace.start : trace.end],
    }
    if trace.rule.startswith("learned."):
        told["because"] = reasons(text, trace.rule.removeprefix("learned."))
    return told


def _places(understood: Understanding) -> dict[str, str]:
    """For each kind of rule that spoke, the file in which it is mended."""
    spoke = {trace.rule for trace in understood.traces}
    return {start: place for start, place in MENDED_IN if any(rule.startswith(start) for rule in spoke)}
