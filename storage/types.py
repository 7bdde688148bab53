"""Column types: aware UTC moments, and text and structures that are encrypted at rest."""

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from storage.vault import vault


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC without a zone because SQLite has none; naive values are refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class SecretText(TypeDecorator[str]):
    """Text of residents (messages, numbers, symptoms in words), AES-GCM encrypted with the installation's key.

    An empty text hides nothing and stays empty: most check-ins have such a column, and encrypting costs.
    """

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return vault.encrypt(value) if value else None if value is None else b""

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return vault.decrypt(value) if value else None if value is None else ""


class SecretJson(TypeDecorator[Any]):
    """A structure that holds names and readings, encrypted like text; no query looks into it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else vault.encrypt(json.dumps(value, ensure_ascii=False))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else json.loads(vault.decrypt(value))
