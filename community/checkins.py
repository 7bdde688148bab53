"""Check-ins: a reading is stored with its half day and the edition that judged it, answered, and alarms if it must."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from community import alerts, reports
from community.calendar import Half, HalfDay, half_day
from community.errors import NotFound
from community.matters import symptom_words
from community.people import Actor
from community.whose import Reading
from community.work import Work
from storage.queries import health
from storage.rows import NewCheckin
from storage.tables import CheckinSource, Observation, Person

TOO_OLD = timedelta(hours=24)  # a message that took longer to arrive is taken as of now


@dataclass(frozen=True, slots=True)
class Origin:
    """How a report came: by whom, which way, when, in which message."""

    actor: Actor
    source: CheckinSource
    at: datetime
    area_id: str | None = None  # the group's area, for who has no household
    inbound_id: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is told about one recorded entry."""

    name: str
    temperature: float | None
    symptoms: str
    half: str
    progress: str  # 第5/14天, or nothing for who is not observed
    wants_reading: bool
    alert: int | None
    registered: bool
    own: bool  # the sender speaks of themselves


def progress_of(observation: Observation, day_of: HalfDay) -> str:
    """第5/14天: the start day is day 0."""
    return f"第{max((day_of.day - observation.start).days, 0)}/{observation.days}天"


def record(work: Work, reading: Reading, origin: Origin, *, alarm: bool = True) -> Receipt:
    """Store one entry; a fever or an alarm symptom raises an alert unless `alarm` is off."""
    at = sent_at(work, origin.at)
    when = half_for(reading.entry.when, half_day(at, work.zone))
    checkin = _row(work, reading, origin, when, at)
    work.session.add_checkin(checkin)
    observation = _observation(work, reading.person, origin.actor)
    if observation is not None:
        work.heard_homes.add(observation.household_id)
    progress = progress_of(observation, when) if observation else ""
    number = None
    if alarm and work.rules.alarms(checkin.temperature, checkin.symptoms):
        matter = alerts.fever(work, reading, checkin, origin.area_id, _told_by(reading, origin.actor), progress)
        number = matter.number
    if checkin.grid_id and work.rules.alarms(checkin.temperature, checkin.symptoms):
        told = f"{checkin.temperature}℃" if checkin.temperature is not None else symptom_words(checkin.symptoms)
        reports.amend(work, checkin.grid_id, checkin.day, f"提交后新增：{reading.name} {told}")
    return Receipt(
        reading.name, checkin.temperature, symptom_words(checkin.symptoms), when.half.label, progress,
        _wants_reading(work, observation, checkin), number, reading.person is not None or reading.household is None,
        reading.person is not None and reading.person.id == origin.actor.person_id,
    )  # fmt: skip


def _told_by(reading: Reading, actor: Actor) -> str:
    """Who told of somebody whom the register does not know: whoever looks for them has to ask there."""
    return actor.person.name if reading.person is None and actor.person else ""


def record_named(work: Work, reading: Reading, origin: Origin) -> Receipt:
    """Store an entry whose person has only now become known; what was stored without a name is replaced by it."""
    unnamed = health.unnamed_of(work.session, origin.inbound_id, reading.entry.temperature)
    if unnamed is not None:
        unnamed.replaced = True
    named = alerts.named(work, origin.actor, reading.person) if reading.person else None
    receipt = record(work, reading, origin, alarm=named is None)
    return receipt if named is None else replace(receipt, alert=named.number)


def _wants_reading(work: Work, observation: Observation | None, checkin: NewCheckin) -> bool:
    """Whether somebody observed has said how they are, and their temperature of this half day is still unknown."""
    if observation is None or checkin.temperature is not None:
        return False
    return (observation.person_id, checkin.half) not in health.heard(work.session, [observation.person_id], checkin.day)


def sent_at(work: Work, at: datetime) -> datetime:
    """When a message counts: as of when it was sent, never in the future, never more than a day back."""
    return work.now if at > work.now or work.now - at > TOO_OLD else at


def half_for(when: str | None, present: HalfDay) -> HalfDay:
    """The half day of a reading that the text ties to a time of today; one that is not over yet stays present."""
    if when == "morning":
        return HalfDay(present.day, Half.AM)
    return present


def _row(work: Work, reading: Reading, origin: Origin, when: HalfDay, at: datetime) -> NewCheckin:
    home = reading.household
    area = origin.area_id or (origin.actor.roles[0].area_id if origin.actor.roles else work.default_area)
    community = home.community_id if home else _community(work, area)
    return NewCheckin(
        person_id=reading.person.id if reading.person else None, household_id=home.id if home else None,
        label="" if reading.person else reading.label, community_id=community,
        grid_id=home.grid_id if home else (area if area in work.areas.grids(area) else None),
        building=home.building if home else "", day=when.day, half=when.half, at=at,
        temperature=reading.entry.temperature, symptoms=list(reading.entry.symptoms), source=origin.source,
        account_id=origin.actor.account.id, edition=work.rules.edition, inbound_id=origin.inbound_id,
    )  # fmt: skip


def _community(work: Work, area_id: str) -> str:
    community = work.areas.community_of(area_id)
    return community.id if community else area_id


def _observation(work: Work, person: Person | None, actor: Actor) -> Observation | None:
    """The person's present observation, from what was fetched with the sender where possible."""
    if person is None or person.id is None:
        return None
    if any(member.id == person.id for member in actor.members):
        return actor.observations.get(person.id)
    return health.active_observations(work.session, [person.id]).get(person.id)


@dataclass(frozen=True, slots=True)
class Correction:
    """What was changed."""

    name: str
    before: float | None
    after: float | None
    alert: int | None


def correct(work: Work, reading: Reading, origin: Origin) -> Correction:
    """Replace the last report of today by another reading; both are kept, and an alert stays open."""
    person = reading.person
    last = health.last_of(work.session, person.id, work.today) if person and person.id else None
    if person is None or last is None:
        raise NotFound("checkin/nothing_to_correct", name=reading.name)
    last.replaced = True
    fresh = _row(work, reading, origin, HalfDay(last.day, Half(last.half)), work.now)
    fresh = replace(fresh, replaces_id=last.id, symptoms=fresh.symptoms or list(last.symptoms))
    work.session.add_checkin(fresh)
    observation = _observation(work, person, origin.actor)
    number = None
    if work.rules.alarms(fresh.temperature, reading.entry.symptoms):
        progress = progress_of(observation, work.half) if observation else ""
        number = alerts.fever(work, reading, fresh, None, "", progress).number
    elif work.rules.is_fever(last.temperature):
        alerts.corrected(work, person, last.temperature, fresh.temperature, origin.actor)
    if fresh.grid_id:
        words = f"提交后更正：{person.name} {last.temperature}→{fresh.temperature}"
        reports.amend(work, fresh.grid_id, fresh.day, words)
    return Correction(person.name, last.temperature, fresh.temperature, number)


def settle_reminders(work: Work) -> None:
    """Where everybody observed in a household has a reading now, reminders on their way are no longer wanted."""
    if not work.heard_homes:
        return
    half = work.half
    observed = health.observed_in_homes(work.session, work.heard_homes)
    heard = health.heard(work.session, [person for people in observed.values() for person in people], half.day)
    whole = [home for home, people in observed.items() if all((person, half.half) in heard for person in people)]
    work.post.drop([reminder_topic(home, half) for home in whole])


def reminder_topic(household_id: int | None, half: HalfDay) -> str:
    """Reminders of one household for one half day."""
    return f"nag/{household_id}/{half.day}/{half.half}"
