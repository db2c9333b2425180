"""Which departments the waves of a study ask, read without anything that serving a wave needs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from cosyn.errors import StoreError
from cosyn.fielding.wave import folder_of, read_wave, waves

if TYPE_CHECKING:
    from pathlib import Path


def departments_asked(study: Path, *, simulated: bool) -> dict[str, frozenset[str]]:
    """Wave -> codes of its departments, of waves whose roster lies beside them and is not empty.

    A wave in PostgreSQL, or one whose roster was destroyed, is left out: nobody knows its
    departments here.

    Parameters
    ----------
    study : Path
        The study's folder.
    simulated : bool
        Whether waves for training are asked for, or the others.

    Raises
    ------
    StoreError
        ``field.wave-damaged`` and the like; ``field.damaged`` for a roster that cannot be read.
    """
    found = {}
    for name in waves(study):
        folder = folder_of(study, name)
        path = folder / "roster.sqlite"
        if read_wave(folder).simulated == simulated and path.is_file():
            found[name] = _codes(path)
    return {name: codes for name, codes in found.items() if codes}


def _codes(path: Path) -> frozenset[str]:
    try:
        uri = f"{path.resolve().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as store:
            return frozenset(
                code for (code,) in store.execute("SELECT department FROM departments")
            )
    except sqlite3.Error as problem:
        what = f"the roster of the wave cannot be read ({problem})"
        fix = "Restore a backup: survey field restore, or name a table of departments"
        raise StoreError("field.damaged", str(path), what, fix) from problem
