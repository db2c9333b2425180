"""Progress as a CSV file: one row a number, in long form."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.fielding.progress import Progress

COLUMNS = ("part", "name", "measure", "value", "or_more")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(progress: Progress) -> bytes:
    """Spell progress out; a number that is not shown is an empty cell.

    Columns: ``part`` (total, department, day, page), ``name`` (code, date or number), ``measure``,
    ``value``, and ``or_more`` (1 where the value is a lower bound).
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(progress):
        writer.writerow(["" if cell is None else cell for cell in row])
    # Excel takes UTF-8 for what it is only behind this mark.
    return out.getvalue().encode("utf-8-sig")


def _rows(p: Progress) -> Iterator[tuple[object, ...]]:
    total = ("total", "")
    yield *total, "at", p.at, 0
    yield *total, "invited", p.invited, 0
    yield *total, "started", p.started, 0
    yield *total, "completed", p.completed if p.at else None, 0
    yield *total, "rate", _share(p.rate) if p.at else None, 0
    yield *total, "minutes", p.minutes and f" {p.minutes}", 0  # 5-10 is no date
    for name in ("expected", "low", "high"):
        found = getattr(p.projection, name)
        yield *total, f"projected_{name}", None if found is None else round(found), 0
    for d in p.departments:
        code = f"'{d.department}" if d.department.startswith(_FORMULA) else d.department
        yield "department", code, "invited", d.invited, 0
        if d.started is not None:
            yield "department", code, "started", d.started, 0
        yield "department", code, "completed", d.completed, int(d.or_more)
        yield "department", code, "rate", _share(d.rate), int(d.or_more)
        if d.quota:
            yield "department", code, "quota", d.quota, 0
    for measure, days in (("started", p.begun), ("completed", p.days)):
        for day in days:
            span = day.first if day.first == day.last else f"{day.first}/{day.last}"
            yield "day", span, measure, day.count, 0
    for page, count in sorted(p.pages.items()):
        yield "page", page, "unfinished", count, 0


def _share(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)
