"""Put a backup in the place of a store; what was there is kept beside it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded, make_folder
from cosyn.errors import StoreError, extra

with extra("field"):
    from sqlalchemy import delete, func, select

from cosyn.fielding import schema
from cosyn.fielding.backup import back_up, read_backup
from cosyn.fielding.database import (
    VERSIONS,
    create_store,
    file_of,
    metadata,
    open_store,
    reading,
    settings_table,
    writing,
)
from cosyn.fielding.desk import named, same_kind
from cosyn.fielding.urn import half_drawn
from cosyn.fielding.wave import read_wave

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection, Table

    from cosyn.fielding.backup import Manifest
    from cosyn.fielding.database import Name, Store
    from cosyn.fielding.desk import Desk
    from cosyn.fielding.wave import Wave

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Behind:
    """A department in which the two stores tell of different times.

    Attributes
    ----------
    marked : int
        Invitations that the roster has marked as answered.
    released : int
        Envelopes that the answers store has released.
    """

    department: str
    marked: int
    released: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes
    ----------
    kept : tuple of Path
        Where what was there before lies now.
    """

    manifest: Manifest
    kept: tuple[Path, ...]


def restore(
    folder: Path, archive: Path, at: datetime, *, database: str = "", force: bool = False
) -> Restored:
    """Put a backup in the place of the store that it is of.

    Parameters
    ----------
    folder : Path
        The wave's folder, with ``wave.json``.
    force : bool
        Also where there is a store now; it is moved (files) or backed up (PostgreSQL) first.

    Raises
    ------
    StoreError
        ``field.other-wave`` if it is a backup of another wave, ``field.live-store`` if there is a
        store and `force` was not said, ``field.backup-damaged``, ``store.newer``; or the machine
        refuses.
    """
    wave = read_wave(folder)
    same_kind(wave, database)
    manifest, content = read_backup(archive)
    _refuse_other(archive, manifest, wave)
    kept = _set_aside(folder, manifest.store, at, database, force=force)
    if not database or not kept:
        create_store(folder, manifest.store, named(wave), database)
    store = open_store(folder, manifest.store, database)
    try:
        _fill(store, content)
    finally:
        store.engine.dispose()
    return Restored(manifest, kept)


def _refuse_other(archive: Path, manifest: Manifest, wave: Wave) -> None:
    wanted = named(wave)
    if any(manifest.named.get(what) != value for what, value in wanted.items()):
        what = f"this is a backup of another wave, {manifest.named.get('wave', '?')}"
        if manifest.named.get("wave") == wave.wave:
            what = "this is a backup of another wave that has the same code"
        fix = "Name a backup of this wave; nothing was changed"
        raise StoreError("field.other-wave", str(archive), what, fix)
    if int(manifest.named["version"]) > VERSIONS[manifest.store]:
        what = f"a newer version of this program wrote it (layout {manifest.named['version']})"
        raise StoreError("store.newer", str(archive), what, "Update the program")


def _set_aside(
    folder: Path, name: Name, at: datetime, database: str, *, force: bool
) -> tuple[Path, ...]:
    """Keep what is there; refuse where that was not asked for."""
    if database:
        return _backed_up(folder, name, at, database, force=force)
    first = file_of(folder, name)
    present = [path for end in ("", "-wal", "-shm") if (path := _with(first, end)).exists()]
    if not present:
        return ()
    if not force:
        raise _live(str(first))
    place = make_folder(folder / "backups" / f"replaced-{at:%Y%m%dT%H%M%SZ}")
    with guarded(place, "move the store to"):
        return tuple(path.rename(place / path.name) for path in present)


def _with(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _backed_up(
    folder: Path, name: Name, at: datetime, database: str, *, force: bool
) -> tuple[Path, ...]:
    store = open_store(folder, name, database)
    try:
        with reading(store) as connection:
            if not store.engine.dialect.has_table(connection, "settings", schema=name):
                return ()
        if not force:
            raise _live(store.place)
        return (back_up(store, folder / "backups", at).file,)
    finally:
        store.engine.dispose()


def _live(place: str) -> StoreError:
    what = "there is a store now, which may hold more than the backup"
    fix = "Say --force to move it to backups/ and put the backup in its place"
    return StoreError("field.live-store", place, what, fix)


def _fill(store: Store, content: bytes) -> None:
    """Take every row of a backup in one transaction; the layout is the present one."""
    with (
        NamedTemporaryFile(suffix=".sqlite") as file,
        writing(store) as connection,
    ):
        file.write(content)
        file.flush()
        with closing(sqlite3.connect(file.name)) as source:
            held = {name for (name,) in source.execute("SELECT name FROM sqlite_master")}
            for table in metadata(store.name).sorted_tables:
                if table is settings_table(store.name):
                    _settle(connection, table, source)
                    continue
                connection.execute(delete(table))
                if table.name in held:
                    _insert(connection, table, source)


def _settle(connection: Connection, table: Table, source: sqlite3.Connection) -> None:
    """Take what commands have noted of the wave; its layout is the present one."""
    version = table.c.name == "version"
    connection.execute(delete(table).where(~version))
    for rows in _rows(table, source):
        noted = [row for row in rows if row["name"] != "version"]
        connection.execute(table.insert(), noted)


def _insert(connection: Connection, table: Table, source: sqlite3.Connection) -> None:
    for rows in _rows(table, source):
        connection.execute(table.insert(), rows)


def _rows(table: Table, source: sqlite3.Connection) -> Iterator[list[dict[str, Any]]]:
    cursor = source.execute(f'SELECT * FROM "{table.name}"')  # noqa: S608 - a name of ours
    names = [column[0] for column in cursor.description]
    while some := cursor.fetchmany(_AT_ONCE):
        yield [dict(zip(names, row, strict=True)) for row in some]


def behind(desk: Desk) -> tuple[Behind, ...]:
    """Departments of which roster and answers tell different things, as after a restored backup.

    Marks in the roster without their envelopes mean that the answers are older than the roster;
    envelopes without their marks that the roster is older. Answers on paper have no marks, so
    that only a lack of envelopes is certain; and a draw that was interrupted has marked some whose
    envelopes the next one releases.
    """
    invitations, envelopes = schema.invitations, schema.envelopes
    with reading(desk.roster) as connection:
        marked = _by_department(connection, invitations, invitations.c.state == "answered")
    with reading(desk.answers) as connection:
        released = _by_department(connection, envelopes, envelopes.c.batch > 0)
    if any(released[department] < n for department, n in marked.items()):
        marked -= half_drawn(desk)
    return tuple(
        Behind(department, marked[department], released[department])
        for department in sorted(marked)
        if released[department] < marked[department]
    )


def _by_department(
    connection: Connection, table: Table, which: ColumnElement[bool]
) -> Counter[str]:
    query = select(table.c.department, func.count()).where(which).group_by(table.c.department)
    return Counter({str(department): int(n) for department, n in connection.execute(query)})
