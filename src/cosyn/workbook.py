"""XLSX workbooks that people fill in: text stays text, and what they wrote is read exactly."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any, Union

from openpyxl import Workbook
from openpyxl.cell.cell import TYPE_STRING
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from cosyn.atomic import guarded
from cosyn.errors import InstrumentError, ResponseError
from cosyn.openxml import DAMAGE, literal, meant, open_book

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

AnyCell = Union["Cell", "MergedCell"]
PAPER_A4 = 9
LONGEST = 32_767
"""Characters (UTF-16 units) that a cell of a workbook can hold."""
IDENTITY = "cosyn"
"""The hidden sheet that says what a workbook is."""
_MOST_UNPACKED = 200_000_000
_SAVED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
FORMULA = ("=", "+", "-", "@", "\t", "'")
"""What a text begins with that a spreadsheet makes a formula of when somebody edits the cell."""
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_LINE = Side(style="thin", color="BFBFBF")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD = PatternFill("solid", fgColor="1F3864")
_BAND = PatternFill("solid", fgColor="DDE5F2")
_LIGHT = PatternFill("solid", fgColor="F1F5FB")
_OPEN = PatternFill("solid", fgColor="FFF9E5")
_FONT = "Calibri"


def masked(text: str) -> str:
    """A text for CSV that no spreadsheet takes for a formula: an apostrophe stands before it."""
    return f"'{text}" if text.startswith((*FORMULA, "\r")) else text


def new_book() -> Workbook:
    """Make a workbook without a sheet and without a date, so that the same content is equal."""
    book = Workbook()
    for sheet in book.worksheets:
        book.remove(sheet)
    book.properties.created = book.properties.modified = _EPOCH
    book.properties.creator = "cosyn"
    return book


def put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Write a text: never a formula, never an escape, however it begins.

    Raises
    ------
    InstrumentError
        ``workbook.too-long`` if a cell cannot hold it; spreadsheets would cut it in silence.
    """
    if len(text.encode("utf-16-le")) > 2 * LONGEST:
        raise InstrumentError(
            "workbook.too-long",
            f"sheet {sheet.title!r}, row {row}",
            f"a cell holds at most {LONGEST} characters, the text has {len(text)}",
            "Shorten the text",
        )
    cell: Any = sheet.cell(row, column, literal(text))
    cell.data_type = TYPE_STRING
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    made: Cell = cell
    return made


def font(*, size: float = 11, bold: bool = False, italic: bool = False, color: str = "") -> Font:
    """The one typeface of all sheets."""
    return Font(name=_FONT, size=size, bold=bold, italic=italic, color=color or None)


def fit_paper(sheet: Worksheet) -> None:
    """Print a sheet as wide as the paper and as long as it is."""
    sheet.page_setup.paperSize = PAPER_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def put_head(sheet: Worksheet, row: int, headings: Sequence[str], widths: Sequence[float]) -> None:
    """Write a row of headings that stays in view and on every printed page, as wide as paper."""
    for column, (heading, width) in enumerate(zip(headings, widths, strict=True), start=1):
        cell = put(sheet, row, column, heading)
        cell.font, cell.fill, cell.border = font(bold=True, color="FFFFFF"), _HEAD, _BORDER
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{row + 1}"
    sheet.print_title_rows = f"{row}:{row}"
    sheet.page_setup.orientation = "landscape"
    fit_paper(sheet)
    fit_row(sheet, row, headings, widths)


def put_band(
    sheet: Worksheet, row: int, text: str, widths: Sequence[float], *, light: bool = False
) -> None:
    """Write a text across the whole width, as a heading of the rows below it."""
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(widths))
    cell = put(sheet, row, 1, text)
    cell.font, cell.fill = font(bold=not light), _LIGHT if light else _BAND
    fit_row(sheet, row, [text], [sum(widths)])


