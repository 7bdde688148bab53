"""Every table, grouped by what it holds; import from here."""

from storage.tables.flow import Bubble, ChainLine, InboundRow, OpenQuestion, OutboxRow, OutState, Round, Setting
from storage.tables.health import Checkin, CheckinSource, Observation, ObservationState
from storage.tables.matters import Matter, MatterKind, MatterMove, MatterState, MatterTold
from storage.tables.people import Account, DoorCode, Person, Role, RoleName
from storage.tables.places import Area, Building, ChatGroup, GroupKind, Household, Level
from storage.tables.records import AuditEntry, DailyReport, ReportState

__all__ = [
    "Account", "Area", "AuditEntry", "Bubble", "Building", "ChainLine", "ChatGroup", "Checkin", "CheckinSource", "DailyReport",
    "DoorCode", "GroupKind", "Household", "InboundRow", "Level", "Matter", "MatterKind", "MatterMove", "MatterState",
    "MatterTold", "Observation", "ObservationState", "OpenQuestion", "OutState", "OutboxRow", "Person", "ReportState", "Role",
    "RoleName", "Round", "Setting",
]  # fmt: skip
