"""Questions: a reviewed answer with its source, or a person, said kindly."""

from community.answers import Answer
from community.work import Work
from handlers.request import Message, Reply, reply


def answer(message: Message, found: Answer) -> Reply | None:
    """The prepared answer, None where a person must give one; in a group it is for everybody who reads along."""
    if found.entry is None:
        return None
    if message.in_group and _asks_only(message):
        return reply("group/answer", here=True, entry=found.entry)
    return reply("knowledge/answer", entry=found.entry)


def find(message: Message, work: Work) -> Answer:
    """What the knowledge base says to a message."""
    return work.house.answers.to(message.text, work.house.pack, work.today)


def _asks_only(message: Message) -> bool:
    """Whether nothing of the sender's own stands in the question."""
    return message.understanding is not None and set(message.understanding.intents) <= {"question", "chat"}
