"""Figures of an area and a day: counted from the rows, each figure with the rows behind it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from community import observations
from community.access import Scope
from community.calendar import Half, day_bounds, half_day
from community.matters import ALERTS, KIND_LABELS, symptom_words
from community.work import Work
from storage.queries import health, matters
from storage.queries.undelivered import undelivered
from storage.tables import Household, Matter, MatterKind, MatterState, Observation, ObservationState, OutState, Person


@dataclass(frozen=True, slots=True)
class Line:
    """One person in a list of a report."""

    person_id: int | None
    name: str
    address: str
    grid_id: str
    detail: str = ""
    temperature: float | None = None


@dataclass(slots=True)
class Figures:
    """What a report says; lists hold the rows behind each figure."""

    should: list[Line] = field(default_factory=list)
    am: list[Line] = field(default_factory=list)
    pm: list[Line] = field(default_factory=list)
    missing: list[Line] = field(default_factory=list)  # not heard in any half day
    partly: list[Line] = field(default_factory=list)  # heard, but not in every half day that has begun
    fever: list[Line] = field(default_factory=list)
    symptoms: list[Line] = field(default_factory=list)
    alerts: list[Line] = field(default_factory=list)
    new: list[Line] = field(default_factory=list)
    released: list[Line] = field(default_factory=list)
    due_tomorrow: list[Line] = field(default_factory=list)
    requests: list[Line] = field(default_factory=list)
    unreached: list[Line] = field(default_factory=list)  # people to whom a message of the day could not be sent
    requests_open: int = 0
    households: int = 0
    pm_begun: bool = True
    by_hand: dict[str, int] = field(default_factory=dict)  # figures of this very area that somebody corrected, by list
    corrected: dict[str, int] = field(default_factory=dict)  # those, and what corrections below it make of the sums

    def count(self, name: str) -> int:
        """A figure: the number of its rows, unless somebody corrected it."""
        return self.corrected.get(name, len(getattr(self, name)))

    def set_by_hand(self, figures: dict[str, int]) -> None:
        """What somebody corrected stands, whatever the rows say."""
        self.by_hand = {**self.by_hand, **figures}
        self.corrected = {**self.corrected, **figures}

    def add(self, other: "Figures") -> None:
        """Sum up: a community's figures are those of its grids."""
        for name in {*self.corrected, *other.corrected}:
            self.corrected[name] = self.count(name) + other.count(name)
        for name in LISTS:
            getattr(self, name).extend(getattr(other, name))
        self.requests_open += other.requests_open
        self.households += other.households
        self.pm_begun = self.pm_begun and other.pm_begun


LISTS = (
    "should", "am", "pm", "missing", "partly", "fever", "symptoms", "alerts", "new", "released", "due_tomorrow", "requests",
    "unreached",
)  # fmt: skip
ITEMS = {
    "应报": "should", "上午": "am", "下午": "pm", "实报": "heard", "缺报": "missing", "发热": "fever",
    "症状": "symptoms", "警报": "alerts", "新增": "new", "解除": "released", "到期": "due_tomorrow", "求助": "requests", "未送达": "unreached",
}  # fmt: skip
LETTER_KINDS = {
    "reminders/": "提醒",
    "checkin/": "回执",
    "alerts/": "警报",
    "danger/": "紧急答复",
    "knowledge/": "答复",
}
COUNTED = frozenset(ITEMS.values()) - {"heard", "am", "pm", "unreached"}  # figures that can be corrected by hand


def figures_for(work: Work, scope: Scope, day: date) -> Figures:
    """Count a day in scope, as of now."""
    grounds = scope.grounds()
    facts = Figures(pm_begun=half_day(work.now, work.zone).index >= day.toordinal() * 2 + 1)
    heard = health.heard_in(work.session, grounds, day)
    roll = [row for row in health.on_roll(work.session, grounds, day) if _counts(work, row[0], day)]
    for observation, person, household in roll:
        _count_person(facts, heard, day, _line(person, household), observation)
    trouble = {line.person_id for line in observations.roll(work, scope) if line.troubled} if facts.missing else set()
    facts.missing.sort(key=lambda line: line.person_id not in trouble)  # who had symptoms and fell silent goes first
    facts.households = len({observation.household_id for observation, _, _ in roll})
    _count_changes(work, facts, grounds, day)
    _count_findings(work, facts, grounds, day)
    _count_unreached(work, facts, grounds, day)
    count_matters(work, facts, sorted(scope.area_ids()), day)
    return facts


def _counts(work: Work, row: Observation, day: date) -> bool:
    """Whether an observation asks for readings on a day: begun, known by then, and not ended before or on it."""
    if row.registered_at >= day_bounds(day, work.zone)[1]:
        return False
    return row.state == ObservationState.ACTIVE or (
        row.ended_at is not None and row.ended_at >= day_bounds(day, work.zone)[1]
    )


def _line(person: Person | None, household: Household | None, label: str = "", **rest: Any) -> Line:
    return Line(
        person.id if person else None, person.name if person else label, household.address if household else "",
        household.grid_id if household else "", **rest,
    )  # fmt: skip


