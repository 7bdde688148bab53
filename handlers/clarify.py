"""Answers to what the bot asked back: 2, 第二个, 是我老婆的."""

import re

from community import checkins, clarify
from community.checkins import Origin
from community.work import Work
from handlers.checkin import receipt_values, record_readings
from handlers.request import Message, Reply, reply
from parsing.choices import read_choice
from storage.tables import CheckinSource

# No answer, but no new matter either: the question is put again.
_UNSURE = re.compile(
    "(?:我也?)?(?:不知道|不清楚|不晓得|忘了|不记得|说不清|没注意|哪个都行)(?:了|啊|呀|呢|哦)?[。.!！?？]*"
)


def answer(message: Message, text: str, work: Work) -> Reply | None:
    """Settle the open question by a short answer; None where there is none, or the words are something else."""
    waiting = clarify.waiting_for(work, message.actor)
    if waiting is None:
        return None
    choice = read_choice(text)
    outcome = clarify.filled_in(work, message.actor, waiting, text)
    if outcome is None and choice is not None:
        outcome = clarify.settle(work, message.actor, waiting, choice)
    if outcome is None:
        again = waiting.first.kind == "whose" and (
            _UNSURE.fullmatch(text.strip()) or (choice and choice.index is not None)
        )
        return Reply("checkin/receipt", receipt_values(work, [], [], None, question=waiting.first)) if again else None
    if waiting.first.kind == "missing":  # a reading of its own, of this moment; nothing unnamed waits for it
        new = Origin(message.actor, CheckinSource.HOUSEHOLD, message.at, message.group_area, message.inbound_id)
        return record_readings(work, outcome.readings, new)
    origin = Origin(message.actor, CheckinSource.HOUSEHOLD, waiting.at, message.group_area, waiting.inbound_id)
    receipts = [checkins.record_named(work, reading, origin) for reading in outcome.readings]
    if not receipts and outcome.next is None:
        return reply("checkin/say_again")
    question = outcome.next.first if outcome.next else None
    return Reply("checkin/receipt", receipt_values(work, receipts, [], None, question=question))
