"""Queries on reports and the audit log."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from storage.engine import Session
from storage.tables import AuditEntry, DailyReport


def latest_report(session: Session, area_id: str, day: date) -> DailyReport | None:
    """The newest version of an area's report for a day."""
    query = select(DailyReport).where(DailyReport.area_id == area_id, DailyReport.day == day)
    return session.exec(query.order_by(col(DailyReport.version).desc()).limit(1)).first()


def latest_reports(session: Session, area_ids: Sequence[str], day: date) -> dict[str, DailyReport]:
    """The newest version for each of these areas."""
    query = select(DailyReport).where(col(DailyReport.area_id).in_(area_ids), DailyReport.day == day)
    return {report.area_id: report for report in session.exec(query.order_by(col(DailyReport.version)))}


def last_audit(session: Session) -> AuditEntry | None:
    """The newest entry of the audit log."""
    return session.exec(select(AuditEntry).order_by(col(AuditEntry.id).desc()).limit(1)).first()


def last_audit_id(session: Session) -> int:
    """The id of the newest entry, 0 if there is none."""
    entry = last_audit(session)
    return entry.id or 0 if entry else 0


def audit_entries(session: Session) -> list[AuditEntry]:
    """The whole audit log in order."""
    return list(session.exec(select(AuditEntry).order_by(col(AuditEntry.id))))
