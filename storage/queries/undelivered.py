"""Who was not reached: private messages that were given up, and those of which nobody knows whether they are out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_
from sqlmodel import col, select

from storage.engine import Session
from storage.queries.health import Grounds, within
from storage.tables import Account, Household, OutboxRow, OutState, Person

NOT_REACHED = (OutState.DEAD, OutState.UNCERTAIN)


def undelivered(
    session: Session, grounds: Grounds, start: datetime, end: datetime
) -> Sequence[tuple[OutboxRow, Person, Household]]:
    """Messages written between the two to people of these homes that did not, or perhaps did not, arrive."""
    to_account = and_(
        col(Account.platform) == OutboxRow.platform, col(Account.external_id) == OutboxRow.chat_id,
        col(OutboxRow.chat_kind) == "private",
    )  # fmt: skip
    query = (
        select(OutboxRow, Person, Household)
        .join(Account, to_account)
        .join(Person, col(Account.person_id) == Person.id)
        .join(Household, col(Person.household_id) == Household.id)
        .where(
            col(OutboxRow.state).in_(NOT_REACHED), col(OutboxRow.created_at) >= start,
            col(OutboxRow.created_at) < end, within(Household, grounds),
        )
        .order_by(col(OutboxRow.id))
    )  # fmt: skip
    return list(session.exec(query))
