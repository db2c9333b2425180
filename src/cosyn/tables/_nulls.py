"""Cells without anything, in files that put all else in quotes: the csv module cannot see them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.tables._types import NOT_SHOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_QUOTED_ALONE = re.compile(r"\s*+(?:\"[^\"]*+\"[,;\t\r\n]*+)++")
_START = 100_000


def all_quoted(text: str, delimiter: str) -> bool:
    """Whether all that stands in a text stands in quotes, and some cells hold not even these."""
    if not text.lstrip().startswith('"'):
        return False
    # Most files with quotes hold numbers without them, which a look at the start shows.
    head = text[: text.rfind('"', 0, _START) + 1]
    if len(text) > _START and head.count('"') % 2 == 0 and not _QUOTED_ALONE.fullmatch(head):
        return False
    mark = re.escape(delimiter)
    bare = re.search(f"{mark}(?:{mark}|[\r\n]|$)|[\r\n]{mark}", text)
    return bare is not None and bool(_QUOTED_ALONE.fullmatch(text))


def with_nulls(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """Write `NOT_SHOWN` in cells without quotes, line by line; a line without quotes is blank."""
    mark = re.escape(delimiter)
    # Whole cells in which no delimiter and no quote stands, as nearly all are.
    simple = re.compile(f'(?:"[^"{mark}]*+")?+(?:{mark}(?:"[^"{mark}]*+")?+)*+[\r\n]*+')
    nothing = re.compile(f"(?<={mark})(?={mark})|(?<={mark})(?=[\r\n]*$)|^(?={mark})")
    quoted = f'"{NOT_SHOWN}"'
    inside = False
    for line in lines:
        if '"' not in line:
            yield line
        elif not inside and simple.fullmatch(line):
            yield _filled(line, delimiter, quoted)
        else:
            parts = line.split('"')
            # Only outside of quotes, where every other part lies.
            for i in range(1 if inside else 0, len(parts), 2):
                if parts[i]:
                    first, last = i == 0, i == len(parts) - 1
                    parts[i] = _marked(parts[i], nothing, quoted, first=first, last=last)
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


def _marked(part: str, nothing: re.Pattern[str], quoted: str, *, first: bool, last: bool) -> str:
    """Mark the empty cells of what stands between two quotes, or before or behind all of them."""
    before, behind = ("" if first else "x"), ("" if last else "x")
    found = nothing.sub(lambda _: quoted, f"{before}{part}{behind}")
    return found[len(before) : len(found) - len(behind)]
