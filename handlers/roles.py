"""Roles given and taken, groups bound to areas."""

import re
from dataclasses import dataclass

from community import appointments, audit
from community.access import GRID_UP, ROLE_LABELS, ROLE_WORDS
from community.appointments import Which
from community.errors import NotNow, WrongUsage
from community.work import Work
from handlers.registry import command
from handlers.request import Message, Reply, reply
from parsing import parse_address
from storage.tables import GroupKind, RoleName

KINDS = {"居民": GroupKind.RESIDENTS, "工作": GroupKind.STAFF}


@dataclass(frozen=True, slots=True)
class Appointment:
    """`姓名 角色 范围`."""

    name: str
    role: RoleName
    where: str


def _appointment(text: str, message: Message, work: Work) -> Appointment:
    words = text.split()
    if len(words) < 3:
        raise WrongUsage("要写齐：姓名 角色 范围")
    role = ROLE_WORDS.get(words[1])
    if role is None:
        raise WrongUsage(f"角色可以是：{'、'.join(ROLE_LABELS.values())}")
    return Appointment(words[0], role, "".join(words[2:]))


@command(
    "任命", "appoint", who=GRID_UP, usage="姓名 角色 范围", about="给下一级的人角色，范围写区域名或楼栋",
    examples=("/任命 李梅 楼栋长 2栋", "/任命 刘强 网格长 幸福里第二网格"), args=_appointment,
)  # fmt: skip
def appoint(message: Message, args: Appointment, work: Work) -> Reply | None:
    """`/任命`."""
    scope = message.actor.scope(work.areas, GRID_UP)
    ground = appointments.ground(work, scope, args.where)
    person = appointments.appoint(work, message.actor, scope, args.name, args.role, ground)
    audit.note(work, message.actor.person_id, "appoint", f"person {person.id} {args.role} {ground.area_id}")
    return reply("roles/appointed", name=args.name, role=ROLE_LABELS[args.role], where=args.where)


_SHOWN_NUMBER = re.compile(r"#?(\d{1,9})号?")


def _which(text: str, message: Message, work: Work) -> Which:
    """`姓名`, and where several are called so the number shown (`17号`) or the address."""
    name, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    if not name:
        raise WrongUsage("缺少姓名")
    shown = _SHOWN_NUMBER.fullmatch(rest)
    if shown:
        return Which(name, person_id=int(shown[1]))
    where = parse_address(rest) if rest else None
    if rest and where is None:
        raise WrongUsage("姓名后面只写门牌或号，例如 3-2-501 或 17号")
    return Which(name, where)


@command(
    "撤职", "dismiss", who=GRID_UP, usage="姓名 [门牌]", about="收回下一级的人的角色", examples=("/撤职 李梅",), args=_which,
)  # fmt: skip
def dismiss(message: Message, which: Which, work: Work) -> Reply | None:
    """`/撤职`."""
    ended = appointments.dismiss(work, message.actor, message.actor.scope(work.areas, GRID_UP), which)
    audit.note(work, message.actor.person_id, "dismiss", f"roles {','.join(str(role.id) for role in ended)}")
    return reply("roles/dismissed", name=which.name, roles=[ROLE_LABELS[RoleName(role.role)] for role in ended])


@command(
    "绑定群", "bind-group", who=GRID_UP, usage="网格或社区 居民|工作", about="在群里发：这个群属于哪个区域",
    examples=("/绑定群 幸福里第一网格 居民",),
)  # fmt: skip
def bind_group(message: Message, text: str, work: Work) -> Reply | None:
    """`/绑定群`, written in the group."""
    *area, kind = text.split() or [""]
    if not message.in_group:
        raise NotNow("roles/only_in_group")
    if not area or kind not in KINDS:
        raise WrongUsage("要写：区域名 居民（或 工作）")
    scope = message.actor.scope(work.areas, GRID_UP)
    area_id = appointments.area_in_scope(work.areas, scope, "".join(area))
    appointments.bind_group(work, scope, message.place.platform, message.place.id, area_id, KINDS[kind])
    audit.note(work, message.actor.person_id, "bind-group", area_id)
    return Reply("group/bound", {"area": work.areas[area_id].name, "kind": kind}, here=True)
