"""Alembic's environment: runs the migrations on the connection that the program hands over."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString

import storage.tables  # noqa: F401  (fills the metadata)
from storage.types import SecretJson, SecretText, UtcDateTime

PLAIN = {
    AutoString: "sa.String()", UtcDateTime: "sa.DateTime()", SecretText: "sa.LargeBinary()", SecretJson: "sa.LargeBinary()",
}  # fmt: skip


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Migrations name what a database stores, not our types, so that they stay true when those change."""
    return PLAIN.get(type(item), False) if kind == "type" else False


context.configure(
    connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata, render_as_batch=True,
    render_item=render_item,
)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
