"""config.yaml: what is wrong is refused with the key's path, before anything starts."""

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from bot.app import build_app
from bot.cli import cli
from bot.clock import SystemClock
from bot.platforms.building import hooks_of, platforms_of, settings_of
from bot.settings import DEFAULT_CONFIG, ROOT, SECRETS_FILE, Platforms, Settings, SettingsProblem, load_settings
from bot.setup import program_of, rules_of
from community.rules import RulesError
from tests.unit.playing import KEY


def write(folder: Path, raw: Any) -> Path:
    path = folder / "config.yaml"
    path.write_text(raw if isinstance(raw, str) else yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


def load(folder: Path, raw: Any, **environ: str) -> Settings:
    return load_settings(write(folder, raw), environ)


SAMPLE = str(ROOT / "content" / "demo" / "sample.yaml")
QQ = {"sandbox": {"enabled": False}, "platforms": {"onebot": {"port": 6700}}}
TOKEN = {"LIANFANG_ONEBOT_TOKEN": "a-long-secret"}


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ({"colour": "red"}, ["colour", "unknown key"]),
        ({"web": {"prot": 8020}}, ["web.prot", "unknown key"]),
        ({"store": {"url": "sqlite:///x.db", "path": "x"}}, ["store.path", "unknown key"]),
        ({"store": {"url": "postgresql://me:secret@localhost/x"}}, ["store.url", "PostgreSQL comes with a later version"]),
        ({"store": {"url": "sqlite://"}}, ["store.url", "sqlite:///"]),
        ({"store": {"url": "sqlite:///"}}, ["store.url", "sqlite:///"]),
        ({"platforms": {"weixin": {}}}, ["platforms.weixin", "unknown key"]),
        ({"platforms": {"wechat": {}}}, ["sandbox.enabled", "platforms.wechat"]),
        ({"platforms": {"wechat": {"endpoint": "8788"}}}, ["platforms.wechat.endpoint", "host:port"]),
        ({"platforms": {"telegram": {"base_url": "https://api.telegram.org"}}}, ["platforms.telegram.base_url"]),
        ({"platforms": {"channels": {"duty": {"takes": []}}}}, ["platforms.channels.duty.takes"]),
        ({"platforms": {"channels": {"duty": {"takes": ["gossip"]}}}}, ["platforms.channels.duty.takes", "'alerts'"]),
        ({"platforms": {"channels": {"值班": {"takes": ["alerts"]}}}}, ["platforms.channels.值班"]),
        ({"platforms": {"channels": {"duty": {"takes": ["alerts"]}}}}, ["sandbox.enabled", "platforms.channels"]),
        ({"platforms": {"onebot": {"token": "in the file"}}}, ["platforms.onebot.token", "unknown key"]),
        ({"secrets": {"key": "x"}}, ["secrets", "environment"]),
        ({"base": "/"}, ["base", "unknown key"]),
        ({"web": {"port": 0}}, ["web.port"]),
        ({"web": {"port": 65536}}, ["web.port"]),
        ({"web": {"port": "eighty"}}, ["web.port"]),
        ({"web": {"host": None}}, ["web.host"]),
        ({"web": 8020}, ["web"]),
        ({"community": {"zone": "Mars/Olympus"}}, ["community.zone", "Asia/Shanghai"]),
        ({"community": {"zone": "../etc/passwd"}}, ["community.zone"]),
        ({"community": {"rules": ["x"]}}, ["community.rules"]),
        ({"logging": {"level": "LOUD"}}, ["logging.level"]),
        ({"logging": {"json_lines": "maybe"}}, ["logging.json_lines"]),
        ({"sandbox": {"enabled": "perhaps"}}, ["sandbox.enabled"]),
        ({"sandbox": {"enabled": False}, "platforms": {"onebot": {"port": 70000}}}, ["platforms.onebot.port"]),
        ({"sandbox": {"enabled": False}, "platforms": {"onebot": {"burst": 0}}}, ["platforms.onebot.burst"]),
        ({"sandbox": {"enabled": False}, "platforms": {"onebot": {"watchdog_seconds": 0}}},
         ["platforms.onebot.watchdog_seconds"]),
        ({"sandbox": {"enabled": False}, "platforms": {"onebot": {"sends_per_second": -1}}},
         ["platforms.onebot.sends_per_second"]),
        ({"platforms": {"onebot": {}}}, ["sandbox.enabled", "platforms.onebot"]),
        ({"web": {"host": "0.0.0.0"}}, ["web.host", "sandbox.enabled"]),
        ({"web": {"port": 0}, "logging": {"level": "LOUD"}}, ["web.port", "logging.level"]),
        ("web: [", ["config.yaml", "not valid YAML"]),
        ("web:\n\tport: 1", ["config.yaml", "not valid YAML"]),
        ("- web", ["config.yaml", "mapping"]),
        ("just words", ["config.yaml", "mapping"]),
        ({"sandbox": {"clock_starts": "half past eight"}}, ["sandbox.clock_starts"]),
        ({1: {"port": 8020}}, ["1"]),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_setting_is_refused_and_named(tmp_path: Path, raw: Any, parts: list[str]) -> None:
    with pytest.raises(SettingsProblem) as refused:
        load(tmp_path, raw, **TOKEN)
    assert [part for part in parts if part not in str(refused.value)] == []


def test_a_token_is_needed_to_run_and_for_nothing_else(tmp_path: Path) -> None:
    settings = load(tmp_path, QQ)  # import and doctor do without
    with pytest.raises(SettingsProblem, match=r"platforms\.onebot.*LIANFANG_ONEBOT_TOKEN"):
        settings.check_secrets()
    load(tmp_path, QQ, **TOKEN).check_secrets()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsProblem, match=r"none\.yaml"):
        load_settings(tmp_path / "none.yaml", {})


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"web:\n  host: \xff\xfe\n")
    with pytest.raises(SettingsProblem, match=r"config\.yaml"):
        load_settings(path, {})


