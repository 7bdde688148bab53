"""The daily report: confirmed by the grid leader, shown to whoever answers for an area."""

from dataclasses import dataclass
from datetime import date

from community import audit, report_text, reports
from community.access import GRID_UP, GRID_UP_OR_DOCTOR
from community.errors import NotNow, WrongUsage
from community.figures import COUNTED, ITEMS, unpack
from community.work import Work
from handlers.arguments import FARTHEST_DAYS, day
from handlers.registry import command
from handlers.request import Message, Reply, reply
from parsing import parse_moment
from storage.tables import RoleName


@command(
    "确认日报", "confirm-report", who={RoleName.GRID_LEADER}, usage="[备注]",
    about="确认本网格今天的日报；按确认时的数字上报", examples=("/确认日报", "/确认日报 冯宇已上门"),
)  # fmt: skip
def confirm(message: Message, note: str, work: Work) -> Reply | None:
    """`/确认日报`."""
    grids = [role.area_id for role in message.actor.roles if role.role == RoleName.GRID_LEADER]
    done = reports.confirm(work, message.actor, grids, note.strip())
    shown = [report_text.values_for(work, r.area_id, r.day, unpack(r.content), r) for r in done]
    return reply("report/confirmed", reports=shown, late=done[0].late)


@command(
    "日报", "report", who=GRID_UP_OR_DOCTOR, usage="[日期]", about="看今天或某一天的日报",
    examples=("/日报", "/日报 2月5日"), args=lambda text, message, work: day(text, work),
)  # fmt: skip
def show(message: Message, asked: date, work: Work) -> Reply | None:
    """`/日报 [日期]`."""
    if asked > work.today:
        raise NotNow("report/not_come", day=asked)
    tops = dict.fromkeys(role.area_id for role in message.actor.roles if role.role in GRID_UP_OR_DOCTOR)
    shown = []
    for area_id in tops:
        facts, report = reports.shown(work, area_id, asked)
        shown.append(report_text.values_for(work, area_id, asked, facts, report))
    audit.note(work, message.actor.person_id, "view", f"report {asked} {','.join(tops)}")
    return reply("report/shown", reports=shown)


@dataclass(frozen=True, slots=True)
class Correction:
    """`日期 项 值 原因`."""

    day: date
    item: str
    value: int
    reason: str


def _correction(text: str, message: Message, work: Work) -> Correction:
    words = text.split(maxsplit=3)
    if len(words) < 4:
        raise WrongUsage("要写齐：日期 项 值 原因")
    moment = parse_moment(words[0], work.now.astimezone(work.zone))
    items = [item for item, name in ITEMS.items() if name in COUNTED]
    if (
        moment is None
        or abs((moment.date - work.today).days) > FARTHEST_DAYS
        or words[1] not in items
        or not words[2].isdecimal()
    ):
        raise WrongUsage(f"日期写成 2020-02-06，值是整数；可以更正：{'、'.join(items)}")
    return Correction(moment.date, words[1], int(words[2]), words[3])


@command(
    "更正日报",
    "correct-report",
    who=GRID_UP,
    usage="日期 项 值 原因",
    about="更正已上报的数字：出新的一版，写明谁改了什么，上级的日报随着更新",
    examples=("/更正日报 2月5日 发热 1 门岗补报一人",),
    args=_correction,
)
def correct(message: Message, args: Correction, work: Work) -> Reply | None:
    """`/更正日报`."""
    report = reports.correct(work, message.actor, args.day, args.item, args.value, args.reason)
    audit.note(work, message.actor.person_id, "correct-report", f"{report.area_id} {args.day} v{report.version}")
    shown = report_text.values_for(work, report.area_id, report.day, unpack(report.content), report)
    return reply("report/shown", reports=[shown])
