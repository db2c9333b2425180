"""Decode the columns of items; each distinct text of a column is understood once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import ResponseError
from cosyn.importers._codebook import SHEET_ERROR, codebook, is_blank
from cosyn.importers._types import RefusedCells
from cosyn.instrument.types import Missing
from cosyn.responses import Answers
from cosyn.spelling import LOST, listed, number, plain, repaired

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cosyn.columns import Column
    from cosyn.importers._codebook import Codebook
    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._types import ColumnFate
    from cosyn.instrument.types import Instrument
    from cosyn.responses import Cell
    from cosyn.tables import RawTable

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = "A spreadsheet made a date of a code such as 1-2; format the column as text, export again"
_CUT = "A spreadsheet cut a long number; format the column as text and export again"
_MANGLED = (
    (re.compile(rf"\d{{1,2}}-{_MONTH}|{_MONTH}-\d{{1,2}}", re.IGNORECASE), _DATE),
    (re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}月\d{1,2}日"), _DATE),
    (re.compile(r"\d(?:[.,]\d+)?E\+\d+"), _CUT),
)
_UNANSWERED = frozenset({Missing.NOT_ANSWERED, Missing.NOT_SHOWN})


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """An item's column: the texts of n rows and what each distinct text says.

    Attributes
    ----------
    cells : tuple of Cell
        One for each of the column's distinct texts.
    counts : ndarray of int
        Rows that hold each of them.
    """

    name: str
    item: str
    codebook: Codebook
    column: Column
    cells: tuple[Cell, ...]
    counts: NDArray[np.intp]

    def invalid(self) -> tuple[int, ...]:
        """Places of the texts that are no answer, the most frequent first."""
        found = [
            i for i, c in enumerate(self.cells) if c.missing is Missing.INVALID and self.counts[i]
        ]
        return tuple(sorted(found, key=lambda i: -self.counts[i]))

    def answers(self) -> Answers:
        """The decoded cells of the n rows."""
        return Answers(self.cells, self.column.codes)


def item_columns(
    table: RawTable,
    columns: Sequence[ColumnFate],
    instrument: Instrument,
    mapping: ResponseMapping | None,
    platform: Mapping[str, Missing],
    labels: Mapping[str, Mapping[str, float]],
) -> tuple[ItemColumn, ...]:
    """Decode every column that is an item, in the file's order."""
    books = {
        f.id: codebook(f, mapping, platform, labels.get(f.id)) for f in instrument.response_formats
    }
    return tuple(
        _decoded(column, texts, books[instrument.item(column.target).response_format])
        for column, texts in zip(columns, table.columns, strict=True)
        if column.fate == "item"
    )


def _decoded(column: ColumnFate, texts: Column, book: Codebook) -> ItemColumn:
    cells = tuple(book.decode(text) for text in texts.texts)
    return ItemColumn(column.name, column.target, book, texts, cells, texts.counts())


def refuse_other_words(columns: Iterable[ItemColumn], file: str) -> None:
    """Stop where most of a column is no answer: labels or codes of another kind.

    Raises
    ------
    ResponseError
        ``response.text-where-codes``, if it holds for more than half of the filled cells.
    """
    wrong = [column for column in columns if _mostly_invalid(column)]
    if not wrong:
        return
    first = wrong[0]
    texts = [first.column.texts[i].strip() for i in first.invalid()]
    names = listed([repr(column.name) for column in wrong])
    values = listed([repr(text) for text in texts])
    book = first.codebook
    what = f"most values are none of {book.allowed()}; {first.name!r} has {values}"
    example = f'labels: {{{book.format.id}: {{"{texts[0]}": CODE}}}}'
    fix = f"Say in a mapping file what they stand for, e.g. {example}; or map the right column"
    raise ResponseError("response.text-where-codes", f"{file}, columns {names}", what, fix)


def _mostly_invalid(column: ItemColumn) -> bool:
    texts = column.column.texts
    filled = sum(int(n) for text, n in zip(texts, column.counts, strict=True) if not is_blank(text))
    return 2 * sum(int(column.counts[i]) for i in column.invalid()) > filled


def wording_rows(columns: Sequence[ItemColumn]) -> int:
    """Count the rows at the top whose every item cell is a text of its own, as wordings are.

    A slip of the pen is not taken for one: at least two cells must be filled, none of them an
    answer or a number, and none may occur in another cell of the row or row of the column.
    """
    rows = len(columns[0].column)
    return next((i for i in range(rows) if not _is_wordings(columns, i)), 0)


def _is_wordings(columns: Sequence[ItemColumn], row: int) -> bool:
    held = [(column, int(column.column.codes[row])) for column in columns]
    filled = [(column, i) for column, i in held if not is_blank(column.column.texts[i])]
    spelt = {plain(column.column.texts[i]) for column, i in filled}
    return 1 < len(filled) == len(spelt) and all(
        column.cells[i].missing is Missing.INVALID
        and column.counts[i] == 1
        and number(plain(column.column.texts[i])) is None
        for column, i in filled
    )


def answered(columns: Sequence[ItemColumn], n: int) -> NDArray[np.bool_]:
    """Which of n rows hold anything in a column of an item."""
    found = np.zeros(n, bool)
    for column in columns:
        says = [cell.missing not in _UNANSWERED for cell in column.cells]
        found |= np.array(says, bool)[column.column.codes]
    return found


def refused(columns: Iterable[ItemColumn], table: RawTable) -> Iterator[RefusedCells]:
    """Report every value that is no answer, with the rows where it stands."""
    for column in columns:
        for i in column.invalid():
            text = column.column.texts[i].strip()
            rows = tuple(table.numbers[column.column.where(i)].tolist())
            yield RefusedCells(column.name, column.item, text, rows, _fix(column.codebook, text))


def _fix(book: Codebook, text: str) -> str:
    for pattern, said in _MANGLED:
        if pattern.fullmatch(text):
            return said
    meant = repaired(text)
    if meant is not None:
        was = "lost characters" if meant == LOST else f"was probably {meant!r}"
        return f"It was read in a wrong encoding and {was}; export it as UTF-8"
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    example = f'missing: {{"{quoted}": not_answered}}'
    write = f"Write one of {book.allowed()}"
    if SHEET_ERROR.fullmatch(text):
        write = "Mend the formula in the sheet, let it be calculated and save"
    return f"{write}, or say in a mapping file what it means: {example}"
