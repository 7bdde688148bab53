"""`lianfang doctor` looks and changes nothing; `run` and `import` that cannot be end with a sentence."""

import base64
import os
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from typer.testing import CliRunner

import bot.cli
from bot.cli import cli
from bot.clock import SystemClock
from bot.doctor import Finding, examine
from bot.settings import ROOT, SPOOL, Settings, load_settings
from bot.setup import install_sample, program_of
from community import troubles
from community.troubles import Standing
from storage.engine import open_engine
from storage.vault import vault
from tests.unit.playing import KEY, read_sample

SAMPLE = ROOT / "content" / "demo" / "sample.yaml"
OTHER = base64.b64encode(bytes(32)).decode()


@pytest.fixture(autouse=True)
def own_logs(monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in [name for name in os.environ if name.startswith("LIANFANG_")]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("bot.logs.configure", lambda level, json_lines: None)
    monkeypatch.setattr(bot.cli.console, "width", 200)
    monkeypatch.setattr(bot.cli.errors, "width", 200)
    yield
    vault.unlock(KEY)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with a folder of its own for store and key."""
    return written(tmp_path, {})


def written(folder: Path, raw: dict[str, Any]) -> Path:
    path = folder / "config.yaml"
    whole = {"store": {"url": "sqlite:///data/x.db", "key_file": "data/key"}, "sandbox": {"sample": str(SAMPLE)}, **raw}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    return path


@pytest.fixture
def filled(config: Path) -> Path:
    """The same, with the sample in its store."""
    program = program_of(load_settings(config, {}), SystemClock())
    install_sample(program, read_sample())
    program.engine.dispose()
    return config


def found(config: Path, **environ: str) -> dict[str, Finding]:
    findings = examine(load_settings(config, environ))
    assert len({finding.what for finding in findings}) == len(findings), "each part is judged once"
    return {finding.what: finding for finding in findings}


def command(*words: str | Path, **environ: str) -> Result:
    done = CliRunner().invoke(cli, list(map(str, words)), env=environ)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# --- the doctor only looks ------------------------------------------------------------------------------------------


def test_without_a_store_it_says_what_to_do_and_makes_nothing(config: Path) -> None:
    before = files(config.parent)
    findings = found(config)
    assert (findings["数据库"].well, findings["数据库"].words) == (False, "还没有数据，先 run 或 import")
    assert "生成" in findings["密钥"].words
    assert files(config.parent) == before
    assert not (config.parent / "data").exists()


@pytest.mark.parametrize("running", [False, True], ids=["stopped", "running"])
def test_a_store_in_order_is_left_as_it_is(filled: Path, running: bool) -> None:
    settings = load_settings(filled, {})
    program = program_of(settings, SystemClock())
    with program.work() as work:
        work.session.connection()
    if not running:
        program.engine.dispose()
    before = {name: data for name, data in files(filled.parent).items() if not name.endswith("-shm")}
    findings = found(filled)
    assert [finding.words for finding in findings.values() if not finding.well] == []
    assert "8 户" in findings["数据库"].words
    assert {name: data for name, data in files(filled.parent).items() if not name.endswith("-shm")} == before
    program.engine.dispose()


def test_what_a_running_program_wrote_just_now_is_seen(filled: Path) -> None:
    program = program_of(load_settings(filled, {}), SystemClock())
    with program.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO inbound (platform, account, message_id, chat_kind, chat_id, sender_id, "
                                   "text, photos, at, received_at, reference) VALUES ('qq', 'b', '1', 'private', 'x', 'x', "
                                   "x'00', 0, '2020-02-05 00:00:00', '2020-02-05 00:00:00', 'abcd')")  # fmt: skip
    assert not found(filled)["收件箱"].well
    program.engine.dispose()


def test_the_key_of_another_store_is_named_as_such(filled: Path) -> None:
    findings = found(filled, LIANFANG_KEY=OTHER)
    assert "不是写这个数据库的" in findings["密钥"].words
    assert not findings["密钥"].well
    assert "数据库" not in findings, "neither store.url nor the disk is to blame"


def test_a_lost_key_is_not_made_anew(filled: Path) -> None:
    key = filled.parent / "data" / "key"
    key.unlink()
    findings = found(filled)
    assert not findings["密钥"].well
    assert "备份" in findings["密钥"].words
    assert not key.exists()


def test_an_older_schema_is_named_and_not_changed(filled: Path) -> None:
    engine = open_engine(load_settings(filled, {}).store_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    engine.dispose()
    findings = found(filled)
    assert not findings["数据库"].well
    assert "升级" in findings["数据库"].words
    assert "0000" in findings["数据库"].words


def test_a_file_that_is_no_store_is_said_plainly(filled: Path) -> None:
    store = filled.parent / "data" / "x.db"
    store.write_bytes(b"no database" * 1000)
    findings = found(filled)
    assert "store.url" in findings["数据库"].words
    assert store.read_bytes() == b"no database" * 1000


# --- the platforms --------------------------------------------------------------------------------------------------

apprise_is_old = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # it imports `imghdr`
SECRETS = {
    "LIANFANG_ONEBOT_TOKEN": "x1", "LIANFANG_WECHAT_TOKEN": "x2", "LIANFANG_TELEGRAM_TOKEN": "1:x3",
    "LIANFANG_CHANNEL_DUTY": "json://127.0.0.1:9/",
}  # fmt: skip


@pytest.fixture
def closed() -> Iterator[int]:
    """A port at which nobody answers, and that nobody else gets meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def with_platforms(folder: Path, port: int, *names: str) -> Path:
    whole = {
        "onebot": {"listen": False, "forward": [f"ws://127.0.0.1:{port}"]},
        "wechat": {"endpoint": f"127.0.0.1:{port}", "tls": False},
        "telegram": {"base_url": f"http://127.0.0.1:{port}/bot"},
        "channels": {"duty": {"takes": ["alerts"]}},
    }
    part = {name: whole[name] for name in names or whole}
    return written(folder, {"sandbox": {"enabled": False}, "platforms": part})


def keep(config: Path, age: timedelta, *standings: Standing) -> None:
    """A program that ran this long ago wrote this down."""
    program = program_of(load_settings(config, SECRETS), SystemClock())
    with program.work() as work:
        troubles.keep(work.session, datetime.now(UTC) - age, standings)
    program.engine.dispose()


SINCE = datetime(2020, 2, 5, 6, 30, tzinfo=UTC)  # 14:30 in Shanghai


def test_a_running_program_says_how_its_accounts_are(tmp_path: Path, closed: int) -> None:
    config = with_platforms(tmp_path, closed)
    keep(
        config, timedelta(seconds=40),
        Standing("qq", "2001001234", "", SINCE), Standing("qq", "2001005678", "logged_out", SINCE),
        Standing("wechat", "", "scan", SINCE), Standing("telegram", "7654321", "", SINCE),
        Standing("channels", "duty", "refused", SINCE),
    )  # fmt: skip
    begun = time.monotonic()
    findings = found(config, **SECRETS)
    assert time.monotonic() - begun < 5, "it asks nobody"
    assert findings["QQ（尾号 1234）"] == Finding("QQ（尾号 1234）", True, "正常（从 02-05 14:30 起）")
    assert findings["Telegram（尾号 4321）"].well
    for what, words in (("QQ（尾号 5678）", "掉线了"), ("微信", "http://127.0.0.1:8020/platforms"), ("通知渠道 duty", "LIANFANG_CHANNEL_DUTY")):  # fmt: skip
        assert not findings[what].well
        assert words in findings[what].words
        assert "没有在运行" not in findings[what].words


@apprise_is_old
def test_what_an_ended_program_wrote_is_not_believed_and_everything_is_looked_at(tmp_path: Path, closed: int) -> None:
    config = with_platforms(tmp_path, closed)
    keep(config, timedelta(minutes=3), *(Standing(name, "", "", SINCE) for name in ("qq", "wechat", "telegram")))
    before = {name: data for name, data in files(tmp_path).items() if not name.endswith("-shm")}
    begun = time.monotonic()
    environ = {**SECRETS, "LIANFANG_CHANNEL_DUTY": f"json://127.0.0.1:{closed}/"}
    findings = found(config, **environ)
    assert time.monotonic() - begun < 15
    for what in ("QQ", "微信", "Telegram", "通知渠道 duty"):
        assert not findings[what].well
        assert findings[what].words.startswith("联防没有在运行，试了一下：连不上"), findings[what]
        assert "请看" in findings[what].words
    assert {name: data for name, data in files(tmp_path).items() if not name.endswith("-shm")} == before


@apprise_is_old
def test_without_a_store_the_platforms_are_looked_at_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as there:
        config = with_platforms(tmp_path, 9, "channels")
        findings = found(config, LIANFANG_CHANNEL_DUTY=f"json://127.0.0.1:{there.getsockname()[1]}/")
    assert findings["通知渠道 duty"] == Finding("通知渠道 duty", True, "联防没有在运行，试了一下：没有发现问题")


def test_a_missing_secret_is_named_with_where_to_write_it(tmp_path: Path, closed: int) -> None:
    findings = found(with_platforms(tmp_path, closed))
    for what, variable in (
        ("QQ", "LIANFANG_ONEBOT_TOKEN"), ("微信", "LIANFANG_WECHAT_TOKEN"), ("Telegram", "LIANFANG_TELEGRAM_TOKEN"),
        ("通知渠道 duty", "LIANFANG_CHANNEL_DUTY"),
    ):  # fmt: skip
        assert not findings[what].well
        assert f"secrets.env 里写 {variable}=" in findings[what].words


def test_a_secret_that_cannot_be_one_is_said(tmp_path: Path, closed: int) -> None:
    findings = found(with_platforms(tmp_path, closed, "wechat"), LIANFANG_WECHAT_TOKEN="with a space")
    assert not findings["平台"].well
    assert "token" in findings["平台"].words
    assert "with a space" not in findings["平台"].words


def test_two_addresses_of_one_platform_are_told_apart(tmp_path: Path, closed: int) -> None:
    config = with_platforms(tmp_path, closed, "onebot")
    keep(config, timedelta(0), *[Standing("qq", "", "unreachable", SINCE)] * 2)
    findings = found(config, **SECRETS)
    assert not findings["QQ"].well
    assert not findings["QQ（第 2 个）"].well


def test_a_platform_that_the_running_program_does_not_know_yet(tmp_path: Path, closed: int) -> None:
    config = with_platforms(tmp_path, closed, "onebot", "telegram")
    keep(config, timedelta(0), Standing("telegram", "7654321", "", SINCE))
    findings = found(config, **SECRETS)
    assert not findings["QQ"].well
    assert "重启联防" in findings["QQ"].words


def test_a_probe_that_breaks_hides_no_other(tmp_path: Path, closed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(settings: object) -> None:
        raise RuntimeError("with words in it")

    monkeypatch.setattr(import_module("bot.platforms.wechat.probe"), "probe", broken)  # the package has it by this name
    findings = found(with_platforms(tmp_path, closed, "onebot", "wechat"), **SECRETS)
    assert "（RuntimeError）" in findings["微信"].words
    assert "with words" not in findings["微信"].words
    assert "连不上" in findings["QQ"].words


# --- run and import that cannot be ----------------------------------------------------------------------------------


def test_messages_that_wait_on_disk_and_those_that_nothing_takes_are_told(filled: Path) -> None:
    data = filled.parent / "data"
    assert "暂存" not in found(filled)
    (data / SPOOL).write_bytes(b"")
    assert found(filled)["暂存"].well
    (data / f"{SPOOL}.broken").write_bytes(b"?")
    assert not found(filled)["暂存"].well
    assert f"{SPOOL}.broken" in found(filled)["暂存"].words


def test_a_channel_for_an_area_that_nobody_knows_is_told(filled: Path, closed: int) -> None:
    raw = yaml.safe_load(filled.read_text(encoding="utf-8"))
    channels = {"duty": {"takes": ["alerts"], "area": "atlantis"}, "tech": {"takes": ["operator"], "area": "xf1"}}
    config = written(filled.parent, {**raw, "sandbox": {"enabled": False}, "platforms": {"channels": channels}})
    secrets = dict.fromkeys(("LIANFANG_CHANNEL_DUTY", "LIANFANG_CHANNEL_TECH"), f"json://127.0.0.1:{closed}/x")
    told = [finding.words for finding in examine(load_settings(config, secrets)) if "atlantis" in finding.words]
    assert len(told) == 1
    assert "platforms.channels.duty.area" in told[0]


def test_an_import_with_another_key_is_refused(filled: Path) -> None:
    done = command("import", SAMPLE, "--config", filled, LIANFANG_KEY=OTHER)
    assert done.exit_code == 2
    assert "没有导入" in done.stderr
    assert "key" in done.stderr


def test_an_import_into_what_is_no_store_is_refused(filled: Path) -> None:
    (filled.parent / "data" / "x.db").write_bytes(b"no database" * 1000)
    done = command("import", SAMPLE, "--config", filled)
    assert done.exit_code == 2
    assert "store.url" in done.stderr


@pytest.mark.parametrize("name", ["run", "doctor", "import"])
def test_postgresql_is_refused_with_the_key_path(tmp_path: Path, name: str) -> None:
    config = written(tmp_path, {"store": {"url": "postgresql+psycopg://me@localhost/x"}})
    done = command(name, *([SAMPLE] if name == "import" else []), "--config", config)
    assert done.exit_code == 2
    assert "store.url" in done.stderr
    assert "sqlite:///" in done.stderr


def test_run_without_its_default_area_does_not_start(filled: Path) -> None:
    """Messages of strangers belong to the default area: without it each of them would be nobody's."""
    raw = yaml.safe_load(filled.read_text(encoding="utf-8"))
    config = written(filled.parent, {**raw, "community": {"default_area": "atlantis"}})
    done = command("run", "--config", config)
    assert done.exit_code == 2
    assert "community.default_area" in done.stderr
    assert "atlantis" in done.stderr
    assert "xingfu（幸福里社区）" in done.stderr


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """`run` up to the moment at which it would begin to wait."""
    begun: list[Settings] = []

    async def run(app: Any, announce: Callable[[str], None]) -> None:
        begun.append(app.settings)
        app.program.engine.dispose()
        app.store.close()

    monkeypatch.setattr("bot.app.run", run)
    return begun


def test_run_on_an_empty_store_starts_with_a_hint(tmp_path: Path, started: list[Settings]) -> None:
    """QQ can be connected while the lists are still being filled in; an import takes effect without a restart."""
    config = written(tmp_path, {"sandbox": {"enabled": False}, "platforms": {"onebot": {"port": 6700}}})
    done = command("run", "--config", config, LIANFANG_ONEBOT_TOKEN="x")
    assert (done.exit_code, len(started)) == (0, 1)
    assert "lianfang import" in done.stderr


def test_run_on_a_filled_store_says_nothing_more(filled: Path, started: list[Settings]) -> None:
    done = command("run", "--config", filled)
    assert (done.exit_code, len(started), done.stderr) == (0, 1, "")