def _count_person(
    facts: Figures, heard: dict[tuple[int, str], float], day: date, line: Line, observation: Observation
) -> None:
    readings = {half: heard.get((observation.person_id, half.value)) for half in Half}
    am, pm = (readings[half] is not None for half in (Half.AM, Half.PM))
    told = " ".join(f"{half.label}{value}℃" for half, value in readings.items() if value is not None)
    line = replace(line, detail=told)
    facts.should.append(line)
    if am:
        facts.am.append(line)
    if pm:
        facts.pm.append(line)
    gaps = [half.label for half, known in ((Half.AM, am), (Half.PM, pm or not facts.pm_begun)) if not known]
    if gaps:
        rows = facts.partly if am or pm else facts.missing
        rows.append(Line(line.person_id, line.name, line.address, line.grid_id, "、".join(gaps)))
    if observation.start + timedelta(days=observation.days) == day + timedelta(days=1):
        facts.due_tomorrow.append(line)


def _count_changes(work: Work, facts: Figures, grounds: Sequence[tuple[str, str | None]], day: date) -> None:
    start, end = day_bounds(day, work.zone)
    for observation, person, household in health.changed_between(work.session, grounds, start, end):
        imported = observation.registered_by is None and observation.start < day
        if start <= observation.registered_at < end and not imported:
            facts.new.append(_line(person, household, detail=observation.reason))
        if observation.state == ObservationState.RELEASED and observation.ended_at and start <= observation.ended_at:
            facts.released.append(_line(person, household))


def _count_findings(work: Work, facts: Figures, grounds: Sequence[tuple[str, str | None]], day: date) -> None:
    fevers: dict[Any, Line] = {}
    ill: dict[Any, Line] = {}
    for checkin, person, household in health.checkins_on(work.session, grounds, day):
        key = checkin.person_id or (checkin.household_id, checkin.label)
        words = symptom_words(checkin.symptoms)
        line = _line(person, household, checkin.label, detail=words, temperature=checkin.temperature)
        if work.rules.is_fever(checkin.temperature) or "fever" in checkin.symptoms:
            fevers[key] = _hotter(fevers.get(key), line)
        if checkin.symptoms:
            ill[key] = line
    facts.fever, facts.symptoms = list(fevers.values()), list(ill.values())


def _count_unreached(work: Work, facts: Figures, grounds: Sequence[tuple[str, str | None]], day: date) -> None:
    """Each person once, with what they missed; a message that perhaps arrived says so."""
    lines: dict[int, Line] = {}
    for letter, person, household in undelivered(work.session, grounds, *day_bounds(day, work.zone)):
        kind = next((label for start, label in LETTER_KINDS.items() if letter.template.startswith(start)), "消息")
        perhaps = "（不确定）" if letter.state == OutState.UNCERTAIN else ""
        line = lines.setdefault(person.id or 0, _line(person, household))
        if kind not in line.detail:
            lines[person.id or 0] = replace(line, detail="、".join(filter(None, [line.detail, f"{kind}{perhaps}"])))
    facts.unreached = list(lines.values())


def _hotter(before: Line | None, line: Line) -> Line:
    return line if before is None or (line.temperature or 0) >= (before.temperature or 0) else before


def count_matters(work: Work, facts: Figures, area_ids: Sequence[str], day: date) -> None:
    """Add the alerts and requests of a day in exactly these areas."""
    start, end = day_bounds(day, work.zone)
    for matter in matters.created_between(work.session, area_ids, start, end):
        line = Line(matter.person_id, matter.label, matter.place, matter.area_id, temperature=matter.temperature)
        if matter.kind in ALERTS:
            detail = f"#{matter.number} {KIND_LABELS[MatterKind(matter.kind)]} {_wait(matter, work.now)}"
            facts.alerts.append(Line(line.person_id, line.name, line.address, line.grid_id, detail, line.temperature))
        elif matter.kind == MatterKind.HELP:
            facts.requests.append(line)
            facts.requests_open += matter.state != MatterState.CLOSED


def _wait(matter: Matter, now: datetime) -> str:
    if matter.taken_at is None:
        return f"等待{_span(now - matter.created_at)}，未接手"
    return f"{_span(matter.taken_at - matter.created_at)}接手"


def _span(time: timedelta) -> str:
    hours, minutes = divmod(int(time.total_seconds() // 60), 60)
    return f"{hours}小时{minutes}分" if hours else f"{minutes}分钟"


def headline(facts: Figures) -> str:
    """The one line that says it: found, zero, zero with gaps, or nobody to report."""
    kinds = (("发热", "fever"), ("有症状", "symptoms"))
    found = [f"{word}{facts.count(name)}人" for word, name in kinds if facts.count(name)]
    found += [f"警报{facts.count('alerts')}起"] if facts.count("alerts") and not found else []
    gap = f"缺报{facts.count('missing')}人" if facts.count("missing") else ""
    if found:
        return "，".join([*found, gap] if gap else found)
    if not facts.count("should"):
        return "应报0人"
    return f"零报告（{gap}）" if gap else "零报告"


def pack(facts: Figures, parts: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """The figures as they are kept with a report."""
    return {**asdict(facts), "parts": list(parts), "headline": headline(facts)}


def unpack(content: dict[str, Any]) -> Figures:
    """What `pack` kept."""
    facts = Figures(
        requests_open=content["requests_open"], households=content["households"], pm_begun=content["pm_begun"],
        corrected=dict(content["corrected"]), by_hand=dict(content["by_hand"]),
    )  # fmt: skip
    for name in LISTS:
        setattr(facts, name, [Line(**row) for row in content.get(name, [])])  # older reports know fewer lists
    return facts


def rows_of(facts: Figures, item: str) -> list[Line]:
    """The rows behind an item of the report; 实报 are those heard at least once."""
    name = ITEMS[item]
    if name == "heard":
        missing = {line.person_id for line in facts.missing}
        return [line for line in facts.should if line.person_id not in missing]
    rows: list[Line] = getattr(facts, name)
    return rows
