"""The end of a wave: closed for good, and later without anything that links to people."""

from __future__ import annotations

import getpass
import hashlib
import os
from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.errors import StoreError, extra

with extra("field"):
    from sqlalchemy import delete, func, select

from cosyn.fielding import schema
from cosyn.fielding.database import reading, writing
from cosyn.fielding.destroyed import Certificate, write_certificate
from cosyn.fielding.events import FILE as EVENTS
from cosyn.fielding.events import note
from cosyn.fielding.keys import SERVER
from cosyn.fielding.schedule import read_schedule, write_schedule
from cosyn.fielding.urn import Drawn, draw, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Table

    from cosyn.fielding.database import Store
    from cosyn.fielding.desk import Desk

_LINKING: dict[str, tuple[Table, ...]] = {
    "roster": (schema.people, schema.invitations),
    "answers": (schema.drafts, schema.spent, schema.urn, schema.keyed),
}
_KEPT: dict[str, tuple[Table, ...]] = {
    "roster": (schema.departments,),
    "answers": (schema.envelopes, schema.tallies),
}


def close(desk: Desk) -> Drawn:
    """Close a wave for good: nobody is let in, everything is released, the urn is empty.

    Closing once more releases what came in while it was being closed.

    Raises
    ------
    StoreError
        A store cannot be written, or the machine refuses.
    """
    schedule = read_schedule(desk.folder)
    if not schedule.closed:
        now = desk.clock().isoformat(timespec="seconds")
        write_schedule(desk.folder, replace(schedule, closed=now))
    drawn = draw(desk, closing=True)
    note(
        desk.folder,
        "close",
        desk.clock(),
        marked=drawn.marked,
        released=drawn.released,
        destroyed=drawn.destroyed,
    )
    return drawn


def destroy(desk: Desk) -> Certificate:
    """Destroy whatever links invitations to people or links; the envelopes stay.

    What was begun is finished by destroying once more, until there is a certificate.

    Raises
    ------
    StoreError
        ``field.not-closed``, ``field.unreleased``, ``field.untidy`` if the database could not
        write its files anew; or the machine refuses.
    """
    _refuse_unready(desk)
    kept = {t.name: _count(s, t) for s in _stores(desk) for t in _KEPT[s.name]}
    rows = {t.name: _count(s, t) for s in _stores(desk) for t in _LINKING[s.name]}
    for store in _stores(desk):
        with writing(store) as connection:
            for table in _LINKING[store.name]:
                connection.execute(delete(table))
    if not tidy(desk):
        what = "rows were deleted, but the database could not write its files anew"
        fix = "Free some space, stop what reads the store, and run this once more"
        raise StoreError("field.untidy", str(desk.folder), what, fix)
    files = tuple(sorted(_wiped(desk.folder)))
    now = desk.clock()
    note(desk.folder, "destroy", now, rows=rows, files=list(files))
    with guarded(desk.folder / EVENTS, "read"):
        events = hashlib.sha256((desk.folder / EVENTS).read_bytes()).hexdigest()
    certificate = Certificate(
        wave=desk.wave.wave,
        instrument=desk.wave.instrument,
        version=desk.wave.version,
        lock=desk.wave.lock,
        at=now.isoformat(timespec="seconds"),
        who=getpass.getuser(),
        rows=rows,
        files=(*files, f"keys/{SERVER}"),
        kept=kept,
        events=events,
    )
    # The certificate first: without the key, what is left undone could not be found again.
    write_certificate(desk.folder, certificate)
    _wipe(desk.folder / "keys" / SERVER)
    return certificate


def _stores(desk: Desk) -> tuple[Store, Store]:
    return desk.roster, desk.answers


def _refuse_unready(desk: Desk) -> None:
    if not read_schedule(desk.folder).closed:
        what, fix = "this wave is not closed yet", "Close it for good first: survey field close"
        raise StoreError("field.not-closed", str(desk.folder), what, fix)
    envelopes = schema.envelopes
    with reading(desk.answers) as connection:
        query = select(func.count()).where(envelopes.c.batch == 0)
        unreleased = connection.execute(query).scalar_one()
    if unreleased:
        what = f"{unreleased:,} envelopes came in while it was being closed"
        fix = "Release them by closing once more: survey field close"
        raise StoreError("field.unreleased", str(desk.folder), what, fix)


def _count(store: Store, table: Table) -> int:
    with reading(store) as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _wiped(folder: Path) -> Iterator[str]:
    """Overwrite and delete the links, and every backup: each holds the roster or drafts."""
    for part in ("links", "backups"):
        for path in sorted((folder / part).rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                with guarded(path, "delete"):
                    path.rmdir()
            else:
                _wipe(path)
                yield path.relative_to(folder).as_posix()


def _wipe(path: Path) -> None:
    with guarded(path, "delete"):
        if not path.is_symlink():
            with path.open("r+b") as stream:
                size = stream.seek(0, os.SEEK_END)
                stream.seek(0)
                stream.write(os.urandom(size))
                stream.flush()
                os.fsync(stream.fileno())
        path.unlink()
