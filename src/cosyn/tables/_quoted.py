"""Delimited text in which every field is quoted: there, nothing at all differs from ``""``."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING

from cosyn.tables._types import NULL

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAMPLE = 200
_BLOCK = 1 << 17
_CLOSED = re.compile(r'"[^"]*(?:""[^"]*)*"')


def tells_nothing_from_empty(text: str, delimiter: str) -> bool:
    """Whether all fields at the top of a text are quoted or nothing, and some are nothing."""
    if not text.startswith('"'):
        return False
    try:
        fields = list(islice(_fields(text, delimiter), _SAMPLE))
    except ValueError:  # it is told with its row when the whole is read
        return False
    return all(quoted or not field for field, quoted, _ in fields) and any(
        not quoted for _, quoted, _ in fields
    )


def records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Rows of such a text, `NULL` in the place of nothing at all.

    The csv module, which reads them, cannot tell the two apart; so `NULL` is put into the text
    before, block by block of whole rows.

    Raises
    ------
    ValueError, csv.Error
        Where a quote stands in the wrong place or is never closed.
    """
    start = 0
    while start < len(text):
        end = _end_of_rows(text, start)
        marked = _marked(text[start:end], delimiter)
        if marked is None:  # from here on quotes do not only enclose fields
            yield from _one_by_one(text[start:], delimiter)
            return
        yield from csv.reader(io.StringIO(marked, newline=""), delimiter=delimiter, strict=True)
        start = end


def _end_of_rows(text: str, start: int) -> int:
    """Find where a row ends, a block further on: at a line end within no quotes, or that of all."""
    place, quotes = start, 0
    while True:
        line = text.find("\n", max(place, start + _BLOCK))
        if line < 0:
            return len(text)
        quotes += text.count('"', place, line)
        place = line + 1
        if quotes % 2 == 0:
            return place


def _marked(rows: str, delimiter: str) -> str | None:
    """Put `NULL` in the place of nothing; None if a quote is not where a field begins or ends.

    Split at its quotes, every other piece of a text lies outside of fields: it is the delimiters
    and line ends between two of them, or nothing between the halves of a doubled quote.
    """
    pieces = f"\n{rows}\n".split('"')
    if len(pieces) % 2 == 0:
        return None
    outside = set(pieces[::2])
    ends = {delimiter, "\r", "\n"}
    if any(piece[0] not in ends or piece[-1] not in ends for piece in outside if piece):
        return None
    mark = re.escape(delimiter)
    nothing = re.compile(rf"(?<={mark})(?=[{mark}\r\n])|(?<=[\r\n])(?={mark})")
    marked = {piece: nothing.sub(NULL, piece) for piece in outside}
    pieces[::2] = map(marked.__getitem__, pieces[::2])
    return '"'.join(pieces)[1:-1]


def _one_by_one(text: str, delimiter: str) -> Iterator[list[str]]:
    row: list[str] = []
    for field, quoted, end in _fields(text, delimiter):
        row.append(field if quoted or field else NULL)
        if end != delimiter:
            yield row if len(row) > 1 or row[0] != NULL else []
            row = []


def _fields(text: str, delimiter: str) -> Iterator[tuple[str, bool, str]]:
    """Each field, whether it was quoted, and what ends it."""
    mark = re.escape(delimiter)
    pattern = re.compile(
        rf'(?:"([^"]*(?:""[^"]*)*)"|((?:[^{mark}"\r\n][^{mark}\r\n]*)?))({mark}|\r\n|\n|\r|\Z)'
    )
    place = 0
    while place < len(text):
        found = pattern.match(text, place)
        if found is None:
            closed = _CLOSED.match(text, place)
            raise ValueError("a quote in the wrong place" if closed else "unexpected end of quotes")
        held, bare, end = found.groups()
        yield (bare, False, end) if held is None else (held.replace('""', '"'), True, end)
        place = found.end()
    if text.endswith(delimiter):
        yield "", False, ""
