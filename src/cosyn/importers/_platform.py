"""What importers of platforms share: naming a platform's own columns, and items behind groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.importers._match import recogniser
from cosyn.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable


def has(table: RawTable, *names: str) -> bool:
    """Tell whether a table has all these columns (plainly spelt)."""
    return set(names) <= {plain(column) for column in table.header}


def own_columns(table: RawTable, known: Mapping[str, Role]) -> dict[str, Role]:
    """Roles of the columns that a platform adds of its own.

    Parameters
    ----------
    known : Mapping[str, Role]
        Plain name -> role, the better one first: of several times of the same kind only the
        first that the table has is taken, the others are bookkeeping.
    """
    present = {plain(column): column for column in table.header}
    taken: set[Role] = set()
    roles: dict[str, Role] = {}
    for name, role in known.items():
        if name not in present:
            continue
        single = role[0] in {"time", "seconds", "language", "wave"}
        roles[present[name]] = ("platform", "") if single and role in taken else role
        taken.add(role)
    return roles


def behind_groups(table: RawTable, instrument: Instrument, mark: str) -> dict[str, Role]:
    """Roles of columns whose name or wording stands behind those of its groups."""
    known = recogniser(instrument)
    roles: dict[str, Role] = {}
    for column in table.header:
        if mark not in column or known(column)[0] != "unmapped":
            continue
        parts = column.split(mark)
        tails = (mark.join(parts[i:]) for i in range(1, len(parts)))
        found = next((role for tail in tails if (role := known(tail))[0] != "unmapped"), None)
        if found is not None:
            roles[column] = found
    return roles


def without(table: RawTable, column: str, texts: Collection[str], reason: str) -> RawTable:
    """Set aside the rows that hold one of some (plainly spelt) texts in a column, if it exists."""
    place = next((i for i, name in enumerate(table.header) if plain(name) == column), None)
    if place is None:
        return table
    held = table.columns[place]
    wrong = np.array([plain(text) in texts for text in held.texts], bool)
    return table.only(~wrong[held.codes], reason) if wrong.any() else table
