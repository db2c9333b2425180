"""Backups of a store while it is in use: the keys and the urn are never in them."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded, make_folder
from cosyn.errors import StoreError, extra

with extra("field"):
    from sqlalchemy import MetaData, select

from cosyn.fielding.database import Name, file_of, reading

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Table

    from cosyn.fielding.database import Store

SCHEMA = "cosyn.backup/1"
MANIFEST = "manifest.json"
_LEFT_OUT = {"urn"}
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes
    ----------
    store : "roster" or "answers"
    named : Mapping[str, str]
        What the store says of itself: wave, lock, mode, fingerprint of the keys, version.
    at : str
        When it was made (UTC, to the second).
    rows : Mapping[str, int]
        Table -> rows.
    sha256 : str
        Of the database file within.
    without : tuple of str
        What was left out.
    """

    store: Name
    named: Mapping[str, str]
    at: str
    rows: Mapping[str, int]
    sha256: str
    without: tuple[str, ...] = ("keys", "urn")


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, and where it lies."""

    file: Path
    manifest: Manifest


def back_up(store: Store, folder: Path, at: datetime) -> Backup:
    """Copy one state of a store into an archive of its own, while others work on it.

    Rows are copied, not the file's pages: no note of the urn, and nothing that was deleted, ever
    reaches the copy, in which rows lie in the order of their random names. PostgreSQL's rows are
    kept in the same way.

    Raises
    ------
    StoreError
        The store cannot be read, or the machine refuses to write; no half archive is left.
    """
    make_folder(folder)
    path = folder / f"{store.name}-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}.zip"
    with guarded(folder, "write"):
        folder.chmod(0o700)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".backup-")
        os.close(handle)
    copy = Path(name)
    archive = copy.with_suffix(".zip")
    try:
        rows, named = _copied(store, copy)
        with guarded(path, "write"):
            digest = hashlib.sha256(copy.read_bytes()).hexdigest()
            manifest = Manifest(store.name, named, at.isoformat(timespec="seconds"), rows, digest)
            spelt = json.dumps({"schema": SCHEMA, **asdict(manifest)}, indent=1)
            with zipfile.ZipFile(archive, "x", zipfile.ZIP_DEFLATED) as opened:
                opened.write(copy, file_of(Path(), store.name).name)
                opened.writestr(MANIFEST, spelt)
            archive.chmod(0o600)
            with archive.open("rb") as stream:
                os.fsync(stream.fileno())
            archive.replace(path)
    finally:
        for left in (copy, archive):
            left.unlink(missing_ok=True)
    return Backup(path, manifest)


def _copied(store: Store, path: Path) -> tuple[dict[str, int], dict[str, str]]:
    """Copy every row but the urn's into an SQLite file; count them, and read the settings."""
    counted: dict[str, int] = {}
    named: dict[str, str] = {}
    with closing(sqlite3.connect(path, isolation_level=None)) as copy, reading(store) as source:
        # Only the archive made of it is kept; the disk need not be asked for each page.
        copy.execute("PRAGMA journal_mode = MEMORY")
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute("BEGIN")
        for table in _tables(source, store):
            counted[table.name] = 0 if table.name in _LEFT_OUT else _copy(source, table, copy)
            if table.name == "settings":
                named = {row.name: row.value for row in source.execute(select(table))}
        copy.execute("COMMIT")
    return counted, named


def _tables(connection: Connection, store: Store) -> list[Table]:
    """Tables as they are in the store, which may have an older layout."""
    found = MetaData()
    found.reflect(connection, schema=None if store.is_sqlite else store.name)
    return sorted(found.tables.values(), key=lambda table: table.name)


def _copy(source: Connection, table: Table, copy: sqlite3.Connection) -> int:
    names = [column.name for column in table.columns]
    listed = ", ".join(f'"{name}"' for name in names)
    copy.execute(f'CREATE TABLE "{table.name}" ({listed})')
    places = ", ".join("?" * len(names))
    # Names come from the layout, never from people.
    insert = f'INSERT INTO "{table.name}" VALUES ({places})'  # noqa: S608
    counted = 0
    rows = source.execute(select(table).order_by(*table.primary_key.columns))
    for some in rows.partitions(_AT_ONCE):
        copy.executemany(insert, [tuple(row) for row in some])
        counted += len(some)
    return counted


def read_backup(path: Path) -> tuple[Manifest, bytes]:
    """Read an archive and make sure that it is what was written.

    Returns
    -------
    manifest : Manifest
    content : bytes
        The SQLite file.

    Raises
    ------
    StoreError
        ``field.backup-damaged`` or ``store.newer``; or the machine refuses.
    """
    with guarded(path, "read"):
        try:
            with zipfile.ZipFile(path) as opened:
                told: dict[str, Any] = json.loads(opened.read(MANIFEST))
                schema = told.pop("schema")
                if schema == SCHEMA:
                    manifest = Manifest(**{**told, "without": tuple(told["without"])})
                    content = opened.read(file_of(Path(), manifest.store).name)
        except (zipfile.BadZipFile, ValueError, KeyError, TypeError, EOFError) as problem:
            raise _damaged(path, "this is no backup of a store") from problem
    if schema != SCHEMA:
        what = f"a newer version of this program wrote it ({schema})"
        raise StoreError("store.newer", str(path), what, "Update the program")
    if hashlib.sha256(content).hexdigest() != manifest.sha256:
        raise _damaged(path, "its content is not what was written")
    return manifest, content


def _damaged(path: Path, what: str) -> StoreError:
    return StoreError("field.backup-damaged", str(path), what, "Use another backup")
