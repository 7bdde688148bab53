"""The daily report in its versions: drafted, confirmed or late, summed up, corrected; silence is never called a zero."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from community.access import GRID_UP, whole_area
from community.errors import NotAllowed, NotFound
from community.figures import ITEMS, Figures, count_matters, figures_for, headline, pack, unpack
from community.people import Actor
from community.work import Work
from storage.queries import people, records
from storage.tables import DailyReport, Level, ReportState, RoleName


def save(
    work: Work, area_id: str, day: date, state: ReportState, facts: Figures, *, made_by: int | None = None,
    note: str = "", late: bool = False, parts: Sequence[dict[str, Any]] = (),
) -> DailyReport:  # fmt: skip
    """Store a new version of an area's report."""
    before = records.latest_report(work.session, area_id, day)
    row = DailyReport(
        area_id=area_id, day=day, version=before.version + 1 if before else 1, state=state, late=late,
        content=pack(facts, parts), note=note, made_at=work.now, made_by=made_by,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row


def draft(work: Work, grid_id: str) -> DailyReport:
    """18:00: the draft of a grid."""
    return save(
        work, grid_id, work.today, ReportState.DRAFT, figures_for(work, whole_area(work.areas, grid_id), work.today)
    )


def confirm(work: Work, actor: Actor, grids: Iterable[str], note: str) -> list[DailyReport]:
    """`/确认日报`: the grid leader stands by the figures as they are now; after the deadline it is late."""
    confirmed = []
    late = work.now.astimezone(work.zone).time() >= work.rules.daily_report_due
    for grid_id in grids:
        facts = figures_for(work, whole_area(work.areas, grid_id), work.today)
        confirmed.append(
            save(work, grid_id, work.today, ReportState.CONFIRMED, facts, made_by=actor.person_id, note=note, late=late)
        )
    if not confirmed:
        raise NotFound("report/no_grid")
    return confirmed


def close_day(work: Work, community_id: str) -> list[DailyReport]:
    """19:00: grids that nobody confirmed go in as they are, marked so; returns those that are late."""
    late = []
    latest = records.latest_reports(work.session, work.areas.grids(community_id), work.today)
    for grid_id in work.areas.grids(community_id):
        known = latest.get(grid_id)
        if known is None or known.state == ReportState.DRAFT:
            facts = figures_for(work, whole_area(work.areas, grid_id), work.today)
            late.append(save(work, grid_id, work.today, ReportState.UNCONFIRMED, facts, late=True))
    return late


def sum_up(work: Work, area_id: str, day: date, note: str = "") -> DailyReport:
    """The report of an area above the grids: the sum of what its grids reported."""
    grids = work.areas.grids(area_id)
    latest = records.latest_reports(work.session, grids, day)
    total = Figures()
    parts = []
    for grid_id in grids:
        report = latest.get(grid_id)
        facts = unpack(report.content) if report else figures_for(work, whole_area(work.areas, grid_id), day)
        total.add(facts)
        parts.append(part_of(work, grid_id, facts, report.state if report else ReportState.UNCONFIRMED))
    count_matters(work, total, [a for a in work.areas.by_id if work.areas.covers(area_id, a) and a not in grids], day)
    complete = all(report.state == ReportState.CONFIRMED for report in latest.values()) and len(latest) == len(grids)
    state = ReportState.CONFIRMED if complete else ReportState.UNCONFIRMED
    return save(work, area_id, day, state, total, parts=parts, note=note)


def correct(work: Work, actor: Actor, day: date, item: str, value: int, reason: str) -> DailyReport:
    """`/更正日报`: a new version of the actor's own report that names who changed what, and new ones above it."""
    area_id = _own_area(actor)
    before = records.latest_report(work.session, area_id, day)
    if before is None:
        raise NotFound("report/none", day=day)
    facts = unpack(before.content)
    name = ITEMS[item]
    was = facts.count(name)
    facts.corrected[name] = value
    who = actor.person.name if actor.person else ""
    note = "；".join(part for part in (before.note, f"{who}更正{item} {was}→{value}：{reason}") if part)
    report = save(
        work, area_id, day, ReportState(before.state), facts, made_by=actor.person_id, note=note, late=before.late,
        parts=before.content["parts"],
    )  # fmt: skip
    _renew_above(work, area_id, day, note)
    return report


def _own_area(actor: Actor) -> str:
    """The area whose report a person stands for: that of their highest role."""
    areas = [role.area_id for role in actor.roles if role.role in GRID_UP]
    if not areas:
        raise NotAllowed("errors/not_your_area")
    return areas[-1]


def amend(work: Work, grid_id: str, day: date, words: str) -> None:
    """A reading changed after the report was handed in: a new version with the reason, and new ones above it."""
    before = records.latest_report(work.session, grid_id, day)
    if before is None or before.state == ReportState.DRAFT:
        return
    facts = figures_for(work, whole_area(work.areas, grid_id), day)
    facts.corrected = dict(before.content["corrected"])
    note = "；".join(part for part in (before.note, words) if part)
    save(work, grid_id, day, ReportState(before.state), facts, made_by=before.made_by, note=note, late=before.late)
    _renew_above(work, grid_id, day, words)


def _renew_above(work: Work, area_id: str, day: date, note: str) -> None:
    """New sums for the areas above that have reported already."""
    for area in list(work.areas.up(area_id))[1:]:
        if records.latest_report(work.session, area.id, day) is not None:
            sum_up(work, area.id, day, note)


def part_of(work: Work, grid_id: str, facts: Figures, state: str) -> dict[str, Any]:
    """One line of the table by grids."""
    return {
        "grid_id": grid_id, "name": work.areas[grid_id].name, "responsible": responsible(work, grid_id),
        "state": state, "should": facts.count("should"), "am": len(facts.am), "pm": len(facts.pm),
        "missing": facts.count("missing"), "fever": facts.count("fever"), "headline": headline(facts),
    }  # fmt: skip


def responsible(work: Work, grid_id: str) -> str:
    """The names of a grid's leaders."""
    ids = [role.person_id for role in people.holders(work.session, [grid_id], [RoleName.GRID_LEADER])]
    names = people.by_ids(work.session, ids)
    return "、".join(names[id].name for id in ids if id in names)


def level_title(work: Work, area_id: str) -> str:
    """How the report of an area is called."""
    level = work.areas[area_id].level
    names = {Level.GRID: "网格", Level.COMMUNITY: "社区", Level.SUBDISTRICT: "街道", Level.DISTRICT: "区"}
    return names[Level(level)]


def readers(work: Work, area_id: str) -> list[int]:
    """Who answers for an area above the grids."""
    role = {
        Level.COMMUNITY: RoleName.COMMITTEE, Level.SUBDISTRICT: RoleName.SUBDISTRICT, Level.DISTRICT: RoleName.DISTRICT
    }[Level(work.areas[area_id].level)]  # fmt: skip
    roles = people.holders(work.session, [area_id], [role])
    return [role.person_id for role in roles]


def shown(work: Work, area_id: str, day: date) -> tuple[Figures, DailyReport | None]:
    """What `/日报` shows: the newest version, or today's figures as of now."""
    report = records.latest_report(work.session, area_id, day)
    if report is not None and report.state != ReportState.DRAFT:
        return unpack(report.content), report
    return figures_for(work, whole_area(work.areas, area_id), day), report


def leader_ids(work: Work, grid_id: str) -> list[int]:
    """The grid leaders of a grid."""
    return [role.person_id for role in people.holders(work.session, [grid_id], [RoleName.GRID_LEADER])]
