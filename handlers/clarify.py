"""Answers to what the bot asked back: 2, 第二个, 是我老婆的."""

from community import checkins, clarify
from community.checkins import Origin
from community.work import Work
from handlers.checkin import receipt_values
from handlers.request import Message, Reply, reply
from parsing.choices import read_choice
from storage.tables import CheckinSource


def answer(message: Message, text: str, work: Work) -> Reply | None:
    """Settle the open question by a short answer; None where there is none, or the words are something else."""
    waiting = clarify.waiting_for(work, message.actor)
    choice = read_choice(text) if waiting else None
    outcome = clarify.settle(work, message.actor, waiting, choice) if waiting and choice else None
    if waiting is None or outcome is None:
        return None
    origin = Origin(message.actor, CheckinSource.HOUSEHOLD, waiting.at, message.group_area, waiting.inbound_id)
    receipts = [checkins.record_named(work, reading, origin) for reading in outcome.readings]
    if not receipts and outcome.next is None:
        return reply("checkin/say_again")
    question = outcome.next.first if outcome.next else None
    return Reply("checkin/receipt", receipt_values(work, receipts, [], None, question=question))
