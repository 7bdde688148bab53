"""Builds the heart of the program: store, rules, clock; and fills an empty store with the sample."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.clock import Clock
from bot.content import answers
from bot.program import AREAS_VERSION, Program
from bot.settings import ROOT, Settings
from community.import_files import plan_of
from community.import_plan import Plan
from community.importing import Outcome, Progress, take
from community.rules import Rules, load_rules
from community.work import ChannelRule, Hotlines, House
from storage.engine import Engine, Session, migrate, open_engine
from storage.queries import flow, places
from storage.vault import KeyProblem, decode_key, read_or_make_key, vault

RULE_PACKS = ROOT / "content" / "rules"
HOTLINES = ROOT / "content" / "hotlines.yaml"
KEY_MARK = "key_check"
SAMPLE_ONLY = {"clock_starts"}  # keys of a sample's rules that are no rules


def load_hotlines(path: Path = HOTLINES) -> Hotlines:
    """The numbers that may be told to people."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Hotlines(raw["emergency"]["number"], raw["fire"]["number"], raw["psychological"]["number"])


def build_program(
    url: str, key: bytes, clock: Clock, *, platforms: tuple[str, ...], overrides: dict[str, Any] | None = None,
    rule_pack: str = "novel-pneumonia-2020-01", zone: str = "Asia/Shanghai", default_area: str = "xingfu",
    channels: tuple[ChannelRule, ...] = (),
) -> Program:  # fmt: skip
    """Open and migrate the store, read the rules, and put the parts together."""
    vault.unlock(key)
    rules = load_rules(RULE_PACKS / f"{rule_pack}.yaml", _rules_only(overrides or {}))
    engine = open_engine(url)
    migrate(engine)
    check_key(engine)
    house = House(rules, ZoneInfo(zone), load_hotlines(), default_area, platforms, rule_pack, answers(), channels)
    return Program(engine, house, clock)


def check_key(engine: Engine) -> None:
    """The store remembers a keyed hash, so that another key is noticed at once; raises `KeyProblem`."""
    mark = vault.lookup(KEY_MARK)
    with Session(engine) as session:
        known = flow.setting(session, KEY_MARK)
        if known not in (None, mark):
            raise KeyProblem(
                "this store was written with another key; give the key file or LIANFANG_KEY that belongs to it"
            )
        if known is None:
            flow.keep_setting(session, KEY_MARK, mark)
            session.commit()


def _rules_only(overrides: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in overrides.items() if key not in SAMPLE_ONLY and key != "__line__"}


def program_of(settings: Settings, clock: Clock) -> Program:
    """The program as the configuration wants it."""
    part = settings.platforms
    platforms = (
        *(("sandbox",) if settings.sandbox.enabled else ()), *part.chats, *(("channels",) if part.channels else ())
    )  # fmt: skip
    rules_of(settings)  # what is wrong with them is said before anything is made
    return build_program(
        settings.store_url, key_of(settings), clock, platforms=platforms, overrides=settings.community.rules,
        rule_pack=settings.community.rule_pack, zone=settings.community.zone,
        default_area=settings.community.default_area,
        channels=tuple(ChannelRule(name, one.takes, one.area) for name, one in part.channels.items()),
    )  # fmt: skip


def key_of(settings: Settings) -> bytes:
    """The encryption key: from the environment, else from its file, which is made at first start."""
    if settings.secrets.key:
        return decode_key(settings.secrets.key)
    return read_or_make_key(settings.path(settings.store.key_file))


def rules_of(settings: Settings) -> Rules:
    """The rule pack that the configuration names."""
    return load_rules(RULE_PACKS / f"{settings.community.rule_pack}.yaml", settings.community.rules)


def install(program: Program, plan: Plan, progress: Progress = lambda kind, done, total: None) -> Outcome:
    """Take a plan into the store in one transaction; running processes see new areas with their next message."""
    with program.work() as work:
        outcome = take(work, plan, progress)
        flow.keep_setting(work.session, AREAS_VERSION, (flow.setting(work.session, AREAS_VERSION) or 0) + 1)
    return outcome


def install_sample(program: Program, sample: dict[str, Any]) -> Outcome:
    """Fill the store with the sample community."""
    return install(program, plan_of(sample))


def is_empty(program: Program) -> bool:
    """Whether nothing has been imported yet."""
    with program.work() as work:
        return places.household_count(work.session) == 0
