"""Asking back: where two readings of a message are possible, one short question with choices, kept until it is answered."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from community.people import Actor
from community.whose import Home, Reading, candidates, find_member
from community.work import Work
from parsing import CheckIn, Context, guess, parse
from parsing.choices import Choice
from storage.queries import flow
from storage.tables import OpenQuestion

ANSWERABLE = timedelta(hours=6)  # after that "2" means something else
SOON = timedelta(minutes=30)
MOST_CHOICES = 9
_BARE = re.compile(r"[\d.。·点度℃半零〇一二三四五六七八九十\s]{2,8}")


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers that are offered: a person, or a value."""

    label: str
    person_id: int | None = None
    temperature: float | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that waits: the reading that is in doubt, and what it can be."""

    kind: str  # "whose", "value", or "missing": a reading that was asked for
    temperature: float | None
    claimed: float | None
    symptoms: tuple[str, ...]
    when: str | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """The questions of one message in order; the first is the one that was asked."""

    at: datetime
    inbound_id: int | None
    questions: tuple[Asked, ...]

    @property
    def first(self) -> Asked:
        """The question that was asked last."""
        return self.questions[0]


@dataclass(slots=True)
class Outcome:
    """What an answer settles: readings to record, and the question that is asked next."""

    readings: list[Reading] = field(default_factory=list)
    next: Waiting | None = None


def doubts(actor: Actor, readings: Sequence[Reading]) -> list[tuple[Reading, Asked]]:
    """Readings with the question that would settle each; only about the sender's own household."""
    home = Home(actor.household, actor.members, actor.person) if actor.household else None
    if home is None:
        return []
    return [(reading, asked) for reading in readings if (asked := _doubt(home, reading)) is not None]


def _doubt(home: Home, reading: Reading) -> Asked | None:
    entry = reading.entry
    if reading.household is not None and reading.household.id != home.household.id:
        return None
    if entry.claimed is not None and entry.temperature is None:
        meant = guess(entry.claimed)
        if meant is None or reading.person is None:
            return None
        meant_for = Option(reading.person.name, reading.person.id, meant)
        return Asked("value", None, entry.claimed, entry.symptoms, entry.when, (meant_for,))
    if reading.person is not None or (entry.temperature is None and not entry.symptoms):
        return None
    persons = candidates(entry.person, home)
    if not 1 < len(persons) <= MOST_CHOICES:
        return None
    options = tuple(Option(person.name, person.id) for person in persons)
    return Asked("whose", entry.temperature, None, entry.symptoms, entry.when, options)


def ask(work: Work, actor: Actor, questions: Sequence[Asked], at: datetime, inbound_id: int | None) -> Waiting | None:
    """Keep the questions; the first one is asked now."""
    forget(work, actor)
    if not questions or actor.account.id is None:
        return None
    return _keep(work, actor, Waiting(at, inbound_id, tuple(questions)))


def _keep(work: Work, actor: Actor, waiting: Waiting) -> Waiting:
    asked = [asdict(question) for question in waiting.questions]
    content = {"at": waiting.at.isoformat(), "inbound": waiting.inbound_id, "asked": asked}
    row = OpenQuestion(account_id=actor.account.id or 0, asked_at=work.now, content=content)
    actor.open_question = work.session.merge(row)
    return waiting


def forget(work: Work, actor: Actor) -> None:
    """The question is settled, or something newer was said."""
    if actor.open_question is not None:
        flow.drop_open_question(work.session, actor.account.id or 0)
        actor.open_question = None


def waiting_for(work: Work, actor: Actor) -> Waiting | None:
    """What the bot asked this sender and may still be answered."""
    row = actor.open_question
    if row is None or work.now - row.asked_at > ANSWERABLE:
        return None
    questions = tuple(_asked(raw) for raw in row.content["asked"])
    return Waiting(datetime.fromisoformat(row.content["at"]), row.content["inbound"], questions)


