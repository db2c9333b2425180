"""What all spreadsheets have in common: sheets of cells with values, archives that hide bombs."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.spelling import listed, spell
from cosyn.tables._tabulate import tabulate
from cosyn.tables._types import letters

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Sequence

    from cosyn.tables._types import RawTable

Values = tuple[object, ...]
_MOST_UNPACKED = 2_000_000_000
_MOST_SQUEEZED = 1_000
"""Cells of a sheet are squeezed to a hundredth at most; a bomb to much less."""
_SMALL = 50_000_000
_AGAIN = "Open it in a spreadsheet program and save it again as XLSX or CSV"


def refuse_bomb(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse an archive that unpacks to something huge.

    Raises
    ------
    ResponseError
        ``response.too-big``.
    """
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if size > _MOST_UNPACKED or (size > _SMALL and size > _MOST_SQUEEZED * packed):
        what = f"the workbook unpacks to {size / 1e6:.0f} MB"
        fix = "Save the answers alone in a new workbook, or as CSV"
        raise ResponseError("response.too-big", name, what, fix)


def damaged(name: str, problem: BaseException | str) -> ResponseError:
    """Name what broke a workbook, in a line."""
    reason = " ".join(str(problem).split())[:120] or type(problem).__name__
    what = f"the workbook is damaged ({reason})"
    return ResponseError("response.damaged-workbook", name, what, _AGAIN)


def trimmed(row: Values) -> Values:
    """A row without the blank cells at its end."""
    end = len(row)
    while end and _blank(row[end - 1]):
        end -= 1
    return row[:end]


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def filled(row: Values) -> bool:
    """Tell whether a row holds anything."""
    return not all(map(_blank, row))


def sheet_table(
    rows: Sequence[Values], name: str, sheets: Sequence[str], merged: Sequence[str] = ()
) -> RawTable:
    """Lay out the rows of a sheet; the first that holds anything is the header.

    Parameters
    ----------
    name : str
        The file, as shown to the user.
    sheets : sequence of str
        Names of all sheets that hold anything; the first was read.
    merged : sequence of str
        Ranges of its cells that are merged, e.g. ``"A2:A5"``: the first of each alone has a value.

    Raises
    ------
    ResponseError
        ``response.empty-header`` for a value in a column without a name.
    """
    top = next(i for i, row in enumerate(rows) if row)
    header = tuple(as_text(value).strip() for value in rows[top])
    warnings = []
    if others := ", ".join(map(repr, sheets[1:])):
        warnings.append(
            f"only the sheet {sheets[0]!r} was read; there is something in {others} too"
        )
    if merged:
        count = f"{len(merged):,} range{'s' * (len(merged) > 1)} of cells"
        what = f"{count} merged ({listed(merged)}), of which the first cell alone holds a value"
        warnings.append(f"{what}; unmerge them and fill each")
    return tabulate(
        header,
        (
            _line(row, len(header), f"{name}, row {number}")
            for number, row in enumerate(rows[top + 1 :], top + 2)
        ),
        top + 2,
        sheet=sheets[0],
        warnings=warnings,
        about=len(rows) - top - 1,
    )


def _line(row: Values, width: int, where: str) -> tuple[str, ...]:
    if len(row) > width:
        what = f"column {letters(len(row) - 1)} holds a value, but the header has no name for it"
        raise ResponseError(
            "response.empty-header",
            where,
            what,
            "Name the column in the header row, or clear the cell",
        )
    return (*map(as_text, row), *[""] * (width - len(row)))


def as_text(value: object) -> str:
    """Write a cell as one would type it: 5 rather than 5.0, dates as ISO 8601.

    What is missing (None, NaN, a date that is none) is blank. NUL is left out: what stands for a
    cell without a text begins with it.
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN alone is not itself
        return ""
    match value:
        case bool():
            return str(value).upper()
        case float():
            return spell(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value).replace("\0", "")
