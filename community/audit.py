"""The audit log: who viewed or changed what; each entry holds the hash of the one before."""

import hashlib
from datetime import UTC, datetime

from community.work import Work
from storage.engine import Session
from storage.queries import flow, records
from storage.tables import AuditEntry

END = "audit_end"  # the digest of the newest entry, so that a removed end is noticed


def note(work: Work, actor_id: int | None, action: str, subject: str) -> None:
    """Add an entry; `subject` holds ids and counts, never names or readings."""
    before = records.last_audit(work.session)
    previous = before.digest if before else ""
    digest = entry_digest(previous, work.now, actor_id, action, subject)
    work.session.add(
        AuditEntry(at=work.now, actor_id=actor_id, action=action, subject=subject, previous=previous, digest=digest)
    )
    flow.keep_setting(work.session, END, digest)


def entry_digest(previous: str, at: datetime, actor_id: int | None, action: str, subject: str) -> str:
    """The hash that chains an entry to the one before."""
    text = "\x1f".join((previous, at.astimezone(UTC).isoformat(), str(actor_id), action, subject))
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken(session: Session) -> int | None:
    """The id of the first entry that was changed, removed or put in; None if the chain holds."""
    previous = ""
    for entry in records.audit_entries(session):
        wanted = entry_digest(previous, entry.at, entry.actor_id, entry.action, entry.subject)
        if entry.previous != previous or entry.digest != wanted:
            return entry.id
        previous = entry.digest
    missing_end = previous != (flow.setting(session, END) or "")
    return (records.last_audit_id(session) + 1) if missing_end else None
