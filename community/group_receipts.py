"""Receipts for those who cannot be written to privately: one masked line for many in the group, every few minutes."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from community.work import Priority, Work
from storage.engine import Session
from storage.queries import flow, people, places
from storage.tables import ChatGroup

EVERY = timedelta(minutes=3)  # the first one waits as long, so that one line serves many
HINT_EVERY = timedelta(days=1)  # how to reach the bot privately is said in a group no more often
MOST_DOORS = 40  # in one line
_KEY = "owed/"  # platform/group → what is owed there; kept in the store, so that a restart forgets nobody
_LAST_DIGITS = re.compile(r"\d{1,2}(?=\D*$)")


def owe(work: Work, group: ChatGroup, homes: Iterable[int], account: str | None) -> None:
    """These households are owed a receipt in this group, and whoever is there a word on how to get them privately."""
    fact = flow.setting(work.session, _key(group)) or {}
    owed = list(dict.fromkeys([*fact.get("homes", ()), *homes]))
    since = fact.get("since") or work.now.isoformat()
    fresh = {**fact, "homes": owed, "since": since, "account": account or fact.get("account")}
    if owed or _may_hint(fact, work.now):
        flow.keep_setting(work.session, _key(group), fresh)


def group_receipts(work: Work) -> int:
    """Write what is owed and due, at most one message a group; returns how many were written."""
    due = {key: fact for key, fact in people.facts_under(work.session, _KEY).items() if _is_due(fact, work.now)}
    groups = places.groups_by_key(work.session, [_place(key) for key in due])
    for key, fact in due.items():
        group = groups.get(_place(key))
        hint = _may_hint(fact, work.now)
        if group is not None:
            _write(work, group, fact, hint=hint)
        hinted = work.now.isoformat() if hint else fact.get("hinted")
        flow.keep_setting(work.session, key, {"told": work.now.isoformat(), "hinted": hinted})
    return len(groups)


def next_group_receipt(session: Session) -> datetime | None:
    """When the next group is owed a message."""
    return min((at for fact in people.facts_under(session, _KEY).values() if (at := _due_at(fact))), default=None)


def mask_door(address: str) -> str:
    """`3-2-501` as a group may see it: `3-2-5**`."""
    return _LAST_DIGITS.sub("**", address)


def _write(work: Work, group: ChatGroup, fact: dict[str, Any], *, hint: bool) -> None:
    homes = people.households_by_id(work.session, fact["homes"])
    doors = Counter(mask_door(homes[id].address) for id in fact["homes"] if id in homes)
    account = fact.get("account")
    if doors:
        shown = [f"{door}×{count}" if count > 1 else door for door, count in doors.items()]
        values = {"doors": shown[:MOST_DOORS], "more": len(shown) > MOST_DOORS, "total": doors.total(), "hint": hint}
        work.post.to_group(group, "group/receipts", Priority.ANSWER, account=account, values=values)
    elif hint:
        work.post.to_group(group, "group/add_me", Priority.ANSWER, account=account)


def _due_at(fact: dict[str, Any]) -> datetime | None:
    if not fact.get("since"):
        return None
    since = datetime.fromisoformat(fact["since"]) + EVERY
    return max(since, datetime.fromisoformat(fact["told"]) + EVERY) if fact.get("told") else since


def _is_due(fact: dict[str, Any], now: datetime) -> bool:
    at = _due_at(fact)
    return at is not None and at <= now


def _may_hint(fact: dict[str, Any], now: datetime) -> bool:
    return not fact.get("hinted") or now - datetime.fromisoformat(fact["hinted"]) >= HINT_EVERY


def _key(group: ChatGroup) -> str:
    return f"{_KEY}{group.platform}/{group.external_id}"


def _place(key: str) -> tuple[str, str]:
    platform, _, external_id = key.removeprefix(_KEY).partition("/")
    return platform, external_id
