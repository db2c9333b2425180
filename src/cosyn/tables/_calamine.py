"""Workbooks that calamine reads: the values that were last calculated."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosyn.errors import ResponseError, extra
from cosyn.tables._apart import Damaged, apart, insist
from cosyn.tables._biff import errors_of
from cosyn.tables._sheets import damaged, filled, sheet_table, trimmed
from cosyn.tables._types import letters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.tables._biff import Errors
    from cosyn.tables._sheets import Values
    from cosyn.tables._types import RawTable

_MOST_CELLS = 20_000_000
"""A few bytes of ODS can stand for as many as one likes; XLS holds no more in a sheet."""
_PANIC = "PanicException"
"""What the library's Rust side raises at worst: no subclass of Exception."""


def read_workbook(path: Path) -> RawTable:
    """Read the first sheet with data, visible ones first; its first filled row is the header.

    Raises
    ------
    ExtraError
        If the optional part `spreadsheets` is not installed.
    ResponseError
        ``response.damaged-workbook``, ``response.locked``, ``response.too-big``,
        ``response.empty-file`` or ``response.empty-header``.
    """
    with extra("spreadsheets"):
        insist("python_calamine")
    try:
        return apart(read_here, path)
    except Damaged as problem:
        raise damaged(path.name, problem) from problem


def locked(name: str) -> ResponseError:
    """Tell that a workbook has a password."""
    fix = "Open it, remove the password and save it again"
    return ResponseError("response.locked", name, "the workbook has a password", fix)


def read_here(path: str) -> RawTable:
    """Read a workbook within this process, which a damaged one may break; for `apart`.

    Raises
    ------
    Damaged
        Whatever the library says of the file.
    ResponseError
        As `read_workbook`.
    """
    name = Path(path).name
    try:
        sheets = _filled_sheets(path)
        first, rows, merged = next(sheets, ("", [], []))
        names = [first, *(other for other, _, _ in sheets)]
    except (MemoryError, ResponseError):
        raise
    except BaseException as problem:
        kind = type(problem).__name__
        if not isinstance(problem, Exception) and kind != _PANIC:
            raise
        if kind == "PasswordError":
            raise locked(name) from problem
        raise Damaged(str(problem) or kind) from problem
    if not rows:
        what = "no sheet holds a row"
        raise ResponseError("response.empty-file", name, what, "Export the answers again")
    return sheet_table(rows, name, names, merged)


def _filled_sheets(path: str) -> Iterator[tuple[str, list[Values], list[str]]]:
    """Name of each sheet that holds anything, its rows, and its merged ranges; hidden ones last.

    The library knows the merged ranges of XLS alone, and gives cells with an error as blank.
    """
    from python_calamine import (  # noqa: PLC0415 - an optional part
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    # A path would be judged by its ending.
    content = Path(path).read_bytes()
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    errors = dict(enumerate(errors_of(content)))
    listed = sorted(
        enumerate(book.sheets_metadata), key=lambda s: s[1].visible != SheetVisibleEnum.Visible
    )
    for place, sheet in listed:
        found = book.get_sheet_by_name(sheet.name)
        if found.height * found.width > _MOST_CELLS:
            what = f"the sheet {sheet.name!r} has {found.height:,} rows of {found.width:,} columns"
            fix = "Save the answers alone in a new workbook, or as CSV"
            raise ResponseError("response.too-big", Path(path).name, what, fix)
        cells = _with(errors.get(place, {}), found.to_python(skip_empty_area=False))
        rows = [trimmed(tuple(row)) for row in cells]
        if any(map(filled, rows)):
            yield sheet.name, rows, [_range(*corners) for corners in found.merged_cell_ranges or ()]


def _with(errors: Errors, rows: list[list[Any]]) -> list[list[Any]]:
    """Put the errors into the cells that were given as blank."""
    for (row, column), error in errors.items():
        if row < len(rows) and column < len(rows[row]) and rows[row][column] in {None, ""}:
            rows[row][column] = error
    return rows


def _range(first: tuple[int, int], last: tuple[int, int]) -> str:
    """Row and column of two corners, counted from 0, as a spreadsheet writes them."""
    return ":".join(f"{letters(column)}{row + 1}" for row, column in (first, last))
