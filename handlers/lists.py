"""Lists of people, for those who answer for them; each look is in the audit log."""

from dataclasses import dataclass
from datetime import date

from community import audit, observations, reminders, reports
from community.access import LISTS, Scope
from community.calendar import HalfDay
from community.errors import WrongUsage
from community.figures import ITEMS, figures_for, rows_of
from community.people import Actor
from community.work import Work
from handlers.arguments import address, day, half
from handlers.registry import command
from handlers.request import Message, Reply, reply

KINDS = ("在观", "发热", "未报", "到期", "集中", "转诊", "回访")


def scope_here(message: Message, work: Work) -> Scope:
    """The scope of a list."""
    return message.actor.scope(work.areas, LISTS)


def seen(work: Work, actor: Actor, what: str, count: int) -> None:
    """Write down who looked at how many people."""
    audit.note(work, actor.person_id, "view", f"{what} {count}")


@command(
    "名单", "list", who=LISTS, usage="[在观|发热|未报|到期]", about="看名单；有症状又没消息的人排在最前",
    examples=("/名单 在观", "/名单 发热"), args=lambda text, message, work: text.strip() or "在观",
)  # fmt: skip
def people_list(message: Message, kind: str, work: Work) -> Reply | None:
    """`/名单`."""
    if kind not in KINDS:
        raise WrongUsage(f"可以看：{'、'.join(KINDS)}")
    if kind == "未报":
        return unheard(message, work.half, work)
    scope = scope_here(message, work)
    if kind == "发热":
        facts = figures_for(work, scope, work.today)
        seen(work, message.actor, kind, len(facts.fever))
        return reply("lists/detail", item=kind, day=work.today, lines=facts.fever)
    lines = (
        observations.roll(work, scope) if kind == "在观" else observations.due(work, scope) if kind == "到期" else []
    )
    seen(work, message.actor, kind, len(lines))
    return reply("lists/observed", kind=kind, lines=lines, day=work.today)


def _half(text: str, message: Message, work: Work) -> HalfDay:
    if not text.strip():
        return work.half
    found = half(text)
    if found is None:
        raise WrongUsage("可以写：上午、下午")
    asked = HalfDay(work.today, found)
    if asked.index > work.half.index:
        raise WrongUsage("下午还没到")
    return asked


@command(
    "未报", "missing", who=LISTS, usage="[上午|下午]", about="还有谁没报体温",
    examples=("/未报", "/未报 上午"), args=_half,
)  # fmt: skip
def unheard(message: Message, asked: HalfDay, work: Work) -> Reply | None:
    """`/未报`."""
    lines = observations.unheard(work, scope_here(message, work), asked)
    seen(work, message.actor, "未报", len(lines))
    return reply("lists/missing", half=asked.half.label, lines=lines, day=asked.day)


@dataclass(frozen=True, slots=True)
class Urged:
    """Whom to ask (everybody who is missing, or one household), and whether at night too."""

    address: str | None
    urgent: bool


def _urged(text: str, message: Message, work: Work) -> Urged:
    rest = text.replace("紧急", " ").strip()
    return Urged(address(rest)[0] if rest else None, "紧急" in text)


@command(
    "催报", "urge", who=LISTS, usage="[门牌] [紧急]",
    about="现在就问还没报的人；同一户一小时最多问一次；夜里先存着，写“紧急”马上发",
    examples=("/催报", "/催报 6-2-1102", "/催报 紧急"), args=_urged,
)  # fmt: skip
def urge(message: Message, args: Urged, work: Work) -> Reply | None:
    """`/催报`."""
    scope = scope_here(message, work)
    household = observations.household_in(work, scope, args.address) if args.address else None
    asked = reminders.urge(work, scope, household, urgent=args.urgent)
    return reply("reminders/urged", reached=asked.reached, unreached=asked.unreached, held_until=asked.held_until)


@dataclass(frozen=True, slots=True)
class Detail:
    """An item of the report and a day."""

    item: str
    day: date


def _detail(text: str, message: Message, work: Work) -> Detail:
    item, _, rest = text.strip().partition(" ")
    if item not in ITEMS:
        raise WrongUsage(f"可以看：{'、'.join(ITEMS)}")
    return Detail(item, day(rest, work))


@command(
    "明细", "detail", who=LISTS, usage="项 [日期]", about="日报里每个数字背后是哪些人",
    examples=("/明细 症状", "/明细 缺报 2月5日"), args=_detail,
)  # fmt: skip
def detail(message: Message, args: Detail, work: Work) -> Reply | None:
    """`/明细 项 [日期]`."""
    facts = figures_for(work, scope_here(message, work), args.day)
    lines = rows_of(facts, args.item)
    seen(work, message.actor, f"明细 {args.item}", len(lines))
    corrections = reports.corrections(work, message.actor, args.day, args.item)
    return reply("lists/detail", item=args.item, day=args.day, lines=lines, corrections=corrections)
