"""Who answered, and what is missing and why."""

from __future__ import annotations

from collections import Counter
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Finding, Statistic, Warned
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER
from cosyn.scoring import clusters_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "sample"
FEW_DEPARTMENTS = 30
"""Below this, cluster-level inference is unsure (Cameron & Miller 2015)."""
FEW_COMPLETE = 0.7
BELOW_CELL = "below the minimum cell"
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Count respondents, departments, languages and waves, and gaps by reason."""
    rows = [_row(Statistic.COUNT, ("respondents",), context.table.n)]
    rows += _departments(context)
    rows += _clusters(context)
    rows += _languages_and_waves(context)
    rows += _gaps(context)
    return Outcome(tuple(rows), tuple(_warnings(context)))


def _sizes(context: Context) -> Counter[str]:
    return Counter(name for name in context.table.departments if name)


def _departments(context: Context) -> Iterator[Finding]:
    sizes = _sizes(context)
    if not sizes:
        reason = "no department recorded"
        yield _row(Statistic.COUNT, ("departments",), None, reason=reason)
        return
    per = ("respondents_per_department",)
    yield _row(Statistic.COUNT, ("departments",), len(sizes))
    yield _row(Statistic.MEDIAN, per, float(median(sizes.values())))
    yield _row(Statistic.MINIMUM, per, min(sizes.values()))
    yield _row(Statistic.MAXIMUM, per, max(sizes.values()))
    small = sum(size < context.plan.plan.minimum_cell for size in sizes.values())
    yield _row(Statistic.COUNT, ("departments_below_minimum_cell",), small)


def _clusters(context: Context) -> Iterator[Finding]:
    """Clusters that standard errors and tests of the models allow for, if they do."""
    clusters = clusters_of(context.table, context.plan.plan.estimation)
    if clusters is not None:
        yield _row(Statistic.COUNT, ("clusters",), len(np.unique(clusters)))


def _languages_and_waves(context: Context) -> Iterator[Finding]:
    """Count each language and wave; a count below the minimum cell is not shown."""
    table, least = context.table, context.plan.plan.minimum_cell
    recorded: tuple[tuple[str, Sequence[str]], ...] = (
        ("language", table.languages),
        ("wave", table.waves),
    )
    for kind, values in recorded:
        for name, count in sorted(Counter(v for v in values if v).items()):
            shown = count >= least
            reason = "" if shown else BELOW_CELL
            yield _row(Statistic.COUNT, (kind, name), count if shown else None, reason=reason)


def _gaps(context: Context) -> Iterator[Finding]:
    missing = context.table.missing
    n, cells = context.table.n, missing.size
    complete = int((missing == 0).all(axis=1).sum())
    yield _row(Statistic.COUNT, ("complete",), complete)
    if not cells:
        return
    yield _row(Statistic.SHARE, ("complete",), complete / n, n=n)
    for code, reason in enumerate(MISSING_ORDER):
        if reason is Missing.ANSWERED:
            continue
        count = int((missing == code).sum())
        yield _row(Statistic.MISSING_SHARE, (reason.value,), count / cells, n=cells)
    invalid = int((missing == MISSING_ORDER.index(Missing.INVALID)).sum())
    yield _row(Statistic.COUNT, ("invalid",), invalid)


def _warnings(context: Context) -> Iterator[Warned]:
    sizes = _sizes(context)
    if not sizes:
        yield Warned(NAME, "no_departments")
    elif len(sizes) < FEW_DEPARTMENTS:
        yield Warned(NAME, "few_departments", {"n": str(len(sizes))})
    if context.table.n:
        complete = float((context.table.missing == 0).all(axis=1).mean())
        if complete < FEW_COMPLETE:
            yield Warned(NAME, "much_missing", {"share": f"{100 * complete:.0f}"})


ANALYSIS = Analysis(NAME, run, reads=(), after=())
