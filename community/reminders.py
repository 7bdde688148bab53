"""Reminders and door visits: who was not heard is asked, once a reminder; then somebody knocks."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from community import ladder
from community.access import Scope, whole_area
from community.calendar import HalfDay, half_day
from community.checkins import reminder_topic
from community.errors import NotFound, NotNow
from community.matters import about, number_of, open_matter, tell
from community.observations import Roll, roll, unheard
from community.outgoing import end_of_quiet
from community.people import contact
from community.work import Priority, Work
from storage.queries import flow, matters, people
from storage.tables import Household, Level, MatterKind

VISIT_AGAIN = timedelta(hours=23)  # a household that stays silent is put on the list again the next day


@dataclass(frozen=True, slots=True)
class Asked:
    """How many households were asked, and which could not be reached."""

    reached: int
    unreached: list[str]


def everywhere(work: Work) -> Scope:
    """All districts: what the rounds work on."""
    tops = [area.id for area in work.areas.by_id.values() if area.parent_id is None]
    reaches = tuple(reach for top in tops for reach in whole_area(work.areas, top).reaches)
    return Scope(work.areas, reaches)


def remind(work: Work, half: HalfDay, turn: int) -> Asked:
    """One reminder round: every household with somebody observed and not heard is asked once."""
    return _ask(work, unheard(work, everywhere(work), half), half, f"{turn}", turn)


def urge(work: Work, scope: Scope, household: Household | None) -> Asked:
    """`/催报`: ask now, but no household more than once an hour, reminders of the round included."""
    half = _half_asked(work)
    lines = [ln for ln in unheard(work, scope, half) if household is None or ln.household_id == household.id]
    if not lines:
        raise NotFound("lists/nobody_missing", half=half.half.label)
    since = work.now - timedelta(minutes=work.rules.urge_every_minutes)
    topics = {reminder_topic(line.household_id, half) for line in lines}
    recent = flow.topics_since(work.session, topics, since)
    rest = [line for line in lines if reminder_topic(line.household_id, half) not in recent]
    if not rest:
        raise NotNow("reminders/asked_already", minutes=work.rules.urge_every_minutes)
    return _ask(work, rest, half, f"urge-{int(work.now.timestamp())}", 2)


def _half_asked(work: Work) -> HalfDay:
    """The half day in which the question will be read: at night that of the morning, when quiet hours end."""
    local = work.now.astimezone(work.zone)
    if not work.rules.is_quiet(local.time()):
        return work.half
    return half_day(end_of_quiet(local, work.rules.quiet_hours[1]), work.zone)


def _ask(work: Work, lines: Iterable[Roll], half: HalfDay, key: str, turn: int) -> Asked:
    homes: dict[int, list[Roll]] = defaultdict(list)
    for line in lines:
        homes[line.household_id].append(line)
    members = people.members(work.session, homes)
    work.post.prefetch(member.id for group in members.values() for member in group if member.id)
    unreached: dict[int, list[Roll]] = {}
    for household_id, silent in homes.items():
        reader = contact(work.post, members[household_id])
        if reader is None or reader.id is None:
            unreached[household_id] = silent
            continue
        values = {"half": half.half.label, "names": [line.name for line in silent], "turn": turn}
        once = f"nag/{household_id}/{half.day}/{half.half}/{key}"
        work.post.to_person(
            reader.id, "reminders/ask", Priority.BULK, values=values, once=once,
            topic=reminder_topic(household_id, half), expires_at=half.ends(work.zone),
        )  # fmt: skip
        _expect(work, reader.id, half)
    _ask_neighbours(work, unreached, half, key)
    return Asked(len(homes) - len(unreached), [lines[0].address for lines in unreached.values()])


def _expect(work: Work, person_id: int, half: HalfDay) -> None:
    """Remember that an answer is waited for, so that the reminder can be settled by it."""
    account = work.post.account_of(person_id)
    if account is not None:
        account.expecting, account.expecting_until = "checkin", half.ends(work.zone)


def _ask_neighbours(work: Work, homes: dict[int, list[Roll]], half: HalfDay, key: str) -> None:
    """Households without any account: their captain or grid leader is asked to report for them, in one message."""
    rows = people.households_by_id(work.session, homes)
    lists: dict[int, list[Roll]] = defaultdict(list)
    for household_id, silent in homes.items():
        household = rows[household_id]
        for person_id in ladder.captains(work, household.grid_id, household.building) or ladder.leaders(
            work, household.grid_id
        ):
            lists[person_id] += silent
    for person_id, lines in lists.items():
        work.post.to_person(
            person_id, "reminders/ask_for_others", Priority.BULK,
            values={"half": half.half.label, "lines": lines}, once=f"nag-for/{person_id}/{half.day}/{half.half}/{key}",
            expires_at=half.ends(work.zone),
        )  # fmt: skip


def ask_for_visits(work: Work) -> int:
    """Ask the grid leaders to knock where enough half days in a row were missed; returns the number of doors."""
    silent = [ln for ln in roll(work, everywhere(work)) if ln.missed >= work.rules.door_visit_after_missed]
    heard_now = {ln.person_id for ln in unheard(work, everywhere(work), work.half)}
    homes: dict[int, list[Roll]] = defaultdict(list)
    for line in silent:
        if line.person_id in heard_now:
            homes[line.household_id].append(line)
    asked = matters.visits_since(work.session, homes, work.now - VISIT_AGAIN)
    rows = people.households_by_id(work.session, homes)
    todo = {household_id: lines for household_id, lines in homes.items() if household_id not in asked}
    for household_id, lines in sorted(todo.items(), key=lambda item: not item[1][0].silent_and_ill):
        _ask_for_visit(work, rows[household_id], lines)
    return len(todo)


def _ask_for_visit(work: Work, household: Household, lines: list[Roll]) -> None:
    where = about(work, household, None, label="、".join(line.name for line in lines))
    matter = open_matter(work, MatterKind.VISIT, where)
    leaders = ladder.leaders(work, household.grid_id)
    troubled = any(line.troubled for line in lines)
    tell(work, matter, leaders, "reminders/visit", missed=max(ln.missed for ln in lines), troubled=troubled)


def close_visits(work: Work, household: Household) -> list[int]:
    """The numbers of the open door visits of a household, for `/上门` to close."""
    found = matters.open_for_household(work.session, household.id or 0, [MatterKind.VISIT])
    return [number_of(matter) for matter in found]


def propose_releases(work: Work) -> int:
    """At 08:00 of the day after the last one: doctor and committee are told whose observation is over."""
    count = 0
    for community in [area for area in work.areas.by_id.values() if area.level == Level.COMMUNITY]:
        scope = whole_area(work.areas, community.id)
        ended = [line for line in roll(work, scope) if (work.today - line.last_day).days == 1]
        count += len(ended)
        for person_id in ladder.doctors_and_committee(work, community.id) if ended else ():
            values = {"lines": ended, "community": community.name}
            work.post.to_person(person_id, "observation/release_proposed", Priority.NOTICE, values=values)
    return count


__all__ = ["ask_for_visits", "close_visits", "propose_releases", "remind", "urge"]