def test_a_refusal_never_shows_a_secret(tmp_path: Path) -> None:
    raw = {"web": {"port": 0}, "store": {"url": "postgresql://me:c2VjcmV0@localhost/x"}}
    with pytest.raises(SettingsProblem) as refused:
        load(tmp_path, raw, LIANFANG_KEY="c2VjcmV0LWtleQ==", **TOKEN)
    assert "c2VjcmV0" not in str(refused.value)
    assert TOKEN["LIANFANG_ONEBOT_TOKEN"] not in str(refused.value)


@pytest.mark.parametrize("raw", ["", "# nothing\n", {}])
def test_an_empty_file_is_the_defaults(tmp_path: Path, raw: Any) -> None:
    assert load(tmp_path, raw).model_dump(exclude={"base"}) == Settings().model_dump(exclude={"base"})


def test_the_shipped_file_loads_and_shows_the_defaults() -> None:
    loaded = load_settings(DEFAULT_CONFIG, {})
    shown, default = (settings.model_dump(exclude={"base"}) for settings in (loaded, Settings()))
    shown["sandbox"]["sample"] = loaded.path(shown["sandbox"]["sample"])  # the file's own folder is its base
    assert shown == default


def test_the_shipped_file_shows_every_key() -> None:
    written = DEFAULT_CONFIG.read_text(encoding="utf-8")
    bare = yaml.safe_load(written)
    for part, fields in Settings().model_dump(exclude={"base", "secrets"}).items():
        assert part in bare
        assert part == "platforms" or set(fields) == set(bare[part])
    real = yaml.safe_load(
        "\n".join(line.replace("  # ", "  ", 1) for line in written.splitlines() if "  # " in line[:4])
    )
    loaded = Settings(platforms=real, sandbox={"enabled": False}).platforms
    assert real == loaded.model_dump(mode="json")  # every key, with its default
    assert loaded.model_copy(update={"channels": {}}) == Platforms(onebot={}, wechat={}, telegram={})


