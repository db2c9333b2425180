"""What is asked of the file and written into it, within a transaction."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, StoreError
from cosyn.store._columns import Stored, content, from_columns
from cosyn.store._file import version
from cosyn.store._types import StoredImport

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from pathlib import Path

    from cosyn.responses import Submissions


def is_there(connection: sqlite3.Connection, sha256: str, mapping: str) -> bool:
    """Tell whether the same file, read with the same mapping, holds now."""
    query = "SELECT 1 FROM imports WHERE sha256 = ? AND mapping = ? AND superseded = 0"
    return connection.execute(query, (sha256, mapping)).fetchone() is not None


def refuse_mixture(connection: sqlite3.Connection, path: Path, *, simulated: bool) -> None:
    """Refuse real answers beside simulated ones."""
    query = "SELECT 1 FROM imports WHERE simulated <> ? AND superseded = 0"
    if connection.execute(query, (simulated,)).fetchone() is None:
        return
    held, new = ("real", "simulated") if simulated else ("simulated", "real")
    what = f"it holds {held} answers, and the file holds {new} ones"
    fix = "Use another study folder, or replace what is there with --replace"
    raise ResponseError("response.mixed-simulated", str(path), what, fix)


def refuse_rows_twice(
    connection: sqlite3.Connection, path: Path, sha256: str, submissions: Submissions
) -> None:
    """Refuse rows of one file twice in a wave: read with another mapping, they count double."""
    query = "SELECT id FROM imports WHERE sha256 = ? AND superseded = 0"
    numbers = [number for (number,) in connection.execute(query, (sha256,)).fetchall()]
    held = {pair for n in numbers for pair in _rows_and_waves(whole(connection, path, n))}
    twice = sorted(row for row, wave in _rows_and_waves(submissions) if (row, wave) in held)
    if twice:
        what = f"row {twice[0]} of this file is there already, read with another mapping file"
        fix = "Replace what is there with --replace, or give the rows another wave"
        raise ResponseError("response.rows-twice", str(path), what, fix)


def _rows_and_waves(submissions: Submissions) -> Iterable[tuple[int, str]]:
    return zip(submissions.rows.tolist(), submissions.particulars["wave"], strict=True)


def insert(
    connection: sqlite3.Connection, row: tuple[object, ...], columns: Iterable[Stored]
) -> StoredImport:
    """Write an import and its submissions."""
    added = connection.execute(
        """INSERT INTO imports
           (file, sha256, mapping, importer, imported_at, rows, simulated, content)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        row,
    ).lastrowid
    connection.executemany(
        "INSERT INTO columns (import, kind, name, place, texts, codes) VALUES (?, ?, ?, ?, ?, ?)",
        ((added, *column) for column in columns),
    )
    return next(found for found in list_imports(connection) if found.id == added)


def list_imports(connection: sqlite3.Connection) -> tuple[StoredImport, ...]:
    """Every import, the superseded ones too, in order."""
    if not version(connection):
        return ()
    query = """SELECT id, file, sha256, importer, imported_at, rows, simulated, superseded
               FROM imports ORDER BY id"""
    return tuple(_import(row) for row in connection.execute(query))


def _import(row: tuple[int, str, str, str, str, int, int, int]) -> StoredImport:
    number, file, sha256, importer, day, rows, simulated, superseded = row
    return StoredImport(
        number, file, sha256, importer, day, rows, bool(simulated), bool(superseded)
    )


def whole(connection: sqlite3.Connection, path: Path, number: int) -> Submissions:
    """Submissions of one import, if they still are what was written."""
    query = "SELECT kind, name, place, texts, codes FROM columns WHERE import = ?"
    columns = [Stored(*row) for row in connection.execute(query, (number,))]
    (written,) = connection.execute(
        "SELECT content FROM imports WHERE id = ?", (number,)
    ).fetchone()
    if _content(columns) != written:
        what = f"import {number} is not what was written"
        fix = "Restore the file from a copy, or import the source files again"
        raise StoreError("store.damaged", str(path), what, fix)
    return from_columns(columns)


def _content(columns: Iterable[Stored]) -> str:
    """Digest of columns; empty if some cannot even be unpacked."""
    try:
        return content(columns)
    except zlib.error:
        return ""
