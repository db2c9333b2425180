"""Do scores go with what others know of the departments: records, and a coordinator's answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._scale_scores import means_by_department, scale_scores
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.correlation import correlation
from cosyn.findings import Finding, Statistic, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cosyn.plan import Criterion, CriterionPair
    from cosyn.responses import ResponseTable

NAME = "criterion"
NO_FORM = "nobody answered the form of the criteria"
NO_SCORE = "no scores"
NO_CRITERION = "no answers to the criterion"
NO_DEPARTMENT = "no department has both"
METHOD = "Pearson; Fisher 1921"
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Correlate means of departments with the criteria that the plan names."""
    rules = context.plan.plan.criterion
    if rules is None:
        return Outcome(())
    told = context.told
    if told is None:
        return Outcome((_row(Statistic.COUNT, ("forms",), reason=NO_FORM),))
    rows = [
        _row(Statistic.COUNT, ("forms",), told.n),
        _row(Statistic.COUNT, ("departments",), len({name for name in told.departments if name})),
    ]
    for pair in rules.pairs:
        rows += _pair(context, told, pair)
    return Outcome(tuple(rows), tuple(_warnings(rules, rows)))


def _pair(context: Context, told: ResponseTable, pair: CriterionPair) -> Iterator[Finding]:
    """One score and one criterion, over the departments that have both."""
    subject = (pair.score, pair.criterion)
    scores = scale_scores(context, pair.score)
    criterion = _criterion(context, told, pair.criterion)
    if scores is None or criterion is None:
        reason = NO_SCORE if scores is None else NO_CRITERION
        yield _row(Statistic.CRITERION, subject, reason=reason)
        return
    least = context.plan.plan.minimum_cell
    table = context.table
    mine = means_by_department(scores, table.departments, np.ones(table.n, bool), least)
    # One who knows the matter is enough: what is told is of the department, not of a person.
    theirs = means_by_department(criterion, told.departments, np.ones(told.n, bool), 1)
    both = sorted(mine.keys() & theirs.keys())
    x, y = (np.array([known[name] for name in both]) for known in (mine, theirs))
    found = correlation(x, y, context.plan.plan.confidence)
    reason = found.reason if both else NO_DEPARTMENT
    low, high = found.interval or (None, None)
    yield _row(
        Statistic.CRITERION,
        subject,
        found.value,
        reason=reason,
        low=low,
        high=high,
        level=context.plan.plan.confidence if found.interval else None,
        n=found.n,
        method=METHOD,
    )
    yield _row(Statistic.CRITERION_RANKS, subject, found.ranks, reason=reason, n=found.n,
               method="Spearman 1904")  # fmt: skip


def _criterion(context: Context, told: ResponseTable, name: str) -> NDArray[np.float64] | None:
    """Answers to an item, or means over those items of a facet or construct that were answered."""
    items = [
        item
        for item in told.items
        if name in {item, (known := context.instrument.item(item)).facet, known.construct}
    ]
    values = told.columns(items)
    answered = (~np.isnan(values)).sum(axis=1)
    if not items or not answered.any():
        return None
    # An index of formative items is what was answered of it, if that is half of it at least.
    enough = 2 * answered >= len(items)
    mean = np.nansum(values, axis=1) / np.maximum(answered, 1)
    return np.asarray(np.where(enough & (answered > 0), mean, np.nan))


def _warnings(rules: Criterion, rows: Sequence[Finding]) -> Iterator[Warned]:
    known = {row.subject: row.value for row in rows if row.statistic == Statistic.CRITERION}
    weak = []
    for pair in rules.pairs:
        value = known.get((pair.score, pair.criterion))
        sign = 1 if pair.expected == "positive" else -1
        if value is not None and sign * value < rules.strong.at_least:
            weak.append(f"{pair.score}-{pair.criterion}")
    if weak:
        values = {
            "pairs": ", ".join(weak),
            "value": f"{rules.strong.at_least:g}",
            "source": rules.strong.source,
        }
        yield Warned(NAME, "weak_criterion", values)


ANALYSIS = Analysis(NAME, run, after=())
