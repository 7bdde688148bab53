"""A building of a few hundred people under observation, prepared once for a program that will be treated badly."""

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from bot.clock import ManualClock
from bot.settings import Settings, load_settings
from bot.setup import install_sample, program_of
from tests.end_to_end.process import write_config
from tests.end_to_end.town import KEY, TOKEN, neighbours
from tests.faults.account import Account
from tests.ports import free_port

LATE_MORNING = 10  # o'clock in the zone of the test, whenever it runs: reminders go out, and the half day lasts
SECRETS = {"LIANFANG_KEY": KEY, "LIANFANG_ONEBOT_TOKEN": TOKEN}
FIRST = 30_000  # QQ number before that of the first resident


def zone_of(now: datetime) -> tuple[str, int]:
    """A zone in which it is late in the morning, and its hours from UTC."""
    hours = (LATE_MORNING - now.hour + 11) % 24 - 11
    return f"Etc/GMT{-hours:+d}", hours


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Configuration, key and store of one installation, and nothing of it is running."""

    folder: Path
    config: Path
    residents: int

    @property
    def settings(self) -> Settings:
        """As the program reads them."""
        return load_settings(self.config, SECRETS)

    @property
    def store(self) -> Path:
        """The SQLite file."""
        return self.folder / "play.db"

    def remind_soon(self) -> None:
        """From the next start on, the reminder of this morning is due in a moment."""
        whole = yaml.safe_load(self.config.read_text(encoding="utf-8"))
        soon = datetime.now(ZoneInfo(whole["community"]["zone"])) + timedelta(seconds=0.1)
        whole["community"]["rules"]["nag_at"][0] = soon.time().isoformat()
        self.config.write_text(yaml.safe_dump(whole), encoding="utf-8")

    def account(self) -> Account:
        """The QQ account that connects to it."""
        part = self.settings.platforms.onebot
        assert part is not None
        return Account(f"ws://127.0.0.1:{part.port}{part.path}", TOKEN)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What a query of the store gives, also while the program runs."""
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=10)) as connection:
            return connection.execute(query).fetchall()

    def count(self, table: str, where: str = "1") -> int:
        """How many rows there are."""
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])


def build(folder: Path, residents: int, **onebot: Any) -> Neighbourhood:
    """Everybody is observed since three days; the reminder of the morning is not due for an hour."""
    now = datetime.now(UTC)
    zone, hours = zone_of(now)
    local = now + timedelta(hours=hours)
    config = write_config(
        folder,
        community={"zone": zone, "rules": {"nag_at": ["11:59", "17:00"]}},
        sandbox={"enabled": False},
        platforms={"onebot": {"port": free_port(), "sends_per_second": 0, "jitter_seconds": 0, "burst": 100, **onebot}},
    )
    secrets = "".join(f"{name}={value}\n" for name, value in SECRETS.items())
    (folder / "secrets.env").write_text(secrets, encoding="utf-8")
    sample = neighbours(residents)
    start = (local - timedelta(days=3)).date()
    sample["observations"] = [
        {
            "person": f"邻居{number}",
            "household": f"4-1-{100 + number}",
            "start": start,
            "days": 14,
            "reason": "外地返回",
        }
        for number in range(1, residents + 1)
    ]
    made = Neighbourhood(folder, config, residents)
    program = program_of(made.settings, ManualClock(now))
    install_sample(program, sample)
    program.tick()  # as if it had been running before
    program.engine.dispose()
    return made


def printed(counts: dict[str, Any]) -> str:
    """A table for people, also seen when an assertion fails."""
    width = max(map(len, counts))
    return "\n" + "\n".join(
        f"{name:<{width}}  {json.dumps(value, ensure_ascii=False)}" for name, value in counts.items()
    )
