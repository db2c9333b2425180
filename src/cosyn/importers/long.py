"""One row an answer: respondent, item and value; laid out as one row a respondent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from cosyn.columns import Column
from cosyn.errors import ResponseError
from cosyn.importers._platform import has, place
from cosyn.importers._types import Importer, Prepared
from cosyn.spelling import listed, tidy
from cosyn.tables import NOT_SHOWN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

_WHO = ("respondent", "编号")
_WHAT = ("item", "question", "题目", "题号")
_SAID = ("value", "answer", "答案", "值")
_APART = ("wave", "批次", "轮次")


def recognises(table: RawTable) -> bool:
    """Tell by columns for respondent, item and value, under names in one language."""
    return has(table, "respondent", "item", "value") or has(table, "编号", "题目", "答案")


def prepare(table: RawTable, instrument: Instrument) -> Prepared:
    """Lay the answers out side by side; a respondent in two waves is two rows.

    Raises
    ------
    ResponseError
        ``response.no-item-column`` without the three columns, ``response.nobody`` for rows
        without a respondent, ``response.two-answers`` for two answers to one item.
    """
    del instrument
    at = [place(table, *names) for names in (_WHO, _WHAT, _SAID)]
    who, what, said = (i if i is not None else _refuse(table) for i in at)
    wave = place(table, *_APART)
    people = table.columns[who].mapped(tidy)
    _insist_on_people(people, table)
    rounds = table.columns[wave].mapped(tidy).codes if wave is not None else 0
    keys = people.codes.astype(np.int64) * (int(np.max(rounds, initial=0)) + 1) + rounds
    _, first, row = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    row = rank[row]
    items = table.columns[what].mapped(str.strip)
    kept = [i for i in range(len(table.header)) if i not in {what, said}]
    columns = [_alone(table.columns[i], row, table, table.header[i]) for i in kept]
    spread = [
        _spread(table.columns[said], row, items.where(i), len(order), table, items.texts[i])
        for i in range(len(items.texts))
    ]
    wide = replace(
        table.with_columns((*(table.header[i] for i in kept), *items.texts), (*columns, *spread)),
        numbers=table.numbers[first[order]],
    )
    return Prepared(wide)


def _refuse(table: RawTable) -> NoReturn:
    shown = listed([repr(name) for name in table.header])
    what = f"there are no columns respondent, item and value; the columns are {shown}"
    fix = "Name them so in the header: one row an answer"
    raise ResponseError("response.no-item-column", "the table", what, fix)


def _insist_on_people(people: Column, table: RawTable) -> None:
    nameless = [i for i, text in enumerate(people.texts) if not text]
    rows = table.numbers[np.isin(people.codes, nameless)].tolist()
    if rows:
        what = "these answers say not whose they are"
        fix = "Give each respondent a code of their own in the column respondent"
        raise ResponseError("response.nobody", f"rows {listed(rows)}", what, fix)


def _alone(column: Column, row: NDArray[np.int64], table: RawTable, name: str) -> Column:
    """What a respondent's rows all say, or some of them."""
    filled = np.array([bool(text.strip()) for text in column.texts], bool)[column.codes]
    n = int(row.max(initial=-1)) + 1
    return _spread(column, row, np.flatnonzero(filled), n, table, name)


def _spread(
    column: Column,
    row: NDArray[np.int64],
    of: NDArray[np.intp],
    n: int,
    table: RawTable,
    name: str,
) -> Column:
    """One text for each of n respondents, from some rows of a column; not shown without a row."""
    blank = len(column.texts)
    codes = np.full(n, blank, np.int32)
    # Backwards, so that the first of several stays.
    codes[row[of][::-1]] = column.codes[of][::-1]
    twice = of[codes[row[of]] != column.codes[of]]
    if len(twice):
        i = int(twice[0])
        others = of[row[of] == row[i]]
        where = f"rows {listed(table.numbers[others].tolist())}"
        texts = listed(list(dict.fromkeys(repr(column[int(j)]) for j in others)))
        what = f"one respondent has several values of {name!r}: {texts}"
        raise ResponseError("response.two-answers", where, what, "Keep the right one of these rows")
    return Column((*column.texts, NOT_SHOWN), codes).tidied()


IMPORTER = Importer("long", "a table of one row an answer", recognises, prepare)
