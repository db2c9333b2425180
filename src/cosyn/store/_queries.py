"""What is asked of the file and written into it, within a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, StoreError
from cosyn.store._file import version
from cosyn.store._lines import Line, content
from cosyn.store._types import StoredImport

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from pathlib import Path


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
    connection: sqlite3.Connection, path: Path, sha256: str, lines: Sequence[Line]
) -> None:
    """Refuse rows of one file twice in a wave: read with another mapping, they count double."""
    query = """SELECT row, wave FROM submissions JOIN imports ON imports.id = submissions.import
               WHERE sha256 = ? AND superseded = 0"""
    held = set(connection.execute(query, (sha256,)))
    twice = sorted(line.row for line in lines if (line.row, line.wave) in held)
    if twice:
        what = f"row {twice[0]} of this file is there already, read with another mapping file"
        fix = "Replace what is there with --replace, or give the rows another wave"
        raise ResponseError("response.rows-twice", str(path), what, fix)


def insert(
    connection: sqlite3.Connection, row: tuple[object, ...], lines: Iterable[Line]
) -> StoredImport:
    """Write an import and its submissions."""
    added = connection.execute(
        """INSERT INTO imports
           (file, sha256, mapping, importer, imported_at, rows, simulated, content)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        row,
    ).lastrowid
    connection.executemany(
        """INSERT INTO submissions (import, id, respondent, department, wave, language, form,
           digest, row, answers, ordering) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        ((added, *line) for line in lines),
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


def whole_lines(connection: sqlite3.Connection, path: Path, number: int) -> list[Line]:
    """Submissions of one import, if they still are what was written."""
    ordering = "ordering" if version(connection) > 1 else "''"
    query = f"""SELECT id, respondent, department, wave, language, form, digest, row, answers,
                {ordering} FROM submissions WHERE import = ? ORDER BY row, id"""  # noqa: S608
    lines = [Line(*row) for row in connection.execute(query, (number,))]
    (written,) = connection.execute(
        "SELECT content FROM imports WHERE id = ?", (number,)
    ).fetchone()
    if content(lines) != written:
        what = f"import {number} is not what was written"
        fix = "Restore the file from a copy, or import the source files again"
        raise StoreError("store.damaged", str(path), what, fix)
    return lines
