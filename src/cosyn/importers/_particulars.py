"""Department, wave and the like of each row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from cosyn.columns import constant
from cosyn.importers._codebook import SHEET_ERROR
from cosyn.importers._mapping_schema import METAS
from cosyn.importers._types import RefusedCells
from cosyn.spelling import listed, plain, tidy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.columns import Column
    from cosyn.importers._mapping import ResponseMapping
    from cosyn.importers._mapping_schema import Meta
    from cosyn.importers._types import ColumnFate
    from cosyn.tables import RawTable

_CUT = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_CUT_FIX = (
    "A spreadsheet cut a long number, so that several codes may have become one; "
    "format the column as text and export again"
)
_FORMULA_FIX = "Mend the formula in the sheet; the rows were read without it"

Particulars = dict["Meta", "Column"]
"""What is known of the n rows beside their answers, each of length n."""


def particulars(
    table: RawTable, columns: Sequence[ColumnFate], mapping: ResponseMapping | None
) -> Particulars:
    """Read them from their columns, or else take the mapping file's constants."""
    constants = mapping.content.constants.model_dump() if mapping is not None else {}
    found: Particulars = {meta: constant(tidy(constants.get(meta, "")), table.n) for meta in METAS}
    for column, texts in zip(columns, table.columns, strict=True):
        if column.fate in METAS:
            found[column.fate] = texts.mapped(_cleaned)
    return found


def metadata(table: RawTable, columns: Sequence[ColumnFate]) -> dict[str, Column]:
    """What the instrument names besides, by its name."""
    return {
        column.target: texts.mapped(_cleaned)
        for column, texts in zip(columns, table.columns, strict=True)
        if column.fate == "metadata"
    }


def _cleaned(text: str) -> str:
    return "" if SHEET_ERROR.match(text.strip()) or text.startswith("\0") else tidy(text)


def refused_particulars(table: RawTable, columns: Sequence[ColumnFate]) -> Iterator[RefusedCells]:
    """Report a spreadsheet's errors in the place of a department and the like."""
    for column, texts in zip(columns, table.columns, strict=True):
        if column.fate not in METAS:
            continue
        wrong: dict[str, list[int]] = {}
        for i, text in enumerate(texts.texts):
            if _CUT.fullmatch(text.strip()) or SHEET_ERROR.match(text.strip()):
                wrong.setdefault(text.strip(), []).extend(table.numbers[texts.where(i)].tolist())
        for text, numbers in wrong.items():
            fix = _CUT_FIX if _CUT.fullmatch(text) else _FORMULA_FIX
            if numbers:
                yield RefusedCells(column.name, column.fate, text, tuple(sorted(numbers)), fix)


def doubtful(found: Mapping[Meta, Column], table: RawTable) -> Iterator[str]:
    """Warn of departments that differ in spelling alone and of respondents who stand twice."""
    spellings: dict[str, set[str]] = {}
    for department in found["department"].held():
        spellings.setdefault(plain(department), set()).add(department)
    for alike in spellings.values():
        if len(alike) > 1:
            names = ", ".join(repr(name) for name in sorted(alike))
            yield f"departments that differ in capitals or signs alone are kept apart: {names}"
    twice = _twice(found["respondent"], found["wave"], table)
    if twice:
        shown = listed(["/".join(map(str, numbers)) for numbers in twice])
        yield f"the same respondent stands in several rows of a wave, all kept: rows {shown}"


def _twice(respondents: Column, waves: Column, table: RawTable) -> list[list[int]]:
    """Numbers of the rows that share a respondent and a wave, for those who share any."""
    named = np.array([bool(text) for text in respondents.texts], bool)[respondents.codes]
    pairs = respondents.codes.astype(np.int64) * len(waves.texts) + waves.codes
    found, counts = np.unique(pairs[named], return_counts=True)
    several = np.flatnonzero(named & np.isin(pairs, found[counts > 1]))
    rows: dict[int, list[int]] = {}
    for i in several.tolist():
        rows.setdefault(int(pairs[i]), []).append(int(table.numbers[i]))
    return list(rows.values())
