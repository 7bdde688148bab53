"""Getting in: binding with a code or with approval, door codes."""

import re
from dataclasses import dataclass

from community import audit, bindings, codes, observations, second_account
from community.access import CAPTAIN_UP
from community.bindings import Wish
from community.errors import WrongUsage
from community.people import renew
from community.work import Work
from handlers.arguments import Numbered, address, numbered, numbered_words, split_phone
from handlers.checkin import community_of
from handlers.registry import Who, command
from handlers.request import Message, Reply, reply
from storage.queries import matters
from storage.tables import MatterKind


@dataclass(frozen=True, slots=True)
class Code:
    """A door code, with the name where several live behind the door; or the code of one's other account."""

    code: str
    name: str


_CODE = re.compile(rf"([A-Za-z0-9]{{{codes.LENGTH}}})(?:\s+(\S+))?")


def _wish(text: str, message: Message, work: Work) -> Wish | Code:
    """`门牌 姓名 [手机]`, or a door code with an optional name."""
    code = _CODE.fullmatch(text.strip())
    if code:
        return Code(code[1].upper(), code[2] or "")
    words, phone = split_phone(text)
    where, name = address(words)
    if not name:
        raise WrongUsage("门牌后面写姓名")
    return Wish(where, name, phone)


@command(
    "绑定", "bind", who=Who.ANYONE, usage="门牌 姓名 [手机]  或  /绑定 邀请码",
    about="把这个账号绑定到您家；换了平台，写原来账号里 /换平台 给的码",
    examples=("/绑定 3-2-502 王大爷 13800000002", "/绑定 K7M2XQ"), args=_wish,
)  # fmt: skip
def bind(message: Message, wish: Wish | Code, work: Work) -> Reply | None:
    """`/绑定`."""
    if isinstance(wish, Code):
        return _by_code(message, wish, work)
    if message.actor.household is not None:
        return reply("binding/bound_already", address=message.actor.household.address)
    matter = bindings.ask(work, message.actor, wish, community_of(message, work))
    return reply("binding/waiting_now", address=wish.address, matter=matter.number, number=matter.number)


def _by_code(message: Message, wish: Code, work: Work) -> Reply:
    """The code of one's other account, or a door code; wrong ones are counted, so that nobody finds one by trying."""
    actor = message.actor
    codes.check_tries(work, actor.account)
    person = second_account.use_code(work, actor, wish.code)
    if person is not None:
        audit.note(work, person.id, "second-account", f"account {actor.account.id}")
        codes.forget_tries(work, actor.account)
        renew(work.session, actor)
        return reply("binding/linked", name=person.name)
    if actor.household is not None:
        codes.count_wrong(work, actor.account)
        return reply("binding/bound_already", address=actor.household.address)
    entered = bindings.use_code(work, actor, wish.code, wish.name)
    if entered is None:
        codes.count_wrong(work, actor.account)
        return reply("binding/wrong_code")
    codes.forget_tries(work, actor.account)
    address = entered.household.address
    if entered.person is None:
        number = entered.matter.number if entered.matter else None
        return reply("binding/needs_approval", address=address, matter=number, number=number)
    renew(work.session, actor)
    return reply("binding/done", name=entered.person.name, address=address)


@command(
    "换平台", "link-account", "加账号", who=Who.BOUND,
    about="换手机、换平台或多用一个账号：给您一个30分钟有效的一次性码，在新账号里发 /绑定 加这个码", examples=("/换平台",),
)  # fmt: skip
def link_account(message: Message, text: str, work: Work) -> Reply | None:
    """`/换平台`."""
    code = second_account.give_code(work, message.actor)
    audit.note(work, message.actor.person_id, "second-account-code", f"person {message.actor.person_id}")
    return reply("binding/account_code", code=code, minutes=int(second_account.VALID.total_seconds() // 60))


def _request(text: str, message: Message, work: Work) -> Numbered:
    """The number of a request; without one, the only one that waits for this person."""
    if text.strip() or message.reply_number is not None:
        return numbered(text, message, work)
    waiting = [
        m for m in matters.open_told_to(work.session, message.actor.person_id or 0) if m.kind == MatterKind.BINDING
    ]
    if len(waiting) != 1:
        raise WrongUsage("写上编号，例如 /通过 12")
    return Numbered(waiting[0].number or 0, "")


@command("通过", "approve", who=CAPTAIN_UP, usage="编号", about="同意绑定申请", examples=("/通过 12",), args=_request)
def approve(message: Message, args: Numbered, work: Work) -> Reply | None:
    """`/通过 N`."""
    matter, person = bindings.approve(work, message.actor, args.number)
    audit.note(work, message.actor.person_id, "bind", f"person {person.id}")
    return reply("binding/approved", number=matter.number, name=person.name, address=matter.place)


@command(
    "驳回", "reject", who=CAPTAIN_UP, usage="编号 理由", about="不同意绑定申请", examples=("/驳回 12 不是本户",),
    args=numbered_words,
)  # fmt: skip
def reject(message: Message, args: Numbered, work: Work) -> Reply | None:
    """`/驳回 N 理由`."""
    matter = bindings.reject(work, message.actor, args.number, args.words)
    return reply("binding/rejected", number=matter.number)


@command(
    "邀请码", "door-code", who=CAPTAIN_UP, usage="门牌", about="给一户新的邀请码，旧的作废", examples=("/邀请码 3-2-502",),
    args=lambda text, message, work: address(text)[0],
)  # fmt: skip
def door_code(message: Message, where: str, work: Work) -> Reply | None:
    """`/邀请码 门牌`."""
    household = observations.household_in(work, message.actor.scope(work.areas, CAPTAIN_UP), where)
    code = bindings.new_code(work, message.actor, household)
    audit.note(work, message.actor.person_id, "door-code", f"household {household.id}")
    return reply("binding/code", code=code, address=household.address)
