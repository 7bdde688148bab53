"""The heart, without any waiting in it: takes batches of messages and moments of time through one transaction each."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

import parsing
from bot.clock import Clock
from bot.logs import trace
from bot.marks import SentMarks
from bot.messages import ChatKind, Inbound
from bot.outbox import Outbox
from bot.router import route
from community import connections, matters, troubles
from community.areas import AreaTree
from community.channels import to_operator
from community.checkins import settle_reminders
from community.floods import Floods
from community.group_receipts import group_receipts, next_group_receipt
from community.outgoing import Post, Priority, Target
from community.people import Actor, load_actors
from community.troubles import Standing
from community.unreachable import can_write_to
from community.unsent import disguised
from community.work import House, Work
from handlers import danger
from handlers.request import Message
from scheduler import plan, rounds
from storage.engine import Engine, Session, StoreAway, reading
from storage.queries import flow, places
from storage.queries import matters as matter_queries
from storage.rows import Letter, NewInbound
from storage.tables import ChatGroup, MatterKind, Round

log = structlog.get_logger()
LAST_TICK = "last_tick"
AREAS_VERSION = "areas_version"
AHEAD = timedelta(minutes=1)  # by which the last tick may lie in the future without any clock being wrong


@dataclass(slots=True)
class Program:
    """Everything that decides; called from one thread only. Each public method is one or more whole transactions."""

    engine: Engine
    house: House
    clock: Clock
    floods: Floods = field(default_factory=Floods)
    _areas: AreaTree | None = None
    _areas_version: object = None
    sent: SentMarks = field(default_factory=SentMarks)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(self)

    def forget(self) -> None:
        """Drop what is held in memory, after the store was emptied."""
        self.floods = Floods()
        self._areas = None
        self.sent.clear()

    # --- messages in ------------------------------------------------------------------------------------------

    def handle(self, batch: Sequence[Inbound]) -> list[Letter]:
        """Store and handle messages; what came before is passed over. Returns what is to be sent."""
        try:
            return self._handle(batch)
        except StoreAway:
            raise  # nobody's message is to blame; the inbox keeps them and asks again
        except Exception as error:  # noqa: BLE001  one message must take only itself down
            if len(batch) == 1:
                return self._keep_failed(batch[0], error)
            log.warning("batch.replayed", size=len(batch), error=trace(error))
            return [row for inbound in batch for row in self.handle([inbound])]

    def _handle(self, batch: Sequence[Inbound]) -> list[Letter]:
        with self.sent.taken() as sent, self.work() as work:
            flow.mark_sent(work.session, sent, work.now)
            return self._handle_fresh(work, _fresh(work.session, batch))

    def _handle_fresh(self, work: Work, fresh: Sequence[Inbound]) -> list[Letter]:
        if not fresh:
            return []
        ids = work.session.add_inbound([_stored(inbound, work.now) for inbound in fresh])
        senders = [(inbound.chat.platform, inbound.sender.id) for inbound in fresh]
        actors = load_actors(work.session, list(dict.fromkeys(senders)))
        groups = _groups(work.session, fresh)
        work.session.flush()
        for inbound, row_id, sender in zip(fresh, ids, senders, strict=True):
            if not inbound.sender.is_bot:
                _touch(actors[sender], inbound, work)
                before = len(work.post.rows)
                route(_message(work, inbound, row_id, actors[sender], groups), work)
                _mark_answers(work.post.rows[before:], inbound, row_id)
        return work.post.rows

    def _keep_failed(self, inbound: Inbound, error: Exception) -> list[Letter]:
        """Keep a message that could not be handled, mark it, apologise, and show it to a person, if that can be."""
        reference = secrets.token_hex(4)
        log.error("message.failed", reference=reference, error=trace(error))
        try:
            return self._show_failed(inbound, reference)
        except StoreAway:
            raise
        except Exception as second:  # noqa: BLE001  whatever is wrong, the next message must come through
            log.error("message.only_kept", reference=reference, error=trace(second))
            return self._only_keep(inbound, reference)

    def _only_keep(self, inbound: Inbound, reference: str) -> list[Letter]:
        """The least that is owed: the message is stored and its sender told the number and where to turn."""
        with self.work() as work:
            work.session.add_inbound([_stored(inbound, work.now, reference)])
            private = Target(inbound.chat.platform, ChatKind.PRIVATE, inbound.sender.id, inbound.account)
            values = {"reference": reference, "emergency": self.house.hotlines.emergency}
            work.post.to(private, "errors/unexpected", Priority.DANGER, values=values)
            return work.post.rows

    def _show_failed(self, inbound: Inbound, reference: str) -> list[Letter]:
        with self.work() as work:
            work.session.add_inbound([_stored(inbound, work.now, reference)])
            actor = load_actors(work.session, [(inbound.chat.platform, inbound.sender.id)])[
                (inbound.chat.platform, inbound.sender.id)
            ]
            work.session.flush()
            group = _groups(work.session, [inbound]).get((inbound.chat.platform, inbound.chat.id))
            where = matters.about_sender(work, actor, group.area_id if group else None)
            matters.pass_on(work, MatterKind.FAILED, where, inbound.text)
            kinds = parsing.danger(inbound.text)
            if kinds:
                place = Target(inbound.chat.platform, inbound.chat.kind, inbound.chat.id, inbound.account)
                in_group = inbound.chat.kind is ChatKind.GROUP
                cry = Message(inbound.text, inbound.at, actor, place, group, in_group, True, None, 0, None)
                danger.handle(cry, kinds, work)
            values = {"reference": reference, "emergency": self.house.hotlines.emergency}
            work.post.to_account(actor.account, "errors/unexpected", Priority.ANSWER, values=values)
            return work.post.rows

    def last_heard(self, platform: str, account: str) -> datetime | None:
        """Up to when an own account is known to have heard everything: its newest stored message, or when it was well."""
        with reading(self.engine) as session:
            known = [flow.last_heard(session, platform, account), troubles.well_at(session, platform, account)]
        return max((moment for moment in known if moment), default=None)

    def keep_states(self, at: datetime, standings: Sequence[Standing]) -> None:
        """Write down how the own accounts are, for the doctor and for the next start."""
        with Session(self.engine) as session:
            troubles.keep(session, at, standings)
            session.commit()

    def tell_trouble(
        self, about: Standing, everywhere: Sequence[Standing], since: datetime, page: str
    ) -> list[Letter]:  # fmt: skip
        """An own account is out of service since then; returns what is to be sent about it."""
        with self.work() as work:
            troubles.tell(work, about, everywhere, since, page)
            return work.post.rows

    def tell_trouble_over(
        self, about: Standing, everywhere: Sequence[Standing], minutes: int, *, was_told: bool
    ) -> list[Letter]:
        """It is in service again; returns what is to be sent about it."""
        with self.work() as work:
            troubles.tell_over(work, about, everywhere, minutes, was_told=was_told)
            return work.post.rows

    def tell_gap(self, platform: str, account: str, since: datetime, until: datetime) -> list[Letter]:
        """What was said to an own account between the two is lost; returns what is to be sent about it."""
        with self.work() as work:
            connections.tell_gap(work, platform, account, since, until)
            return work.post.rows

    # --- time -------------------------------------------------------------------------------------------------

    def next_moment(self, after: datetime) -> datetime:
        """When something falls due next: a round, an escalation, or a held message."""
        with reading(self.engine) as session:
            moments = [
                matter_queries.next_escalation(session), flow.next_release(session, after), next_group_receipt(session),
            ]  # fmt: skip
        rounds_at = plan.next_round(after, self.house.rules, self.house.zone).at
        return min([max(moment, after) for moment in moments if moment] + [rounds_at])

    def tick(self) -> list[Letter]:
        """Do everything that has fallen due by now, each thing once, danger first; returns what is to be sent."""
        now = self.clock.now()
        sent: list[Letter] = []
        while escalated := self._escalate_one():
            sent += escalated
        sent += self._owed_receipts()
        whole = True
        for planned in self._due_rounds(now):
            try:
                sent += self._run_round(planned, advance=whole)
            except StoreAway:
                raise
            except Exception as error:  # noqa: BLE001  it is tried again with the next tick, and holds up no other
                whole = False
                log.error("round.failed", key=planned.key, error=trace(error))
        return sent

    def _due_rounds(self, now: datetime) -> list[plan.Round]:
        with Session(self.engine) as session:
            stored = flow.setting(session, LAST_TICK)
            if stored is None:  # what falls due at this very moment is not owed
                flow.keep_setting(session, LAST_TICK, (now + timedelta(microseconds=1)).isoformat())
                session.commit()
                return []
            last = datetime.fromisoformat(stored)
            if last - now > AHEAD:  # the clock had been ahead, and was set back by more than can be waited for
                flow.forget_rounds(session, now)
                flow.keep_setting(session, LAST_TICK, now.isoformat())
                session.commit()
                last = now
            # Those of that very moment too: several rounds may share it, and only the first may have been run.
            due = plan.planned(last - timedelta(microseconds=1), now, self.house.rules, self.house.zone)
            ran = flow.ran_rounds(session, [item.key for item in due]) if due else set()
            left = [item for item in due if item.key not in ran]
            if now - last > timedelta(minutes=1) and not left:
                flow.keep_setting(session, LAST_TICK, now.isoformat())
                session.commit()
        return left

    def _run_round(self, planned: plan.Round, *, advance: bool) -> list[Letter]:
        """One round in one transaction with its key; too late to be of use, it is only noted."""
        with self.work() as work:
            late = work.now > planned.useful_until
            work.session.add(
                Round(key=planned.key, planned_at=planned.at, ran_at=work.now, note="too late" if late else "")
            )
            if advance:  # not past a round that failed
                flow.keep_setting(work.session, LAST_TICK, planned.at.isoformat())
            if not late:
                rounds.run(planned, work)
            log.info("round.skipped" if late else "round.ran", key=planned.key, messages=len(work.post.rows))
            return work.post.rows

    def _escalate_one(self) -> list[Letter]:
        with self.work() as work:
            due = matter_queries.due_escalations(work.session, work.now)
            if due:
                matters.escalate(work, due[0])
                log.info("matter.escalated", number=due[0].number, rung=due[0].level)
            return work.post.rows

    def _owed_receipts(self) -> list[Letter]:
        """One masked line in each group for those who cannot be written to privately."""
        with reading(self.engine) as session:
            due = next_group_receipt(session)
        if due is None or due > self.clock.now():
            return []
        with self.work() as work:
            group_receipts(work)
            return work.post.rows

    # --- one transaction --------------------------------------------------------------------------------------

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction at the present moment; what was written to people is stored with it."""
        with Session(self.engine, expire_on_commit=False) as session:
            now = self.clock.now()
            post = Post(session, now, self.house.rules, self.house.zone, self.house.platforms, self.floods)
            work = Work(session, now, self.house, self._tree(session), post)
            yield work
            settle_reminders(work)
            _tell_operator(work)
            work.post.store()
            session.commit()

    def _tree(self, session: Session) -> AreaTree:
        version = flow.setting(session, AREAS_VERSION)
        if self._areas is None or version != self._areas_version:
            self._areas, self._areas_version = AreaTree.of(places.all_areas(session)), version
            session.expunge_all()
        return self._areas


