"""A play on two platforms: the sandbox, and Telegram for whoever has an account there as well."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import col, select

from bot.messages import Inbound
from community.people import Actor, load_actors
from community.work import ChannelRule, Work
from storage.rows import Letter, letter_of
from storage.tables import OutboxRow
from tests.runner.stage import PLATFORM
from tests.unit.playing import Play

SECOND = "telegram"


class TwoPlatforms:
    """Wraps a play; ids on Telegram are written `t-…`, so that it is clear who hears what where."""

    def __init__(self, play: Play, channels: Sequence[ChannelRule] = ()) -> None:
        self.play = play
        self.open(PLATFORM, SECOND, *(("channels",) if channels else ()), channels=channels)

    def open(self, *platforms: str, channels: Sequence[ChannelRule] = ()) -> None:
        """The program runs on these platforms."""
        program = self.play.stage.program
        program.house = replace(program.house, platforms=platforms, channels=tuple(channels))

    def say(self, who: str, text: str, where: str = "private") -> str:
        """Somebody writes, on Telegram if their id begins with `t-`; returns what they are told there privately."""
        self.play.stage.window += 1
        self.play.stage.receive(self.inbound(who, text, where))
        return self.play.heard(who)

    def inbound(self, who: str, text: str, where: str = "private") -> Inbound:
        """The message as its platform delivers it."""
        inbound = self.play.stage.inbound(who, where, text)
        platform = SECOND if who.startswith("t-") else PLATFORM
        return replace(inbound, account=f"bot-{platform}", chat=replace(inbound.chat, platform=platform))

    def link(self, old: str, new: str) -> None:
        """The person behind `old` adds the account `new`."""
        code = self.say(old, "/换平台").split("一次性码：")[1][:6]
        assert "同一个人" in self.say(new, f"/绑定 {code}")

    def told(self) -> list[str]:
        """Who was written to since the last thing that happened, each message once."""
        return sorted(message.to for message in self.play.new())

    def seen_now(self, *whos: str) -> None:
        """These accounts are used in this order, whatever the program writes down of it."""
        with self.play.work() as work:
            for who in whos:
                actor_of(work, who).mark_seen(work.now)


def actor_of(work: Work, who: str) -> Actor:
    """The sender with this id as the program knows them."""
    key = (SECOND if who.startswith("t-") else PLATFORM, who)
    return load_actors(work.session, [key])[key]


def letters(work: Work, to: str, template: str) -> list[Letter]:
    """The stored messages to a conversation, in the order of writing."""
    query = select(OutboxRow).where(OutboxRow.chat_id == to, OutboxRow.template == template)
    return [letter_of(row) for row in work.session.exec(query.order_by(col(OutboxRow.id)))]
