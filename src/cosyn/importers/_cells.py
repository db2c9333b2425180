"""Decode the columns of items; each distinct text of a column is understood once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.importers._codebook import codebook, is_blank
from cosyn.importers._text import listed, number, plain
from cosyn.importers._types import RefusedCells
from cosyn.instrument.types import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cosyn.importers._codebook import Codebook
    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._sift import Row
    from cosyn.importers._types import ColumnFate
    from cosyn.instrument.types import Instrument
    from cosyn.responses import Cell

_UNANSWERED = frozenset({Missing.NOT_ANSWERED, Missing.NOT_SHOWN})


@dataclass(frozen=True, slots=True)
class ItemColumn:
    """An item's column: the texts of n rows and what each distinct text says.

    Attributes
    ----------
    texts : tuple of str
        Length n.
    cells : Mapping[str, Cell]
        Distinct text -> decoded cell.
    counts : Mapping[str, int]
        Distinct text -> rows that hold it.
    """

    name: str
    item: str
    codebook: Codebook
    texts: tuple[str, ...]
    cells: Mapping[str, Cell]
    counts: Mapping[str, int]

    def invalid(self) -> tuple[str, ...]:
        """Distinct texts that are no answer, the most frequent first."""
        found = (text for text, cell in self.cells.items() if cell.missing is Missing.INVALID)
        return tuple(sorted(found, key=lambda text: -self.counts[text]))


def item_columns(
    rows: Sequence[Row],
    columns: Sequence[ColumnFate],
    instrument: Instrument,
    mapping: ResponseMapping | None,
) -> tuple[ItemColumn, ...]:
    """Decode every column that is an item, in the file's order."""
    books = {f.id: codebook(f, mapping) for f in instrument.response_formats}
    return tuple(
        _decoded(column, place, rows, books[instrument.item(column.target).response_format])
        for place, column in enumerate(columns)
        if column.fate == "item"
    )


def _decoded(column: ColumnFate, place: int, rows: Sequence[Row], book: Codebook) -> ItemColumn:
    texts = tuple(row.cells[place] for row in rows)
    counts = Counter(texts)
    cells = {text: book.decode(text) for text in counts}
    return ItemColumn(column.name, column.target, book, texts, cells, counts)


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
    names = listed([repr(column.name) for column in wrong])
    values = listed([repr(text.strip()) for text in first.invalid()])
    book = first.codebook
    what = f"most values are none of {book.allowed()}; {first.name!r} has {values}"
    example = f'labels: {{{book.format.id}: {{"{first.invalid()[0].strip()}": CODE}}}}'
    fix = f"Say in a mapping file what they stand for, e.g. {example}; or map the right column"
    raise ResponseError("response.text-where-codes", f"{file}, columns {names}", what, fix)


def _mostly_invalid(column: ItemColumn) -> bool:
    filled = sum(count for text, count in column.counts.items() if not is_blank(text))
    return 2 * sum(column.counts[text] for text in column.invalid()) > filled


def wording_rows(columns: Sequence[ItemColumn]) -> int:
    """Count the rows at the top whose every item cell is a text of its own, as wordings are.

    A slip of the pen is not taken for one: at least two cells must be filled, none of them an
    answer or a number, and none may occur in another cell of the row or row of the column.
    """
    rows = len(columns[0].texts)
    return next((i for i in range(rows) if not _is_wordings(columns, i)), 0)


def _is_wordings(columns: Sequence[ItemColumn], row: int) -> bool:
    filled = [(column, column.texts[row]) for column in columns if not is_blank(column.texts[row])]
    spelt = {plain(text) for _, text in filled}
    return 1 < len(filled) == len(spelt) and all(
        column.cells[text].missing is Missing.INVALID
        and column.counts[text] == 1
        and number(plain(text)) is None
        for column, text in filled
    )


def unanswered(columns: Sequence[ItemColumn], row: int) -> bool:
    """Tell whether no item of a row holds anything."""
    return all(column.cells[column.texts[row]].missing in _UNANSWERED for column in columns)


def refused(columns: Iterable[ItemColumn], rows: Sequence[Row]) -> Iterator[RefusedCells]:
    """Report every value that is no answer, with the rows where it stands."""
    for column in columns:
        for text in column.invalid():
            numbers = tuple(
                row.number for row, held in zip(rows, column.texts, strict=True) if held == text
            )
            yield RefusedCells(
                column.name, column.item, text.strip(), numbers, _fix(column.codebook, text.strip())
            )


def _fix(book: Codebook, text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    example = f'missing: {{"{quoted}": not_answered}}'
    return f"Write one of {book.allowed()}, or say in a mapping file what it means: {example}"
