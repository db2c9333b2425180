"""Delimited text in which every field is quoted: there, nothing at all differs from ``""``."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from cosyn.tables._types import NULL

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAMPLE = 200


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

    Raises
    ------
    ValueError
        Where a quote stands in the wrong place or is never closed.
    """
    row: list[str] = []
    for field, quoted, end in _fields(text, delimiter):
        row.append(field if quoted or field else NULL)
        if end != delimiter:
            yield row if len(row) > 1 or row[0] != NULL else []
            row = []


def _fields(text: str, delimiter: str) -> Iterator[tuple[str, bool, str]]:
    """Each field, whether it was quoted, and what ends it."""
    mark = re.escape(delimiter)
    pattern = re.compile(rf'(?:"([^"]*(?:""[^"]*)*)"|([^{mark}"\r\n]*))({mark}|\r\n|\n|\r|\Z)')
    place = 0
    while place < len(text):
        found = pattern.match(text, place)
        if found is None:
            raise ValueError("a quote in the wrong place")
        held, bare, end = found.groups()
        yield (bare, False, end) if held is None else (held.replace('""', '"'), True, end)
        place = found.end()
    if text.endswith(delimiter):
        yield "", False, ""
