"""From rows of texts to a table: blank rows are counted, malformed ones set aside by number."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from cosyn.columns import GrowingColumn
from cosyn.tables._types import NULL, Aside, RawTable
from cosyn.tables._watch import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CHUNK = 8192
REPEATED = "it repeats the header"


def tabulate(
    header: Sequence[str],
    rows: Iterable[Sequence[str]],
    first_row: int,
    *,
    encoding: str = "",
    delimiter: str = "",
    sheet: str = "",
    wordings: Sequence[str] = (),
    warnings: Sequence[str] = (),
    about: int = 0,
) -> RawTable:
    """Lay out the rows of a file; they are read once and never held all at a time as texts.

    Parameters
    ----------
    header : sequence of str
        Length m.
    rows : iterable of sequence of str
        Every row below the header, blank and malformed ones too, so that numbers hold.
    first_row : int
        Number in the file of the first of them.
    about : int
        How many there are, as far as can be told; 0 if it cannot.
    """
    names = tuple(name.strip() for name in header)
    growing = [GrowingColumn() for _ in names]
    numbers: list[int] = []
    aside: list[Aside] = []
    blank = 0
    numbered = enumerate(rows, first_row)
    while chunk := list(islice(numbered, _CHUNK)):
        whole: list[Sequence[str]] = []
        for number, row in chunk:
            if not any(cell and cell != NULL and not cell.isspace() for cell in row):
                blank += 1
            elif reason := _reason(row, names):
                aside.append(Aside(number, reason, tuple(row)))
            else:
                whole.append(row)
                numbers.append(number)
        for column, texts in zip(growing, zip(*whole, strict=True), strict=False):
            column.add(texts)
        told(chunk[-1][0] + 1 - first_row, about)
    return RawTable(
        header=names,
        columns=tuple(column.done() for column in growing),
        numbers=np.array(numbers, np.int64),
        first_row=first_row,
        aside=tuple(aside),
        blank=blank,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        wordings=tuple(wordings),
        warnings=tuple(warnings),
    )


def _reason(row: Sequence[str], header: tuple[str, ...]) -> str:
    """Why a row is no answer; empty if it may be one."""
    if len(row) != len(header):
        return f"it has {len(row)} fields where the header has {len(header)}"
    if row[0].strip() == header[0] and tuple(map(str.strip, row)) == header:
        return REPEATED
    return ""
