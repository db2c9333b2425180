"""A workbook: the answers, the codebook, and what both rest on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from cosyn.archive import packed, text_cell
from cosyn.codebook.files import Exported, Loss
from cosyn.codebook.xlsx import add_sheets
from cosyn.datasets._columns import header
from cosyn.datasets._types import Dataset
from cosyn.errors import ResponseError
from cosyn.openxml import literal
from cosyn.workbook import FORMULA, LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.datasets._types import Delivery, Part, Particular

DATA, PROVENANCE = "data", "provenance"
_MOST_ROWS, _DIGITS = 1_048_576, 16
# What no workbook can hold as it is, spelt as Office does.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write(delivery: Delivery) -> Exported:
    """Write a workbook a part; its first sheet is the one that importers read.

    Raises
    ------
    ResponseError
        ``data.too-long`` or ``data.too-many-rows`` if a sheet cannot hold it.
    """
    files: dict[str, bytes] = {}
    losses: list[Loss] = []
    for part in delivery.parts:
        book = Workbook(write_only=True)
        _answers(book, part)
        losses += _rounded(part)
        losses += add_sheets(book, part.asked)
        _identity(book, delivery.identity)
        files[f"{part.name}.xlsx"] = packed(book)
    return Exported(files, tuple(losses))


def _answers(book: Workbook, part: Part) -> None:
    name = f"{part.name}.xlsx"
    if part.n >= _MOST_ROWS:
        what = f"a sheet holds {_MOST_ROWS - 1:,} rows of answers, there are {part.n:,}"
        raise ResponseError("data.too-many-rows", name, what, "Write CSV or Parquet instead")
    sheet: Any = book.create_sheet(DATA)
    names = header(part)
    sheet.freeze_panes = f"{get_column_letter(2)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(names))}{part.n + 1}"
    heads = [text_cell(sheet, column) for column in names]
    for head in heads:
        head.font = Font(bold=True)
    sheet.append(heads)
    numbers = [[_number(value) for value in column] for column in part.codes.T.tolist()]
    columns = [*(_column(sheet, p, name) for p in part.particulars), *numbers]
    for row in zip(*columns, strict=True):
        sheet.append(row)


def _rounded(part: Part) -> Iterator[Loss]:
    """State where numbers have more digits than workbooks are written with."""
    for item, column in zip(part.items, part.codes.T.tolist(), strict=True):
        if any(float(f"{value:.{_DIGITS}g}") != value for value in set(column)):
            yield Loss(item, f"a workbook holds {_DIGITS} digits of a number: rounded")


def _number(value: float) -> float | int | None:
    if value != value:  # noqa: PLR0124 - a gap
        return None
    return int(value) if value.is_integer() else value


def _column(sheet: Any, particular: Particular, name: str) -> Iterator[Any]:
    """Yield the cells of a column before the items."""
    values = particular.cells
    if not isinstance(values, tuple):
        yield from (_number(value) for value in values.tolist())
        return
    for row, text in enumerate(values, start=2):
        yield _text(sheet, text, f"{name}, row {row}, column {particular.column!r}")


def _text(sheet: Any, text: str, where: str) -> Any:
    """Make a cell that stays text, also if somebody edits it."""
    if not text:
        return None
    if len(text.encode("utf-16-le")) > 2 * LONGEST:
        what = f"a cell holds at most {LONGEST} characters, the text has {len(text)}"
        raise ResponseError("data.too-long", where, what, "Write CSV instead")
    cell = text_cell(sheet, _CONTROL.sub(lambda c: f"_x{ord(c[0]):04X}_", literal(text)))
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    return cell


def _identity(book: Workbook, identity: Mapping[str, str]) -> None:
    sheet: Any = book.create_sheet(PROVENANCE)
    for key, value in identity.items():
        sheet.append([text_cell(sheet, key), _text(sheet, value, f"sheet {PROVENANCE!r}, {key}")])


DATASET = Dataset(
    name="xlsx",
    title="Excel workbook: answers and codebook",
    write=write,
    suffix=".xlsx",
)