def put_row(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
    """Write a row of framed texts, high enough to read them."""
    for column, text in enumerate(texts, start=1):
        cell = put(sheet, row, column, text)
        cell.border = _BORDER
    fit_row(sheet, row, texts, widths)


def put_figure(sheet: Worksheet, row: int, column: int, figure: float | str, shown: str) -> None:
    """Write a number, or a formula of our own making: never one with a text of others in it."""
    cell: Any = sheet.cell(row, column, figure)
    cell.number_format, cell.border = shown, _BORDER
    cell.alignment = Alignment(vertical="top")


def fit_row(
    sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[float], size: float = 11
) -> None:
    """Make a row high enough for its texts; programs fit only rows without merged cells."""
    pairs = zip(texts, widths, strict=False)
    most = max((lines(text, width) for text, width in pairs), default=1)
    sheet.row_dimensions[row].height = min(400.0, 3 + 1.35 * size * most)


def lines(text: str, width: float) -> int:
    """Lines that a text takes in a column; Chinese characters are two letters wide."""
    room = max(1.0, width - 2)
    wide = [
        sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
        for line in text.split("\n")
    ]
    return sum(max(1, ceil(units / room)) for units in wide)


def open_to_answer(cell: AnyCell) -> None:
    """Let a cell of a protected sheet be filled in; what is typed there is text."""
    cell.protection = Protection(locked=False)
    cell.fill, cell.border = _OPEN, _BORDER
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.number_format = "@"


def protect(sheet: Worksheet) -> None:
    """Keep everything but the open cells from being changed by mistake; there is no password."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False


@dataclass(frozen=True, slots=True)
class Choices:
    """A list of answers in the hidden sheet, for any number of cells.

    Attributes
    ----------
    reference : str
        Range that holds the list: other than a list in the rule itself, it may hold commas and
        be of any length.
    """

    reference: str

    def offer(self, sheet: Worksheet, cells: Iterable[AnyCell], title: str, message: str) -> None:
        """Give cells a drop-down list; anything else is refused with a message."""
        rule = DataValidation(type="list", formula1=self.reference, allow_blank=True)
        rule.showErrorMessage, rule.errorTitle, rule.error = True, title[:32], message[:225]
        sheet.add_data_validation(rule)
        for cell in cells:
            rule.add(cell)


def put_identity(
    book: Workbook, identity: Mapping[str, str], lists: Sequence[Sequence[str]]
) -> list[Choices]:
    """Add the hidden sheet: what the workbook is, and the lists that its cells offer."""
    sheet = book.create_sheet(IDENTITY)
    for row, (key, value) in enumerate(identity.items(), start=1):
        put(sheet, row, 1, key)
        put(sheet, row, 2, value)
    made = []
    for column, choices in enumerate(lists, start=4):
        for row, choice in enumerate(choices, start=1):
            put(sheet, row, column, choice)
        letter = get_column_letter(column)
        made.append(Choices(f"{IDENTITY}!${letter}$1:${letter}${len(choices)}"))
    sheet.sheet_state = "hidden"
    protect(sheet)
    return made


def packed(book: Workbook) -> bytes:
    """Pack a workbook with fixed times, so that the same content is the same file."""
    content, again = io.BytesIO(), io.BytesIO()
    book.save(content)
    with zipfile.ZipFile(content) as source, zipfile.ZipFile(again, "w") as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data
                )
            info = zipfile.ZipInfo(name, date_time=(2000, 1, 1, 0, 0, 0))
            target.writestr(info, data, zipfile.ZIP_DEFLATED)
    return again.getvalue()


def _unescape(sheet: Worksheet) -> None:
    """Turn ``_x000D_`` into what it stands for, in strings of either kind."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == TYPE_STRING and cell.value is not None:
                cell.value = meant(str(cell.value))
                cell.data_type = TYPE_STRING


def read_book(path: Path) -> Workbook:
    """Open a workbook that somebody sent; formulas are shown as they are written.

    Raises
    ------
    ResponseError
        ``workbook.damaged`` or ``workbook.too-big``.
    StoreError
        If the machine refuses.
    """
    with guarded(path, "read"):
        content = path.read_bytes()
    return parse_book(content, path.name)


def parse_book(content: bytes, name: str) -> Workbook:
    """Read the content of a workbook, of whatever name.

    Raises
    ------
    ResponseError
        ``workbook.damaged`` or ``workbook.too-big``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > _MOST_UNPACKED:
            raise ResponseError(
                "workbook.too-big",
                name,
                f"the workbook unpacks to {size / 1e6:.0f} MB",
                "Check that it is the right file",
            )
        book = open_book(io.BytesIO(content))
        for sheet in book.worksheets:
            _unescape(sheet)
    except DAMAGE as problem:
        reason = " ".join(str(problem).split())[:120] or type(problem).__name__
        raise ResponseError(
            "workbook.damaged",
            name,
            f"this is not an XLSX workbook, or it is damaged ({reason})",
            "Open it in a spreadsheet program and save it again as XLSX",
        ) from problem
    return book


def identity_of(book: Workbook) -> dict[str, str]:
    """What the hidden sheet says the workbook is; empty if it has none."""
    if IDENTITY not in book.sheetnames:
        return {}
    rows = book[IDENTITY].iter_rows(max_col=2, values_only=True)
    return {written(key): written(value) for key, value in rows if key is not None}


def written(value: Any) -> str:
    """What stands in a cell, as one would type it, without blanks around it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
