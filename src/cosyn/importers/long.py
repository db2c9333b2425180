"""Long tables: one row an answer, with the respondent, the item and the value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.columns import Column, narrow
from cosyn.errors import ResponseError
from cosyn.importers._platform import has
from cosyn.importers._types import Importer, Prepared
from cosyn.spelling import listed, plain
from cosyn.tables import NOT_SHOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.columns import Codes
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_VALUES = ("value", "response", "answer")


def recognises(table: RawTable) -> bool:
    """Tell by the three columns that make a table long."""
    return any(has(table, "respondent", "item", value) for value in _VALUES)


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Lay the table out with one row a respondent and wave, numbered by its first row.

    An item of which a respondent has no row was not shown.

    Raises
    ------
    ResponseError
        ``response.two-answers`` if a respondent has two values of one item, or of anything that
        is said of the respondent.
    """
    del instrument
    names = [plain(column) for column in table.header]
    item = table.columns[names.index("item")].mapped(str.strip)
    place = next(names.index(value) for value in _VALUES if value in names)
    keys = [table.columns[i].codes for i, n in enumerate(names) if n in {"respondent", "wave"}]
    _, first, who = np.unique(np.stack(keys), axis=1, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    who, first = rank[who.ravel()], first[order]
    header: list[str] = []
    columns: list[Column] = []
    for i, name in enumerate(table.header):
        if names[i] != "item" and i != place:
            rows = np.arange(table.n)
            header.append(name)
            columns.append(_spread(table, table.columns[i], rows, who, len(first), name))
    for i, text in enumerate(item.texts):
        rows = item.where(i)
        if len(rows) and text:
            header.append(text)
            columns.append(_spread(table, table.columns[place], rows, who, len(first), text))
    wide = replace(table.with_columns(header, columns), numbers=table.numbers[first])
    return Prepared(wide)


def _spread(
    table: RawTable,
    texts: Column,
    rows: NDArray[np.intp],
    who: NDArray[np.intp],
    n: int,
    name: str,
) -> Column:
    """The texts of some rows, each at the place of its respondent."""
    codes: Codes = np.full(n, len(texts.texts), np.int32)
    codes[who[rows]] = texts.codes[rows]
    other = rows[codes[who[rows]] != texts.codes[rows]]
    if len(other):
        same = rows[who[rows] == who[other[0]]]
        numbers = listed(table.numbers[same].tolist())
        what = f"one respondent has different values of {name!r}"
        fix = "Keep one of the rows; two waves of a respondent need a column `wave`"
        raise ResponseError("response.two-answers", f"rows {numbers}", what, fix)
    return Column((*texts.texts, NOT_SHOWN), narrow(codes))


IMPORTER = Importer("long", "a long table, one row an answer", recognises, prepare)
