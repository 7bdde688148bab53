"""Learn the weights anew: `python -m learning` (`make learn`), after examples or question forms have changed."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.content import CONCEPTS, KNOWLEDGE, TOPIC_WEIGHTS
from community.answers import load_concepts
from community.knowledge import Knowledge, load_knowledge
from learning import messages, topics
from learning.fit import Fitted, written
from learning.labelled import examples, fingerprint, questions
from parsing.wants.intents import WEIGHTS
from parsing.wants.topics import NOBODY

LEAST = 0.05  # weights under it hardly count and are left out
console = Console()


def forms_of(knowledge: Knowledge) -> list[tuple[str, str]]:
    """Every form with its topic, or `nobody`."""
    asked = [(form, topic.topic) for topic in knowledge.topics.values() for form in topic.forms]
    return asked + [(form, NOBODY) for group in knowledge.unanswered.values() for form in group]


def learn_messages() -> None:
    """What messages want."""
    rows = examples()
    with console.status(f"{len(rows)} messages, each writer left out in turn"):
        fitted, heard = messages.learn(rows)
    _write(WEIGHTS, fitted, fingerprint((row.text, *sorted(row.intents)) for row in rows))
    table = Table("label", "offset", "precision", "recall")
    for one in heard:
        table.add_row(one.label, f"{one.offset:+.2f}", f"{one.precision:.3f}", f"{one.recall:.3f}")
    console.print(table)


def learn_topics() -> None:
    """Which topics questions ask about."""
    forms = forms_of(load_knowledge(KNOWLEDGE))
    with console.status(f"{len(forms)} forms"):
        fitted, asked = topics.learn(forms, questions(), load_concepts(CONCEPTS))
    _write(TOPIC_WEIGHTS, fitted, fingerprint([*forms, *load_concepts(CONCEPTS).by_word.items()]))
    console.print(
        f"topics: right {asked.right:.3f}, wrong {asked.wrong:.3f}, "
        f"falsely answered {asked.false:.3f} (border {asked.offset:+.2f})"
    )


def _write(path: Path, fitted: Fitted, inputs: str) -> None:
    path.write_text(written(fitted, inputs, LEAST), encoding="utf-8")
    console.print(f"{path.name}: {len(fitted.grams)} grams, {path.stat().st_size // 1024} KiB")


def main(steps: Sequence[str] = ("messages", "topics")) -> None:
    """Learn both files and say how well left-out examples are heard."""
    for step in steps:
        {"messages": learn_messages, "topics": learn_topics}[step]()


if __name__ == "__main__":
    import sys

    main(sys.argv[1:] or ("messages", "topics"))
