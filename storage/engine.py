"""Opens the store: engine, sessions, migrations."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, NullPool, create_engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlmodel import Session as _Session

from storage import rows

MIGRATIONS = Path(__file__).parent / "migrations"
ONLY_READS = "only_reads"

__all__ = [
    "MIGRATIONS",
    "Engine",
    "Schema",
    "Session",
    "StoreAway",
    "StoreError",
    "migrate",
    "open_engine",
    "open_to_look",
    "reading",
    "schema_of",
    "transaction",
]

StoreError = SQLAlchemyError
StoreAway = OperationalError  # the store does not answer: what was asked of it can be asked again


class Session(_Session):
    """A session that keeps check-ins back and writes them in one statement, before any query could miss them."""

    _checkins: list[rows.NewCheckin]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._checkins = []

    def add_checkin(self, checkin: rows.NewCheckin) -> None:
        """Store a check-in with this transaction."""
        self._checkins.append(checkin)

    def add_letters(self, letters: list[rows.Letter]) -> None:
        """Store messages to send, and give them their ids."""
        self.flush()
        rows.add_letters(self.connection(), letters)

    def add_inbound(self, messages: list[rows.NewInbound]) -> list[int]:
        """Store messages that came in; returns their ids in order."""
        return rows.add_inbound(self.connection(), messages)

    if not TYPE_CHECKING:  # so that the typed signatures of SQLModel stay

        def execute(self, *args, **options):
            """Any query sees the check-ins of its own transaction."""
            self._write_checkins()
            return super().execute(*args, **options)

        def exec(self, *args, **options):
            """Any query sees the check-ins of its own transaction."""
            self._write_checkins()
            return super().exec(*args, **options)

    @contextmanager
    def undone_if_it_raises(self) -> Iterator[None]:
        """Part of a transaction that leaves nothing behind if it raises; what came before it stays."""
        self._write_checkins()
        try:
            with self.begin_nested():
                yield
        except BaseException:
            self._checkins = []
            raise

    def commit(self) -> None:
        self._write_checkins()
        super().commit()

    def _write_checkins(self) -> None:
        if self._checkins:
            kept, self._checkins = self._checkins, []
            self.flush()
            rows.add_checkins(self.connection(), kept)


def open_engine(url: str) -> Engine:
    """An engine for `url`; on SQLite durable (WAL, synchronous=FULL) and with foreign keys on."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    """A transaction takes the write lock at once: it never fails half-way, and a migration is all or nothing."""
    only_reads = connection.get_execution_options().get(ONLY_READS, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # Python's driver would begin late and commit around DDL
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "wal_autocheckpoint=4000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def migrate(engine: Engine) -> None:
    """Bring the store to the newest schema (Alembic)."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads: one state of the store, and nobody who writes has to wait for it."""
    with Session(engine.execution_options(**{ONLY_READS: True})) as session:
        yield session


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """A session that is committed at the end, or rolled back and closed if anything raises."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.commit()


def open_to_look(path: Path) -> Engine:
    """An engine on an SQLite file that changes nothing, not even beside it: for the doctor."""
    # Reading a WAL store makes its two side files, if they are not there; then nothing waits in them either.
    mode = "mode=ro" if path.with_name(f"{path.name}-wal").exists() else "immutable=1"
    where = f"file:{quote(str(path))}?{mode}"
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(where, uri=True), poolclass=NullPool)


@dataclass(frozen=True, slots=True)
class Schema:
    """Which step of the migrations a store stands at, None where it holds no tables of ours, and the newest one."""

    present: str | None
    newest: str | None


def schema_of(engine: Engine) -> Schema:
    """The schema of a store, without bringing it any further."""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return Schema(present, ScriptDirectory(str(MIGRATIONS)).get_current_head())
