"""Workbooks that calamine reads: the values that were last calculated."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.errors import ResponseError, extra
from cosyn.tables._sheets import Values, filled, sheet_table, trimmed

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.tables._types import RawTable

_AGAIN = "Open it in a spreadsheet program and save it again as XLSX or CSV"
_PANIC = "PanicException"
"""What the library's Rust side raises at worst: no subclass of Exception."""


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
    with guarded(path, "read"):
        content = path.read_bytes()
    try:
        sheets = _sheets(content)
    except (ResponseError, MemoryError):
        raise
    except BaseException as problem:
        if not isinstance(problem, Exception) and type(problem).__name__ != _PANIC:
            raise
        raise _fault(path, problem) from problem
    if not sheets:
        what = "no sheet holds a row"
        raise ResponseError("response.empty-file", path.name, what, "Export the answers again")
    (_, rows), *_ = sheets.items()
    return sheet_table(rows, path.name, list(sheets))


def _sheets(content: bytes) -> dict[str, list[Values]]:
    """Name of each sheet that holds anything -> its rows; hidden ones last."""
    with extra("spreadsheets"):
        from python_calamine import (  # noqa: PLC0415 - an optional part
            CalamineWorkbook,
            SheetVisibleEnum,
        )
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    listed = sorted(book.sheets_metadata, key=lambda s: s.visible != SheetVisibleEnum.Visible)
    found: dict[str, list[Values]] = {}
    for sheet in listed:
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        values = [trimmed(tuple(row)) for row in rows]
        if any(map(filled, values)):
            found[sheet.name] = values
    return found


def _fault(path: Path, problem: BaseException) -> ResponseError:
    reason = " ".join(str(problem).split())[:120] or type(problem).__name__
    if type(problem).__name__ == "PasswordError":
        fix = "Open it, remove the password and save it again"
        return ResponseError("response.locked", path.name, "the workbook has a password", fix)
    what = f"the workbook is damaged ({reason})"
    return ResponseError("response.damaged-workbook", path.name, what, _AGAIN)
