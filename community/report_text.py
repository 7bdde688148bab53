"""What the report's templates show: the same values for chat text, picture and workbook."""

from datetime import date
from typing import Any

from community.areas import AreaTree
from community.figures import Figures, Line, headline, unpack
from community.matters import symptom_words
from community.work import Work
from storage.queries import health, people
from storage.tables import Checkin, CheckinSource, DailyReport, Household, Level, Person, ReportState
from templates.views import AreaLine, CheckInLine, FeverLine, Figure, MissingLine, ReportView, Tone

STATE_LABELS = {
    ReportState.DRAFT: "草稿", ReportState.CONFIRMED: "已确认", ReportState.UNCONFIRMED: "未经确认",
}  # fmt: skip
STATE_TONES = {
    ReportState.DRAFT: Tone.MUTED, ReportState.CONFIRMED: Tone.GOOD, ReportState.UNCONFIRMED: Tone.WARN,
}  # fmt: skip
SOURCE_LABELS = {
    CheckinSource.SELF: "本人", CheckinSource.HOUSEHOLD: "家人", CheckinSource.CHAIN: "接龙",
    CheckinSource.GROUP: "群内", CheckinSource.STAFF: "代报", CheckinSource.DOOR: "上门",
}  # fmt: skip
LEVEL_LABELS = {Level.GRID: "网格", Level.COMMUNITY: "社区", Level.SUBDISTRICT: "街道", Level.DISTRICT: "区"}


def values_for(work: Work, area_id: str, day: date, facts: Figures, report: DailyReport | None) -> dict[str, Any]:
    """The values of `report/daily`."""
    state = ReportState(report.state) if report else None
    return {
        "area": work.areas[area_id].name, "day": day, "facts": facts, "headline": headline(facts),
        "state": STATE_LABELS[state] if state else "当前", "version": report.version if report else 0,
        "late": bool(report and report.late), "note": report.note if report else "",
        "parts": report.content["parts"] if report else [], "edition": work.rules.edition,
        "is_draft": state is ReportState.DRAFT, "by": _maker(work, report),
    }  # fmt: skip


def _maker(work: Work, report: DailyReport | None) -> str:
    """The name of who confirmed or changed a report; empty for what the program made."""
    if report is None or report.made_by is None:
        return ""
    found = people.by_ids(work.session, [report.made_by]).get(report.made_by)
    return found.name if found else ""


def view_of(work: Work, report: DailyReport, *, every_gap: bool = False) -> ReportView:
    """The view behind picture and workbook of a stored report; the workbook names every gap of half a day."""
    facts = unpack(report.content)
    area = work.areas[report.area_id]
    return ReportView(
        area_name=area.name, level_label=LEVEL_LABELS[Level(area.level)], date=report.day,
        status_label=STATE_LABELS[ReportState(report.state)], status_tone=STATE_TONES[ReportState(report.state)],
        version=report.version, headline=report.content["headline"], headline_tone=_tone(facts),
        figures=_figures(facts), parts=tuple(_part(part) for part in report.content["parts"]),
        missing=_missing(work, [*facts.missing, *(facts.partly if every_gap else ())]),
        fevers=tuple(_fever(work.areas, line, facts.alerts) for line in facts.fever),
        checkins=tuple(_checkins(work, report)), edition=work.rules.edition,
        generated_at=report.made_at.astimezone(work.zone), note=report.note,
    )  # fmt: skip


def _tone(facts: Figures) -> Tone:
    if facts.count("fever"):
        return Tone.ALARM
    worrying = facts.count("missing") or facts.count("symptoms") or not facts.count("should")
    return Tone.WARN if worrying else Tone.GOOD


def _figures(facts: Figures) -> tuple[Figure, ...]:
    """Figures in the order of the page; every count stands beside how many should have reported."""
    missing, fever, alerts = (facts.count(name) for name in ("missing", "fever", "alerts"))
    return (
        Figure("should", "应报", facts.count("should"), main=True),
        Figure("am", "上午实报", len(facts.am), main=True),
        Figure("pm", "下午实报", len(facts.pm) if facts.pm_begun else "—", main=True),
        Figure("missing", "缺报", missing, Tone.WARN if missing else Tone.PLAIN, main=True),
        Figure("fever", "发热", fever, Tone.ALARM if fever else Tone.PLAIN, main=True),
        Figure("alerts", "警报", alerts, Tone.ALARM if alerts else Tone.PLAIN, main=True),
        Figure("households", "在观户", facts.households), Figure("symptoms", "有症状", facts.count("symptoms")),
        Figure("new", "新增观察", facts.count("new")), Figure("released", "解除", facts.count("released")),
        Figure("due", "明日到期", facts.count("due_tomorrow")), Figure("requests", "求助", facts.count("requests")),
    )  # fmt: skip


def _part(part: dict[str, Any]) -> AreaLine:
    state = ReportState(part["state"])
    return AreaLine(
        part["name"], part["responsible"], STATE_LABELS[state], part["should"], part["am"], part["pm"],
        part["missing"], part["fever"], STATE_TONES[state],
    )  # fmt: skip


def _name(areas: AreaTree, area_id: str) -> str:
    return areas[area_id].name if area_id in areas.by_id else ""


def _missing(work: Work, lines: list[Line]) -> tuple[MissingLine, ...]:
    """Who was not heard, with the number to call; the workbook masks it."""
    known = people.by_ids(work.session, {line.person_id for line in lines if line.person_id})
    phones = {id: person.phone for id, person in known.items()}
    return tuple(
        MissingLine(
            _name(work.areas, line.grid_id), line.address, line.name, line.detail, phones.get(line.person_id or 0)
        )
        for line in lines
    )


def _fever(areas: AreaTree, line: Line, alerts: list[Line]) -> FeverLine:
    """A fever with the alert that it raised, and how long that waited."""
    told = next((alert.detail for alert in alerts if alert.person_id and alert.person_id == line.person_id), "")
    alert, _, waited = told.rpartition(" ")
    return FeverLine(
        _name(areas, line.grid_id), line.address, line.name, line.temperature, line.detail, alert, waited
    )  # fmt: skip


def _checkins(work: Work, report: DailyReport) -> list[CheckInLine]:
    grounds = [(grid, None) for grid in work.areas.grids(report.area_id)]
    rows = health.checkins_on(work.session, grounds, report.day)
    return [_checkin(work, *row) for row in rows if row[0].at <= report.made_at]


def _checkin(work: Work, row: Checkin, person: Person | None, household: Household | None) -> CheckInLine:
    return CheckInLine(
        row.at.astimezone(work.zone), _name(work.areas, row.grid_id or ""), household.address if household else "",
        person.name if person else row.label, row.temperature, symptom_words(row.symptoms),
        SOURCE_LABELS[CheckinSource(row.source)], work.rules.alarms(row.temperature, row.symptoms),
    )  # fmt: skip


def file_name(areas: AreaTree, report: DailyReport, ending: str) -> str:
    """The name under which a report's file is sent."""
    return f"{areas[report.area_id].name}疫情防控日报{report.day}.{ending}"
