"""Who writes: account, person, household, roles; fetched for a whole batch at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from community.access import Scope, scope_of
from community.areas import AreaTree
from community.outgoing import Post
from storage.engine import Session
from storage.queries import flow, health, people
from storage.tables import Account, Household, Observation, OpenQuestion, Person, Role, RoleName

SEEN_EVERY = timedelta(minutes=10)  # a write for each message would be too many
MOMENT = timedelta(microseconds=1)


@dataclass(slots=True)
class Actor:
    """The sender of a message, or a stranger if `person` is None."""

    account: Account
    person: Person | None = None
    household: Household | None = None
    members: list[Person] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    observations: dict[int, Observation] = field(default_factory=dict)
    open_question: OpenQuestion | None = None  # what the bot asked back
    others: list[Account] = field(default_factory=list)  # further accounts of the same person

    @property
    def person_id(self) -> int | None:
        """The person's id, None for a stranger."""
        return None if self.person is None else self.person.id

    @property
    def role_names(self) -> frozenset[RoleName]:
        """The roles held now, over whatever area."""
        return frozenset(RoleName(role.role) for role in self.roles)

    @property
    def known(self) -> bool:
        """Whether this is somebody with a household or a role."""
        return self.person is not None and (self.household is not None or bool(self.roles))

    def mark_seen(self, now: datetime) -> None:
        """Take this account for the one used last: now and then, and at once where another one counted as that."""
        seen = self.account.seen_at
        later = max((other.seen_at for other in self.others if other.seen_at), default=None)
        if seen is None or now - seen > SEEN_EVERY or (later is not None and later >= seen):
            self.account.seen_at = now if later is None else max(now, later + MOMENT)

    def scope(self, areas: AreaTree, allowed: Iterable[RoleName]) -> Scope:
        """What this person may see by those of the roles that are allowed."""
        return scope_of(areas, self.roles, allowed)

    def member_names(self) -> tuple[str, ...]:
        """Names of the household, the sender's own first, as the parser wants them."""
        own = self.person.name if self.person else None
        rest = [member.name for member in self.members if member.name != own]
        return (own, *rest) if own else tuple(rest)


def load_actors(session: Session, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Actor]:
    """The senders of a batch, by (platform, platform id), in a handful of queries; strangers get a new account."""
    accounts = people.accounts_by_key(session, keys)
    for key in keys:
        if key not in accounts:
            accounts[key] = Account(platform=key[0], external_id=key[1])
            session.add(accounts[key])
    persons = people.by_ids(session, {a.person_id for a in accounts.values() if a.person_id})
    household_ids = {person.household_id for person in persons.values() if person.household_id}
    households = people.households_by_id(session, household_ids)
    members = people.members(session, household_ids)
    everybody = {m.id for group in members.values() for m in group if m.id} | persons.keys()
    observations = health.active_observations(session, everybody)
    roles = people.roles_of(session, persons)
    others = _other_accounts(session, list(accounts.values()), persons)
    asked = flow.open_questions(session, [account.id for account in accounts.values() if account.id])
    actors = {
        key: _actor(account, persons, households, members, roles, observations) for key, account in accounts.items()
    }
    for actor in actors.values():
        actor.open_question = asked.get(actor.account.id or 0)
        actor.others = [one for one in others.get(actor.person_id or 0, ()) if one is not actor.account]
    return actors


def renew(session: Session, actor: Actor) -> None:
    """Who the sender is has just changed: what they wrote right behind it is heard as that person's."""
    session.flush()
    key = (actor.account.platform, actor.account.external_id)
    fresh = load_actors(session, [key])[key]
    for name in ("person", "household", "members", "roles", "observations", "others"):
        setattr(actor, name, getattr(fresh, name))


def _other_accounts(
    session: Session, present: Sequence[Account], persons: dict[int, Person]
) -> dict[int, list[Account]]:  # fmt: skip
    """The accounts of these people, those of the batch and further ones; one query, which finds nothing for most."""
    found: dict[int, list[Account]] = {}
    if not persons:
        return found
    rest = people.other_accounts(session, persons, [account.id for account in present if account.id])
    for account in [*present, *rest]:
        if account.person_id is not None:
            found.setdefault(account.person_id, []).append(account)
    return found


def _actor(
    account: Account,
    persons: dict[int, Person],
    households: dict[int, Household],
    members: dict[int, list[Person]],
    roles: dict[int, list[Role]],
    observations: dict[int, Observation],
) -> Actor:
    person = persons.get(account.person_id or 0)
    if person is None or person.id is None:
        return Actor(account)
    household = households.get(person.household_id or 0)
    home = members.get(person.household_id or 0, [person])
    ids = {member.id for member in home}
    return Actor(
        account, person, household, home, roles.get(person.id, []),
        {key: value for key, value in observations.items() if key in ids},
    )  # fmt: skip


def contact(post: Post, members: Iterable[Person]) -> Person | None:
    """The member of a household who is written to: the first, in its order, who can be reached."""
    return next((member for member in members if member.id and post.account_of(member.id) is not None), None)
