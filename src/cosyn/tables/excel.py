"""Excel workbooks (XLSX): the first sheet that holds anything, every cell as text."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from cosyn.atomic import guarded
from cosyn.errors import ResponseError
from cosyn.spelling import spell
from cosyn.tables._foreign import foreign
from cosyn.tables._tabulate import tabulate
from cosyn.tables._types import UNCALCULATED, Kind, letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cosyn.tables._types import RawTable

Values = tuple[object, ...]
_MOST_ROWS = 1_048_576
_MOST_UNPACKED = 2_000_000_000
_CHUNK = 1 << 20
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_AGAIN = "Open it in a spreadsheet program and save it again as XLSX or CSV"
_DAMAGE = (
    # What openpyxl lets through when a part of a workbook is missing, cut or nonsense.
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


def recognises(path: Path, head: bytes) -> bool:
    """Tell whether the content is a workbook: a ZIP archive with parts under ``xl/``."""
    return head.startswith(b"PK") and foreign(path, head) is None


def read(path: Path) -> RawTable:
    """Read the first sheet with data, visible ones first; its first filled row is the header.

    Raises
    ------
    ResponseError
        ``response.damaged-workbook``, ``response.too-big``, ``response.empty-file`` or
        ``response.empty-header``.
    """
    formulas = _inspect(path)
    with _opened(path, calculated=True) as book:
        filled = _filled_sheets(book)
        rows = _rows(book[filled[0]]) if filled else []
    if not filled:
        raise ResponseError(
            "response.empty-file", path.name, "no sheet holds a row", "Export the answers again"
        )
    if formulas:
        with _opened(path, calculated=False) as book:
            rows = _mark_uncalculated(rows, _rows(book[filled[0]]))
    return _table(rows, path.name, filled)


def _inspect(path: Path) -> bool:
    """Refuse archives that unpack to something huge; tell whether any sheet has a formula."""
    with guarded(path, "read"), _intact(path), zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
        size = sum(part.file_size for part in parts)
        if size > _MOST_UNPACKED:
            what = f"the workbook unpacks to {size / 1e6:.0f} MB"
            raise ResponseError(
                "response.too-big",
                path.name,
                what,
                "Save the answers alone in a new workbook, or as CSV",
            )
        sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
        return any(_mentions_formula(archive, sheet) for sheet in sheets)


def _mentions_formula(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as stream:
        kept = b""
        while chunk := stream.read(_CHUNK):
            if _FORMULA.search(kept + chunk):
                return True
            kept = chunk[-32:]
    return False


@contextmanager
def _opened(path: Path, *, calculated: bool) -> Iterator[Any]:
    """Open a workbook for reading: values as last calculated, or else the formulas."""
    from openpyxl import load_workbook  # noqa: PLC0415 - slow to import, and only this kind needs it

    with guarded(path, "read"), path.open("rb") as stream, _intact(path), warnings.catch_warnings():
        # openpyxl warns of features that it would lose when writing; nothing is written here.
        warnings.simplefilter("ignore")
        with closing(
            load_workbook(stream, read_only=True, data_only=calculated, keep_links=False)
        ) as book:
            yield book


@contextmanager
def _intact(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as problem:
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        what = f"the workbook is damaged ({reason})"
        raise ResponseError("response.damaged-workbook", path.name, what, _AGAIN) from problem


def _filled_sheets(book: Any) -> list[str]:
    """Names of the sheets that hold anything; hidden ones last, since they serve the others."""
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
    return [sheet.title for sheet in sheets if any(map(_filled, _values(sheet)))]


def _rows(sheet: Any) -> list[Values]:
    rows = [_trimmed(row) for row in _values(sheet)]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _values(sheet: Any) -> Iterator[Values]:
    """Rows of a sheet; the size it states is often wrong and is not believed."""
    sheet.reset_dimensions()
    for count, row in enumerate(sheet.iter_rows(values_only=True)):
        if count >= _MOST_ROWS:
            raise ValueError("a row number beyond the last row of a sheet")
        yield tuple(row)


def _trimmed(row: Values) -> Values:
    end = len(row)
    while end and _blank(row[end - 1]):
        end -= 1
    return row[:end]


def _blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _filled(row: Values) -> bool:
    return not all(map(_blank, row))


def _mark_uncalculated(rows: list[Values], formulas: list[Values]) -> list[Values]:
    """Show formulas that no program has calculated: they would look like blank cells."""
    width = max((len(row) for row in formulas), default=0)
    longest = max(len(rows), len(formulas))
    marked = []
    for values, shown in zip(_padded(rows, longest), _padded(formulas, longest), strict=True):
        pairs = zip(
            values + (None,) * (width - len(values)),
            shown + (None,) * (width - len(shown)),
            strict=False,
        )
        marked.append(
            _trimmed(tuple(UNCALCULATED if v is None and f is not None else v for v, f in pairs))
        )
    return marked


def _padded(rows: list[Values], length: int) -> list[Values]:
    return rows + [()] * (length - len(rows))


def _table(rows: list[Values], name: str, sheets: Sequence[str]) -> RawTable:
    top = next(i for i, row in enumerate(rows) if row)
    header = tuple(_as_text(value).strip() for value in rows[top])
    others = ", ".join(repr(sheet) for sheet in sheets[1:])
    warning = f"only the sheet {sheets[0]!r} was read; there is something in {others} too"
    return tabulate(
        header,
        (
            _line(row, len(header), f"{name}, row {number}")
            for number, row in enumerate(rows[top + 1 :], top + 2)
        ),
        top + 2,
        sheet=sheets[0],
        warnings=(warning,) if others else (),
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
    return (*map(_as_text, row), *[""] * (width - len(row)))


def _as_text(value: object) -> str:
    """Write a cell as one would type it: 5 rather than 5.0, dates as ISO 8601."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float():
            return spell(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)


KIND = Kind(
    name="excel",
    title="an Excel workbook (XLSX)",
    suffixes=(".xlsx", ".xlsm"),
    recognises=recognises,
    read=read,
)
