"""The own household: who is in it, today's check-ins, observation, open requests."""

from datetime import timedelta

from community import bindings
from community.calendar import Half
from community.errors import NotAllowed
from community.work import Work
from handlers.registry import Who, command
from handlers.request import Message, Reply, reply
from storage.queries import health, matters
from storage.tables import Observation


@command("我的", "me", who=Who.ANYONE, about="看本户：成员、今天的打卡、观察到哪一天、未办完的事", examples=("/我的",))
def mine(message: Message, text: str, work: Work) -> Reply | None:
    """`/我的`."""
    actor = message.actor
    waiting = bindings.pending(work, actor)
    if actor.household is None and waiting is not None:
        return reply("household/waiting", address=waiting.place, number=waiting.number)
    if actor.person is None:
        raise NotAllowed("errors/unbound")
    heard = health.heard(work.session, [m.id for m in actor.members if m.id], work.today)
    halves = [Half.AM] if work.half.half is Half.AM else [Half.AM, Half.PM]
    lines = [
        {
            "name": member.name,
            "readings": [(half.label, heard.get((member.id or 0, half.value))) for half in halves],
            "observation": _observation(actor.observations.get(member.id or 0), work),
        }
        for member in actor.members
    ]
    open_matters = matters.from_account(work.session, actor.account.id or 0, ["help", "question", "human"])
    return reply(
        "household/mine", address=actor.household.address if actor.household else "", lines=lines,
        open=[m.number for m in open_matters], day=work.today,
    )  # fmt: skip


def _observation(row: Observation | None, work: Work) -> dict[str, object] | None:
    if row is None:
        return None
    return {"day": (work.today - row.start).days, "days": row.days, "last_day": row.start + timedelta(days=row.days)}
