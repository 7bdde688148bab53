"""What happens in each round: one call into the community's rules, one transaction."""

from datetime import date

from community import report_text, reports
from community.figures import unpack
from community.reminders import ask_for_visits, propose_releases, remind
from community.work import Priority, Work
from scheduler.plan import Kind, Round
from storage.queries import places
from storage.tables import DailyReport, GroupKind, Level


def run(planned: Round, work: Work) -> None:
    """Carry out a round."""
    match planned.kind:
        case Kind.REMIND if planned.half is not None:
            remind(work, planned.half, planned.turn)
        case Kind.VISITS:
            ask_for_visits(work)
        case Kind.RELEASES:
            propose_releases(work)
        case Kind.DRAFTS:
            draft_reports(work, planned.day)
        case Kind.COMMUNITY_REPORT:
            report_level(work, Level.COMMUNITY, planned.day)
        case Kind.SUBDISTRICT_REPORT:
            report_level(work, Level.SUBDISTRICT, planned.day)
        case Kind.DISTRICT_REPORT:
            report_level(work, Level.DISTRICT, planned.day)


def draft_reports(work: Work, day: date) -> None:
    """18:00: each grid leader gets the draft."""
    for area in [area for area in work.areas.by_id.values() if area.level == Level.GRID]:
        report = reports.draft(work, area.id, day)
        if report is None:
            continue
        values = report_text.values_for(work, area.id, report.day, unpack(report.content), report)
        values["due"] = work.rules.daily_report_due.strftime("%H:%M")
        for person_id in reports.leader_ids(work, area.id):
            work.post.to_person(person_id, "report/draft", Priority.NOTICE, values=values)


def report_level(work: Work, level: Level, day: date) -> None:
    """19:00 and after: the report of each area of a level goes to its staff group and to who answers for it."""
    for area in [area for area in work.areas.by_id.values() if area.level == level]:
        if not work.areas.grids(area.id):
            continue
        if level is Level.COMMUNITY:
            _name_late(work, area.id, day)
        publish(work, reports.sum_up(work, area.id, day))


def _name_late(work: Work, community_id: str, day: date) -> None:
    """Grids that nobody confirmed are named to the committee."""
    late = reports.close_day(work, community_id, day)
    if not late:
        return
    lines = [reports.part_of(work, r.area_id, unpack(r.content), r.state) for r in late]
    values = {
        "area": work.areas[community_id].name, "grids": lines, "due": work.rules.daily_report_due.strftime("%H:%M"),
        "day": day,
    }  # fmt: skip
    for person_id in reports.readers(work, community_id):
        work.post.to_person(person_id, "report/late", Priority.NOTICE, values=values)


def publish(work: Work, report: DailyReport) -> None:
    """Chat text, picture and workbook, to the area's staff groups and to who answers for it."""
    values = report_text.values_for(work, report.area_id, report.day, unpack(report.content), report)
    groups = places.groups_of(work.session, report.area_id, GroupKind.STAFF)
    here = [group for group in groups if group.platform in work.house.platforms]
    files = [
        ({"name": report_text.file_name(work.areas, report, kind)}, {"kind": kind, "report": report.id})
        for kind in ("png", "xlsx")
    ]
    for group in here:
        work.post.to_group(group, "report/daily", Priority.NOTICE, values=values)
        for name, file in files:
            work.post.to_group(group, "report/file", Priority.NOTICE, values=name, file=file)
    for person_id in reports.readers(work, report.area_id):
        work.post.to_person(person_id, "report/daily", Priority.NOTICE, values=values)
        for name, file in files:
            work.post.to_person(person_id, "report/file", Priority.NOTICE, values=name, file=file)
