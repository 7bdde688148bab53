"""One way for every message: danger first, then commands, then meaning; access is checked here, once."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import parsing
from community import matters
from community.access import ROLE_LABELS
from community.errors import Expected, NotAllowed, WrongUsage
from community.outgoing import Target
from community.work import Priority, Work
from handlers import (  # noqa: F401
    alerts,
    binding,
    chain,
    checkin,
    clarify,
    danger,
    guide,
    household,
    lists,
    observation,
    report,
    roles,
    talk,
)  # fmt: skip
from handlers.registry import NAMES, Command, Who
from handlers.request import Message, Reply
from storage.tables import RoleName

MOST_CHARACTERS = 20_000  # of a message that are read; the rest is stored, and the sender is told
_COMMAND = re.compile(r"\s*/\s*(\S.*)", re.DOTALL)
_TAKE = re.compile(r"\s*(?:已?收到|已接手|接手)\s*(#?\s*\d{1,9})?\s*[。.!！~]*\s*")
_TAKE_LOOSELY = re.compile(  # counts only where something waits to be taken
    r"\s*(?:好的?|行|嗯)?[,，\s]*我?(?:已?收到|已?接手|来处理|马上去|这就去)了?(?:\s*(#?\s*\d{1,9}))?(?:\s*[,，。.!！~\s].{0,40})?"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A command and what was written after it."""

    command: Command
    rest: str


def route(message: Message, work: Work) -> None:
    """Handle one message; expected errors become answers, unexpected ones are the caller's."""
    before = len(work.post.rows)
    text = parsing.normalise(message.text[:MOST_CHARACTERS])
    kinds = parsing.danger(message.text)
    if kinds and not _is_calm(text, message):
        written = _COMMAND.fullmatch(text)
        called = _named(written[1]) if written else None
        if called is not None and called.command is NAMES["急报"]:
            message.text = called.rest
        message.understanding = _understand(message, text, work)
        danger.handle(message, kinds, work)
        return  # whoever calls for help is greeted another time
    try:
        answer = _dispatch(message, text, work)
    except Expected as problem:
        answer = Reply(problem.template, problem.values)
    if len(message.text) > MOST_CHARACTERS:
        _send(Reply("errors/too_long", {"length": len(message.text), "most": MOST_CHARACTERS}), message, work)
    if answer is not None:
        _send(answer, message, work)
    if any(row.chat_id == message.actor.account.external_id for row in work.post.rows[before:]):
        _greet(message, work, before)


def _is_calm(text: str, message: Message) -> bool:
    """Whether staff write about a matter that is known: 回复, 处置, 结案 with the words of the trouble in them."""
    written = _COMMAND.fullmatch(text)
    entry = _named(written[1]) if written else None
    return entry is not None and entry.command.calm and _allowed(entry.command, message)


def _dispatch(message: Message, text: str, work: Work) -> Reply | None:
    written = _COMMAND.fullmatch(text)
    if written and _is_of_another_bot(written[1], message):
        return None
    if written:
        message.addressed = True
        found: Found | None = _find(written[1])
    else:
        found = Found(NAMES["帮助"], "") if text.strip() == "/" else _without_slash(text, message, work)
    if found is not None:
        return _run(found, message, work)
    if message.addressed and (settled := clarify.answer(message, text, work)):
        return settled
    message.understanding = _understand(message, text, work)
    return _by_meaning(message, work)


def _is_of_another_bot(written: str, message: Message) -> bool:
    """An unknown command of somebody unknown in a group that is not ours."""
    ours = not message.in_group or message.group is not None or message.addressed or message.actor.known
    return not ours and _named(written) is None


def _without_slash(text: str, message: Message, work: Work) -> Found | None:
    """收到 in its many forms, and in private a command's name that can mean nothing else: 帮助, 确认日报 of staff."""
    if text.strip() == "帮助" and not message.in_group:
        return Found(NAMES["帮助"], "")
    if not message.actor.roles:
        return None
    taken = _TAKE.fullmatch(text)
    if taken and (taken[1] or message.reply_number or not message.in_group):
        return Found(NAMES["收到"], (taken[1] or "").strip())
    if message.in_group:
        return None
    loosely = _TAKE_LOOSELY.fullmatch(text)
    if loosely and matters.something_waits(work, message.actor):
        return Found(NAMES["收到"], (loosely[1] or "").strip())
    head = text.split(maxsplit=1)[:1]
    return _named(text.strip()) if head and len(head[0]) > 3 and head[0] in NAMES else None


