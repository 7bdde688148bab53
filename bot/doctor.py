"""`lianfang doctor`: is everything in order, and if not, what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.clock import SystemClock
from bot.program import Program
from bot.settings import Settings
from bot.setup import key_of, program_of, rules_of
from community import audit
from community.rules import RulesError
from storage.engine import Session, StoreError
from storage.queries import flow, health, places
from storage.vault import KeyProblem


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    well: bool
    words: str


def examine(settings: Settings) -> list[Finding]:
    """Look at every part; a part that cannot be looked at is a finding of its own."""
    findings = [Finding("配置", True, "能读")]
    findings.append(_try("规则包", lambda: f"{rules_of(settings).edition}"))
    findings.append(_try("密钥", lambda: f"{len(key_of(settings))} 字节"))
    try:
        program = program_of(settings, SystemClock())
    except (StoreError, KeyProblem, RulesError, OSError) as problem:
        return [*findings, Finding("数据库", False, f"打不开：{type(problem).__name__}。请检查 store.url 和磁盘权限")]
    findings += _look(program)
    findings += _platforms(settings)
    program.engine.dispose()
    return findings


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, look())
    except (RulesError, KeyProblem, OSError) as problem:
        return Finding(what, False, str(problem))


def _look(program: Program) -> Iterator[Finding]:
    """What the store says of itself."""
    with Session(program.engine) as session:
        yield Finding("数据库", True, f"{places.household_count(session)} 户，{health.count_checkins(session)} 条打卡")
        broken = audit.first_broken(session)
        yield Finding(
            "审计链", broken is None, "完整" if broken is None else f"第 {broken} 条被改动过，请查是谁动了数据库"
        )
        counts = flow.outbox_counts(session)
        dead, unknown = counts.get("dead", 0), counts.get("sending", 0)
        words = f"待发 {counts.get('pending', 0)}，已发 {counts.get('sent', 0)}，发不出 {dead}，不确定 {unknown}"
        yield Finding("发件箱", dead == 0, words)
        failed = flow.failed_count(session)
        yield Finding(
            "收件箱", failed == 0, f"处理失败 {failed} 条" + ("，已转给工作人员，编号在日志里" if failed else "")
        )
        known = program.house.default_area in {area.id for area in places.all_areas(session)}
        words = "在" if known else f"没有“{program.house.default_area}”，请先导入区域，或改 community.default_area"
        yield Finding("默认区域", known, words)


def _platforms(settings: Settings) -> Iterator[Finding]:
    part = settings.platforms.onebot
    if part is not None:
        yield Finding("QQ", True, f"等 OneBot 连到 ws://{part.host}:{part.port}{part.path}")
    if settings.sandbox.enabled:
        local = settings.web.host in ("127.0.0.1", "localhost", "::1")
        yield Finding("沙盒", local, "只在本机" if local else "沙盒不能对外开放，请把 web.host 设为 127.0.0.1")
