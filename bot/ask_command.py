"""`lianfang ask`: which topic of the knowledge base a question finds, for people and for the scorer."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import orjson

from community.answers import Answers
from community.knowledge import Confidence

_SURE = {
    Confidence.OFFICIAL: "官方页面",
    Confidence.MIRROR: "转载页面",
    Confidence.LOCAL: "地方页面",
    Confidence.UNVERIFIED: "原文待核",
}


def answers_to(answers: Answers, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One `{id, topic}` a line (None: a person answers); raises ValueError naming a line that is no question."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            asked = orjson.loads(line)
            yield {"id": asked["id"], "topic": answers.matcher.match(asked["text"]).topic}
        except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"第{number}行不是 {{id, text}} 这样的 JSON") from error


def explained(answers: Answers, question: str, pack: str, today: date) -> str:
    """What one question gets, and why, in lines for a person."""
    answer = answers.to(question, pack, today)
    match, entry = answer.match, answer.entry
    lines = [f"主题：{match.topic or '没有，转给人回答'}　规则：{match.rule}　把握：{match.certainty:+.2f}"]
    if match.evidence:
        lines.append("依据：" + "、".join(f"{gram} {value:+.2f}" for gram, value in match.evidence))
    if match.nearest:
        lines.append("相近的主题：" + "、".join(match.nearest))
    if entry is not None:
        source = (
            f"{entry.issuer}《{entry.document}》{entry.date}，{_SURE[entry.confidence]}，有效至 {entry.valid_until}"
        )
        lines += [
            "",
            entry.short,
            *([entry.details.strip()] if entry.details else []),
            f"（{entry.edition}；{source} {entry.link}）",
        ]
    elif match.topic:
        lines.append(f"这个主题没有适用于规则包 {pack} 的有效答案，转给人回答")
    return "\n".join(lines)
