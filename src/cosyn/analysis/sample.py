"""Who answered, what is missing and why, and how much departments have in common."""

from __future__ import annotations

from collections import Counter
from functools import partial
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.clustering import icc1
from cosyn.findings import Finding, Statistic, Warned
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER
from cosyn.scoring import clusters_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NAME = "sample"
FEW_DEPARTMENTS = 30
"""Below this, cluster-level inference is unsure (Cameron & Miller 2015)."""
SMALL_DESIGN_EFFECT = 1.1
FEW_COMPLETE = 0.7
BELOW_CELL = "below the minimum cell"
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Count respondents, departments, languages and waves, gaps by reason, and cluster effects."""
    table = context.table
    rows = [_row(Statistic.COUNT, ("respondents",), table.n)]
    rows += _departments(context)
    rows += _clusters(context)
    rows += _languages_and_waves(context)
    rows += _gaps(context)
    effects = list(_cluster_effects(context))
    return Outcome((*rows, *effects), tuple(_warnings(context, effects)))


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


def _cluster_effects(context: Context) -> Iterator[Finding]:
    """ICC(1) and design effect of each facet score."""
    departments = np.array(context.table.departments)
    known = departments != ""
    for name, values in zip(context.facets.names, context.facets.values.T, strict=True):
        if not known.any():
            found, reason, n = None, "no department recorded", 0
        else:
            found = icc1(values[known], departments[known])
            reason, n = found.reason, found.n
        icc = found.icc1 if found else None
        effect = found.design_effect if found else None
        why = reason or "not defined"
        method = "one-way analysis of variance"
        yield _row(
            Statistic.ICC1, (name,), icc, reason="" if icc is not None else why, n=n, method=method
        )
        yield _row(
            Statistic.DESIGN_EFFECT,
            (name,),
            effect,
            reason="" if effect is not None else why,
            n=n,
            method=method,
        )


def _warnings(context: Context, effects: Sequence[Finding]) -> Iterator[Warned]:
    sizes = _sizes(context)
    if not sizes:
        yield Warned(NAME, "no_departments")
    elif len(sizes) < FEW_DEPARTMENTS:
        yield Warned(NAME, "few_departments", {"n": str(len(sizes))})
    design = [
        row.value
        for row in effects
        if row.statistic == Statistic.DESIGN_EFFECT and row.value is not None
    ]
    ignored = clusters_of(context.table, context.plan.plan.estimation) is None
    if ignored and design and float(np.mean(design)) > SMALL_DESIGN_EFFECT:
        yield Warned(NAME, "nested", {"effect": f"{np.mean(design):.2f}"})
    if context.table.n:
        complete = float((context.table.missing == 0).all(axis=1).mean())
        if complete < FEW_COMPLETE:
            yield Warned(NAME, "much_missing", {"share": f"{100 * complete:.0f}"})


ANALYSIS = Analysis(NAME, run)
