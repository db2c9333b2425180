"""Pools of connections to the two kinds of database that stores lie in."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING, Any

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DisconnectionError
    from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL, Connection, Engine

_PATIENCE_SECONDS = 10
_TRUSTED_SECONDS = 1.0
"""How long a connection that rests is thought to be alive."""


def postgresql_engine(address: URL, schema: str) -> Engine:
    """A pool for one schema of a PostgreSQL database."""
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        pool_timeout=_PATIENCE_SECONDS,
        connect_args={"connect_timeout": _PATIENCE_SECONDS},
        hide_parameters=True,
    )
    event.listen(engine, "checkin", _rests)
    event.listen(engine, "checkout", _is_alive)
    return engine.execution_options(schema_translate_map={None: schema})


def sqlite_engine(path: Path) -> Engine:
    """A pool for a file, which must be there."""
    uri = f"{path.resolve().as_uri()}?mode=rw"

    def connect() -> sqlite3.Connection:
        # Transactions are begun elsewhere, where it is known whether something will be written.
        opened = sqlite3.connect(
            uri, uri=True, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            for pragma in (
                "synchronous = FULL",
                "secure_delete = ON",
                "temp_store = MEMORY",
                "trusted_schema = OFF",
            ):
                opened.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            opened.close()
            raise
        return opened

    engine = create_engine(
        "sqlite://",
        poolclass=QueuePool,
        creator=connect,
        pool_timeout=_PATIENCE_SECONDS,
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    how = connection.get_execution_options().get("begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {how}")


def _rests(_: Any, record: Any) -> None:
    record.info["rests"] = time.monotonic()


def _is_alive(driver: Any, record: Any, _: Any) -> None:
    """Ask a connection that rested a while; before every page it would cost as much as the page."""
    rests = record.info.get("rests")
    if rests is None or (time.monotonic() - rests < _TRUSTED_SECONDS and not driver.closed):
        return
    try:
        driver.execute("")
        driver.rollback()
    except Exception as problem:
        raise DisconnectionError from problem
