"""The SQLite file: its layout, its transactions, and its refusals in plain words."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from cosyn.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = 3
_MARK = 0x434F5359
"""The file's ``application_id``: the letters COSY."""
_PATIENCE_SECONDS = 5.0
_TABLES = (
    """CREATE TABLE imports (
        id INTEGER PRIMARY KEY, file TEXT NOT NULL, sha256 TEXT NOT NULL, mapping TEXT NOT NULL,
        importer TEXT NOT NULL, imported_at TEXT NOT NULL, rows INTEGER NOT NULL,
        simulated INTEGER NOT NULL, content TEXT NOT NULL,
        superseded INTEGER NOT NULL DEFAULT 0)""",
    """CREATE TABLE columns (
        import INTEGER NOT NULL REFERENCES imports (id), kind TEXT NOT NULL, name TEXT NOT NULL,
        place INTEGER NOT NULL, texts TEXT NOT NULL, codes BLOB NOT NULL,
        PRIMARY KEY (import, kind, name))""",
)
_REFUSALS = {
    "SQLITE_BUSY": ("locked", "another program is writing to it", "Wait until it is done"),
    "SQLITE_LOCKED": ("locked", "another program is writing to it", "Wait until it is done"),
    "SQLITE_FULL": ("no-space", "the disk is full", "Free some space; nothing was changed"),
    "SQLITE_NOTADB": ("damaged", "this is no store of responses", "Move it away, or restore it"),
    "SQLITE_CORRUPT": ("damaged", "the file is damaged", "Restore it, or import the files again"),
}


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Open for one transaction: committed at the end, or as if it had never begun.

    Raises
    ------
    StoreError
        The file is locked, damaged, of a newer version or not ours, or there is no space.
    """
    with _connected(path, "rwc") as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        _prepare(connection, path)
        yield connection
        connection.execute("COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open for reading one state of the file.

    Raises
    ------
    StoreError
        As for `writing`.
    """
    # rw, since what a killed import left half-done must be rolled back before it can be read;
    # SQLite falls back to reading alone where writing is not allowed.
    with _connected(path, "rw") as connection:
        connection.execute("BEGIN")
        _refuse_unknown(connection, path)
        yield connection


@contextmanager
def _connected(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    """Open the file; closing it undoes what was not committed."""
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    with (
        _explained(path),
        closing(
            sqlite3.connect(uri, timeout=_PATIENCE_SECONDS, isolation_level=None, uri=True)
        ) as opened,
    ):
        yield opened


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn SQLite's refusals into a `StoreError` that names the path."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError):
        raise
    except sqlite3.DatabaseError as error:
        code, what, fix = _refusal(error)
        raise StoreError(f"store.{code}", str(path), what, fix) from error


def _refusal(error: sqlite3.DatabaseError) -> tuple[str, str, str]:
    name = getattr(error, "sqlite_errorname", "")
    known = next((said for start, said in _REFUSALS.items() if name.startswith(start)), None)
    what = f"the file cannot be used ({error})"
    return known or ("refused", what, "Check the path and its permissions")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Lay the tables out in a new file."""
    if _refuse_unknown(connection, path) == SCHEMA:
        return
    for statement in _TABLES:
        connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_MARK}")
    connection.execute(f"PRAGMA user_version = {SCHEMA}")


def _refuse_unknown(connection: sqlite3.Connection, path: Path) -> int:
    """Refuse files of other programs and layouts; return the version, 0 if empty."""
    written = version(connection)
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and mark != _MARK:
        what = "this database is no store of responses"
        raise StoreError("store.foreign", str(path), what, "Move it away, or choose another study")
    if written > SCHEMA:
        what = f"a newer version of this program wrote it (layout {written})"
        raise StoreError("store.newer", str(path), what, "Update the program")
    if 0 < written < SCHEMA:
        what = f"a version of this program before its first release wrote it (layout {written})"
        fix = "Move it away and import the files again"
        raise StoreError("store.older", str(path), what, fix)
    return written


def version(connection: sqlite3.Connection) -> int:
    """Layout of the file; 0 if it is empty."""
    (written,) = connection.execute("PRAGMA user_version").fetchone()
    return int(written)
