"""Times of a submission: made coarse at once, since an exact time tells who answered."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from cosyn.spelling import number, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from cosyn.columns import Column
    from cosyn.importers._types import ColumnFate
    from cosyn.tables import RawTable

_YEAR_FIRST = re.compile(
    r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?"
    r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"(?:(\d+)小?时)?(?:(\d+)分钟?)?(?:(\d+(?:\.\d+)?)秒)?")
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")
_NO_STAMP = "1980-01-01"
"""LimeSurvey writes this day where times are not to be kept."""


def weeks(table: RawTable, columns: Sequence[ColumnFate]) -> Column | None:
    """ISO week in which each row was submitted; None without a column of times."""
    found = _times(table, columns, "submitted") or _times(table, columns, "started")
    return found.mapped(_week) if found is not None else None


def seconds(table: RawTable, columns: Sequence[ColumnFate]) -> NDArray[np.float64]:
    """Seconds that each respondent took, NaN where nobody says."""
    for column, texts in zip(columns, table.columns, strict=True):
        if column.fate == "seconds":
            return _numbers(texts, duration)
    started = _times(table, columns, "started")
    submitted = _times(table, columns, "submitted")
    if started is None or submitted is None:
        return np.full(table.n, np.nan)
    took = _numbers(submitted, _stamp) - _numbers(started, _stamp)
    return np.where(took >= 0, took, np.nan)


def unread(table: RawTable, columns: Sequence[ColumnFate]) -> tuple[str, ...]:
    """Warn of times that could not be read: day and month cannot be told apart, say."""
    warnings = []
    for column, texts in zip(columns, table.columns, strict=True):
        if column.fate == "time":
            held = (t for t in texts.held() if t.strip() and not t.startswith("\0"))
            wrong = [t for t in held if time_of(t) is None and _NO_STAMP not in t]
            if wrong:
                what = f"times in {column.name!r} were not read, e.g. {wrong[0]!r}"
                warnings.append(f"{what}: the year must stand first")
    return tuple(warnings)


def _times(table: RawTable, columns: Sequence[ColumnFate], which: str) -> Column | None:
    for column, texts in zip(columns, table.columns, strict=True):
        if (column.fate, column.target) == ("time", which):
            return texts
    return None


def _numbers(texts: Column, read: Callable[[str], float | None]) -> NDArray[np.float64]:
    found = [read(text) for text in texts.texts]
    values = np.array([np.nan if value is None else value for value in found], np.float64)
    return values[texts.codes] if len(values) else np.empty(0)


def time_of(text: str) -> datetime | None:
    """Read a time that begins with the year; None for any other, since 03/04 means two days."""
    found = _YEAR_FIRST.fullmatch(text.strip())
    if found is None or _NO_STAMP in text:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - local time
    except ValueError:
        return None


def _week(text: str) -> str:
    time = time_of(text)
    if time is None:
        return ""
    year, week, _ = time.isocalendar()
    return f"{year}-W{week:02d}"


def _stamp(text: str) -> float | None:
    time = time_of(text)
    return None if time is None else (time - datetime(2000, 1, 1)).total_seconds()  # noqa: DTZ001


def duration(text: str) -> float | None:
    """Read seconds: ``83``, ``83.2``, ``1:23``, ``0:01:23``, ``83秒``, ``1分23秒``."""
    spelt = plain(text)
    if not spelt:
        return None
    plainly = number(spelt)
    if plainly is not None:
        return plainly if plainly >= 0 else None
    found = _CLOCK.fullmatch(spelt) or _CHINESE.fullmatch(spelt)
    if found is None:
        return None
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    return 3600 * hours + 60 * minutes + rest
