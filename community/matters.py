"""Numbered things that need a person: raised, told, taken, escalated, closed. One table of permitted moves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from community import channels, ladder
from community.access import ALL_ROLES, ROLE_LABELS
from community.errors import NotFound, NotNow
from community.people import Actor
from community.work import Priority, Work
from parsing import SYMPTOM_LABELS
from storage.queries import matters, people
from storage.tables import Account, Household, Matter, MatterKind, MatterMove, MatterState, MatterTold, Person, RoleName

K = MatterKind
KIND_LABELS = {
    K.FEVER: "发热警报", K.EMERGENCY: "紧急", K.CRISIS: "紧急·心理危机", K.LEAVING: "外出警报", K.BINDING: "绑定申请",
    K.VISIT: "上门", K.QUESTION: "提问", K.HELP: "求助", K.DECLARE: "申报", K.TIP: "线索", K.HUMAN: "留言",
    K.FAILED: "处理失败的消息", K.RELEASE: "解除观察",
}  # fmt: skip
URGENT = frozenset({K.EMERGENCY, K.CRISIS})
ALERTS = frozenset({K.FEVER, K.LEAVING}) | URGENT
NOT_BY_WORDS = URGENT | {K.BINDING}  # an answer does not end these: somebody goes there, or decides

MOVES: dict[tuple[MatterState, str], MatterState] = {
    (MatterState.OPEN, "take"): MatterState.TAKEN,
    (MatterState.OPEN, "handle"): MatterState.TAKEN,
    (MatterState.OPEN, "close"): MatterState.CLOSED,
    (MatterState.TAKEN, "handle"): MatterState.TAKEN,
    (MatterState.TAKEN, "close"): MatterState.CLOSED,
    (MatterState.TAKEN, "reopen"): MatterState.OPEN,  # its taker left
}


SAME_TALK = timedelta(minutes=30)
QUICK_REPEATS = 6  # an emergency that nobody takes is told again every few minutes, so often,
SLOW_REPEAT_MINUTES = 60  # then every hour,
MOST_REPEATS = QUICK_REPEATS + 24  # for a day; after that it stays on every list
MOST_WORDS = 4000  # characters of a sender's words that are shown with a number


@dataclass(frozen=True, slots=True)
class About:
    """Whom and where a matter concerns."""

    area_id: str
    building: str = ""
    household: Household | None = None
    person: Person | None = None
    account: Account | None = None
    label: str = ""
    place: str = ""


def about(work: Work, household: Household | None, person: Person | None, **rest: Any) -> About:
    """Where a household's matters belong, or the default area for who has none."""
    if household is None:
        return About(rest.pop("area_id", None) or work.default_area, person=person, **rest)
    rest.pop("area_id", None)
    return About(household.grid_id, household.building, household, person, **rest)


def about_sender(work: Work, actor: Actor, group_area: str | None, place: str = "") -> About:
    """A sender's own place: the household, else the area of a role, else the group's, else the default."""
    role_area = actor.roles[0].area_id if actor.roles else None
    label = actor.person.name if actor.person else "未绑定的人"
    return about(
        work, actor.household, actor.person, account=actor.account, label=label, place=place,
        area_id=group_area or role_area,
    )  # fmt: skip


def open_matter(
    work: Work, kind: MatterKind, where: About, words: str = "", temperature: float | None = None
) -> Matter:
    """A new number; kinds that may not wait get their escalation time."""
    wait = _patience(work, kind)
    matter = Matter(
        kind=kind, area_id=where.area_id, building=where.building, words=words[:MOST_WORDS], temperature=temperature,
        household_id=where.household.id if where.household else None,
        person_id=where.person.id if where.person else None,
        account_id=where.account.id if where.account else None,
        label=where.person.name if where.person else where.label,
        place=where.household.address if where.household else where.place,
        created_at=work.now, escalate_at=work.now + wait if wait else None,
    )  # fmt: skip
    work.session.add(matter)
    work.session.flush()
    return matter


