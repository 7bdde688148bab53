"""Check-ins in free text, by command, for others, and in chains."""

from dataclasses import dataclass, replace

from community import chains, checkins, clarify, matters
from community.access import CAPTAIN_UP, LISTS
from community.checkins import Origin, Receipt
from community.errors import NotFound, WrongUsage
from community.observations import household_in
from community.people import Actor
from community.whose import Home, Reading, find_member, resolve
from community.work import Work
from handlers import arguments
from handlers.registry import Who, command
from handlers.request import Message, Reply, reply
from parsing import Context, parse
from storage.queries import people
from storage.tables import CheckinSource, MatterKind, RoleName

SPEAKS_FOR_OTHERS = LISTS | {RoleName.VOLUNTEER}


def context_of(actor: Actor, expecting: str | None) -> Context:
    """What the parser knows of the sender."""
    return Context(expecting, actor.household.address if actor.household else None, actor.member_names())


@command(
    "打卡", "checkin", "报体温", who=Who.BOUND, usage="体温 [症状]",
    about="报自己或家人的体温；也可以不用命令，直接说“36.5，没有不舒服”", examples=("/打卡 36.5", "/打卡 李梅 36.8 咳嗽"),
)  # fmt: skip
def check_in(message: Message, text: str, work: Work) -> Reply | None:
    """`/打卡 36.5 [症状]`."""
    message.understanding = parse(text, context_of(message.actor, "checkin"))
    if not message.understanding.checkins:
        raise WrongUsage()
    return take(message, work)


def is_alarming(text: str, work: Work) -> bool:
    """Whether what stands after `/打卡` is a fever or an alarm symptom, which is heard from anybody."""
    entries = parse(text, Context("checkin", None, ())).checkins
    return any(work.rules.alarms(entry.temperature, entry.symptoms) for entry in entries)


def take(message: Message, work: Work, *, alarm: bool = True) -> Reply | None:
    """Record what a message reports and answer for each person; None where nothing was new."""
    community = community_of(message, work)
    readings = _readings(message, work, community)
    sorted_out = _sort_out(message, work, readings)
    origin = _origin(message, work)
    receipts = []
    for reading in sorted_out.sure:
        receipt = checkins.record(work, reading, _sourced(origin, message, reading), alarm=alarm)
        receipts.append(receipt if _may_see(message, work, reading) else _blind(receipt, reading))
    asked = _ask_back(message, work, sorted_out)
    missing = [reading for reading, r in zip(sorted_out.sure, receipts, strict=True) if r.wants_reading and not r.own]
    if len(missing) == 1 and asked.question is None and not message.in_group:
        clarify.wait_for(work, message.actor, missing[0], message.at, message.inbound_id)
    receipts = [replace(r, registered=True) if r.name in asked.labels else r for r in receipts]
    receipts = list(dict.fromkeys(receipts))  # of a neighbour's whole household, which is told of in one word
    doubtful = [r for r in sorted_out.doubtful if r not in asked.readings]
    doubtful = [r if _may_see(message, work, r) else replace(r, person=None) for r in doubtful]
    number = _pass_on_foreign(message, work, sorted_out.foreign)
    unread = message.understanding.chain.unread if message.understanding and message.understanding.chain else 0
    if not (receipts or doubtful or number or asked.question or unread):
        return None
    values = receipt_values(work, receipts, doubtful, number, bound=message.actor.known, question=asked.question)
    return Reply("checkin/receipt", {**values, "unread": unread})


@dataclass(frozen=True, slots=True)
class _AskedBack:
    question: clarify.Asked | None
    readings: list[Reading]  # those that the questions are about

    @property
    def labels(self) -> set[str]:
        return {reading.name for reading in self.readings}


def _ask_back(message: Message, work: Work, found: "_Sorted") -> _AskedBack:
    """Where two readings of the message are possible, ask which; a chain or a list is never asked about."""
    if message.understanding is not None and message.understanding.chain is not None:
        return _AskedBack(None, [])
    unsure = [*found.doubtful, *(r for r in found.sure if r.person is None and r not in found.doubtful)]
    doubts = clarify.doubts(message.actor, unsure)
    waiting = clarify.ask(work, message.actor, [asked for _, asked in doubts], message.at, message.inbound_id)
    return _AskedBack(waiting.first if waiting else None, [reading for reading, _ in doubts])


def _may_see(message: Message, work: Work, reading: Reading) -> bool:
    """Whether the receipt may tell what is known of this person: the own household's, and what lists would show."""
    actor, home = message.actor, reading.household
    if home is None or (actor.household and home.id == actor.household.id):
        return True
    return actor.scope(work.areas, LISTS).covers_household(home)


def _blind(receipt: Receipt, reading: Reading) -> Receipt:
    """A neighbour's receipt says back what was written and nothing else: no name, nor who is observed."""
    return replace(receipt, name=reading.written, progress="", wants_reading=False, registered=True)


def receipt_values(
    work: Work, receipts: list[Receipt], doubtful: list[Reading], number: int | None, *, bound: bool = True,
    question: clarify.Asked | None = None,
) -> dict[str, object]:  # fmt: skip
    """What the receipt template shows."""
    return {
        "receipts": receipts, "doubtful": doubtful, "passed_on": number, "bound": bound, "question": question, "unread": 0,
        "threshold": work.rules.fever_threshold_celsius, "edition": work.rules.edition,
    }  # fmt: skip


def _readings(message: Message, work: Work, community: str | None) -> list[Reading]:
    """What the message reports and whose it is; of a chain only what is new."""
    understanding = message.understanding
    if understanding is None:
        return []
    if understanding.chain is None:
        return resolve(work, message.actor, understanding.checkins, community)
    chain = chains.fresh(work, message.place.key, understanding.chain)
    readings = resolve(work, message.actor, chain.entries, community, open_to_all=message.group is not None)
    chain.remember(work, readings)
    return chain.news(readings)


