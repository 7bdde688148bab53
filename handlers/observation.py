"""Observation and door visits, by staff."""

import re
from dataclasses import dataclass
from datetime import date

from community import audit, matters, observations, reminders
from community.access import DOCTOR_OR_COMMITTEE, GRID_UP_OR_DOCTOR
from community.checkins import Origin
from community.errors import WrongUsage
from community.people import Actor
from community.whose import Home, Reading, find_member
from community.work import Work
from handlers.arguments import FARTHEST_DAYS, address, placed
from handlers.checkin import record_readings
from handlers.registry import command
from handlers.request import Message, Reply, reply
from parsing import CheckIn, Context, parse, parse_address, parse_moment
from storage.queries import people
from storage.tables import CheckinSource, Household


@dataclass(frozen=True, slots=True)
class Registration:
    """`姓名 门牌 起始日 原因 [天数]`."""

    name: str
    address: str
    start: date
    reason: str
    days: int | None


_NAME_FIRST = re.compile(r"([^\s\d]+)\s*(.*)", re.DOTALL)
_DAYS = re.compile(r"(.*?)\s*(?<!\d)(\d{1,2})\s*天?", re.DOTALL)


def _registration(text: str, message: Message, work: Work) -> Registration:
    """Name and address in either order, a date, the reason, and the number of days where it is not the usual one."""
    first = parse_address(text.split(maxsplit=1)[0]) if text.strip() else None
    if first is not None and first.startswith(text[0]):  # 3-2-501 or 东区3-2-501, but not 韩雪1-1-401
        found = placed(text, message, work)
        where, name, rest = found.address, found.name, found.words
    else:
        head = _NAME_FIRST.match(text)
        if head is None:
            raise WrongUsage("要写齐：姓名 门牌 起始日 原因")
        name, (where, rest) = head[1], address(head[2])
    moment = parse_moment(rest, work.now.astimezone(work.zone))
    if moment is None or abs((moment.date - work.today).days) > FARTHEST_DAYS:
        raise WrongUsage("起始日写成 2020-02-03 或 2月3日")
    reason = rest[moment.length :].strip()
    days = _DAYS.fullmatch(reason)
    if days and days[1] and 1 <= int(days[2]) <= 60:
        return Registration(name, where, moment.date, days[1].strip(), int(days[2]))
    if not reason:
        raise WrongUsage("起始日后面写原因，例如：外地返回")
    return Registration(name, where, moment.date, reason, None)


@command(
    "登记观察", "observe", who=GRID_UP_OR_DOCTOR, usage="姓名 门牌 起始日 原因 [天数]",
    about="登记居家医学观察，起始日算第0天；对已在观察的人再登记就是重新计算",
    examples=("/登记观察 吴昊 2-1-301 2月3日 外地返回",), args=_registration,
)  # fmt: skip
def register(message: Message, args: Registration, work: Work) -> Reply | None:
    """`/登记观察`."""
    scope = message.actor.scope(work.areas, GRID_UP_OR_DOCTOR)
    row, household, told = observations.register(
        work, message.actor, scope, name=args.name, address=args.address, start=args.start, reason=args.reason,
        days=args.days,
    )  # fmt: skip
    audit.note(work, message.actor.person_id, "observe", f"person {row.person_id}")
    return reply(
        "observation/registered", name=args.name, address=household.address, start=row.start, days=row.days,
        day=(work.today - row.start).days, last_day=observations.last_day(row), told=told, edition=work.rules.edition,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A name, with the address where several are called so."""

    name: str
    address: str | None


def _named(text: str, message: Message, work: Work) -> Named:
    words = text.split()
    if not words:
        raise WrongUsage("缺少姓名")
    places = [found for word in words if (found := parse_address(word))]
    names = [word for word in words if not parse_address(word)]
    if not names:
        raise WrongUsage("缺少姓名")
    return Named(names[0], places[0] if places else None)


@command(
    "解除", "release", who=DOCTOR_OR_COMMITTEE, usage="姓名 [门牌]",
    about="期满、有最近半天的体温、近三天不发热，才能解除观察", examples=("/解除 吴昊",), args=_named,
)  # fmt: skip
def release(message: Message, args: Named, work: Work) -> Reply | None:
    """`/解除 姓名`."""
    scope = message.actor.scope(work.areas, DOCTOR_OR_COMMITTEE)
    certificate = observations.release(work, message.actor, scope, args.name, args.address)
    audit.note(work, message.actor.person_id, "release", args.address or "by name")
    return reply("observation/certificate", **certificate)


@command(
    "上门", "visit", who=GRID_UP_OR_DOCTOR, usage="门牌 说明", about="记下上门看到的情况，里面的体温会登记",
    examples=("/上门 6-2-1102 在家，手机坏了，体温36.6，无症状",),
    args=lambda text, message, work: address(text),
)  # fmt: skip
def visit(message: Message, args: tuple[str, str], work: Work) -> Reply | None:
    """`/上门 门牌 说明`."""
    where, words = args
    if not words:
        raise WrongUsage("门牌后面写看到的情况")
    household = observations.household_in(work, message.actor.scope(work.areas, GRID_UP_OR_DOCTOR), where)
    for number in reminders.close_visits(work, household):
        matters.close(work, message.actor, number, words)
    readings = _door_readings(work, household, words, message.actor)
    if not readings:
        return reply("observation/visited", address=household.address)
    return record_readings(
        work, readings, Origin(message.actor, CheckinSource.DOOR, message.at, None, message.inbound_id)
    )


def _door_readings(work: Work, household: Household, words: str, actor: Actor) -> list[Reading]:
    """Readings in a visitor's note; one without a name belongs to the only one observed there."""
    members = people.members(work.session, [household.id or 0])[household.id or 0]
    observed = observations.of_household(work, members)
    subject = [member for member in members if member.id in observed] or members
    home = Home(household, members, subject[0] if len(subject) == 1 else None)
    entries = parse(words, Context("checkin", household.address, tuple(member.name for member in members))).checkins
    return [_door_reading(entry, home) for entry in entries if entry.temperature is not None or entry.symptoms]


def _door_reading(entry: CheckIn, home: Home) -> Reading:
    who = "self" if entry.person in ("self", "?", "all") else entry.person
    person = find_member(who, home)
    if person is None:
        raise WrongUsage("这户不止一人在观察，请写明是谁的体温，例如：张伟36.5 李梅36.4")
    return Reading(entry, person, home.household, person.name)