def _patience(work: Work, kind: str) -> timedelta | None:
    """How long a matter may wait untaken; None for kinds that do not go up by themselves."""
    if kind in URGENT:
        return timedelta(minutes=work.rules.emergency_ack_minutes)
    return timedelta(minutes=work.rules.alert_ack_minutes) if kind in ALERTS else None


def number_of(matter: Matter) -> int:
    """The number, which every stored matter has."""
    if matter.number is None:
        raise ValueError("the matter is not stored yet")
    return matter.number


def tell(
    work: Work, matter: Matter, person_ids: Iterable[int], template: str, everywhere: Collection[int] = (),
    **values: Any,
) -> list[int]:  # fmt: skip
    """Write privately to each, once, and remember that they know; danger is never held, and goes to channels too.

    A person is told on the account they used last, those in `everywhere` on all their accounts.
    """
    number = number_of(matter)
    priority = Priority.DANGER if matter.kind in ALERTS else Priority.NOTICE
    values = {**view(matter), **values}
    known = {row.person_id for row in matters.told(work.session, number)}
    reached = []
    for person_id in dict.fromkeys(person_ids):
        if work.post.to_person(
            person_id, template, priority, everywhere=person_id in everywhere, matter=number, values=values
        ):
            reached.append(person_id)
            if person_id not in known:
                work.session.add(MatterTold(number=number, person_id=person_id, level=matter.level))
    if matter.kind in ALERTS:
        to_channels(work, matter, template, values)
    return reached


def to_channels(work: Work, matter: Matter, template: str, values: dict[str, Any]) -> None:
    """The channels of an alert's area read what the staff there read."""
    channels.to_channels(
        work, channels.ALERTS, template, Priority.DANGER, area_id=matter.area_id, values=values, matter=matter.number
    )


def knowing(work: Work, matter: Matter) -> list[int]:
    """Who was told of a matter and still answers for its area; whoever lost the role hears no more."""
    told = [row.person_id for row in matters.told(work.session, number_of(matter))]
    roles = people.roles_of(work.session, told)
    return [
        person for person in told if any(work.areas.related(role.area_id, matter.area_id) for role in roles[person])
    ]


def view(matter: Matter) -> dict[str, Any]:
    """What templates show of a matter."""
    return {
        "number": matter.number, "kind": KIND_LABELS[MatterKind(matter.kind)], "name": matter.label,
        "place": matter.place, "words": matter.words, "temperature": matter.temperature,
    }  # fmt: skip


