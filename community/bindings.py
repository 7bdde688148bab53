"""Getting in: an account asks to be bound to a household, with a door code or a neighbour's approval."""

import secrets
from dataclasses import dataclass

from community import ladder
from community.access import CAPTAIN_UP
from community.errors import NotAllowed, NotFound, NotNow
from community.matters import About, find, move, number_of, open_matter, tell
from community.people import Actor
from community.whose import Home, find_household, find_member
from community.work import Priority, Work
from storage.queries import matters, people, places
from storage.tables import Account, DoorCode, Household, Matter, MatterKind, Person
from storage.vault import vault

CODE_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that look alike: 0 O 1 I L
CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """What a binding request asks for; kept as the matter's words."""

    address: str
    name: str
    phone: str

    def pack(self) -> str:
        """One line, encrypted with the matter."""
        return "\t".join((self.address, self.name, self.phone))

    @classmethod
    def unpack(cls, words: str) -> "Wish":
        """What `pack` wrote."""
        address, name, phone = words.split("\t")
        return cls(address, name, phone)


def ask(work: Work, actor: Actor, wish: Wish, community_id: str | None) -> Matter:
    """Ask captain and grid leader of the household; one open request an account."""
    waiting = matters.from_account(work.session, actor.account.id or 0, [MatterKind.BINDING])
    if waiting:
        raise NotNow("binding/waiting", number=number_of(waiting[0]))
    household = _household(work, wish.address, community_id)
    where = About(household.grid_id, household.building, household, None, actor.account, wish.name, household.address)
    matter = open_matter(work, MatterKind.BINDING, where, wish.pack())
    ends = f"****{wish.phone[-4:]}" if wish.phone else ""
    tell(work, matter, ladder.nearest(work, household.grid_id, household.building), "binding/asked", phone=ends)
    return matter


def _household(work: Work, address: str, community_id: str | None) -> Household:
    """The household in this community; without one, the only household that has such an address anywhere."""
    if community_id is not None:
        found = find_household(work, community_id, address)
        if found is not None:
            return found
    communities = {area.id for area in work.areas.by_id.values() if area.level == "community"}
    fits = places.households_anywhere(work.session, address, communities)
    if len(fits) > 1:
        default = work.areas.community_of(work.default_area)
        fits = [household for household in fits if default and household.community_id == default.id]
    if not fits:
        raise NotFound("errors/no_household", address=address)
    return fits[0]


def pending(work: Work, actor: Actor) -> Matter | None:
    """The binding request that waits for approval, if any."""
    found = matters.from_account(work.session, actor.account.id or 0, [MatterKind.BINDING])
    return found[0] if found else None


def approve(work: Work, actor: Actor, number: int) -> tuple[Matter, Person]:
    """Bind the asking account; who approves must be captain or above there."""
    matter, wish = _request(work, actor, number)
    account = work.session.get_one(Account, matter.account_id)
    household = work.session.get_one(Household, matter.household_id)
    person = _bind(work, account, household, wish.name, wish.phone)
    move(work, matter, "close", actor, "approved")
    work.post.to_account(
        account, "binding/done", Priority.ANSWER, values={"name": person.name, "address": household.address}
    )
    return matter, person


def reject(work: Work, actor: Actor, number: int, reason: str) -> Matter:
    """Refuse a request with a reason, which the asking account is told."""
    matter, wish = _request(work, actor, number)
    account = work.session.get_one(Account, matter.account_id)
    move(work, matter, "close", actor, reason)
    work.post.to_account(
        account, "binding/refused", Priority.ANSWER, values={"address": wish.address, "reason": reason}
    )
    return matter


def _request(work: Work, actor: Actor, number: int) -> tuple[Matter, Wish]:
    matter = find(work, actor, number)
    if matter.kind != MatterKind.BINDING:
        raise NotFound("matters/unknown_number", number=number)
    if not actor.scope(work.areas, CAPTAIN_UP).covers(matter.area_id, matter.building):
        raise NotAllowed("errors/not_your_area")
    return matter, Wish.unpack(matter.words)


def _bind(work: Work, account: Account, household: Household, name: str, phone: str) -> Person:
    """From now on this account speaks for a member of this household; who holds a role keeps it."""
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    owner = people.by_ids(work.session, [account.person_id or 0]).get(account.person_id or 0)
    if owner is not None and owner.household_id is not None:
        return _at_home(owner, household)
    if owner is not None and people.roles_of(work.session, [owner.id or 0])[owner.id or 0]:
        person = _move_in(work, owner, household, members)
    else:
        person = _member(work, household, members, name)
    if phone and not person.phone:
        person.phone, person.phone_hash = phone, vault.lookup(phone)
    work.session.flush()
    account.person_id = person.id
    work.session.add(account)
    return person


def _member(work: Work, household: Household, members: list[Person], name: str) -> Person:
    """The member with this name; a new one if the household has nobody called so."""
    known = find_member(name, Home(household, members)) if name else None
    person = known or Person(household_id=household.id, name=name, position=len(members))
    work.session.add(person)
    return person


def _at_home(owner: Person, household: Household) -> Person:
    """Whoever has got a household since they asked stays there."""
    if owner.household_id != household.id:
        raise NotNow("binding/lives_elsewhere")
    return owner


def _move_in(work: Work, owner: Person, household: Household, members: list[Person]) -> Person:
    """Somebody who serves here comes home; a member of the same name is the same person, and takes over the roles."""
    namesakes = [member for member in members if member.name == owner.name]
    if not namesakes:
        owner.household_id, owner.position = household.id, len(members)
        work.session.add(owner)
        return owner
    resident = namesakes[0]
    for role in people.roles_of(work.session, [owner.id or 0])[owner.id or 0]:
        role.person_id = resident.id or 0
    for account in people.accounts_of(work.session, owner.id or 0):
        account.person_id = resident.id
    resident.phone, resident.phone_hash = resident.phone or owner.phone, resident.phone_hash or owner.phone_hash
    matters.hand_over(work.session, owner.id or 0, resident.id or 0)
    return resident


def new_code(work: Work, actor: Actor, household: Household) -> str:
    """A new door code for a household; the old one ends."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    row = DoorCode(
        household_id=household.id or 0, code_hash=vault.lookup(code), made_by=actor.person_id, made_at=work.now
    )
    work.session.merge(row)
    return code


def use_code(work: Work, actor: Actor, code: str, name: str) -> tuple[Person, Household]:
    """Bind with a door code; where several live there, the name says who."""
    found = people.code_owner(work.session, vault.lookup(code.upper()))
    if found is None:
        raise NotFound("binding/wrong_code")
    household = work.session.get_one(Household, found.household_id)
    person = _bind(work, actor.account, household, name or _only_free(work, actor, household, code), "")
    waiting = pending(work, actor)
    if waiting is not None:
        move(work, waiting, "close", actor, "door code")  # nobody need look into it any more
    return person, household


def _only_free(work: Work, actor: Actor, household: Household, code: str) -> str:
    """Who is meant without a name: staff themselves, else the only member who has no account yet."""
    if actor.roles and actor.person is not None:
        return actor.person.name
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    free = [m for m in members if m.id and work.post.account_of(m.id) is None]
    if len(free) != 1:
        raise NotNow("binding/who_are_you", code=code.upper())
    return free[0].name
