"""Danger: fever, emergency and crisis reach people at once."""

from datetime import timedelta

from community import ladder
from community.matters import (
    MOST_WORDS,
    About,
    about,
    knowing,
    number_of,
    open_matter,
    reopen,
    symptom_words,
    tell,
    wait_again,
)
from community.people import Actor
from community.whose import Reading
from community.work import Work
from parsing import is_fire
from storage.queries import matters
from storage.rows import NewCheckin
from storage.tables import Matter, MatterKind, MatterMove, MatterState, Person, RoleName

SAME_CRY = timedelta(minutes=30)  # more words of one sender within this time belong to the same number


def fever(
    work: Work, reading: Reading, checkin: NewCheckin, area_id: str | None, told_by: str, progress: str,
) -> Matter:  # fmt: skip
    """A fever or an alarm symptom: grid leader and doctor are told at once; one number a person while it is open."""
    words, person = symptom_words(checkin.symptoms), reading.person
    known = matters.open_for_person(work.session, person.id, [MatterKind.FEVER]) if person and person.id else None
    if known is None:
        label = f"{reading.name}（{told_by}报来）" if told_by else reading.name
        place = reading.entry.address or ""  # of a door that the register does not know: as it was written
        where = about(work, reading.household, person, label=label, place=place, area_id=area_id)
        matter = open_matter(work, MatterKind.FEVER, where, words, checkin.temperature)
        tell(work, matter, _first_rung(work, matter), "alerts/fever", progress=progress)
        return matter
    hotter = (checkin.temperature or 0) > (known.temperature or 0)
    known.temperature, known.words = checkin.temperature or known.temperature, words or known.words
    aware = knowing(work, known)
    if known.state == MatterState.TAKEN and known.taken_by not in aware:
        reopen(work, known)  # who had it answers for this area no more
    elif known.state == MatterState.OPEN and hotter and known.escalate_at is None:
        wait_again(work, known)  # the ladder had come to its end
    tell(
        work, known, [*aware, *_first_rung(work, known)], "alerts/fever_again", progress=progress,
        waiting=known.state == MatterState.OPEN,
    )  # fmt: skip
    return known


def named(work: Work, actor: Actor, person: Person) -> Matter | None:
    """The sender has said whom their fever alert is about: those who were told learn the name."""
    matter = matters.open_unnamed(work.session, person.household_id or 0, [MatterKind.FEVER])
    if matter is None:
        return None
    matter.person_id, matter.label = person.id, person.name
    work.session.add(MatterMove(number=number_of(matter), at=work.now, actor_id=actor.person_id, move="named"))
    tell(work, matter, knowing(work, matter), "alerts/named")
    return matter


def _first_rung(work: Work, matter: Matter) -> list[int]:
    """Who hears of an alert at once: grid leader and doctor, or who stands for them."""
    rungs = ladder.rungs(work, matter.area_id)
    return rungs[0] if rungs else []


def corrected(work: Work, person: Person, before: float | None, after: float | None, actor: Actor) -> None:
    """A reading was corrected downwards: the alert stays open until somebody closes it, with this added."""
    matter = matters.open_for_person(work.session, person.id or 0, [MatterKind.FEVER])
    if matter is None:
        return
    note = f"{before} → {after}"
    matter.words = f"{matter.words} 已更正为{after}℃".strip()
    work.session.add(
        MatterMove(number=number_of(matter), at=work.now, actor_id=actor.person_id, move="corrected", words=note)
    )
    tell(work, matter, knowing(work, matter), "alerts/fever_corrected", before=before, after=after)


def emergency(work: Work, where: About, words: str) -> Matter:
    """An ambulance is needed: grid leader, doctor, committee and subdistrict are told at once."""
    return _cry(work, MatterKind.EMERGENCY, where, words, "alerts/emergency", _all_but_district(work, where.area_id))


def crisis(work: Work, where: About, words: str) -> Matter:
    """Somebody may harm themselves: a person is called at once."""
    return _cry(work, MatterKind.CRISIS, where, words, "alerts/crisis", _all_but_district(work, where.area_id))


def is_known(work: Work, kind: MatterKind, row: str) -> bool:
    """Whether this very row of a chain has called a short while ago: a chain is posted again with every line."""
    return any(row in matter.words for matter in matters.open_since(work.session, kind, work.now - SAME_CRY))


def _all_but_district(work: Work, area_id: str) -> list[int]:
    told = [person for rung in ladder.rungs(work, area_id) for person in rung]
    top = set(ladder.holders(work, area_id, RoleName.DISTRICT))
    return [person for person in told if person not in top] or told


def _cry(work: Work, kind: MatterKind, where: About, words: str, template: str, people: list[int]) -> Matter:
    """Open the number, or add the words to the one that the same sender opened just now."""
    recent = matters.from_account(work.session, where.account.id, [kind]) if where.account and where.account.id else []
    matter = next((m for m in recent if work.now - m.created_at < SAME_CRY), None)
    if matter is not None and is_fire(words) and not is_fire(matter.words):
        matter = None  # it burns as well: other people have to come
    if matter is None:
        matter = open_matter(work, kind, where, words)
        tell(work, matter, people, template)
    else:
        matter.words = f"{matter.words}\n{words}"[-MOST_WORDS:]
        tell(work, matter, knowing(work, matter), "matters/more_words", more=words[:MOST_WORDS])
    return matter
