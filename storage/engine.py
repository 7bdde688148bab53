"""Opens the store: engine, sessions, migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlmodel import Session as _Session

from storage import rows

MIGRATIONS = Path(__file__).parent / "migrations"

__all__ = [
    "MIGRATIONS",
    "Engine",
    "Session",
    "StoreAway",
    "StoreError",
    "column_names",
    "migrate",
    "open_engine",
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
    connection.exec_driver_sql("BEGIN IMMEDIATE")


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
def transaction(engine: Engine) -> Iterator[Session]:
    """A session that is committed at the end, or rolled back and closed if anything raises."""
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.commit()


def column_names(engine: Engine, table: str) -> set[str]:
    """The columns that a table has in the store, for the doctor."""
    return {column["name"] for column in inspect(engine).get_columns(table)}


def ping(engine: Engine) -> None:
    """Raises `StoreError` if the store does not answer."""
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
