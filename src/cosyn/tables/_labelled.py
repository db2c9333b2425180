"""Files of statistics programs: codes with labels, and codes that are declared as missing."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.atomic import guarded
from cosyn.columns import column
from cosyn.errors import ResponseError, extra
from cosyn.spelling import spell
from cosyn.tables._sheets import as_text
from cosyn.tables._types import RawTable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cosyn.columns import Column

_AGAIN = "Save it again in the program that wrote it, or export the codes as CSV"
_ENCODINGS = (None, "GB18030", "WINDOWS-1252")


def read_labelled(path: Path, reader: str, **how: Any) -> RawTable:
    """Read a file by one of pyreadstat's readers; rows are numbered from 1, the first case.

    Raises
    ------
    ExtraError
        If the optional part `spss` is not installed.
    ResponseError
        ``response.damaged-statistics`` or ``response.empty-file``.
    """
    frame, about = _opened(path, reader, how)
    if not len(frame.columns) or not len(frame):
        what = "the file holds no case"
        raise ResponseError("response.empty-file", path.name, what, "Export the answers again")
    names = [str(name) for name in frame.columns]
    return RawTable(
        header=tuple(names),
        columns=tuple(_column(frame[name]) for name in names),
        numbers=np.arange(1, len(frame) + 1, dtype=np.int64),
        first_row=1,
        encoding=str(about.file_encoding or ""),
        wordings=tuple(str(text or "") for text in about.column_labels),
        labels=tuple(_labels(about.variable_value_labels.get(name, {})) for name in names),
        user_missing=tuple(_missing(about, name) for name in names),
    )


def _opened(path: Path, reader: str, how: Mapping[str, Any]) -> tuple[Any, Any]:
    with extra("spss"):
        import pyreadstat  # noqa: PLC0415 - an optional part
    read = getattr(pyreadstat, reader)
    first: Exception | None = None
    # A file of an old program may say nothing of its encoding, or something wrong.
    for encoding in _ENCODINGS:
        named = {} if encoding is None or reader == "read_por" else {"encoding": encoding}
        try:
            with guarded(path, "read"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                frame, about = read(path, **how, **named)
        except (
            pyreadstat.ReadstatError,
            pyreadstat.PyreadstatError,
            ValueError,
            OverflowError,
            UnicodeError,
        ) as problem:
            first = first or problem
        else:
            return frame, about
    reason = " ".join(str(first).split())[:120]
    what = f"the file is damaged or cut off ({reason})"
    raise ResponseError("response.damaged-statistics", path.name, what, _AGAIN) from first


def _column(series: Any) -> Column:
    return column([as_text(value) for value in series.tolist()])


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
