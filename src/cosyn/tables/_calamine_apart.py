"""The process of its own in which calamine reads a workbook: content in, cells as JSON out."""

from __future__ import annotations

import io
import json
import sys

from cosyn.tables._sheets import as_text, filled, trimmed

Sheets = list[tuple[str, list[list[str]]]]
"""Name of each sheet that holds anything, and its rows; hidden ones last."""


def main() -> None:
    """Read a workbook from standard input; write its sheets, or the fault of the library."""
    try:
        answer: dict[str, object] = {"sheets": sheets(sys.stdin.buffer.read())}
    except BaseException as problem:  # noqa: BLE001 - a panic is no Exception; all are told
        answer = {"fault": type(problem).__name__, "reason": str(problem)}
    sys.stdout.write(json.dumps(answer))


def sheets(content: bytes) -> Sheets:
    """Read every sheet, each cell as one would type it."""
    from python_calamine import (  # noqa: PLC0415 - an optional part
        CalamineWorkbook,
        SheetVisibleEnum,
    )

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    listed = sorted(book.sheets_metadata, key=lambda s: s.visible != SheetVisibleEnum.Visible)
    found: Sheets = []
    for sheet in listed:
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        values = [trimmed(tuple(row)) for row in rows]
        if any(map(filled, values)):
            found.append((sheet.name, [list(map(as_text, row)) for row in values]))
    return found


if __name__ == "__main__":
    main()
