"""What an import may read of a wave: envelopes that were released, opened with the private key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import func, select

from cosyn.fielding import schema
from cosyn.fielding.database import open_store, reading
from cosyn.fielding.desk import check_named, same_kind
from cosyn.fielding.envelopes import open_envelope
from cosyn.fielding.keys import PRIVATE, PUBLIC, read_key, read_private
from cosyn.fielding.wave import read_wave

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.fielding.envelopes import Answered
    from cosyn.fielding.wave import Wave


def released(
    folder: Path, key: Path | None = None, *, database: str = ""
) -> tuple[Wave, tuple[Answered, ...], int]:
    """Open every envelope that was released; the server's key and the roster are not needed.

    Parameters
    ----------
    folder : Path
        The wave's folder.
    key : Path or None
        The private key, where it does not lie in the folder.
    database : str
        URL of the PostgreSQL database that a wave of that kind lies in.

    Returns
    -------
    wave : Wave
    answered : tuple of Answered
        In the order of their inner ids, which are random.
    waiting : int
        Envelopes whose batch is not full yet; they stay closed.

    Raises
    ------
    StoreError
        There is no such wave or key, it belongs to another, or the store cannot be read.
    """
    wave = read_wave(folder)
    same_kind(wave, database)
    keys = folder / "keys"
    private = read_private(key or keys / PRIVATE, read_key(keys / PUBLIC))
    store = open_store(folder, "answers", database)
    try:
        check_named(store, wave)
        envelopes = schema.envelopes
        with reading(store) as connection:
            rows = connection.execute(select(envelopes).where(envelopes.c.batch > 0)).all()
            total = connection.execute(select(func.count()).select_from(envelopes)).scalar_one()
    finally:
        store.engine.dispose()
    found = [open_envelope(private, wave, row.id, row.batch, row.sealed) for row in rows]
    return wave, tuple(sorted(found, key=lambda answered: answered.id)), int(total) - len(rows)