def _understand(message: Message, text: str, work: Work) -> parsing.Understanding:
    """In private a resident's bare 正常 is a check-in: what else would they tell the bot; in a group it is talk."""
    waiting = not message.in_group and message.actor.household is not None
    return parsing.parse(text, checkin.context_of(message.actor, "checkin" if waiting else None))


def _by_meaning(message: Message, work: Work) -> Reply | None:
    """A check-in is taken anywhere; all else in a group only if the bot is spoken to."""
    understanding = message.understanding
    if understanding is None or (message.in_group and message.group is None and not message.actor.known):
        return None
    if understanding.checkins:
        return _checked_in(message, work)
    if not message.addressed:
        return None
    return _each(talk.follow(message, work), message, work) or talk.talk(message, work)


def _checked_in(message: Message, work: Work) -> Reply | None:
    """The receipt of a check-in, and what else the message asks for."""
    start = len(work.post.rows)
    receipt = checkin.take(message, work)
    raised = any(row.matter for row in work.post.rows[start:])
    if not message.addressed:
        return receipt
    follow = talk.follow(message, work, somebody_comes=raised)
    return _each([r for r in (receipt, *follow) if r is not None], message, work)


def _each(replies: Sequence[Reply], message: Message, work: Work) -> Reply | None:
    """Send all but the last, which the caller sends."""
    for one in replies[:-1]:
        _send(one, message, work)
    return replies[-1] if replies else None


def _named(written: str) -> Found | None:
    """The command at the head of a text, with or without a space behind it."""
    head = written.split(maxsplit=1)[0]
    whole = NAMES.get(head.lower().replace("_", "-"))  # menus of commands know no hyphen
    if whole is not None:
        return Found(whole, written[len(head) :].strip())
    starts = [name for name in NAMES if written.startswith(name) and not name.isascii()]
    if starts:
        name = max(starts, key=len)
        return Found(NAMES[name], written[len(name) :].strip())
    return None


def _find(written: str) -> Found:
    """The command that was meant, or the nearest one as advice."""
    found = _named(written)
    if found is not None:
        return found
    head = written.split(maxsplit=1)[0]
    near = difflib.get_close_matches(head.lower()[:20], NAMES, n=1, cutoff=0.3)
    raise Expected("errors/unknown_command", name=head[:20], nearest=NAMES[near[0]] if near else None)


def _run(found: Found, message: Message, work: Work) -> Reply | None:
    """Check access, read the arguments, call the handler; wrong usage is answered with an example."""
    entry = found.command
    if not (entry is NAMES["打卡"] and checkin.is_alarming(found.rest, work)):
        _check(entry, message)
    try:
        with work.session.undone_if_it_raises(), work.post.undone_if_it_raises():
            return entry.handle(message, entry.parse(found.rest, message, work), work)
    except WrongUsage as problem:
        example = entry.examples[0] if entry.examples else ""
        raise Expected(problem.template, **problem.values, usage=entry.usage, example=example) from problem


def _allowed(entry: Command, message: Message) -> bool:
    if isinstance(entry.who, frozenset):
        return message.actor.known and not entry.who.isdisjoint(message.actor.role_names)
    return entry.who is Who.ANYONE or message.actor.known


def _check(entry: Command, message: Message) -> None:
    if _allowed(entry, message):
        return
    if not message.actor.known:
        raise NotAllowed("errors/unbound")
    if isinstance(entry.who, frozenset):
        needed = [ROLE_LABELS[role] for role in RoleName if role in entry.who]
        raise NotAllowed("errors/no_role", who="、".join(needed))


def _send(answer: Reply, message: Message, work: Work) -> None:
    """An answer goes privately to the sender, or where they wrote if the handler says so."""
    if answer.here and message.in_group:
        work.post.to(message.place, answer.template, Priority.ANSWER, values=answer.values, matter=answer.matter)
    else:
        options = {"values": answer.values, "matter": answer.matter}
        work.post.to_account(message.actor.account, answer.template, Priority.ANSWER, **options)


def _greet(message: Message, work: Work, at: int) -> None:
    """On first contact: what is stored, why, for how long, who sees it; before the first answer (after it in danger)."""
    account = message.actor.account
    if account.greeted_at is not None:
        return
    account.greeted_at = work.now
    rows = work.post.rows
    tail = rows[at:]
    del rows[at:]
    target = Target(account.platform, "private", account.external_id, account.own_account, account.via_group)
    work.post.to(target, "flow/greeting", Priority.ANSWER)
    rows.extend(tail)