def _fresh(session: Session, batch: Sequence[Inbound]) -> list[Inbound]:
    """Messages that are not stored yet, each once."""
    keyed = {(m.chat.platform, m.account, m.message_id): m for m in reversed(batch)}
    known = flow.known_messages(session, keyed)
    return [m for m in batch if keyed.get(key := (m.chat.platform, m.account, m.message_id)) is m and key not in known]


def _stored(inbound: Inbound, now: datetime, reference: str | None = None) -> NewInbound:
    return NewInbound(
        platform=inbound.chat.platform, account=inbound.account, message_id=inbound.message_id,
        chat_kind=inbound.chat.kind, chat_id=inbound.chat.id, sender_id=inbound.sender.id,
        sender_name=inbound.sender.name, text=inbound.text, photos=len(inbound.images), reply_to=inbound.reply_to,
        at=inbound.at, received_at=now, reference=reference,
    )  # fmt: skip


def _groups(session: Session, batch: Sequence[Inbound]) -> dict[tuple[str, str], ChatGroup]:
    keys = {(m.chat.platform, m.chat.id) for m in batch if m.chat.kind is ChatKind.GROUP}
    return places.groups_by_key(session, keys) if keys else {}


def _mark_answers(letters: Sequence[Letter], inbound: Inbound, row_id: int) -> None:
    """What goes privately to whoever wrote, so that a receipt which cannot go there is known to be one for this."""
    for letter in letters:
        if (letter.chat_kind, letter.chat_id) == (ChatKind.PRIVATE, inbound.sender.id):
            letter.inbound_id = row_id


