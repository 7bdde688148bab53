"""Somebody cannot be written to privately: another account, a masked line in the group, or a person who calls."""

from collections.abc import Sequence

from community import group_receipts, ladder, matters
from community.work import Priority, Work
from storage.queries import flow, health, people, places
from storage.queries import matters as matter_queries
from storage.rows import Letter
from storage.tables import Account, Checkin, InboundRow, Matter, MatterKind, MatterMove, MatterState

RECEIPTS = ("checkin/receipt", "checkin/corrected")
ADVICE = (*RECEIPTS, "danger/emergency", "danger/crisis", "matters/help_is_coming")  # what to do, and that help comes
NOT_REACHED = "not_reached"
GREETING = "flow/greeting"  # each account has its own


def cannot_write_to(work: Work, letter: Letter, inbound_id: int | None) -> bool:
    """A private message was refused for good because of its reader; `inbound_id`: the message that it answers.

    False if nobody was told instead and somebody has to look: danger that went nowhere.
    """
    key = (letter.platform, letter.chat_id)
    account = people.accounts_by_key(work.session, [key]).get(key)
    if account is None or letter.chat_kind != "private":
        return False
    flow.keep_setting(work.session, f"{people.UNREACHED}{account.id}", work.now.isoformat())
    work.post.forget(account.person_id)
    heard = people.heard_in(work.session, inbound_id) if inbound_id is not None else []
    other = work.post.account_of(account.person_id) if account.person_id is not None else None
    if other is not None:
        if letter.template != GREETING and not matter_queries.told_beside(work.session, letter, other):
            work.post.pass_to(other, letter)
        return True
    _owe(work, letter, account, heard, inbound_id)
    if letter.template in ADVICE:
        _have_them_called(work, account, heard)
    if letter.matter is not None and letter.template.startswith("alerts/"):
        _go_up_at_once(work, letter.matter)
    return letter.priority > Priority.DANGER


def can_write_to(work: Work, account: Account) -> None:
    """Somebody wrote privately: answers will come through again."""
    if not work.post.reaches(account):
        people.drop_fact(work.session, f"{people.UNREACHED}{account.id}")
        work.session.flush()
        work.post.forget(account.person_id)


def _owe(work: Work, letter: Letter, account: Account, heard: Sequence[Checkin], inbound_id: int | None) -> None:
    """What was registered is said masked in the group it was written in; nothing else of it may be said there."""
    inbound = work.session.get(InboundRow, inbound_id) if inbound_id is not None else None
    chat_id = letter.via_group or account.via_group
    if inbound is not None:
        chat_id = inbound.chat_id if inbound.chat_kind == "group" else None
    key = (letter.platform, chat_id or "")
    group = places.groups_by_key(work.session, [key]).get(key)
    if group is not None:
        own = inbound.account if inbound is not None else letter.account
        homes = _homes(work, heard) if letter.template in RECEIPTS else []
        group_receipts.owe(work, group, homes, own)


def _homes(work: Work, heard: Sequence[Checkin]) -> list[int]:
    """The households whose report is complete: of the observed a word without a reading is not."""
    observed = health.active_observations(work.session, [row.person_id for row in heard if row.person_id])
    lacking = {row.household_id for row in heard if row.temperature is None and row.person_id in observed}
    return [row.household_id for row in heard if row.household_id is not None and row.household_id not in lacking]


def _have_them_called(work: Work, account: Account, heard: Sequence[Checkin]) -> None:
    """Who has a fever, or has called for help, does not know what to do: those who were told call or go there."""
    found: dict[int, Matter] = {}
    for matter in matter_queries.from_account(work.session, account.id or 0, matters.ALERTS):
        found[matters.number_of(matter)] = matter
    for person_id in dict.fromkeys(row.person_id for row in heard if row.person_id):
        fever = matter_queries.open_for_person(work.session, person_id, [MatterKind.FEVER])
        if fever is not None:
            found[matters.number_of(fever)] = fever
    for number, matter in found.items():
        if not matter_queries.has_move(work.session, number, NOT_REACHED):
            work.session.add(MatterMove(number=number, at=work.now, actor_id=None, move=NOT_REACHED))
            matters.tell(work, matter, matters.knowing(work, matter), "alerts/not_reached")


def _go_up_at_once(work: Work, number: int) -> None:
    """If nobody of those who were told can be reached, the next level does not have to wait for them."""
    matter = matter_queries.by_number(work.session, number)
    if matter is None or matter.state != MatterState.OPEN:
        return
    known = set(matters.knowing(work, matter))
    above = any(not known.issuperset(rung) for rung in ladder.rungs(work, matter.area_id))
    if above and all(work.post.account_of(person_id) is None for person_id in known):
        matter.escalate_at = work.now
