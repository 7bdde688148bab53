"""接龙 by command: start one in the group, or see who is missing."""

import re

from community.access import LISTS
from community.work import Work
from handlers import lists
from handlers.registry import Who, command
from handlers.request import Message, Reply, reply
from parsing import find_symptoms, parse_temperature

_TELLS = re.compile("观察|隔离|确诊|疑似|阳性|密接")  # a title is read by the whole group


@command(
    "接龙", "chain", who=Who.BOUND, usage="[标题]", about="在群里起一个接龙；不写标题就看还缺谁（网格员、楼栋长）",
    examples=("/接龙 今日体温", "/接龙"),
)  # fmt: skip
def chain(message: Message, title: str, work: Work) -> Reply | None:
    """`/接龙 标题` or `/接龙`."""
    if title.strip():
        if not message.in_group or message.group is None:
            return reply("chain/only_in_group")
        if parse_temperature(title) is not None or find_symptoms(title) or _TELLS.search(title):
            return reply("chain/no_health_in_title")
        return Reply("group/chain", {"title": title.strip()[:40]}, here=True)
    if message.actor.role_names.isdisjoint(LISTS):
        return reply("chain/only_staff")
    return lists.unheard(message, work.half, work)
