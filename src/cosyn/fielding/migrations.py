"""From an older layout of a store to the present one, in one transaction, on opening."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import StoreError, extra

with extra("field"):
    from sqlalchemy import update

from cosyn.fielding import schema
from cosyn.fielding.backup import back_up
from cosyn.fielding.database import VERSIONS, held, named_in, settings_table, writing

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from cosyn.fielding.database import Store

_MIGRATING = "e" * 32


def _index_of_envelopes(connection: Connection) -> None:
    """Counting a department's envelopes need not read all of them."""
    for index in schema.envelopes.indexes:
        index.create(connection, checkfirst=True)


STEPS: dict[str, tuple[Callable[[Connection], None], ...]] = {
    "roster": (),
    "answers": (_index_of_envelopes,),
}
"""Store -> what leads from version 1 to 2, from 2 to 3 and so on; never changed afterwards."""


def migrate(store: Store, backups: Path, at: datetime) -> int:
    """Bring a store to the present layout; a backup is made before.

    Parameters
    ----------
    backups : Path
        Folder for the backup.

    Returns
    -------
    int
        Version that it had.

    Raises
    ------
    StoreError
        ``store.newer`` if a newer version of the program laid it out; or the machine refuses, and
        the store is as it was.
    """
    present = VERSIONS[store.name]
    found = _version(store)
    if found > present:
        what = f"a newer version of this program wrote it (layout {found}, known are {present})"
        raise StoreError("store.newer", store.place, what, "Update the program")
    if found < present:
        back_up(store, backups, at)
        with writing(store) as connection:
            held(connection, _MIGRATING)
            # Another process may have been faster: every step may be repeated.
            for step in STEPS[store.name][found - 1 :]:
                step(connection)
            table = settings_table(store.name)
            row = update(table).where(table.c.name == "version")
            connection.execute(row.values(value=str(present)))
    return found


def _version(store: Store) -> int:
    try:
        return int(named_in(store).get("version", ""))
    except ValueError as problem:
        what, fix = "it does not say which layout it has", "Restore a backup"
        raise StoreError("store.damaged", store.place, what, fix) from problem
