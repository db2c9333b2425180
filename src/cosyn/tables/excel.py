"""Excel workbooks (XLSX): the first sheet that holds anything, every cell as text."""

from __future__ import annotations

import re
import warnings
import zipfile
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded
from cosyn.errors import ResponseError
from cosyn.tables._foreign import foreign
from cosyn.tables._sheets import Values, damaged, filled, refuse_bomb, sheet_table, trimmed
from cosyn.tables._types import UNCALCULATED, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cosyn.tables._types import RawTable

_MOST_ROWS = 1_048_576
_CHUNK = 1 << 20
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([^"]{2,40})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


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
    return sheet_table(rows, path.name, filled, _merged(path, filled[0]))


def _inspect(path: Path) -> bool:
    """Refuse archives that unpack to something huge; tell whether any sheet has a formula."""
    with guarded(path, "read"), _intact(path), zipfile.ZipFile(path) as archive:
        refuse_bomb(archive, path.name)
        sheets = [p for p in archive.infolist() if p.filename.startswith("xl/worksheets/")]
        return any(_mentions_formula(archive, sheet) for sheet in sheets)


def _mentions_formula(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    with archive.open(part) as stream:
        kept = b""
        while chunk := stream.read(_CHUNK):
            if _FORMULA.search(kept + chunk):
                return True
            kept = chunk[-32:]
    return False


def _merged(path: Path, sheet: str) -> list[str]:
    """Ranges of merged cells in a sheet; they stand behind its rows."""
    from cosyn.openxml import sheet_parts  # noqa: PLC0415 - as below

    with guarded(path, "read"), _intact(path), zipfile.ZipFile(path) as archive:
        with path.open("rb") as stream:
            part = sheet_parts(stream)[sheet]
        kept, found = b"", []
        with archive.open(part.removeprefix("/")) as cells:
            while chunk := cells.read(_CHUNK):
                text = kept + chunk
                matches = list(_MERGED.finditer(text))
                found += [match[1].decode("ascii", "replace") for match in matches]
                kept = text[max(matches[-1].end() if matches else 0, len(text) - 128) :]
    return found


@contextmanager
def _opened(path: Path, *, calculated: bool) -> Iterator[Any]:
    """Open a workbook for reading: values as last calculated, or else the formulas."""
    from cosyn.openxml import open_book  # noqa: PLC0415 - slow to import; only this kind needs it

    with guarded(path, "read"), path.open("rb") as stream, _intact(path), warnings.catch_warnings():
        # Rows are understood as they are asked for, and openpyxl warns of dates that are none.
        warnings.simplefilter("ignore")
        with closing(open_book(stream, read_only=True, data_only=calculated)) as book:
            yield book


@contextmanager
def _intact(path: Path) -> Iterator[None]:
    from cosyn.openxml import DAMAGE  # noqa: PLC0415 - as above

    try:
        yield
    except DAMAGE as problem:
        raise damaged(path.name, problem) from problem


def _filled_sheets(book: Any) -> list[str]:
    """Names of the sheets that hold anything; hidden ones last, since they serve the others."""
    sheets = sorted(book.worksheets, key=lambda sheet: sheet.sheet_state != "visible")
    return [sheet.title for sheet in sheets if any(map(filled, _values(sheet)))]


def _rows(sheet: Any) -> list[Values]:
    rows = [trimmed(row) for row in _values(sheet)]
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _values(sheet: Any) -> Iterator[Values]:
    """Rows of a sheet; the size it states is often wrong and is not believed."""
    from cosyn.openxml import meant  # noqa: PLC0415 - as above

    sheet.reset_dimensions()
    for count, row in enumerate(sheet.iter_rows(values_only=True)):
        if count >= _MOST_ROWS:
            raise ValueError("a row number beyond the last row of a sheet")
        yield tuple(meant(v, control=True) if isinstance(v, str) else v for v in row)


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
            trimmed(tuple(UNCALCULATED if v is None and f is not None else v for v, f in pairs))
        )
    return marked


def _padded(rows: list[Values], length: int) -> list[Values]:
    return rows + [()] * (length - len(rows))


KIND = Kind(
    name="excel",
    title="an Excel workbook (XLSX)",
    suffixes=(".xlsx", ".xlsm"),
    recognises=recognises,
    read=read,
)
