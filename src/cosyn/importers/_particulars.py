"""Department, wave and the like of each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._codebook import SHEET_ERROR
from cosyn.importers._mapping_schema import METAS
from cosyn.importers._text import listed, plain, tidy
from cosyn.importers._types import RefusedCells

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._mapping_schema import Meta
    from cosyn.importers._sift import Row
    from cosyn.importers._types import ColumnFate

Particulars = dict["Meta", tuple[str, ...]]
"""What is known of the n rows beside their answers, each of length n."""


def particulars(
    rows: Sequence[Row], columns: Sequence[ColumnFate], mapping: ResponseMapping | None
) -> Particulars:
    """Read them from their columns, or else take the mapping file's constants."""
    constants = mapping.content.constants.model_dump() if mapping is not None else {}
    found: Particulars = {meta: (tidy(constants.get(meta, "")),) * len(rows) for meta in METAS}
    for place, column in enumerate(columns):
        if column.fate in METAS:
            found[column.fate] = tuple(_cleaned(row.cells[place]) for row in rows)
    return found


def _cleaned(text: str) -> str:
    return "" if SHEET_ERROR.match(text.strip()) else tidy(text)


def refused_particulars(
    rows: Sequence[Row], columns: Sequence[ColumnFate]
) -> Iterator[RefusedCells]:
    """Report a spreadsheet's errors in the place of a department and the like."""
    for place, column in enumerate(columns):
        if column.fate not in METAS:
            continue
        wrong: dict[str, list[int]] = {}
        for row in rows:
            text = row.cells[place].strip()
            if SHEET_ERROR.match(text):
                wrong.setdefault(text, []).append(row.number)
        for text, numbers in wrong.items():
            fix = "Mend the formula in the sheet; the rows were read without it"
            yield RefusedCells(column.name, column.fate, text, tuple(numbers), fix)


def doubtful(found: Particulars, rows: Sequence[Row]) -> Iterator[str]:
    """Warn of departments that differ in spelling alone and of respondents who stand twice."""
    spellings: dict[str, set[str]] = {}
    for department in found["department"]:
        spellings.setdefault(plain(department), set()).add(department)
    for alike in spellings.values():
        if len(alike) > 1:
            names = ", ".join(repr(name) for name in sorted(alike))
            yield f"departments that differ in capitals or signs alone are kept apart: {names}"
    seen: dict[tuple[str, str], list[int]] = {}
    for row, respondent, wave in zip(rows, found["respondent"], found["wave"], strict=True):
        if respondent:
            seen.setdefault((respondent, wave), []).append(row.number)
    twice = [numbers for numbers in seen.values() if len(numbers) > 1]
    if twice:
        shown = listed(["/".join(map(str, numbers)) for numbers in twice])
        yield f"the same respondent stands in several rows of a wave, all kept: rows {shown}"
