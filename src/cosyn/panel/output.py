"""A panel's result as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.workbook import (
    fit_paper,
    fit_row,
    new_book,
    packed,
    put,
    put_figure,
    put_head,
    put_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl.worksheet.worksheet import Worksheet

    from cosyn.panel.tables import Table, Value

_PAGE = 100.0


def result_workbook(tables: Iterable[Table], title: str, notes: Iterable[str]) -> bytes:
    """Write each table that has rows on a sheet of its own, and the notes on the last.

    Parameters
    ----------
    tables : iterable of Table
        Items, facets and constructs, agreement, comments.
    title : str
        Name of the sheet of notes.
    notes : iterable of str
        Who judged what, by which rule, and how each figure is made.
    """
    book = new_book()
    for table in tables:
        if table.rows:
            _put_table(book.create_sheet(table.title), table)
    about = book.create_sheet(title)
    about.column_dimensions["A"].width = _PAGE
    fit_paper(about)
    for row, text in enumerate(notes, start=1):
        put(about, row, 1, text)
        fit_row(about, row, [text], [_PAGE])
    return packed(book)


def _put_table(sheet: Worksheet, table: Table) -> None:
    widths = [_width(table, column) for column in range(len(table.headings))]
    put_head(sheet, 1, table.headings, widths)
    for row, values in enumerate(table.rows, start=2):
        texts = [_as_text(value) for value in values]
        put_row(sheet, row, texts, widths)
        for column, value in enumerate(values, start=1):
            if isinstance(value, int | float):
                put_figure(sheet, row, column, value, "0.00" if isinstance(value, float) else "0")
    sheet.auto_filter.ref = sheet.dimensions


def _width(table: Table, column: int) -> float:
    """Wide for sentences, narrow for figures and ids."""
    longest = max(len(_as_text(row[column])) for row in table.rows)
    return 56.0 if longest > 40 else max(12.0, min(30.0, longest + 3))


def _as_text(value: Value) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
