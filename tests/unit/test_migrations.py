"""Migrations: from nothing they make exactly the tables of the code, and they can be taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlmodel import SQLModel

import storage.tables  # noqa: F401  (fills the metadata)
from storage.engine import MIGRATIONS, Engine, migrate, open_engine

TABLES = {table.name for table in SQLModel.metadata.sorted_tables}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    yield made
    made.dispose()


def run(engine: Engine, way: str, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, target)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_from_nothing_to_the_tables_of_the_code(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    assert tables(engine) - {"alembic_version"} == TABLES


def test_constraints_that_keep_things_once_are_there(engine: Engine) -> None:
    migrate(engine)
    for table in SQLModel.metadata.sorted_tables:
        made = inspect(engine)
        wanted = {
            tuple(sorted(c.name for c in u.columns))
            for u in table.constraints
            if type(u).__name__ == "UniqueConstraint"
        }
        found = {tuple(sorted(u["column_names"])) for u in made.get_unique_constraints(table.name)}
        assert wanted <= found, table.name
        foreign = {(fk.parent.name, fk.column.table.name) for fk in table.foreign_keys}
        assert foreign == {
            (fk["constrained_columns"][0], fk["referred_table"]) for fk in made.get_foreign_keys(table.name)
        }
        indexes = {tuple(c.name for c in index.columns) for index in table.indexes}
        assert indexes <= {tuple(index["column_names"]) for index in made.get_indexes(table.name)}, table.name


def test_to_the_newest_twice_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    before = inspect(engine).get_columns("person")
    migrate(engine)
    assert [column["name"] for column in inspect(engine).get_columns("person")] == [column["name"] for column in before]


def test_back_to_nothing_and_forth_again(engine: Engine) -> None:
    migrate(engine)
    run(engine, "downgrade", "base")
    assert tables(engine) <= {"alembic_version"}
    migrate(engine)
    assert tables(engine) - {"alembic_version"} == TABLES


def test_the_steps_are_one_line() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_a_half_made_step_is_taken_back(engine: Engine) -> None:
    """A store on which a step fails stays as it was: the tables that it made are gone."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE outbox (x INTEGER)")  # in the way of the first step
    with pytest.raises(Exception, match="outbox"):
        migrate(engine)
    assert tables(engine) <= {"outbox", "alembic_version"}


def test_the_store_is_durable_and_keeps_its_references(engine: Engine) -> None:
    with engine.connect() as connection:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        assert {key: connection.exec_driver_sql(f"PRAGMA {key}").scalar_one() for key in wanted} == wanted
