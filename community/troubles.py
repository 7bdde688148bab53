"""When a platform is out of service: whoever runs the machine learns of it where the program still reaches them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from community import channels, ladder
from community.work import Priority, Work
from storage.engine import Session
from storage.queries import flow
from storage.tables import Account, RoleName
from templates.render import render

STATES = "platform_states"  # the setting under which a running program keeps them for the doctor
UNSTORED = timedelta(minutes=1)  # within which a message that was heard is stored, or the account was not well


@dataclass(frozen=True, slots=True)
class Standing:
    """How one own account is; `trouble` is a name of `flow/trouble`, empty while all is well. Never a login code."""

    platform: str
    account: str
    trouble: str
    since: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a program wrote down of its accounts, and when."""

    at: datetime
    standings: tuple[Standing, ...]


def tell(work: Work, about: Standing, everywhere: Sequence[Standing], since: datetime, page: str) -> None:
    """An account has been out of service since then; `everywhere` is how all accounts are."""
    values = {
        "platform": about.platform, "account": about.account, "trouble": about.trouble, "detail": about.detail,
        "since": since.astimezone(work.zone), "page": page,
    }  # fmt: skip
    _to_operators(work, "flow/troubled", _topic(about), values, everywhere)


def tell_over(
    work: Work, about: Standing, everywhere: Sequence[Standing], minutes: int, *, was_told: bool
) -> None:  # fmt: skip
    """An account is in service again: what was not sent yet of its trouble is no longer wanted."""
    # It may have been told before its name was known.
    work.post.drop([_topic(about), _topic(replace(about, account=""))])
    if was_told:
        values = {"platform": about.platform, "account": about.account, "duration": duration(minutes)}
        _to_operators(work, "flow/recovered", f"recovered/{_topic(about)}", values, everywhere)


def duration(minutes: int) -> str:
    """How long something lasted, as people say it."""
    return render("flow/duration", days=minutes // 1440, hours=minutes // 60 % 24, minutes=minutes % 60)


def keep(session: Session, at: datetime, standings: Sequence[Standing]) -> None:
    """Write down how the accounts are, for the doctor."""
    rows = [{**asdict(standing), "since": standing.since.isoformat()} for standing in standings]
    flow.keep_setting(session, STATES, {"at": at.isoformat(), "accounts": rows})


def kept(session: Session) -> Kept | None:
    """What was written down last."""
    stored = flow.setting(session, STATES)
    if stored is None:
        return None
    rows = [Standing(**{**row, "since": datetime.fromisoformat(row["since"])}) for row in stored["accounts"]]
    return Kept(datetime.fromisoformat(stored["at"]), tuple(rows))


def well_at(session: Session, platform: str, account: str) -> datetime | None:
    """When this own account was last known to be well, less the time that a message may take to be stored."""
    found = kept(session)
    well = found is not None and any(
        (one.platform, one.account) == (platform, account) and not one.trouble for one in found.standings
    )
    return found.at - UNSTORED if found is not None and well else None


def _topic(about: Standing) -> str:
    return f"trouble/{about.platform}/{about.account}"


def _to_operators(
    work: Work, template: str, topic: str, values: dict[str, Any], everywhere: Sequence[Standing]
) -> None:  # fmt: skip
    for person_id in ladder.holders(work, work.default_area, RoleName.OPERATOR):
        usable = [account for account in work.post.accounts_of(person_id) if work.post.reaches(account)]
        best = sorted(usable, key=lambda account: not _works(account, everywhere))
        for account in best[:1]:
            work.post.to_account(account, template, Priority.NOTICE, values=values, topic=topic)
    channels.to_channels(work, channels.OPERATOR, template, Priority.NOTICE, values=values, topic=topic)


def _works(account: Account, everywhere: Sequence[Standing]) -> bool:
    """Whether a message to somebody's account has a chance: its own account of ours is well, or another one there."""
    here = [standing for standing in everywhere if standing.platform == account.platform]
    own = [standing for standing in here if standing.account == account.own_account]
    return any(not standing.trouble for standing in own or here)
