"""Getting in: an account asks to be bound to a household, with a door code or a neighbour's approval."""

from dataclasses import dataclass

from community import codes, joining, ladder
from community.access import CAPTAIN_UP
from community.errors import NotAllowed, NotFound, NotNow
from community.matters import About, find, move, number_of, open_matter, tell
from community.people import Actor
from community.whose import find_household
from community.work import Priority, Work
from storage.queries import matters, people, places
from storage.tables import Account, DoorCode, Household, Matter, MatterKind, Person
from storage.vault import vault


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
    known = _known(work, actor, household, wish.name)
    tell(
        work, matter, _deciders(work, household, known), "binding/asked", phone=ends,
        has_account="" if known is None else _has_account(work, actor, known),
        serves=known is not None and bool(joining.roles_of(work, known)),
    )  # fmt: skip
    return matter


def _known(work: Work, actor: Actor, household: Household, name: str) -> Person | None:
    """The member who is asked for, if it is somebody else than the one who asks."""
    found = joining.member(work, household, name)
    return None if found is None or found.id == actor.person_id else found


def _has_account(work: Work, actor: Actor, person: Person) -> str:
    """Whether somebody has an account already: `here`, on this platform, `elsewhere`, or not."""
    platforms = joining.platforms_of(work, person)
    return "here" if actor.account.platform in platforms else "elsewhere" if platforms else ""


def _deciders(work: Work, household: Household, known: Person | None) -> list[int]:
    """Captain and grid leader; where roles come along, also those who may give them."""
    near = ladder.nearest(work, household.grid_id, household.building)
    given = joining.roles_of(work, known) if known else []
    if not given:
        return near
    above = [person for rung in ladder.rungs(work, household.grid_id) for person in rung]
    held = people.roles_of(work.session, above)
    return list(dict.fromkeys([*near, *(id for id in above if joining.outranks(work, held[id], given))]))


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
    known = joining.member(work, household, wish.name)
    if known is not None and known.id != account.person_id and not joining.may_vouch(work, actor, known):
        raise NotAllowed("binding/not_above", name=known.name)
    person = joining.settle(work, account, household, wish.name, wish.phone)
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


def new_code(work: Work, actor: Actor, household: Household) -> str:
    """A new door code for a household; the old one ends."""
    code = codes.new_code()
    row = DoorCode(
        household_id=household.id or 0, code_hash=vault.lookup(code), made_by=actor.person_id, made_at=work.now
    )
    work.session.merge(row)
    return code


@dataclass(frozen=True, slots=True)
class Entered:
    """What a door code brought: a member, or a request that a neighbour decides on."""

    household: Household
    person: Person | None = None
    matter: Matter | None = None


def use_code(work: Work, actor: Actor, code: str, name: str) -> Entered | None:
    """Bind with a door code, None if it is wrong; where several live there, the name says who.

    The card on a door proves the home, not the person: who has an account on this platform already, or holds a
    role, is not taken over by it.
    """
    found = people.code_owner(work.session, vault.lookup(code.upper()))
    if found is None:
        return None
    household = work.session.get_one(Household, found.household_id)
    name = name or _only_free(work, actor, household, code)
    known = _known(work, actor, household, name)
    if known is not None and (_has_account(work, actor, known) == "here" or joining.roles_of(work, known)):
        return Entered(household, matter=ask(work, actor, Wish(household.address, name, ""), household.community_id))
    person = joining.settle(work, actor.account, household, name, "")
    waiting = pending(work, actor)
    if waiting is not None:
        move(work, waiting, "close", actor, "door code")  # nobody need look into it any more
    return Entered(household, person)


def _only_free(work: Work, actor: Actor, household: Household, code: str) -> str:
    """Who is meant without a name: staff themselves, else the only member who has no account on this platform."""
    if actor.roles and actor.person is not None:
        return actor.person.name
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    taken = {
        account.person_id for account in people.accounts_of_all(work.session, [m.id for m in members if m.id])
        if account.platform == actor.account.platform
    }  # fmt: skip
    free = [member for member in members if member.id not in taken]
    if len(free) != 1:
        raise NotNow("binding/who_are_you", code=code.upper())
    return free[0].name
