"""Workbooks that calamine reads: the values that were last calculated."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, extra
from cosyn.tables._apart import Damaged, apart, insist
from cosyn.tables._sheets import as_text, damaged, filled, sheet_table, trimmed

if TYPE_CHECKING:
    from cosyn.tables._types import RawTable

Sheets = list[tuple[str, list[list[str]]]]
"""Name of each sheet that holds anything, and its rows; hidden ones last."""
_PANIC = "PanicException"
"""What the library's Rust side raises at worst: no subclass of Exception."""
_LOCKED = "locked"


def read_workbook(path: Path) -> RawTable:
    """Read the first sheet with data, visible ones first; its first filled row is the header.

    Raises
    ------
    ExtraError
        If the optional part `spreadsheets` is not installed.
    ResponseError
        ``response.damaged-workbook``, ``response.locked``, ``response.empty-file`` or
        ``response.empty-header``.
    """
    with extra("spreadsheets"):
        insist("python_calamine")
    try:
        found: Sheets = apart(sheets, str(path))
    except Damaged as problem:
        if str(problem) == _LOCKED:
            raise locked(path) from problem
        raise damaged(path.name, problem) from problem
    if not found:
        what = "no sheet holds a row"
        raise ResponseError("response.empty-file", path.name, what, "Export the answers again")
    rows = [tuple(row) for row in found[0][1]]
    return sheet_table(rows, path.name, [name for name, _ in found])


def locked(path: Path) -> ResponseError:
    """Tell that a workbook has a password."""
    fix = "Open it, remove the password and save it again"
    return ResponseError("response.locked", path.name, "the workbook has a password", fix)


def sheets(path: str) -> Sheets:
    """Read every sheet, each cell as one would type it; for `apart`.

    Raises
    ------
    Damaged
        Whatever the library says of the file.
    """
    try:
        return _sheets(path)
    except MemoryError:
        raise
    except BaseException as problem:
        name = type(problem).__name__
        if not isinstance(problem, Exception) and name != _PANIC:
            raise
        raise Damaged(_LOCKED if name == "PasswordError" else str(problem) or name) from problem


def _sheets(path: str) -> Sheets:
    from python_calamine import (  # noqa: PLC0415 - an optional part
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    # A path would be judged by its ending.
    book = CalamineWorkbook.from_filelike(io.BytesIO(Path(path).read_bytes()))
    listed = sorted(book.sheets_metadata, key=lambda s: s.visible != SheetVisibleEnum.Visible)
    found: Sheets = []
    for sheet in listed:
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        values = [trimmed(tuple(row)) for row in rows]
        if any(map(filled, values)):
            found.append((sheet.name, [list(map(as_text, row)) for row in values]))
    return found
