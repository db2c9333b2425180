"""What a file holds beside what was understood: kept apart, where no analysis looks."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.importers._types import ColumnFate
    from cosyn.tables import RawTable

_KEPT_APART = {"unmapped", "free text", "choices"}


def quarantine(table: RawTable, fates: Sequence[ColumnFate]) -> bytes:
    """The columns that nobody has declared, and rows set aside, as compressed lines of JSON.

    Personal columns and exact times are not among them. A row that is not as wide as the header
    is kept only if the file has no such column, since its cells cannot be told apart.

    Returns
    -------
    bytes
        One line a row, with its number in the file; empty if there is nothing to keep apart.
    """
    lines = list(_lines(table, fates))
    if not lines:
        return b""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as packed:
        for line in lines:
            packed.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return stream.getvalue()


def _lines(table: RawTable, fates: Sequence[ColumnFate]) -> Iterator[dict[str, object]]:
    apart = [i for i, column in enumerate(fates) if column.fate in _KEPT_APART]
    private = [i for i, column in enumerate(fates) if column.fate in {"personal", "time"}]
    names = [table.header[i] for i in apart]
    columns = [table.columns[i] for i in apart]
    for number, *cells in zip(table.numbers.tolist(), *columns, strict=True) if columns else ():
        held = {n: cell for n, cell in zip(names, cells, strict=True) if cell.strip()}
        if held:
            yield {"row": number, "cells": held}
    for aside in table.aside:
        whole = len(aside.cells) == len(table.header)
        cells = [c for i, c in enumerate(aside.cells) if i not in private]
        if aside.cells and (whole or not private):
            yield {"row": aside.row, "set aside": aside.reason, "cells": cells}
