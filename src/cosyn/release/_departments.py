"""What is published of departments: counts and mean scores, over the published records alone.

Both are made of the file, not of the store: where a record tells its department, they add nothing
to it; where none does, no difference between the two tells of a record that was suppressed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.release._types import CountTables, PublishedKey
from cosyn.release.classes import HIDDEN
from cosyn.release.keys import department_key
from cosyn.release.scores import department_scores
from cosyn.release.settings import DEPARTMENT
from cosyn.release.tables import protected_counts
from cosyn.scoring import facet_scores, keyed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument
    from cosyn.release.scores import DepartmentScores
    from cosyn.release.settings import Settings
    from cosyn.responses import ResponseTable
    from cosyn.scoring import Scores

SUPPRESSED = "suppressed"


def count_tables(
    table: ResponseTable, keys: Sequence[PublishedKey], settings: Settings
) -> CountTables | None:
    """Count the published records by the variables of each table; None if no table is asked for."""
    if not settings.tables:
        return None
    known = {key.name: key for key in keys}
    known.setdefault(DEPARTMENT, _departments(table))
    names = list(dict.fromkeys(name for by in settings.tables for name in by))
    chosen = [_counted(known[name]) for name in names]
    codes = np.column_stack([key.codes for key in chosen])
    tables = tuple(tuple(names.index(name) for name in by) for by in settings.tables)
    counts = protected_counts(codes, [len(key.values) for key in chosen], tables, settings.k)
    return CountTables(tuple((key.name, key.values) for key in chosen), tables, counts)


def _departments(table: ResponseTable) -> PublishedKey:
    key = department_key(table)
    members = tuple((value,) for value in key.values)
    return PublishedKey(key.name, key.codes, key.values, key.given, members)


def _counted(key: PublishedKey) -> PublishedKey:
    """The values that stand in records, the suppressed as one of them."""
    present, codes = np.unique(key.codes, return_inverse=True)
    values = tuple(SUPPRESSED if at == HIDDEN else key.values[at] for at in present)
    return replace(key, codes=codes.astype(np.int64), values=values)


def mean_scores(
    table: ResponseTable,
    keys: Sequence[PublishedKey],
    instrument: Instrument,
    settings: Settings,
    minimum_answered: int,
) -> tuple[tuple[str, ...], DepartmentScores | None]:
    """Mean facet and construct scores of departments, or of their groups where those are published.

    Returns
    -------
    departments : tuple of str
    scores : DepartmentScores or None
        None if there are no departments or no facets.
    """
    shown = {key.name: key for key in keys}.get(DEPARTMENT) or _departments(table)
    scales = _scales(table, instrument)
    items = keyed(table, instrument)
    wanted = [name for name in scales if name not in settings.left_out]
    facets = facet_scores(_columns(items, wanted), instrument, minimum_answered)
    if not facets.names or not shown.given:
        return (), None
    names, columns, answers = _with_constructs(items, facets, instrument)
    codes = np.where((shown.codes >= 0) & (shown.codes < shown.given), shown.codes, -1)
    scores = department_scores(
        codes, shown.given, names, columns, answers, settings.k, settings.patterns
    )
    return shown.values[: shown.given], scores


def _scales(table: ResponseTable, instrument: Instrument) -> list[str]:
    """Items of constructs whose items reflect them, that somebody answered."""
    reflective = {c.id for c in instrument.constructs if c.measurement == "reflective"}
    answered = (table.missing == 0).any(axis=0)
    return [
        name
        for name, some in zip(table.items, answered, strict=True)
        if some and instrument.item(name).construct in reflective
    ]


def _columns(items: Scores, names: Sequence[str]) -> Scores:
    """Some columns of scores, with their names."""
    return replace(items, names=tuple(names), matrix=items.columns(names))


def _with_constructs(
    items: Scores, facets: Scores, instrument: Instrument
) -> tuple[list[str], NDArray[np.float64], list[NDArray[np.float64]]]:
    """Facet scores, then construct scores (the mean of all its facets), with the answers behind."""
    names, columns, answers = [*facets.names], [*facets.values.T], []
    made_of = {name: _items_of(items, instrument, (name,)) for name in facets.names}
    answers += [items.columns(made_of[name]) for name in facets.names]
    for construct in instrument.constructs:
        mine = [facet.id for facet in construct.facets if facet.id in facets.names]
        if len(mine) > 1:
            names.append(construct.id)
            columns.append(facets.columns(mine).mean(axis=1))
            answers.append(items.columns([item for name in mine for item in made_of[name]]))
    return names, np.column_stack(columns), answers


def _items_of(items: Scores, instrument: Instrument, facets: Sequence[str]) -> list[str]:
    return [name for name in items.names if instrument.item(name).facet in facets]
