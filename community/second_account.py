"""One person, several accounts: a code of the old account lets a new one speak for the same person."""

from datetime import datetime, timedelta
from typing import Any

from community import codes, joining
from community.errors import NotNow
from community.people import Actor
from community.work import Work
from storage.queries import flow, people
from storage.tables import Person
from storage.vault import vault

VALID = timedelta(minutes=30)
KEPT = timedelta(days=1)  # so long a code that is over is told apart from one that never was
_KEY = "second-account/"


def give_code(work: Work, actor: Actor) -> str:
    """A code for this person that works once, for a while; the one before ends."""
    return code_for(work, actor.person_id or 0, VALID)


def code_for(work: Work, person_id: int, valid: timedelta) -> str:
    """The same for somebody who has no account yet, and may need longer."""
    for key, fact in people.facts_under(work.session, _KEY).items():
        if fact["person"] == person_id or work.now - datetime.fromisoformat(fact["until"]) > KEPT:
            people.drop_fact(work.session, key)
    code = codes.new_code()
    fact = {"person": person_id, "until": (work.now + valid).isoformat(), "used": False}
    flow.keep_setting(work.session, _key(code), fact)
    return code


def use_code(work: Work, actor: Actor, code: str) -> Person | None:
    """From now on this account is the person's who asked for the code; None if nobody did."""
    fact: dict[str, Any] | None = flow.setting(work.session, _key(code))
    giver = people.by_ids(work.session, [fact["person"]]).get(fact["person"]) if fact else None
    if fact is None or giver is None:
        return None
    if fact["used"]:
        raise NotNow("binding/code_used")
    if datetime.fromisoformat(fact["until"]) <= work.now:
        raise NotNow("binding/code_expired")
    person = _same(work, actor, giver)
    flow.keep_setting(work.session, _key(code), {**fact, "used": True})
    return person


def _same(work: Work, actor: Actor, giver: Person) -> Person:
    """Who holds both accounts is one person; of two records with one name the household's stays."""
    own = actor.person
    if own is None or not actor.known:
        return joining.attach(work, actor.account, giver)
    if own.id == giver.id:
        raise NotNow("binding/linked_already")
    if own.name != giver.name or (own.household_id is not None and giver.household_id is not None):
        raise NotNow("binding/somebody_else")
    staff, resident = (giver, own) if own.household_id is not None else (own, giver)
    return joining.join(work, staff, resident)


def _key(code: str) -> str:
    return f"{_KEY}{vault.lookup(_KEY + code)}"
