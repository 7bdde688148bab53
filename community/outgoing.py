"""The one way out: every message that the program writes is decided here and stored in the outbox."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

from community.floods import Floods
from community.quiet import end_of_quiet, quiet_until
from community.rules import Rules
from storage.engine import Session
from storage.queries import flow, people
from storage.rows import Letter
from storage.tables import Account, ChatGroup, GroupKind, OutState
from templates.render import render

NEVER = datetime.min.replace(tzinfo=UTC)
CHANNELS = "channels"  # the platform of those ways out on which nobody answers
UNREACHED_FOR = timedelta(days=1)  # afterwards a private message is tried again: people become friends unseen


class Priority(IntEnum):
    """Replies go before bulk; danger goes before all and is never held or counted."""

    DANGER = 0
    ANSWER = 1
    NOTICE = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class Target:
    """A conversation to write to."""

    platform: str
    kind: str
    id: str
    account: str | None = None
    via_group: str | None = None

    @property
    def key(self) -> str:
        """One string for the conversation."""
        return f"{self.platform}/{self.kind}/{self.id}"


@dataclass(slots=True)
class Post:
    """Collects what one transaction sends; rows are added to the session by `store`."""

    session: Session
    now: datetime
    rules: Rules
    zone: ZoneInfo
    platforms: tuple[str, ...]
    floods: Floods
    rows: list[Letter] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)  # conversations newly stopped, for the operator
    _accounts: dict[int, list[Account]] = field(default_factory=dict)
    _once: set[str] = field(default_factory=set)  # keys that were used
    _unused: set[str] = field(default_factory=set)  # keys that `prefetch_once` found to be free
    _unreached: set[int] | None = None  # accounts that refuse private messages

    def to_person(
        self, person_id: int, template: str, priority: Priority, *, everywhere: bool = False, once: str | None = None,
        **options: Any,
    ) -> bool:  # fmt: skip
        """Write privately to a person, on the account they used last or on all of them; False if none can be reached.

        Danger is tried, at the end, even where the last private message was refused.
        """
        accounts = sorted(self.accounts_of(person_id), key=lambda account: not self.reaches(account))
        if priority is not Priority.DANGER:
            accounts = [account for account in accounts if self.reaches(account)]
        for number, account in enumerate(accounts if everywhere else accounts[:1]):
            key = f"{once}/{account.id}" if once and number else once
            self.to_account(account, template, priority, once=key, **options)
        return bool(accounts)

    def to_account(self, account: Account, template: str, priority: Priority, **options: Any) -> None:
        """Write privately to an account."""
        target = Target(account.platform, "private", account.external_id, account.own_account, account.via_group)
        self.to(target, template, priority, **options)

    def to_writer(self, account: Account, template: str, priority: Priority, **options: Any) -> None:
        """Answer somebody where they wrote; where that is closed by now, on the account they used last."""
        other = None
        if account.person_id is not None and (account.platform not in self.platforms or not self.reaches(account)):
            other = self.account_of(account.person_id)
        self.to_account(other or account, template, priority, **options)

    def to_group(
        self, group: ChatGroup, template: str, priority: Priority, *, account: str | None = None, **options: Any
    ) -> None:
        """Write to a group; a residents' group gets only what `templates/words/group/` holds, without numbers."""
        if group.kind == GroupKind.RESIDENTS and not template.startswith("group/"):
            raise ValueError(f"template {template} may not be shown in a residents' group")
        self.to(Target(group.platform, "group", group.external_id, account), template, priority, **options)

    def to(
        self, target: Target, template: str, priority: Priority, *, values: dict[str, Any] | None = None,
        once: str | None = None, topic: str | None = None, matter: int | None = None, reply_to: str | None = None,
        expires_at: datetime | None = None, file: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Render a template and put it in the outbox; `once` makes it unique for ever."""
        if once is not None and not self._first_time(once):
            return
        text = render(template, **(values or {}))
        if template.startswith("group/") or target.platform == CHANNELS:
            text = mask_numbers(text)
        row = Letter(
            platform=target.platform, chat_kind=target.kind, chat_id=target.id, account=target.account,
            via_group=target.via_group, template=template, text=text, file=file, priority=priority, once=once,
            topic=topic, matter=matter, reply_to=reply_to, expires_at=expires_at, created_at=self.now,
            not_before=self._held_until(priority),
        )  # fmt: skip
        self._guard(row, target, priority)
        self.rows.append(row)

    def pass_to(self, account: Account, letter: Letter) -> None:
        """What one account of a person refused goes to another one of theirs, word for word."""
        copy = replace(
            letter, platform=account.platform, chat_id=account.external_id, account=account.own_account,
            via_group=account.via_group, reply_to=None, once=None, state=OutState.PENDING, not_before=None,
            attempts=0, created_at=self.now, id=0,
        )  # fmt: skip
        self.rows.append(copy)

    def drop(self, topics: Sequence[str]) -> None:
        """Messages on these topics that were not sent yet are no longer wanted."""
        for row in self.rows:
            if row.topic in topics:
                row.state = OutState.DROPPED
        flow.drop_pending(self.session, topics)

    def account_of(self, person_id: int) -> Account | None:
        """The account on which a person is reached: the last used one on a platform that runs here."""
        return next((account for account in self.accounts_of(person_id) if self.reaches(account)), None)

    def accounts_of(self, person_id: int) -> list[Account]:
        """A person's accounts on the platforms that run here, the last used first."""
        accounts = self._accounts.get(person_id)
        if accounts is None:
            accounts = people.accounts_of(self.session, person_id)
            self._accounts[person_id] = accounts
        return best_first(accounts, self.platforms)

    def reaches(self, account: Account) -> bool:
        """Whether private messages come through to an account, as far as is known."""
        if self._unreached is None:
            self._unreached = people.unreached(self.session, self.now - UNREACHED_FOR)
        return account.id not in self._unreached

    def forget(self, *person_ids: int | None) -> None:
        """The accounts of these people have changed, or whom private messages reach."""
        self._unreached = None
        for person_id in person_ids:
            self._accounts.pop(person_id or 0, None)

    def prefetch(self, person_ids: Iterable[int]) -> None:
        """Fetch the accounts of many people in one query, before a round."""
        wanted = {person_id for person_id in person_ids if person_id not in self._accounts}
        self._accounts.update({person_id: [] for person_id in wanted})
        for account in people.accounts_of_all(self.session, wanted):
            if account.person_id is not None:
                self._accounts[account.person_id].append(account)

    def prefetch_once(self, keys: Iterable[str]) -> None:
        """Look up many `once` keys in one query, before a round."""
        wanted = set(keys)
        known = flow.known_keys(self.session, wanted)
        self._once |= known
        self._unused |= wanted - known

    @contextmanager
    def undone_if_it_raises(self) -> Iterator[None]:
        """What is written within is taken back if it raises."""
        rows, once = len(self.rows), set(self._once)
        try:
            yield
        except BaseException:
            del self.rows[rows:]
            self._once = once
            raise

    def store(self) -> None:
        """Hand all rows to the session, in the order in which they were written."""
        self.session.add_letters(self.rows)

    def _first_time(self, once: str) -> bool:
        if once in self._once or (once not in self._unused and flow.known_keys(self.session, [once])):
            return False
        self._once.add(once)
        return True

    def _held_until(self, priority: Priority) -> datetime | None:
        return None if priority < Priority.NOTICE else quiet_until(self.now, self.rules, self.zone)

    def _guard(self, row: Letter, target: Target, priority: Priority) -> None:
        """Stop floods: more than 20 like messages to one conversation in 5 minutes."""
        if priority is Priority.DANGER:
            return
        verdict = self.floods.look(target.key, row.text, self.now)
        if verdict.stopped:
            row.state = OutState.DROPPED
        if verdict.newly:
            self.alarms.append(target.key)


def best_first(accounts: Iterable[Account], platforms: tuple[str, ...]) -> list[Account]:
    """Those on one of these platforms, the last used first; among unused ones the first platform's."""
    usable = [account for account in accounts if account.platform in platforms]
    return sorted(
        usable,
        key=lambda account: (account.seen_at or NEVER, -platforms.index(account.platform), -(account.id or 0)),
        reverse=True,
    )


_NUMBERS = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")


def mask_numbers(text: str) -> str:
    """Phone and ID numbers with all but their ends hidden; the last guard of a residents' group."""
    return _NUMBERS.sub(lambda m: m[0][:3] + "*" * (len(m[0]) - 7) + m[0][-4:], text)


__all__ = ["CHANNELS", "NEVER", "Post", "Priority", "Target", "best_first", "end_of_quiet", "mask_numbers"]
