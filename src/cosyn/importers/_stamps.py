"""What a questionnaire or a simulation stamps on each row: whose answers they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.columns import Column
from cosyn.errors import ResponseError
from cosyn.spelling import listed, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.importers._types import ColumnFate
    from cosyn.instrument.types import Instrument
    from cosyn.tables import RawTable

SIMULATED = "simulated"
_NO = frozenset({"", "0", "no", "false"})
_SHORTEST_DIGEST = 8

Stamps = dict[str, dict[str, "NDArray[np.intp]"]]
"""Stamp -> its values -> positions of the rows that bear them; blanks are left out."""


def stamps(table: RawTable, columns: Sequence[ColumnFate]) -> Stamps:
    """Collect the stamps of all rows."""
    found: Stamps = {}
    for column, texts in zip(columns, table.columns, strict=True):
        if column.fate != "checked":
            continue
        values = found.setdefault(column.target, {})
        stripped = texts.mapped(str.strip)
        for i, text in enumerate(stripped.texts):
            rows = stripped.where(i)
            if text and len(rows):
                values[text] = rows
    return found


def check_instrument(
    found: Stamps, table: RawTable, instrument: Instrument, file: str
) -> tuple[str, ...]:
    """Compare instrument, version and digest with those of the study.

    Returns
    -------
    tuple of str
        A warning for every other version or digest.

    Raises
    ------
    ResponseError
        ``response.other-instrument``.
    """
    for other, rows in found.get("instrument", {}).items():
        if other != instrument.id:
            where = f"{file}, row {table.numbers[rows[0]]}"
            what = f"these answers belong to the instrument {other!r}, not to {instrument.id!r}"
            fix = (
                "Import them into the study of that instrument, "
                "or name the column under `ignore:` in a mapping file"
            )
            raise ResponseError("response.other-instrument", where, what, fix)
    return (*_versions(found, table, instrument), *_digests(found, table, instrument))


def _versions(found: Stamps, table: RawTable, instrument: Instrument) -> list[str]:
    return [
        f"rows {_rows(table, rows)} were answered on version {other}, not {instrument.version}"
        for other, rows in found.get("version", {}).items()
        if other != instrument.version
    ]


def _digests(found: Stamps, table: RawTable, instrument: Instrument) -> list[str]:
    return [
        f"rows {_rows(table, rows)} were answered on an instrument with the digest {other[:12]}, "
        f"not {instrument.digest[:12]}: the wording may differ"
        for other, rows in found.get("digest", {}).items()
        if len(other) < _SHORTEST_DIGEST or not instrument.digest.startswith(other)
    ]


def _rows(table: RawTable, rows: NDArray[np.intp] | NDArray[np.bool_]) -> str:
    return listed(table.numbers[rows].tolist())


def row_digests(found: Stamps, n: int, instrument: Instrument) -> Column:
    """Which wording each of n rows answers: as stamped, or else the present one."""
    texts, codes = [instrument.digest], np.zeros(n, np.int32)
    for text, rows in found.get("digest", {}).items():
        if len(text) < _SHORTEST_DIGEST or not instrument.digest.startswith(text):
            codes[rows] = len(texts)
            texts.append(text)
    return Column(tuple(texts), codes)


def is_simulated(found: Stamps, table: RawTable, file: str) -> bool:
    """Tell whether the rows were drawn by a computer.

    Raises
    ------
    ResponseError
        ``response.mixed-simulated`` if only some were.
    """
    marked = np.zeros(table.n, bool)
    for text, rows in found.get(SIMULATED, {}).items():
        if plain(text) not in _NO:
            marked[rows] = True
    if marked.any() and not marked.all():
        real = _rows(table, ~marked)
        what = f"simulated answers stand beside others, which rows {real} hold"
        fix = "Keep simulated and real answers in files and studies of their own"
        raise ResponseError("response.mixed-simulated", file, what, fix)
    return bool(marked.any())
