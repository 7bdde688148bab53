"""Whom an account speaks for: it is attached to a member of a household, and two records of one person become one."""

from collections.abc import Sequence

from community.access import GRID_UP, RANK, scope_of
from community.errors import NotNow
from community.people import Actor
from community.whose import Home, find_member
from community.work import Priority, Work
from storage.queries import matters, people
from storage.tables import Account, Household, Person, Role, RoleName
from storage.vault import vault

PLATFORM_LABELS = {"qq": "QQ", "wechat": "微信", "telegram": "Telegram"}


def settle(work: Work, account: Account, household: Household, name: str, phone: str) -> Person:
    """From now on this account speaks for a member of this household; who holds a role keeps it."""
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    owner = people.by_ids(work.session, [account.person_id or 0]).get(account.person_id or 0)
    if owner is not None and owner.household_id is not None:
        return _at_home(owner, household)
    if owner is not None and roles_of(work, owner):
        person = _move_in(work, owner, household, members)
    else:
        known = find_member(name, Home(household, members)) if name else None
        person = known or Person(household_id=household.id, name=name, position=len(members))
    if phone and not person.phone:
        person.phone, person.phone_hash = phone, vault.lookup(phone)
    work.session.add(person)
    work.session.flush()
    return attach(work, account, person)


def _at_home(owner: Person, household: Household) -> Person:
    """Whoever has got a household since they asked stays there."""
    if owner.household_id != household.id:
        raise NotNow("binding/lives_elsewhere")
    return owner


def _move_in(work: Work, owner: Person, household: Household, members: list[Person]) -> Person:
    """Somebody who serves here comes home; a member of the same name is the same person, and takes over the roles."""
    namesakes = [member for member in members if member.name == owner.name]
    if namesakes:
        return join(work, owner, namesakes[0])
    owner.household_id, owner.position = household.id, len(members)
    return owner


def join(work: Work, staff: Person, resident: Person) -> Person:
    """Two records of one person: roles, accounts, check-ins and open matters of the first are the second's."""
    for role in roles_of(work, staff):
        role.person_id = resident.id or 0
    for account in people.accounts_of(work.session, staff.id or 0):
        account.person_id = resident.id
    resident.phone, resident.phone_hash = resident.phone or staff.phone, resident.phone_hash or staff.phone_hash
    matters.hand_over(work.session, staff.id or 0, resident.id or 0)
    people.hand_over_checkins(work.session, staff.id or 0, resident.id or 0)
    work.post.forget(staff.id, resident.id)
    return resident


def attach(work: Work, account: Account, person: Person) -> Person:
    """Add an account to a person; the account used before is told, in case it was somebody else."""
    before = work.post.account_of(person.id or 0)
    if before is not None and before.id != account.id:
        values = {"platform": PLATFORM_LABELS.get(account.platform, "")}
        work.post.to_account(before, "binding/another_account", Priority.ANSWER, values=values)
    former, account.person_id = account.person_id, person.id
    work.session.add(account)
    work.session.flush()
    work.post.forget(former, person.id)
    return person


def member(work: Work, household: Household, name: str) -> Person | None:
    """The registered member who is called so."""
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    return find_member(name, Home(household, members)) if name else None


def roles_of(work: Work, person: Person) -> list[Role]:
    """The roles that somebody holds now."""
    return people.roles_of(work.session, [person.id or 0])[person.id or 0]


def platforms_of(work: Work, person: Person) -> set[str]:
    """Where somebody has an account already."""
    return {account.platform for account in people.accounts_of(work.session, person.id or 0)}


def outranks(work: Work, held: Sequence[Role], given: Sequence[Role]) -> bool:
    """Whether somebody with the first roles stands above each of the others, and may give them to an account."""
    return all(_height(work, held, role) > RANK[RoleName(role.role)] for role in given)


def may_vouch(work: Work, actor: Actor, person: Person) -> bool:
    """Whether this approver may give an account the roles of that person; oneself, from the old account, always."""
    return actor.person_id == person.id or outranks(work, actor.roles, roles_of(work, person))


def _height(work: Work, held: Sequence[Role], over: Role) -> int:
    reaching = [role for role in held if scope_of(work.areas, [role], GRID_UP).covers(over.area_id)]
    return max((RANK[RoleName(role.role)] for role in reaching), default=0)
