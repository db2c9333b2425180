"""The review sheet: source and translation side by side, with room for a better wording."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle

from cosyn.i18n import catalogue, catalogue_languages
from cosyn.workbook import (
    font,
    new_book,
    open_to_answer,
    packed,
    protect,
    put,
    put_figure,
    put_head,
    put_identity,
    put_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from cosyn.i18n import Catalogue
    from cosyn.translation.entries import Entry

SCHEMA = "cosyn.translation/1"
COLUMNS = (
    "address",
    "name",
    "source",
    "target",
    "proposed",
    "comment",
    "status",
    "ratio",
    "placeholders",
)
STATUSES = ("todo", "agreed", "discuss")
HEAD = 2
"""Row of the headings; the texts follow."""
_WIDTHS = (31.0, 24.0, 46.0, 46.0, 46.0, 24.0, 11.0, 9.0, 13.0)
_PACKAGE = "cosyn.translation"
_NOTHING = '""'
_WRONG = PatternFill("solid", bgColor="F8CBAD")


def phrases_for(language: str, against: str) -> Catalogue:
    """The sheet's own words: in the language translated to, or from, or else in English."""
    known = catalogue_languages(_PACKAGE)
    spoken = next((tag for tag in (language, against) if tag in known), "en")
    return catalogue(_PACKAGE, spoken)


def headings(phrases: Catalogue, language: str, against: str) -> list[str]:
    """The row of headings, which also shows that nobody has moved a column."""
    shown = {"source": against, "target": language, "proposed": language}
    return [phrases(f"heading.{name}", language=shown.get(name, "")) for name in COLUMNS]


def sheet_of(
    texts: Sequence[Entry],
    identity: dict[str, str],
    placeholders: Iterable[str],
) -> bytes:
    """Write the workbook.

    Parameters
    ----------
    texts : sequence of Entry
        One row each.
    identity : dict
        What `read` compares: instrument, version, digest, language, against.
    placeholders : iterable of str
        Names that may stand in braces.
    """
    language, against = identity["language"], identity["against"]
    phrases = phrases_for(language, against)
    book = new_book()
    sheet = book.create_sheet(phrases("sheet"))
    statuses = [phrases(f"status.{name}") for name in STATUSES]
    hint = phrases("hint", proposed=phrases("heading.proposed", language=language),
                   discuss=phrases("status.discuss"))  # fmt: skip
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(COLUMNS))
    put(sheet, 1, 1, hint).font = font(italic=True)
    sheet.row_dimensions[1].height = 32
    put_head(sheet, HEAD, headings(phrases, language, against), _WIDTHS)
    for row, entry in enumerate(texts, start=HEAD + 1):
        _put_entry(sheet, row, entry, statuses[0] if not entry.target else "")
        _put_checks(sheet, row, sorted(placeholders), phrases)
    (offered,) = put_identity(book, {"schema": SCHEMA, **identity}, [statuses])
    last = HEAD + len(texts)
    status = [sheet.cell(row, COLUMNS.index("status") + 1) for row in range(HEAD + 1, last + 1)]
    offered.offer(sheet, status, phrases("heading.status"), phrases("choose"))
    checks = f"{_letter('placeholders')}{HEAD + 1}:{_letter('placeholders')}{last}"
    wrong = f'"{phrases("differ")}"'
    rule = Rule(
        type="cellIs", operator="equal", formula=[wrong], dxf=DifferentialStyle(fill=_WRONG)
    )
    sheet.conditional_formatting.add(checks, rule)
    sheet.freeze_panes = f"C{HEAD + 1}"
    protect(sheet)
    return packed(book)


def _letter(name: str) -> str:
    return "ABCDEFGHI"[COLUMNS.index(name)]


def _put_entry(sheet: Worksheet, row: int, entry: Entry, status: str) -> None:
    texts = (entry.address, entry.name, entry.source, entry.target, "", "", status)
    put_row(sheet, row, texts, _WIDTHS)
    for name in ("proposed", "comment", "status"):
        open_to_answer(sheet.cell(row, COLUMNS.index(name) + 1))


def _put_checks(sheet: Worksheet, row: int, placeholders: list[str], phrases: Catalogue) -> None:
    """Formulas, so that they answer while somebody types; they hold no text of the instrument."""
    source, target, proposed = (f"{_letter(n)}{row}" for n in ("source", "target", "proposed"))
    shown = f"IF(LEN({proposed})>0,{proposed},{target})"
    ratio = f'=IF(LEN({shown})=0,"",LEN({shown})/LEN({source}))'
    put_figure(sheet, row, COLUMNS.index("ratio") + 1, ratio, "0.00")
    same = [
        f'ISNUMBER(FIND("{{{name}}}",{source}))=ISNUMBER(FIND("{{{name}}}",{shown}))'
        for name in placeholders
    ]
    verdict = f'IF(AND({",".join(same)}),"{phrases("same")}","{phrases("differ")}")'
    checked = f'=IF(LEN({shown})=0,"",{verdict if same else _NOTHING})'
    put_figure(sheet, row, COLUMNS.index("placeholders") + 1, checked, "General")
