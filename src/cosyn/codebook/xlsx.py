"""The codebook as a workbook: every language side by side, a sheet a kind of thing.

The first row of a sheet is for people; the second holds the names that programs read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from cosyn.archive import packed, text_cell
from cosyn.codebook.entries import answers
from cosyn.codebook.files import Loss
from cosyn.codebook.sheets import sheets
from cosyn.openxml import literal
from cosyn.workbook import FORMULA, LONGEST, lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.codebook.sheets import Sheet, Value
    from cosyn.instrument.questionnaire import Questionnaire

_FORBIDDEN_IN_TITLES = re.compile(r"[\[\]:*?/\\']")
_A4, _FONT, _LINE = 9, "Calibri", 16.0
_TALLEST = 400.0
_BODY, _HEAD, _KEY = "codebook body", "codebook heading", "codebook key"


def workbook(questionnaire: Questionnaire) -> tuple[bytes, tuple[Loss, ...]]:
    """Write the workbook, and state what was too long for a cell."""
    book = Workbook(write_only=True)
    losses = add_sheets(book, questionnaire)
    return packed(book), losses


def add_sheets(book: Workbook, questionnaire: Questionnaire) -> tuple[Loss, ...]:
    """Add the sheets of a codebook to a workbook that is only written."""
    for style in _styles():
        book.add_named_style(style)
    for sheet in sheets(questionnaire):
        _write(book, sheet)
    return tuple(_losses(questionnaire))


def _styles() -> Iterator[NamedStyle]:
    wrapped = Alignment(wrap_text=True, vertical="top", horizontal="left")
    yield NamedStyle(_BODY, font=Font(name=_FONT, size=11), alignment=wrapped)
    head = Font(name=_FONT, size=11, bold=True, color="FFFFFF")
    fill = PatternFill("solid", fgColor="1F4E79")
    yield NamedStyle(_HEAD, font=head, fill=fill, alignment=wrapped)
    yield NamedStyle(_KEY, font=Font(name=_FONT, size=8, italic=True, color="55606E"))


def _write(book: Workbook, sheet: Sheet) -> None:
    page: Any = book.create_sheet(_FORBIDDEN_IN_TITLES.sub(" ", sheet.title)[:31])
    letters = [get_column_letter(n) for n in range(1, len(sheet.columns) + 2)]
    for letter, column in zip(letters, sheet.columns, strict=False):
        page.column_dimensions[letter].width = column.width
    page.freeze_panes = f"{letters[sheet.fixed]}3"
    page.auto_filter.ref = f"A2:{letters[-2]}{len(sheet.records) + 2}"
    page.print_title_rows = "1:2"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    rows: list[tuple[list[Value], str]] = [([c.heading for c in sheet.columns], _HEAD)]
    rows += [([column.key for column in sheet.columns], _KEY)]
    rows += [([column.of(record) for column in sheet.columns], _BODY) for record in sheet.records]
    widths = [column.width for column in sheet.columns]
    for number, (values, style) in enumerate(rows, start=1):
        # Not every program fits the height of a row to its texts.
        page.row_dimensions[number].height = _height(values, widths)
        page.append([_cell(page, value, style) for value in values])


def _height(values: Sequence[Value], widths: Sequence[int]) -> float:
    texts = ((v, w) for v, w in zip(values, widths, strict=True) if isinstance(v, str))
    # What is short by far need not be measured.
    most = max((lines(v, w) if 2 * len(v) >= w or "\n" in v else 1 for v, w in texts), default=1)
    return min(_TALLEST, _LINE * most)


def _cell(page: Any, value: Value, style: str) -> Any:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        cell = WriteOnlyCell(page, value)
        cell.style = style
        return cell
    cell = text_cell(page, literal(_fitting(value)))
    cell.style = style
    if value.startswith(FORMULA):
        cell.quotePrefix = True
    return cell


def _fitting(text: str) -> str:
    units = text.encode("utf-16-le")
    return text if len(units) <= 2 * LONGEST else units[: 2 * LONGEST].decode("utf-16-le", "ignore")


def _losses(questionnaire: Questionnaire) -> Iterator[Loss]:
    what = f"a text has more than the {LONGEST} characters of a cell: cut"
    for question in questionnaire.questions:
        labels = [label for _, label in answers(question.response_format)]
        texts = (text for label in (question.text, *labels) for text in label.values())
        if any(_fitting(text) != text for text in texts):
            yield Loss(question.id, what)
