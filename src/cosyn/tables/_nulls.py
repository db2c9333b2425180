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
    """Write `NOT_SHOWN` in cells without quotes, line by line."""
    mark = re.escape(delimiter)
    nothing = re.compile(f"(?<={mark})(?={mark})|(?<={mark})(?=[\r\n]*$)|^(?={mark})")
    quoted = f'"{NOT_SHOWN}"'
    inside = False
    for line in lines:
        parts = line.split('"')
        began, inside = inside, inside ^ (len(parts) % 2 == 0)
        if len(parts) == 1:
            yield line
            continue
        last = len(parts) - 1
        # Only outside of quotes, where every other part lies.
        for i in range(1 if began else 0, last + 1, 2):
            part = parts[i]
            if not part or (part == delimiter and 0 < i < last):
                continue
            parts[i] = _marked(part, nothing, quoted, first=i == 0, last=i == last)
        yield '"'.join(parts)


def _marked(part: str, nothing: re.Pattern[str], quoted: str, *, first: bool, last: bool) -> str:
    """Mark the empty cells of what stands between two quotes, or before or behind all of them."""
    before, behind = ("" if first else "x"), ("" if last else "x")
    found = nothing.sub(lambda _: quoted, f"{before}{part}{behind}")
    return found[len(before) : len(found) - len(behind)]
