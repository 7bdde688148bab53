"""Help: what this person may do here, with examples; it writes itself from the registration."""

from community.access import ROLE_LABELS
from community.people import Actor
from community.work import Work
from handlers.registry import COMMANDS, NAMES, Command, Who, command
from handlers.request import Message, Reply, reply


def may_use(entry: Command, actor: Actor) -> bool:
    """Whether the sender's role reaches for a command (the area is checked later)."""
    if isinstance(entry.who, Who):
        return entry.who is Who.ANYONE or actor.known
    return not entry.who.isdisjoint(actor.role_names)


def who_label(entry: Command) -> str:
    """Who may use a command, in words."""
    if isinstance(entry.who, Who):
        return {Who.ANYONE: "所有人", Who.BOUND: "已绑定的人"}[entry.who]
    return "、".join(label for role, label in ROLE_LABELS.items() if role in entry.who)


@command("帮助", "help", "菜单", who=Who.ANYONE, usage="[命令]", about="看您能做什么", examples=("/帮助", "/帮助 打卡"))
def show(message: Message, text: str, work: Work) -> Reply | None:
    """`/帮助 [命令]`."""
    wanted = NAMES.get(text.strip().lstrip("/").lower())
    if wanted is not None:
        return reply("help/command", entry=wanted, alias=wanted.aliases[0], who=who_label(wanted))
    usable = [entry for entry in COMMANDS.values() if may_use(entry, message.actor)]
    return reply("help/all", entries=usable, known=message.actor.known)