@pytest.mark.parametrize(
    ("platforms", "secrets", "named"),
    [
        ({"onebot": {}}, {}, ["platforms.onebot", "LIANFANG_ONEBOT_TOKEN"]),
        ({"wechat": {}}, {}, ["platforms.wechat", "LIANFANG_WECHAT_TOKEN"]),
        ({"telegram": {}}, {}, ["platforms.telegram", "LIANFANG_TELEGRAM_TOKEN"]),
        (
            {"telegram": {"webhook_url": "https://a.example/hooks/telegram"}}, {"LIANFANG_TELEGRAM_TOKEN": "1:a"},
            ["platforms.telegram.webhook_url", "LIANFANG_TELEGRAM_WEBHOOK_SECRET"],
        ),
        ({"channels": {"duty": {"takes": ["alerts"]}}}, {}, ["platforms.channels.duty", "LIANFANG_CHANNEL_DUTY"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)  # fmt: skip
def test_a_missing_secret_is_named_with_its_variable(
    tmp_path: Path, platforms: dict[str, Any], secrets: dict[str, str], named: list[str]
) -> None:
    settings = load(tmp_path, {"sandbox": {"enabled": False}, "platforms": platforms}, **secrets)
    with pytest.raises(SettingsProblem) as told:
        settings.check_secrets()
    assert all(part in str(told.value) for part in named)


def test_every_platform_is_built_from_its_part(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        {"sandbox": {"enabled": False}, "platforms": {
            "onebot": {"port": 6711, "forward": ["ws://127.0.0.1:3001"]}, "wechat": {"endpoint": "10.0.0.1:9", "tls": False},
            "telegram": {"base_url": "http://127.0.0.1:1/bot", "webhook_url": "https://a.example/hooks/telegram"},
            "channels": {"duty": {"takes": ["alerts"]}},
        }},
        LIANFANG_ONEBOT_TOKEN="q", LIANFANG_WECHAT_TOKEN="w", LIANFANG_TELEGRAM_TOKEN="1:t",
        LIANFANG_TELEGRAM_WEBHOOK_SECRET="s", LIANFANG_CHANNEL_DUTY="json://127.0.0.1:1/x",
    )  # fmt: skip
    built = settings_of(settings)
    assert (built["qq"].token, built["qq"].port, built["qq"].forward) == ("q", 6711, ("ws://127.0.0.1:3001",))
    assert (built["wechat"].token, built["wechat"].endpoint, built["wechat"].tls) == ("w", "10.0.0.1:9", False)
    telegram = built["telegram"]
    assert (telegram.token, telegram.webhook_secret) == ("1:t", "s")
    assert telegram.base_file_url == "http://127.0.0.1:1/file/bot"
    assert ("report_for", "替没有手机的人报体温") in telegram.commands
    assert built["channels"].urls == {"duty": "json://127.0.0.1:1/x"}
    platforms = platforms_of(settings)
    assert {name: platform.name for name, platform in platforms.items()} == {name: name for name in built}
    assert set(hooks_of(platforms)) == {"telegram"}


def test_what_a_platform_cannot_use_is_said_before_the_start(tmp_path: Path) -> None:
    part = {"telegram": {"webhook_url": "https://a.example/hooks/telegram"}}
    secrets = {"LIANFANG_TELEGRAM_TOKEN": "1:t", "LIANFANG_TELEGRAM_WEBHOOK_SECRET": "with a space"}
    settings = load(tmp_path, {"sandbox": {"enabled": False}, "platforms": part}, **secrets)
    with pytest.raises(SettingsProblem, match="secret of 1 to 256"):
        settings_of(settings)


def test_qq_with_a_token_loads(tmp_path: Path) -> None:
    settings = load(tmp_path, QQ, **TOKEN)
    assert settings.platforms.onebot is not None
    assert settings.secrets.onebot_token == TOKEN["LIANFANG_ONEBOT_TOKEN"]


def test_settings_stay_as_they_are() -> None:
    with pytest.raises(ValidationError):
        Settings().web.port = 1


def test_paths_start_at_the_folder_of_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, {"store": {"url": "sqlite:///data/x.db", "key_file": "data/key"}})
    assert settings.store_url == f"sqlite:///{tmp_path / 'data' / 'x.db'}"
    assert settings.path(settings.store.key_file) == tmp_path / "data" / "key"


@pytest.mark.parametrize(
    ("rules", "key"),
    [
        ({"nag_at": ["9:00", "25:00"]}, "nag_at"),
        ({"daily_report_at": 1080}, "daily_report_at"),  # what YAML makes of an unquoted 18:00
        ({"fever_treshold": 37.5}, "fever_treshold"),
    ],
)  # fmt: skip
def test_a_wrong_rule_in_the_configuration_is_named(tmp_path: Path, rules: dict[str, Any], key: str) -> None:
    settings = load(tmp_path, {"community": {"rules": rules}})
    with pytest.raises(RulesError, match=key):
        rules_of(settings)


def test_an_unquoted_time_is_answered_with_how_to_write_it(tmp_path: Path) -> None:
    settings = load(tmp_path, "community: {rules: {daily_report_at: 18:00}}")
    with pytest.raises(RulesError, match="quotes"):
        rules_of(settings)


def test_the_program_runs_by_the_rules_of_the_configuration(tmp_path: Path) -> None:
    raw = {"store": {"url": "sqlite:///x.db"}, "community": {"rules": {"fever_threshold_celsius": 37.0}}}
    program = program_of(load(tmp_path, raw, LIANFANG_KEY=base64.b64encode(KEY).decode()), SystemClock())
    assert program.house.rules.fever_threshold_celsius == 37.0
    assert not (tmp_path / "data").exists(), "a key from the environment needs no key file"
    program.engine.dispose()


def test_the_sandbox_clock_starts_where_the_configuration_says(tmp_path: Path) -> None:
    start = datetime(2020, 3, 1, 1, 30, tzinfo=UTC)
    raw = {"store": {"url": "sqlite:///x.db"}, "sandbox": {"sample": SAMPLE, "clock_starts": start.isoformat()}}
    app = build_app(load(tmp_path, raw, LIANFANG_KEY=base64.b64encode(KEY).decode()))
    app.program.engine.dispose()
    app.store.close()
    assert timedelta(0) <= app.program.clock.now() - start < timedelta(minutes=5)


def test_a_configuration_elsewhere_finds_the_sample_by_default(tmp_path: Path) -> None:
    settings = load(tmp_path, {})
    assert settings.path(settings.sandbox.sample).is_file()


BAD_STARTS: list[tuple[Any, str]] = [
    ({"web": {"prot": 8020}}, "web.prot"),
    ({"community": {"rules": {"nag_at": ["09:00"]}}, "sandbox": {"sample": SAMPLE}}, "nag_at"),
    ({"community": {"rule_pack": "plague-1348"}, "sandbox": {"sample": SAMPLE}}, "plague-1348"),
    ({"sandbox": {"sample": "none.yaml"}}, "none.yaml"),
    ({"sandbox": {"sample": SAMPLE}, "store": {"key_file": "config.yaml"}}, "key"),
    (QQ, "LIANFANG_ONEBOT_TOKEN"),
    ("web: [", "YAML"),
]


@pytest.mark.parametrize(("raw", "key"), BAD_STARTS, ids=[key for _, key in BAD_STARTS])
def test_run_with_a_bad_configuration_starts_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, raw: Any, key: str
) -> None:
    for name in ("LIANFANG_KEY", "LIANFANG_ONEBOT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("bot.logs.configure", lambda level, json_lines: None)
    done = CliRunner().invoke(cli, ["run", "--config", str(write(tmp_path, raw))])
    assert done.exit_code == 2, done.output
    assert key in done.stderr.replace("\n", "")  # the console breaks long lines
    assert done.stdout == ""
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["config.yaml"], "nothing was made"


def test_the_script_ends_with_code_2(tmp_path: Path) -> None:
    path = write(tmp_path, {"web": {"prot": 8020}})
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "run", "--config", str(path)], cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert "web.prot" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


# --- secrets beside the configuration -----------------------------------------------------------------------------


def test_secrets_may_stand_in_a_file_beside_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIANFANG_ONEBOT_TOKEN", raising=False)
    path = write(tmp_path, QQ)
    (tmp_path / SECRETS_FILE).write_text("# 访问令牌\nLIANFANG_ONEBOT_TOKEN='of the file'\n", encoding="utf-8")
    settings = load_settings(path)
    settings.check_secrets()
    assert settings.secrets.onebot_token == "of the file"
    assert "of the file" not in repr(settings)


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, QQ)
    (tmp_path / SECRETS_FILE).write_text("LIANFANG_ONEBOT_TOKEN=of the file\n", encoding="utf-8")
    monkeypatch.setenv("LIANFANG_ONEBOT_TOKEN", "of the environment")
    assert load_settings(path).secrets.onebot_token == "of the environment"


def test_a_secrets_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, QQ)
    (tmp_path / SECRETS_FILE).write_bytes(b"LIANFANG_KEY=\xff\xfe\n")
    with pytest.raises(SettingsProblem, match=r"secrets\.env"):
        load_settings(path)


@pytest.mark.parametrize(
    ("part", "named"),
    [
        ({"forward": ["http://127.0.0.1:3001"]}, "platforms.onebot.forward"),
        ({"forward": ["3001"]}, "platforms.onebot.forward"),
        ({"listen": False}, "platforms.onebot"),
    ],
    ids=str,
)
def test_ways_to_qq_that_lead_nowhere_are_refused(tmp_path: Path, part: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsProblem, match=named):
        load(tmp_path, {"sandbox": {"enabled": False}, "platforms": {"onebot": part}}, **TOKEN)
