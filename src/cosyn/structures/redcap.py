"""What a data dictionary of REDCap asks: field names are item ids in lower case."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from cosyn.instrument.structure import Asked, Structure
from cosyn.structures._types import UNSAID, Reader, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME, _KIND, _LABEL = "Variable / Field Name", "Field Type", "Field Label"
_CHOICES = "Choices, Calculations, OR Slider Labels"
_VALIDATION = "Text Validation Type OR Show Slider Number"
_LOW, _HIGH, _ANNOTATION = "Text Validation Min", "Text Validation Max", "Field Annotation"
_DEFAULT = re.compile(r"""@DEFAULT\s*=\s*["'](.*?)["']""")
_LINE_BREAK = "<br>"
Row = dict[str, str]


def read(content: bytes) -> Structure:
    """Read choices and numbers; hidden fields and descriptions are not asked."""
    rows = _rows(content)
    language = next(filter(None, map(_language, rows)), UNSAID)
    return Structure((language,), tuple(_asked(rows, language)))


def _rows(content: bytes) -> list[Row]:
    try:
        stream = io.StringIO(content.decode("utf-8-sig"), newline="")
        header, *rows = list(csv.reader(stream, strict=True)) or [[]]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise Unreadable(f"this is no CSV in UTF-8 ({problem})") from problem
    for name in (_NAME, _KIND, _LABEL, _CHOICES):
        if name not in header:
            raise Unreadable(f"the table has no column {name!r}")
    wrong = next((i for i, row in enumerate(rows, start=2) if len(row) != len(header)), None)
    if wrong is not None:
        raise Unreadable(f"row {wrong} has another number of fields than the header")
    return [dict(zip(header, row, strict=True)) for row in rows]


def _language(row: Row) -> str:
    """The value that a hidden field `language` stamps on each answer."""
    found = _DEFAULT.search(row.get(_ANNOTATION, ""))
    return found[1] if found and row[_NAME] == "language" else ""


def _asked(rows: list[Row], language: str) -> Iterator[Asked]:
    for row in rows:
        text = {language: _text(row[_LABEL])}
        if row[_KIND] in ("radio", "dropdown"):
            yield Asked(row[_NAME], text, tuple(_answers(row, language)))
        elif row[_KIND] == "text" and row.get(_VALIDATION) in ("number", "integer"):
            yield Asked(row[_NAME], text, (), _bounds(row))


def _answers(row: Row, language: str) -> Iterator[tuple[int, dict[str, str]]]:
    for choice in row[_CHOICES].split("|"):
        code, comma, label = choice.partition(",")
        if not comma or not re.fullmatch(r"-?[0-9]{1,9}", code.strip()):
            raise Unreadable(f"{row[_NAME]}: {choice.strip()!r} is no choice `code, label`")
        yield int(code), {language: _text(label.strip())}


def _bounds(row: Row) -> tuple[float, float] | None:
    low, high = row.get(_LOW, ""), row.get(_HIGH, "")
    try:
        return (float(low), float(high)) if low and high else None
    except ValueError as problem:
        raise Unreadable(f"{row[_NAME]}: {low!r} and {high!r} are no bounds") from problem


def _text(label: str) -> str:
    return label.replace(_LINE_BREAK, "\n")


READER = Reader("redcap", (".redcap.csv",), read, per_language=True, capitals=False)
