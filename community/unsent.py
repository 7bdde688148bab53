"""Messages that could not be sent: the operator learns of them, without names or health."""

from datetime import timedelta
from zlib import crc32

from community.channels import to_operator
from community.outgoing import Target
from community.work import Priority, Work
from storage.queries import flow
from storage.rows import Letter

DANGER = "flow/unsent"
ORDINARY = "flow/dead"
OWN_WORDS = (DANGER, ORDINARY, "flow/troubled", "flow/recovered")  # a broken way out must not report itself
TOLD_AGAIN = timedelta(hours=1)  # of one matter, conversation or platform no more often


def tell(work: Work, letter: Letter) -> None:
    """One message was given up."""
    if letter.template in OWN_WORDS:
        return
    conversation = disguised(Target(letter.platform, letter.chat_kind, letter.chat_id).key)
    if letter.priority <= Priority.DANGER:
        topic = f"unsent/{letter.matter or conversation}"
        _tell(work, DANGER, Priority.DANGER, topic, {"conversation": conversation, "number": letter.matter})
    else:
        topic = f"dead/{letter.platform}"
        _tell(work, ORDINARY, Priority.NOTICE, topic, {"platform": letter.platform, "conversation": conversation})


def disguised(conversation: str) -> str:
    """A conversation's key as the operator may see it: the same each time, and nobody's number."""
    return f"{crc32(conversation.encode()):08x}"


def _tell(work: Work, template: str, priority: Priority, topic: str, values: dict[str, object]) -> None:
    if flow.topics_since(work.session, [topic], work.now - TOLD_AGAIN):
        return
    to_operator(work, template, priority, values=values, topic=topic)
