"""The daily report in its versions: drafted, confirmed or late, summed up, corrected; silence is never called a zero."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from community.access import GRID_UP, RANK, whole_area
from community.calendar import NOON
from community.errors import NotAllowed, NotFound, NotNow
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


def draft(work: Work, grid_id: str, day: date) -> DailyReport | None:
    """18:00: the draft of a grid, unless its leader has confirmed already."""
    before = records.latest_report(work.session, grid_id, day)
    if before is not None and before.state == ReportState.CONFIRMED:
        return None
    return save(work, grid_id, day, ReportState.DRAFT, count_again(work, grid_id, day, before))


def confirm(work: Work, actor: Actor, grids: Iterable[str], note: str) -> list[DailyReport]:
    """`/确认日报`: the grid leader stands by the figures as they are now; after the deadline it is late."""
    confirmed = []
    for grid_id in grids:
        day, late = _day_to_confirm(work, grid_id)
        before = records.latest_report(work.session, grid_id, day)
        facts = count_again(work, grid_id, day, before)
        words = _joined(before.note if before and facts.by_hand else "", note)
        confirmed.append(
            save(work, grid_id, day, ReportState.CONFIRMED, facts, made_by=actor.person_id, note=words, late=late)
        )
        _renew_above(work, grid_id, day, "")
    if not confirmed:
        raise NotFound("report/no_grid")
    return confirmed


def _day_to_confirm(work: Work, grid_id: str) -> tuple[date, bool]:
    """Today; before noon still yesterday where nobody confirmed it. And whether that is late."""
    local = work.now.astimezone(work.zone)
    yesterday = work.today - timedelta(days=1)
    if local.time() < NOON:
        before = records.latest_report(work.session, grid_id, yesterday)
        if before is not None and before.state != ReportState.CONFIRMED:
            return yesterday, True
    if local.time() < work.rules.daily_report_at:  # what comes in until then would be missing in it
        raise NotNow("report/not_yet", at=work.rules.daily_report_at)
    return work.today, local.time() >= work.rules.daily_report_due


def count_again(work: Work, grid_id: str, day: date, before: DailyReport | None) -> Figures:
    """A grid's figures as of now; what was corrected by hand in an earlier version stays corrected."""
    facts = figures_for(work, whole_area(work.areas, grid_id), day)
    facts.set_by_hand(unpack(before.content).by_hand if before else {})
    return facts


def close_day(work: Work, community_id: str, day: date) -> list[DailyReport]:
    """19:00: grids that nobody confirmed go in as they are, marked so; returns those that are late."""
    late = []
    latest = records.latest_reports(work.session, work.areas.grids(community_id), day)
    for grid_id in work.areas.grids(community_id):
        known = latest.get(grid_id)
        if known is None or known.state == ReportState.DRAFT:
            facts = count_again(work, grid_id, day, known)
            note = known.note if known else ""
            late.append(save(work, grid_id, day, ReportState.UNCONFIRMED, facts, late=True, note=note))
    return late


def sum_up(work: Work, area_id: str, day: date, note: str = "") -> DailyReport:
    """The report of an area above the grids: the sum of what the areas below it reported."""
    before = records.latest_report(work.session, area_id, day)
    total = _sum(work, area_id, day)
    if before is not None and (by_hand := unpack(before.content).by_hand):
        total.set_by_hand(by_hand)
        note = _joined(before.note, note)
    grids = work.areas.grids(area_id)
    latest = records.latest_reports(work.session, grids, day)
    parts = []
    for grid_id in grids:
        report = latest.get(grid_id)
        facts = unpack(report.content) if report else count_again(work, grid_id, day, None)
        parts.append(part_of(work, grid_id, facts, report.state if report else ReportState.UNCONFIRMED))
    complete = all(report.state == ReportState.CONFIRMED for report in latest.values()) and len(latest) == len(grids)
    state = ReportState.CONFIRMED if complete else ReportState.UNCONFIRMED
    return save(work, area_id, day, state, total, parts=parts, note=note)


def _sum(work: Work, area_id: str, day: date) -> Figures:
    """The areas right below, each as its newest report has it, and the matters of the area itself."""
    total = Figures()
    below = work.areas.children(area_id)
    latest = records.latest_reports(work.session, [area.id for area in below], day)
    for area in below:
        report = latest.get(area.id)
        if report is not None:
            total.add(unpack(report.content))
        elif area.level == Level.GRID:
            total.add(count_again(work, area.id, day, None))
        else:
            total.add(_sum(work, area.id, day))
    count_matters(work, total, [area_id], day)
    return total


def _joined(*notes: str) -> str:
    return "；".join(dict.fromkeys(note for note in notes if note))


def correct(work: Work, actor: Actor, day: date, item: str, value: int, reason: str) -> DailyReport:
    """`/更正日报`: a new version of the actor's own report that names who changed what, and new ones above it."""
    area_id = _own_area(actor)
    before = records.latest_report(work.session, area_id, day)
    if before is None:
        raise NotFound("report/none", day=day)
    facts = unpack(before.content)
    name = ITEMS[item]
    was = facts.count(name)
    facts.set_by_hand({name: value})
    who = actor.person.name if actor.person else ""
    words = f"{who}更正{item} {was}→{value}：{reason}"
    note = _joined(before.note, words)
    report = save(
        work, area_id, day, ReportState(before.state), facts, made_by=actor.person_id, note=note, late=before.late,
        parts=before.content["parts"],
    )  # fmt: skip
    _renew_above(work, area_id, day, words)
    return report


def corrections(work: Work, actor: Actor, day: date, item: str) -> list[dict[str, Any]]:
    """Where a person's own reports of a day hold a figure that was set by hand: what it is, who changed it, and why."""
    found = []
    for area_id in dict.fromkeys(role.area_id for role in actor.roles if role.role in GRID_UP):
        report = records.latest_report(work.session, area_id, day)
        count = unpack(report.content).corrected.get(ITEMS[item]) if report else None
        if report is not None and count is not None:
            found.append({"area": work.areas[area_id].name, "count": count, "note": report.note})
    return found


def _own_area(actor: Actor) -> str:
    """The area whose report a person stands for: that of their highest role."""
    answering = [role for role in actor.roles if role.role in GRID_UP]
    if not answering:
        raise NotAllowed("errors/not_your_area")
    return max(answering, key=lambda role: RANK[RoleName(role.role)]).area_id


def amend(work: Work, grid_id: str, day: date, words: str) -> None:
    """A reading changed after the report was handed in: a new version with the reason, and new ones above it."""
    before = records.latest_report(work.session, grid_id, day)
    if before is None or before.state == ReportState.DRAFT:
        return
    facts = count_again(work, grid_id, day, before)
    note = _joined(before.note, words)
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
    return count_again(work, area_id, day, report), report


def leader_ids(work: Work, grid_id: str) -> list[int]:
    """The grid leaders of a grid."""
    return [role.person_id for role in people.holders(work.session, [grid_id], [RoleName.GRID_LEADER])]
