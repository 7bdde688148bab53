"""A play for tests that read like the chat: `say`, `heard`, `clock`; the store is a copy of one that is filled already."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.content import answers
from bot.messages import Inbound
from bot.program import LAST_TICK, Program
from bot.settings import ROOT
from bot.setup import RULE_PACKS, load_hotlines
from community.people import Actor, load_actors
from community.rules import load_rules, with_overrides
from community.work import House, Work
from storage.engine import Session, open_engine
from storage.queries import flow, people
from storage.tables import Person
from storage.vault import vault
from tests.runner.stage import PLATFORM, Sent, Stage

KEY = bytes(range(32))
STORE = "play.db"  # where `Stage` keeps its store
RESIDENTS_GROUPS = ("g-xf1", "g-xf2", "g-hp1")


@cache
def _sample() -> dict[str, Any]:
    text = (ROOT / "content" / "demo" / "sample.yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.CSafeLoader)


def read_sample() -> dict[str, Any]:
    """The sample community; a new copy for whoever changes it."""
    return deepcopy(_sample())


def sample_start() -> datetime:
    """When the sample's clock starts: 2020-02-05, 08:00 in Shanghai; in UTC, as the program's clocks tell it."""
    return datetime.fromisoformat(read_sample()["rules"]["clock_starts"]).astimezone(UTC)


STATEMENTS: dict[Any, Any] = {}  # compiled SQL, shared by the engines of all tests


@cache
def _house() -> House:
    """What `build_program` makes of the shipped rule pack and hotlines, read once."""
    rules = load_rules(RULE_PACKS / "novel-pneumonia-2020-01.yaml")
    return House(
        rules, ZoneInfo("Asia/Shanghai"), load_hotlines(), "xingfu", (PLATFORM,), "novel-pneumonia-2020-01", answers()
    )


class FilledStage(Stage):
    """A stage on a store that is migrated and holds the sample already; starts in a few milliseconds."""

    def __post_init__(self) -> None:
        self.boot()

    def boot(self) -> None:
        """Like the real one, without reading what every test reads alike."""
        vault.unlock(self.key)
        engine = open_engine(f"sqlite:///{self.folder / STORE}").execution_options(compiled_cache=STATEMENTS)
        overrides = {key: value for key, value in self.sample["rules"].items() if key != "clock_starts"}
        house = replace(_house(), rules=with_overrides(_house().rules, overrides))
        self.program = Program(engine, house, self.clock)


@dataclass(slots=True)
class Play:
    """One test's chat."""

    stage: Stage
    last: Inbound | None = None

    def say(self, who: str, text: str, where: str = "private", **more: Any) -> str:
        """Somebody writes; returns what they are told privately in answer."""
        self.stage.window += 1
        self.last = self.stage.inbound(who, where, text, **more)
        self.stage.receive(self.last)
        return self.heard(who)

    def say_each(self, said: Iterable[tuple[str, str]], where: str = "private") -> None:
        """Several write at the same time; they are handled as one batch."""
        self.stage.window += 1
        self.stage.program.handle([self.stage.inbound(who, where, text) for who, text in said])
        self.stage.settle()

    def again(self) -> str:
        """The platform delivers the last message once more."""
        assert self.last is not None
        self.stage.window += 1
        self.stage.receive(self.last)
        return self.heard(self.last.sender.id)

    def clock(self, moment: str) -> None:
        """Time passes until a local moment such as 2020-02-05T09:00."""
        self.stage.window += 1
        self.stage.forward(datetime.fromisoformat(moment).replace(tzinfo=self.stage.program.house.zone))

    def moment(self, moment: str) -> None:
        """It is this local moment now; nothing of what fell due in between happens."""
        local = datetime.fromisoformat(moment).replace(tzinfo=self.stage.program.house.zone)
        self.stage.clock.set(local.astimezone(UTC))
        with Session(self.stage.program.engine) as session:
            flow.keep_setting(session, LAST_TICK, self.stage.clock.now().isoformat())
            session.commit()

    def heard(self, to: str) -> str:
        """What reached one conversation since the last thing that happened."""
        return "\n".join(message.text for message in self.new() if message.to == to)

    def new(self) -> list[Sent]:
        """Everything that was sent since the last thing that happened."""
        return [message for message in self.stage.sent if message.window >= self.stage.window]

    def ever(self, to: str) -> str:
        """Everything that ever reached one conversation."""
        return "\n".join(message.text for message in self.stage.sent if message.to == to)

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction at the present moment."""
        with self.stage.program.work() as work:
            yield work

    def count(self, table: str, where: str = "1=1") -> int:
        """How many rows a table holds, in plain SQL."""
        with self.stage.program.engine.connect() as connection:
            return connection.exec_driver_sql(f"SELECT count(*) FROM {table} WHERE {where}").scalar_one()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The answer to a query in plain SQL."""
        with self.stage.program.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def file(self) -> Path:
        """The store's file."""
        return self.stage.folder / STORE


def actor(work: Work, id: str) -> Actor:
    """Somebody of the sample as the program knows them."""
    return load_actors(work.session, [(PLATFORM, id)])[(PLATFORM, id)]


def person(work: Work, name: str) -> Person:
    """The one person with this name."""
    (found,) = people.named(work.session, name)
    return found