def community_of(message: Message, work: Work) -> str | None:
    """Where addresses of this message are looked up."""
    actor = message.actor
    if actor.household:
        return actor.household.community_id
    area = message.group_area or (actor.roles[0].area_id if actor.roles else None)
    community = work.areas.community_of(area) if area else None
    return community.id if community else None


@dataclass(frozen=True, slots=True)
class _Sorted:
    sure: list[Reading]
    doubtful: list[Reading]  # asked again
    foreign: list[Reading]  # of other households, by who may not speak for them


def _sort_out(message: Message, work: Work, readings: list[Reading]) -> _Sorted:
    """Which readings are recorded, which are asked again, which a person must look at."""
    found = _Sorted([], [], [])
    for reading in readings:
        if not _may_report(message, work, reading):
            found.foreign.append(reading)
            continue
        alarming = work.rules.alarms(reading.entry.temperature, reading.entry.symptoms)
        nameless = reading.person is None and reading.entry.person == "?"
        unbelievable = reading.entry.claimed is not None and reading.entry.temperature is None
        if unbelievable or nameless or reading.entry.unclear:
            found.doubtful.append(reading)
        vague = reading.entry.unclear and reading.entry.temperature is None
        if alarming or reading.entry.symptoms or not (unbelievable or nameless or vague):
            found.sure.append(reading)
    return found


def _may_report(message: Message, work: Work, reading: Reading) -> bool:
    """For the own household, in a chain, for people in scope, or as a stranger in the residents' group."""
    actor, home = message.actor, reading.household
    chained = (
        message.group is not None and message.understanding is not None and message.understanding.chain is not None
    )
    if home is None or chained or (actor.household and home.id == actor.household.id):
        return True
    if actor.scope(work.areas, SPEAKS_FOR_OTHERS).covers_household(home):
        return True
    return not actor.known and message.in_group and reading.person is not None


def _origin(message: Message, work: Work) -> Origin:
    return Origin(message.actor, CheckinSource.SELF, message.at, message.group_area, message.inbound_id)


def _sourced(origin: Origin, message: Message, reading: Reading) -> Origin:
    """The same origin with the way by which this reading came."""
    if message.understanding and message.understanding.chain:
        source = CheckinSource.CHAIN
    elif reading.person and reading.person.id == message.actor.person_id:
        source = CheckinSource.SELF
    elif message.actor.household and reading.household and reading.household.id == message.actor.household.id:
        source = CheckinSource.HOUSEHOLD
    else:
        source = CheckinSource.STAFF if message.actor.roles else CheckinSource.GROUP
    return Origin(origin.actor, source, origin.at, origin.area_id, origin.inbound_id)


def _pass_on_foreign(message: Message, work: Work, foreign: list[Reading]) -> int | None:
    """A neighbour's word about another household goes to that household's grid leader."""
    if not foreign or foreign[0].household is None:
        return None
    where = matters.about(work, foreign[0].household, None, account=message.actor.account, label=foreign[0].name)
    return matters.pass_on(work, MatterKind.TIP, where, message.text).number


@command(
    "更正", "correct", who=Who.BOUND, usage="[姓名] 体温", about="更正今天最后一次体温，两次都保留",
    examples=("/更正 36.5", "/更正 李梅 36.6"),
)  # fmt: skip
def correct(message: Message, text: str, work: Work) -> Reply | None:
    """`/更正 36.5`."""
    entries = parse(text, context_of(message.actor, "checkin")).checkins
    if len(entries) != 1:
        raise WrongUsage("一次更正一个人的一个体温")
    reading = resolve(work, message.actor, entries, community_of(message, work))[0]
    if reading.entry.temperature is None:
        return Reply("checkin/receipt", receipt_values(work, [], [reading], None))
    if not _may_report(message, work, reading):
        raise NotFound("checkin/nothing_to_correct", name=reading.name)
    done = checkins.correct(work, reading, _sourced(_origin(message, work), message, reading))
    return reply("checkin/corrected", done=done, matter=done.alert)


@command(
    "代报", "report-for", who=CAPTAIN_UP, usage="门牌 姓名 体温 [症状]", about="替没有手机的人报体温",
    examples=("/代报 3-2-502 王大爷 36.8",), args=arguments.placed,
)  # fmt: skip
def report_for(message: Message, args: arguments.Placed, work: Work) -> Reply | None:
    """`/代报 门牌 姓名 体温 [症状]`."""
    household = household_in(work, message.actor.scope(work.areas, CAPTAIN_UP), args.address)
    home = Home(household, people.members(work.session, [household.id or 0])[household.id or 0])
    person = find_member(args.name, home)
    if person is None:
        raise NotFound("errors/no_member", name=args.name, address=household.address)
    entries = parse(args.words, Context("checkin", household.address, (person.name,))).checkins
    if not entries:
        raise WrongUsage("姓名后面写体温")
    readings = [Reading(entry, person, household, person.name) for entry in entries]
    origin = Origin(message.actor, CheckinSource.STAFF, message.at, None, message.inbound_id)
    return record_readings(work, readings, origin)


def record_readings(work: Work, readings: list[Reading], origin: Origin) -> Reply:
    """Record readings whose person is certain; what cannot be believed is asked again."""
    doubtful = [r for r in readings if r.entry.temperature is None and r.entry.claimed is not None]
    sure = [r for r in readings if r not in doubtful or r.entry.symptoms]
    receipts = [checkins.record(work, reading, origin) for reading in sure]
    return Reply("checkin/receipt", receipt_values(work, receipts, doubtful, None))
