"""What a codebook's workbook documents: the names in its second rows say what stands where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosyn.errors import ResponseError
from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._types import Reader, Unreadable
from cosyn.workbook import parse_book

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TEXT, _LABEL = "text:", "label:"
_ITEMS, _FORMATS = {"place", "item", "format", "offered"}, {"format", "kind", "code"}
Row = dict[str, Any]


def read(content: bytes) -> Structure:
    """Read the sheets of items and of response formats."""
    try:
        book = parse_book(content, "codebook")
    except ResponseError as problem:
        raise Unreadable(f"this is no workbook ({problem.what})") from problem
    try:
        return _structure([_table(sheet) for sheet in book.worksheets])
    except (LookupError, TypeError, ValueError) as problem:
        raise Unreadable(f"this is no codebook ({problem})") from problem


def _structure(sheets: Sequence[tuple[list[str], list[Row]]]) -> Structure:
    keys, items = _holding(sheets, _ITEMS)
    _, lines = _holding(sheets, _FORMATS)
    scales: dict[str, list[Row]] = {}
    for line in lines:
        scales.setdefault(line["format"], []).append(line)
    languages = tuple(key.removeprefix(_TEXT) for key in keys if key.startswith(_TEXT))
    asked = tuple(_asked(item, scales.get(item["format"], []), languages) for item in items)
    return Structure(languages, asked)


def _table(sheet: Any) -> tuple[list[str], list[Row]]:
    """Take the names from the second row, and what stands below them."""
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    keys = [str(name or "") for name in rows[0]] if rows else []
    return keys, [dict(zip(keys, row, strict=True)) for row in rows[1:]]


def _holding(
    sheets: Sequence[tuple[list[str], list[Row]]], wanted: set[str]
) -> tuple[list[str], list[Row]]:
    for keys, rows in sheets:
        if wanted <= set(keys):
            return keys, rows
    raise Unreadable(f"no sheet has the columns {', '.join(sorted(wanted))} in its second row")


def _asked(item: Row, scale: Sequence[Row], languages: Sequence[str]) -> Asked:
    offered = {int(code) for code in str(item["offered"] or "").split(",") if code.strip()}
    bounds = next((line for line in scale if line["code"] is None), None)
    return Asked(
        str(item["item"]),
        _texts(item, _TEXT, languages),
        tuple(_answers(scale, offered, languages)),
        (float(bounds["minimum"]), float(bounds["maximum"])) if bounds else None,
    )


def _answers(
    scale: Sequence[Row], offered: set[int], languages: Sequence[str]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    for line in scale:
        code, is_missing = line["code"], line["reason"] is not None
        if code is not None and (not is_missing or code in offered):
            yield code, _texts(line, _LABEL, languages)


def _texts(row: Row, prefix: str, languages: Sequence[str]) -> dict[str, str]:
    return {tag: str(row.get(f"{prefix}{tag}") or "") for tag in languages}


READER = Reader("codebook", (".codebook.xlsx",), read)
