"""Files of statistics programs: codes with labels, and codes that are declared as missing."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.columns import column
from cosyn.errors import ResponseError, extra
from cosyn.spelling import spell
from cosyn.tables._apart import Damaged, apart, insist
from cosyn.tables._sheets import as_text
from cosyn.tables._types import RawTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.columns import Column

_AGAIN = "Save it again in the program that wrote it, or export the codes as CSV"
_ENCODINGS = (None, "GB18030", "WINDOWS-1252")
_PACKED = b"$FL3"
_MOST_SQUEEZED = 1_032
"""A byte that is packed as ZSAV is stands for as many at most; else each cell takes a byte."""


def read_labelled(path: Path, reader: str) -> RawTable:
    """Read a file by one of pyreadstat's readers; rows are numbered from 1, the first case.

    Raises
    ------
    ExtraError
        If the optional part `spss` is not installed.
    ResponseError
        ``response.damaged-statistics`` or ``response.empty-file``.
    """
    with extra("spss"):
        insist("pyreadstat")
    try:
        return apart(read_here, path, reader)
    except Damaged as problem:
        what = f"the file is damaged or cut off ({' '.join(str(problem).split())[:120]})"
        raise ResponseError("response.damaged-statistics", path.name, what, _AGAIN) from problem


def read_here(path: str, reader: str) -> RawTable:
    """Read a file within this process, which a damaged one may break; for `apart`.

    Raises
    ------
    Damaged
        Whatever the library says of the file.
    ResponseError
        ``response.empty-file``.
    """
    frame, about = _opened(path, reader)
    names = about.column_names
    if len(frame.columns) != len(names):
        raise Damaged("several variables have the same name")
    if not names or not len(frame):
        what = "the file holds no case"
        fix = "Export the answers again"
        raise ResponseError("response.empty-file", Path(path).name, what, fix)
    return RawTable(
        header=tuple(map(as_text, names)),
        columns=tuple(_column(frame.iloc[:, i]) for i in range(len(names))),
        numbers=np.arange(1, len(frame) + 1, dtype=np.int64),
        first_row=1,
        encoding=str(about.file_encoding or ""),
        wordings=tuple(str(text or "") for text in about.column_labels),
        labels=tuple(_labels(about.variable_value_labels.get(name, {})) for name in names),
        user_missing=tuple(_missing(about, name) for name in names),
    )


def _column(series: Any) -> Column:
    return column(list(map(as_text, series.tolist())))


def _opened(path: str, reader: str) -> tuple[Any, Any]:
    import pyreadstat  # noqa: PLC0415 - an optional part

    read = getattr(pyreadstat, reader)
    # Portable files say nothing of encodings, nor of codes that are declared as missing.
    plain = reader == "read_por"
    how: dict[str, Any] = {} if plain else {"user_missing": True}
    first: Exception | None = None
    # A file of an old program may say nothing of its encoding, or something wrong.
    for encoding in _ENCODINGS:
        named = {} if encoding is None or plain else {"encoding": encoding}
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if not plain:
                    _insist_on_room(path, read(path, metadataonly=True, **named)[1])
                frame, about = read(path, **how, **named)
        except (MemoryError, Damaged):
            raise
        except Exception as problem:  # noqa: BLE001 - of damage the library raises whatever it likes
            first = first or problem
        else:
            return frame, about
    raise Damaged(str(first) or type(first).__name__) from first


def _insist_on_room(path: str, about: Any) -> None:
    """Refuse a number of rows that no file of its size can hold, before there is room made."""
    file = Path(path)
    with file.open("rb") as stream:
        packed = stream.read(len(_PACKED)) == _PACKED
    most = file.stat().st_size * (_MOST_SQUEEZED if packed else 1)
    if (about.number_rows or 0) * about.number_columns > most:
        raise Damaged(f"it is too short for the {about.number_rows:,} rows it says it has")


def _labels(labels: Mapping[Any, str]) -> dict[str, str]:
    """Text of each code -> its label."""
    return {as_text(code): label for code, label in labels.items()}


def _missing(about: Any, name: str) -> tuple[tuple[str, str], ...]:
    """Ranges of codes, both ends included, and single texts, that are declared as missing."""
    ranges = about.missing_ranges.get(name, [])
    single = about.missing_user_values.get(name, [])
    found = [(_end(r["lo"]), _end(r["hi"])) for r in ranges]
    return (*found, *((as_text(value), as_text(value)) for value in single))


def _end(value: object) -> str:
    return spell(value) if isinstance(value, float) else str(value)