def waited(matter: Matter, now: datetime) -> int:
    """Whole minutes since a matter began."""
    return int((now - matter.created_at).total_seconds() // 60)


def pass_on(work: Work, kind: MatterKind, where: About, words: str) -> Matter:
    """Give a message that the program may not answer to the grid leader, or the next level that somebody holds."""
    matter = open_matter(work, kind, where, words)
    tell(work, matter, ladder.leaders(work, where.area_id), "matters/passed_on")
    return matter


def pass_on_or_add(work: Work, kind: MatterKind, where: About, words: str) -> tuple[Matter, bool]:
    """Like `pass_on`, but more words of the same sender within a while belong to the open number; True if new."""
    account_id = where.account.id if where.account else None
    for matter in matters.from_account(work.session, account_id, [kind]) if account_id else ():
        if work.now - matter.created_at < SAME_TALK:
            matter.words = f"{matter.words}\n{words}"[-MOST_WORDS:]
            tell(work, matter, knowing(work, matter), "matters/more_words", more=words[:MOST_WORDS])
            return matter, False
    return pass_on(work, kind, where, words), True


def move(work: Work, matter: Matter, name: str, actor: Actor, words: str = "") -> None:
    """Make a permitted move and write down who made it; an illegal one says what is possible."""
    target = MOVES.get((MatterState(matter.state), name))
    if target is None:
        raise NotNow("matters/closed_already", number=matter.number)
    if matter.state == MatterState.OPEN and actor.person_id is not None:
        matter.taken_by, matter.taken_at = actor.person_id, work.now
    matter.state, matter.escalate_at = target, None
    if target is MatterState.CLOSED:
        matter.closed_at = work.now
    work.session.add(
        MatterMove(number=number_of(matter), at=work.now, actor_id=actor.person_id, move=name, words=words)
    )


def reopen(work: Work, matter: Matter) -> None:
    """Whoever took it has gone: it waits for a person again."""
    matter.state = MOVES[MatterState(matter.state), "reopen"]
    matter.taken_by = matter.taken_at = None
    work.session.add(MatterMove(number=number_of(matter), at=work.now, actor_id=None, move="reopen"))
    wait_again(work, matter)


def wait_again(work: Work, matter: Matter) -> None:
    """Begin the ladder anew."""
    wait = _patience(work, matter.kind)
    matter.level, matter.escalate_at = 0, work.now + wait if wait else None


def find(work: Work, actor: Actor, number: int) -> Matter:
    """A matter that this person was told of or has in scope; anything else does not exist for them."""
    matter = matters.by_number(work.session, number)
    if matter is None or not _may_see(work, actor, matter):
        raise NotFound("matters/unknown_number", number=number)
    return matter


def _may_see(work: Work, actor: Actor, matter: Matter) -> bool:
    if any(row.person_id == actor.person_id for row in matters.told(work.session, number_of(matter))):
        return True
    scope = actor.scope(work.areas, ALL_ROLES - {RoleName.VOLUNTEER, RoleName.OPERATOR})
    return scope.covers(matter.area_id, matter.building)


def take(work: Work, actor: Actor, number: int | None) -> Matter:
    """`收到`: this person takes a matter; without a number the only open one, with several it is asked which."""
    matter = find(work, actor, number) if number else _only_open(work, actor)
    if matter.state != MatterState.OPEN:
        taker = people.by_ids(work.session, [matter.taken_by or 0]).get(matter.taken_by or 0)
        raise NotNow("matters/taken_already", number=matter.number, name=taker.name if taker else "")
    move(work, matter, "take", actor)
    _tell_others(work, matter, actor)
    return matter


def waits(work: Work, number: int) -> bool:
    """Whether nobody has taken this yet."""
    matter = matters.by_number(work.session, number)
    return matter is not None and matter.state == MatterState.OPEN


def something_waits(work: Work, actor: Actor) -> bool:
    """Whether this person was told of something that nobody has taken."""
    return actor.person_id is not None and bool(matters.open_told_to(work.session, actor.person_id))


def _only_open(work: Work, actor: Actor) -> Matter:
    waiting = matters.open_told_to(work.session, actor.person_id or 0)
    alerts = [matter for matter in waiting if matter.kind in ALERTS] or waiting
    if not alerts:
        raise NotFound("matters/nothing_open")
    if len(alerts) > 1:
        raise NotNow("matters/which", matters=[view(matter) for matter in alerts])
    return alerts[0]


def _tell_others(work: Work, matter: Matter, actor: Actor) -> None:
    """Those who were told learn that somebody has it; who cried for help learns that a person is coming."""
    if matter.kind not in ALERTS:
        return
    values = {**view(matter), "taker": actor.person.name if actor.person else ""}
    for row in matters.told(work.session, number_of(matter)):
        if row.person_id != actor.person_id:
            work.post.to_person(row.person_id, "matters/taken_by", Priority.ANSWER, values=values, matter=matter.number)
    to_channels(work, matter, "matters/taken_by", values)
    if matter.kind in URGENT and matter.account_id:
        account = work.session.get(Account, matter.account_id)
        if account is not None:
            work.post.to_writer(account, "matters/help_is_coming", Priority.DANGER, values=values, matter=matter.number)


def escalate(work: Work, matter: Matter) -> None:
    """Nobody took it in time: tell the next level; who has not answered is told again on all accounts.

    What is urgent is told again to everybody who knows, other alerts to those of the last step who have several.
    """
    levels = ladder.rungs(work, matter.area_id)
    urgent = matter.kind in URGENT
    minutes = work.rules.emergency_ack_minutes if urgent else work.rules.alert_ack_minutes
    known = set(knowing(work, matter))
    pause = minutes if not urgent or matter.level + 1 < QUICK_REPEATS else SLOW_REPEAT_MINUTES
    fresh = [rung for rung in levels if not known.issuperset(rung)]
    again = known if urgent else _with_several(work, known & _told_last(work, matter))
    told = [*again, *(fresh[0] if fresh else ())]
    matter.level += 1
    tell(
        work, matter, sorted(told), "alerts/escalated_urgent" if urgent else "alerts/escalated", everywhere=again,
        minutes=pause, waited=waited(matter, work.now),
    )  # fmt: skip
    goes_on = len(fresh) > 1 or (urgent and matter.level < MOST_REPEATS)
    goes_on = goes_on or (bool(fresh) and bool(_with_several(work, fresh[0])))
    matter.escalate_at = work.now + timedelta(minutes=pause) if goes_on else None


def _told_last(work: Work, matter: Matter) -> set[int]:
    """Who was told first at the present step of the ladder."""
    return {row.person_id for row in matters.told(work.session, number_of(matter)) if row.level == matter.level}


def _with_several(work: Work, person_ids: Iterable[int]) -> set[int]:
    """Those who have several accounts here."""
    return {person_id for person_id in person_ids if len(work.post.accounts_of(person_id)) > 1}


def handle(work: Work, actor: Actor, number: int, words: str) -> Matter:
    """`/处置`: write down what was done; an untaken matter is taken with it."""
    matter = find(work, actor, number)
    move(work, matter, "handle", actor, words)
    return matter


def close(work: Work, actor: Actor, number: int, words: str) -> Matter:
    """`/结案`: the matter is over, with its outcome; a binding request is decided, so that who asked is told."""
    matter = find(work, actor, number)
    if matter.kind == K.BINDING:
        raise NotNow("binding/decide", number=number)
    move(work, matter, "close", actor, words)
    return matter


def answer(work: Work, actor: Actor, number: int, words: str) -> Matter:
    """`/回复`: send a person's answer to who wrote, and close the number; what must be acted on stays as it is."""
    matter = find(work, actor, number)
    asker = work.session.get(Account, matter.account_id) if matter.account_id else None
    if asker is None:
        raise NotFound("matters/no_asker", number=number)
    if matter.kind in NOT_BY_WORDS:
        _note(work, matter, "answer", actor, words)
    else:
        move(work, matter, "close", actor, words)
    role = next(iter(sorted(ROLE_LABELS[name] for name in actor.role_names)), "")
    values = {"words": words, "name": actor.person.name if actor.person else "", "role": role, **_asked(matter)}
    work.post.to_writer(asker, "matters/answered", Priority.ANSWER, values=values)
    return matter


def _note(work: Work, matter: Matter, name: str, actor: Actor, words: str) -> None:
    """Write down what was said: nobody has taken it by that, and its ladder goes on."""
    if matter.state == MatterState.CLOSED:
        raise NotNow("matters/closed_already", number=matter.number)
    work.session.add(
        MatterMove(number=number_of(matter), at=work.now, actor_id=actor.person_id, move=name, words=words)
    )


def _asked(matter: Matter) -> dict[str, Any]:
    return {"number": matter.number, "asked": matter.words}


def symptom_words(codes: Iterable[str]) -> str:
    """Symptoms as people call them."""
    return "、".join(SYMPTOM_LABELS[code] for code in codes)
