"""What a questionnaire or a simulation stamps on each row: whose answers they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import ResponseError
from cosyn.importers._text import listed, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.importers._sift import Row
    from cosyn.importers._types import ColumnFate
    from cosyn.instrument.types import Instrument

SIMULATED = "simulated"
_NO = frozenset({"", "0", "no", "false"})
_SHORTEST_DIGEST = 8

Stamps = dict[str, dict[str, list[int]]]
"""Stamp -> its values -> the rows that bear them; blanks are left out."""


def stamps(rows: Sequence[Row], columns: Sequence[ColumnFate]) -> Stamps:
    """Collect the stamps of all rows."""
    found: Stamps = {}
    for place, column in enumerate(columns):
        if column.fate == "checked":
            values = found.setdefault(column.target, {})
            for row in rows:
                if text := row.cells[place].strip():
                    values.setdefault(text, []).append(row.number)
    return found


def check_instrument(found: Stamps, instrument: Instrument, file: str) -> tuple[str, ...]:
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
    for other, numbers in found.get("instrument", {}).items():
        if other != instrument.id:
            where = f"{file}, row {numbers[0]}"
            what = f"these answers belong to the instrument {other!r}, not to {instrument.id!r}"
            fix = (
                "Import them into the study of that instrument, "
                "or name the column under `ignore:` in a mapping file"
            )
            raise ResponseError("response.other-instrument", where, what, fix)
    return (*_versions(found, instrument), *_digests(found, instrument))


def _versions(found: Mapping[str, Mapping[str, list[int]]], instrument: Instrument) -> list[str]:
    return [
        f"rows {listed(rows)} were answered on version {other}, not {instrument.version}"
        for other, rows in found.get("version", {}).items()
        if other != instrument.version
    ]


def _digests(found: Mapping[str, Mapping[str, list[int]]], instrument: Instrument) -> list[str]:
    return [
        f"rows {listed(rows)} were answered on an instrument with the digest {other[:12]}, "
        f"not {instrument.digest[:12]}: the wording may differ"
        for other, rows in found.get("digest", {}).items()
        if len(other) < _SHORTEST_DIGEST or not instrument.digest.startswith(other)
    ]


def row_digests(found: Stamps, rows: Sequence[Row], instrument: Instrument) -> tuple[str, ...]:
    """Which wording each row answers: as stamped, or else the present one. Length n."""
    stamped = {
        number: text
        for text, numbers in found.get("digest", {}).items()
        if len(text) < _SHORTEST_DIGEST or not instrument.digest.startswith(text)
        for number in numbers
    }
    return tuple(stamped.get(row.number, instrument.digest) for row in rows)


def is_simulated(found: Stamps, rows: Sequence[Row], file: str) -> bool:
    """Tell whether the rows were drawn by a computer.

    Raises
    ------
    ResponseError
        ``response.mixed-simulated`` if only some were.
    """
    marked = {
        number
        for text, numbers in found.get(SIMULATED, {}).items()
        if plain(text) not in _NO
        for number in numbers
    }
    real = [row.number for row in rows if row.number not in marked]
    if marked and real:
        what = f"simulated answers stand beside others, which rows {listed(real)} hold"
        fix = "Keep simulated and real answers in files and studies of their own"
        raise ResponseError("response.mixed-simulated", file, what, fix)
    return bool(marked)
