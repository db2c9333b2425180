"""Delimited text: commas, semicolons or tabs, in the encodings that spreadsheets write."""

from __future__ import annotations

import csv
import re
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING

from cosyn.atomic import guarded
from cosyn.errors import ResponseError
from cosyn.tables import json, parquet, spss, stata
from cosyn.tables._encoding import decode
from cosyn.tables._foreign import OLE, foreign
from cosyn.tables._quoted import records as quoted
from cosyn.tables._quoted import tells_nothing_from_empty
from cosyn.tables._tabulate import tabulate
from cosyn.tables._types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cosyn.tables._types import RawTable

_DELIMITERS = ",;\t"
_FIELD_LIMIT = 1_000_000
_SAMPLE = 50
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def recognises(path: Path, head: bytes) -> bool:
    """Tell whether the content may be delimited text: whatever is of no other known kind."""
    others = (json, parquet, spss, stata)
    binary = head.startswith((b"PK", OLE)) or any(kind.recognises(path, head) for kind in others)
    return not binary and foreign(path, head) is None


def read(path: Path) -> RawTable:
    """Read a delimited text; the first row that is not blank is the header.

    Raises
    ------
    ResponseError
        ``response.empty-file``, the codes of the encoding, ``response.bad-quotes`` or
        ``response.cut-off``.
    """
    with guarded(path, "read"):
        raw = path.read_bytes()
    decoded = decode(raw, path.name)
    del raw
    text, declared = _without_declaration(decoded.text)
    delimiter = declared or _delimiter(text)
    above = 1 if declared else 0
    with _long_fields():
        records = _records(text, delimiter, path.name)
        top = next(((i, record) for i, record in enumerate(records) if _filled(record)), None)
        if top is None:
            raise ResponseError(
                "response.empty-file",
                path.name,
                "the file holds no row",
                "Export the answers again",
            )
        return tabulate(
            top[1],
            records,
            above + top[0] + 2,
            encoding=decoded.encoding,
            delimiter=delimiter,
            warnings=decoded.warnings,
            about=text.count("\n") or text.count("\r"),
        )


def _without_declaration(text: str) -> tuple[str, str]:
    """Take off the line ``sep=;`` that some programs write for Excel."""
    if text[:4].lower() == "sep=" and text[5:6] in {"\r", "\n"}:
        return text[5:].removeprefix("\r").removeprefix("\n"), text[4]
    return text, ""


def _delimiter(text: str) -> str:
    """Find the delimiter: it splits the header, and the rows below into as many fields."""
    scores = {mark: _score(text, mark) for mark in _DELIMITERS}
    return max(_DELIMITERS, key=lambda mark: scores[mark])


def _score(text: str, delimiter: str) -> tuple[float, int]:
    """Share of rows as wide as the header, and the header's width; (0, 0) if it splits nothing.

    Of a text whose quotes are wrong further down, the rows above count half.
    """
    sample: list[list[str]] = []
    trust = 0.5
    with suppress(csv.Error):
        sample.extend(filter(_filled, islice(_reader(text, delimiter), _SAMPLE)))
        trust = 1.0
    if not sample or len(sample[0]) < 2:
        return 0.0, 0
    width = len(sample[0])
    below = sample[1:]
    share = sum(len(record) == width for record in below) / len(below) if below else 1.0
    return trust * share, width


def _records(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    count = 0
    aware = tells_nothing_from_empty(text, delimiter)
    try:
        for record in quoted(text, delimiter) if aware else _reader(text, delimiter):
            yield record
            count += 1
    except (csv.Error, ValueError) as problem:
        raise _quoting_fault(str(problem), f"{name}, row {count + 1}") from problem


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    # strict, since otherwise an unclosed quote swallows the rest of the file without a word
    return csv.reader(_lines(text), delimiter=delimiter, strict=True)


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, cut off one by one: a buffer would take four times the text's room."""
    return (found[0] for found in _LINE.finditer(text))


@contextmanager
def _long_fields() -> Iterator[None]:
    """Allow long comments; the module's limit is global, so it is put back."""
    before = csv.field_size_limit(_FIELD_LIMIT)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _quoting_fault(problem: str, where: str) -> ResponseError:
    if "unexpected end" in problem:
        what = "a quote is opened here and never closed; the file may be cut off"
        return ResponseError(
            "response.cut-off", where, what, 'Export or copy the file again, or close the quote (")'
        )
    what = f"the quotes are wrong ({problem})"
    return ResponseError(
        "response.bad-quotes",
        where,
        what,
        'Double every quote (") inside a quoted field, or export again',
    )


def _filled(record: list[str]) -> bool:
    return any(cell.strip() for cell in record)


KIND = Kind(
    name="delimited",
    title="a text table (CSV)",
    suffixes=(".csv", ".tsv", ".txt", ".tab"),
    recognises=recognises,
    read=read,
)
