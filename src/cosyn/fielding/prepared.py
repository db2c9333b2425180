"""Statements of the pages, spelt once: to build and spell them anew costs more than to run them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.dialects.postgresql import psycopg

from cosyn.fielding.database import glancing

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.sql.elements import ClauseElement

    from cosyn.fielding.database import Store


def first(store: Store, statement: ClauseElement, **values: object) -> tuple[Any, ...] | None:
    """First row of one statement that reads: it needs no transaction to see one state.

    Raises
    ------
    StoreError
        The store cannot be read.
    """
    with glancing(store) as driver:
        found: tuple[Any, ...] | None = _sent(driver, store, statement, values).fetchone()
        return found


def altered(store: Store, statement: ClauseElement, **values: object) -> int:
    """Carry one statement out and commit it; how many rows it changed.

    Raises
    ------
    StoreError
        The store cannot be written.
    """
    with glancing(store) as driver:
        return int(_sent(driver, store, statement, values).rowcount)


def first_of(
    connection: Connection, store: Store, statement: ClauseElement, **values: object
) -> tuple[Any, ...] | None:
    """First row of a statement in the transaction of a connection."""
    driver = connection.connection.driver_connection
    found: tuple[Any, ...] | None = _sent(driver, store, statement, values).fetchone()
    return found


def _sent(driver: Any, store: Store, statement: ClauseElement, values: dict[str, object]) -> Any:
    spelt, order = _spelt(statement, _schema(store))
    return driver.execute(spelt, tuple(values[name] for name in order) if order else values)


def _schema(store: Store) -> str:
    return "" if store.is_sqlite else store.name


@lru_cache(64)
def _spelt(statement: ClauseElement, schema: str) -> tuple[str, tuple[str, ...]]:
    """The statement in the database's words, and the order of its values where they have one."""
    kind: Any = psycopg.dialect if schema else sqlite.dialect
    dialect = kind()
    compiled: Any = dialect.statement_compiler(
        dialect,
        statement,
        schema_translate_map={None: schema} if schema else None,
        render_schema_translate=bool(schema),
    )
    return str(compiled), tuple(compiled.positiontup or ())
