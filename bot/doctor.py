"""`lianfang doctor`: is everything in order, and if not, what to do. It looks, and changes nothing."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.content import answers
from bot.finding import Finding
from bot.platforms_doctor import platform_findings
from bot.settings import SPOOL, Settings
from bot.setup import KEY_MARK, rules_of
from community import audit
from community.knowledge import KnowledgeError
from community.rules import RulesError
from storage.engine import Engine, Session, StoreError, open_to_look, schema_of
from storage.queries import flow, health, places
from storage.vault import KeyProblem, decode_key, vault


def examine(settings: Settings) -> list[Finding]:
    """Look at every part; a part that cannot be looked at is a finding of its own."""
    key = _key(settings)
    stored = list(_store(settings)) if key.well else []
    judged = any(finding.what == key.what for finding in stored)  # the store knows whether the key is its own
    keys = [] if judged else [key]
    return [
        Finding("配置", True, "能读"),
        _rules(settings),
        _knowledge(settings),
        *keys,
        *stored,
        *_spool(settings),
        *_platforms(settings),
    ]


def _rules(settings: Settings) -> Finding:
    try:
        return Finding("规则包", True, rules_of(settings).edition)
    except RulesError as problem:
        return Finding("规则包", False, str(problem))


def _knowledge(settings: Settings) -> Finding:
    """Whether the knowledge base can be read, and which of its answers are past their day."""
    try:
        known = answers().knowledge
    except KnowledgeError as problem:
        return Finding("知识库", False, str(problem))
    today = datetime.now(ZoneInfo(settings.community.zone)).date()
    silent = [t.topic for t in known.topics.values() if t.entry(settings.community.rule_pack, today) is None]
    words = f"{len(known.topics)} 个主题" + (f"，没有有效答案的：{'、'.join(silent)}（转给人回答）" if silent else "")
    return Finding("知识库", not silent, words)


def _key(settings: Settings) -> Finding:
    """Whether there is a key that could be one; it is made by the first start, not here."""
    path = settings.path(settings.store.key_file)
    if not settings.secrets.key and not path.exists():
        if settings.store_file.exists():
            return Finding("密钥", False, f"找不到 {path}：没有它读不了这个数据库，请从备份放回，或设 LIANFANG_KEY")
        return Finding("密钥", True, "还没有，第一次 run 或 import 时生成")
    try:
        key = decode_key(settings.secrets.key or path.read_bytes().decode("utf-8", "replace"))
        vault.unlock(key)
    except (KeyProblem, OSError) as problem:
        return Finding("密钥", False, str(problem))
    return Finding("密钥", True, f"{len(key)} 字节")


def _store(settings: Settings) -> Iterator[Finding]:
    """The store, where there is one."""
    if not settings.store_file.exists():
        yield from _NOTHING
        return
    engine = open_to_look(settings.store_file)
    try:
        yield from _told(engine, settings)
    except StoreError as problem:
        words = f"读不了：{type(problem).__name__}。请检查 store.url 指的是不是联防的数据库，以及磁盘和权限"
        yield Finding("数据库", False, words)
    finally:
        engine.dispose()


_NOTHING = (Finding("数据库", False, "还没有数据，先 run 或 import"), Finding("默认区域", False, "还没有导入区域"))


def _told(engine: Engine, settings: Settings) -> Iterator[Finding]:
    """What the store says of itself, as far as it can be read by this version and with this key."""
    schema = schema_of(engine)
    if schema.present is None:
        yield from _NOTHING
        return
    if schema.present != schema.newest:
        words = (
            f"表是另一版的（{schema.present}，这里是 {schema.newest}）。旧的会在下次 run 或 import 时升级，升级前先备份"
        )
        yield Finding("数据库", False, words)
        return
    with Session(engine) as session:
        if flow.setting(session, KEY_MARK) not in (None, vault.lookup(KEY_MARK)):
            words = "能读，但不是写这个数据库的那一把。请放回原来的密钥文件（store.key_file），或设原来的 LIANFANG_KEY"
            yield Finding("密钥", False, words)
            return
        yield from _look(session, settings)


def _look(session: Session, settings: Settings) -> Iterator[Finding]:
    """Its contents."""
    yield Finding("数据库", True, f"{places.household_count(session)} 户，{health.count_checkins(session)} 条打卡")
    broken = audit.first_broken(session)
    words = "完整" if broken is None else f"第 {broken} 条被改动过，请查是谁动了数据库"
    yield Finding("审计链", broken is None, words)
    counts = flow.outbox_counts(session)
    dead, unknown = counts.get("dead", 0), counts.get("uncertain", 0)
    # What is uncertain nobody can mend: it is named in the daily report.
    words = f"待发 {counts.get('pending', 0)}，已发 {counts.get('sent', 0)}，发不出 {dead}，不确定 {unknown}"
    yield Finding("发件箱", dead == 0, words)
    failed = flow.failed_count(session)
    words = f"处理失败 {failed} 条" + ("，已转给工作人员，编号在日志里" if failed else "")
    yield Finding("收件箱", failed == 0, words)
    yield from _areas(settings, {area.id for area in places.all_areas(session)})


def _areas(settings: Settings, known: set[str]) -> Iterator[Finding]:
    """The areas that the configuration names."""
    own = settings.community.default_area
    words = "在" if own in known else f"没有“{own}”，请先导入区域，或改 community.default_area"
    yield Finding("默认区域", own in known, words)
    for name, channel in settings.platforms.channels.items():
        if channel.area and channel.area not in known:
            words = f"没有区域“{channel.area}”，现在什么区域的都会发给它；请改 platforms.channels.{name}.area"
            yield Finding(f"通知渠道 {name}", False, words)


def _spool(settings: Settings) -> Iterator[Finding]:
    """What came in while the store was away."""
    waiting, broken = settings.beside_store(SPOOL), sorted(settings.store_file.parent.glob(f"{SPOOL}.broken*"))
    if broken:
        words = f"有读不出或存不进的消息：{'、'.join(path.name for path in broken)}，请连同日志交给维护的人，先别删"
        yield Finding("暂存", False, words)
    elif waiting.exists():
        yield Finding("暂存", True, "数据库离线时收到的消息还在排队，程序一启动、数据库一恢复就会处理")


def _platforms(settings: Settings) -> Iterator[Finding]:
    """Every platform that is switched on."""
    if settings.platforms.real:
        yield from platform_findings(settings)
    if settings.sandbox.enabled:
        yield Finding("沙盒", True, "只在本机")