def _asked(raw: dict[str, Any]) -> Asked:
    options = tuple(Option(**option) for option in raw["options"])
    return Asked(**{**raw, "symptoms": tuple(raw["symptoms"]), "options": options})


def settle(work: Work, actor: Actor, waiting: Waiting, choice: Choice) -> Outcome | None:
    """What the answer means; None where it is no answer to this question."""
    picked = _picked(actor, waiting.first, choice)
    if picked is None:
        return None
    forget(work, actor)
    outcome = Outcome(_readings(actor, waiting.first, picked))
    rest = [_without(asked, picked) for asked in waiting.questions[1:]]
    while rest and rest[0].kind == "whose" and len(rest[0].options) == 1:  # only one is left: it is theirs
        outcome.readings += _readings(actor, rest[0], rest[0].options[0])
        rest = [_without(asked, rest[0].options[0]) for asked in rest[1:]]
    if rest:
        outcome.next = _keep(work, actor, replace(waiting, questions=tuple(rest)))
    return outcome


NOBODY = Option("")  # 都不是


def wait_for(work: Work, actor: Actor, reading: Reading, at: datetime, inbound_id: int | None) -> None:
    """The sender was asked for the reading of one of the household: the next bare number is theirs."""
    if reading.person is not None:
        them = Option(reading.person.name, reading.person.id)
        ask(work, actor, [Asked("missing", None, None, (), reading.entry.when, (them,))], at, inbound_id)


def filled_in(work: Work, actor: Actor, waiting: Waiting, text: str) -> Outcome | None:
    """The reading that was waited for, if the answer is a bare number that comes soon."""
    asked = waiting.first
    if asked.kind != "missing" or work.now - waiting.at > SOON or not _BARE.fullmatch(text):
        return None
    entries = parse(text, Context("checkin")).checkins
    if len(entries) != 1 or entries[0].temperature is None:
        return None
    forget(work, actor)
    told = replace(asked, temperature=entries[0].temperature)
    return Outcome(_readings(actor, told, asked.options[0]))


def _picked(actor: Actor, asked: Asked, choice: Choice) -> Option | None:
    if choice.whose is not None:
        return _named(actor, asked, choice.whose)
    if choice.yes is not None:
        if not choice.yes:
            return NOBODY
        return asked.options[0] if len(asked.options) == 1 else None
    if choice.index is None or not -1 <= choice.index < len(asked.options):
        return None
    return asked.options[choice.index]


def _named(actor: Actor, asked: Asked, words: str) -> Option | None:
    """The option that a name or a relation means: 李梅, 我老婆."""
    if parse(words, Context("checkin")).checkins:
        return None  # "奶奶没事" is a report of its own, no answer
    entries = parse(f"{words}36.5").checkins
    if len(entries) != 1 or actor.household is None or (entries[0].person == "self" and words not in _SELF):
        return None
    person = find_member(entries[0].person, Home(actor.household, actor.members, actor.person))
    return next((option for option in asked.options if person is not None and option.person_id == person.id), None)


_SELF = frozenset(["我", "俺", "本人", "自己", "我自己", "我本人", "咱", "偶", "我个人"])


def _without(asked: Asked, picked: Option) -> Asked:
    """Each of several readings belongs to another person."""
    if asked.kind != "whose":
        return asked
    left = tuple(option for option in asked.options if option.person_id != picked.person_id)
    return replace(asked, options=left or asked.options)


def _readings(actor: Actor, asked: Asked, picked: Option) -> list[Reading]:
    """The reading as it is now known; none for who does not belong to the household any more."""
    temperature = picked.temperature if asked.kind == "value" else asked.temperature
    person = next((member for member in actor.members if member.id == picked.person_id), None)
    if person is None:
        return []
    entry = CheckIn(person.name, None, temperature, asked.symptoms, asked.when)
    return [Reading(entry, person, actor.household, person.name)]