def _touch(actor: Actor, inbound: Inbound, work: Work) -> None:
    """Remember where this account was last seen; only what changed is written."""
    account = actor.account
    actor.mark_seen(work.now)
    if account.own_account != inbound.account:
        account.own_account = inbound.account
    if inbound.chat.kind is ChatKind.GROUP and account.via_group != inbound.chat.id:
        account.via_group = inbound.chat.id
    if inbound.chat.kind is ChatKind.PRIVATE:
        can_write_to(work, account)


def _message(
    work: Work, inbound: Inbound, row_id: int, actor: Actor, groups: dict[tuple[str, str], ChatGroup]
) -> Message:
    in_group = inbound.chat.kind is ChatKind.GROUP
    number = None
    if inbound.reply_to is not None:
        number = flow.matter_of_reply(work.session, inbound.chat.platform, inbound.reply_to)
    place = Target(inbound.chat.platform, inbound.chat.kind, inbound.chat.id, inbound.account)
    return Message(
        inbound.text, inbound.at, actor, place, groups.get((inbound.chat.platform, inbound.chat.id)), in_group,
        not in_group or inbound.mentions_bot, number, len(inbound.images), row_id,
    )  # fmt: skip


def _tell_operator(work: Work) -> None:
    """A flood was stopped: the operator learns of it, without names."""
    for conversation in work.post.alarms:
        values = {"conversation": disguised(conversation)}
        to_operator(work, "flow/stopped", Priority.DANGER, values=values)
    work.post.alarms.clear()


def is_urgent(inbound: Inbound) -> bool:
    """Whether a message holds dangerous words and must not wait for others."""
    return bool(parsing.danger(inbound.text))
