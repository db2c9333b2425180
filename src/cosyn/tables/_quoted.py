"""Delimited text in which every field is quoted: there, nothing at all differs from ``""``."""

from __future__ import annotations

import csv
import re
from itertools import islice
from typing import TYPE_CHECKING

from cosyn.tables._types import NULL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def records(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Rows of the lines of such a text, with `NULL` in the place of nothing at all.

    Raises
    ------
    csv.Error
        Where a quote stands in the wrong place or is never closed.
    """
    return csv.reader(with_nulls(lines, delimiter), delimiter=delimiter, strict=True)


def with_nulls(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """Write `NULL` in cells without quotes, line by line."""
    mark = re.escape(delimiter)
    # Whole cells in which no delimiter and no quote stands, as nearly all are.
    simple = re.compile(f'(?:"[^"{mark}]*+")?+(?:{mark}(?:"[^"{mark}]*+")?+)*+[\r\n]*+')
    nothing = re.compile(f"(?<={mark})(?={mark})|(?<={mark})(?=[\r\n]*$)|^(?={mark})")
    quoted = f'"{NULL}"'
    inside = False
    for line in lines:
        if not inside and simple.fullmatch(line):
            yield _filled(line, delimiter, quoted)
        else:
            parts = line.split('"')
            # Only outside of quotes, where every other part lies.
            for i in range(1 if inside else 0, len(parts), 2):
                if parts[i]:
                    first, last = i == 0, i == len(parts) - 1
                    parts[i] = _marked(parts[i], nothing, delimiter, first=first, last=last)
            inside ^= len(parts) % 2 == 0
            yield '"'.join(parts)


def _filled(line: str, delimiter: str, quoted: str) -> str:
    """Fill the empty cells of a line all of whose delimiters part cells."""
    both, between = delimiter * 2, f"{delimiter}{quoted}{delimiter}"
    # Twice, since neighbouring empty cells share a delimiter.
    line = line.replace(both, between).replace(both, between)
    if line.startswith(delimiter):
        line = f"{quoted}{line}"
    bare = line.rstrip("\r\n")
    return f"{bare}{quoted}{line[len(bare) :]}" if bare.endswith(delimiter) else line


def _marked(part: str, nothing: re.Pattern[str], delimiter: str, *, first: bool, last: bool) -> str:
    """Mark the empty cells of what stands between two quotes, or before or behind all of them."""
    between = f"{delimiter}\r\n"
    if (not first and part[0] not in between) or (not last and part[-1] not in between):
        raise csv.Error("a quote in the wrong place")
    before, behind = ("" if first else "x"), ("" if last else "x")
    found = nothing.sub(lambda _: f'"{NULL}"', f"{before}{part}{behind}")
    return found[len(before) : len(found) - len(behind)]


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
