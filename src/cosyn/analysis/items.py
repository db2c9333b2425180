"""How each item was answered: moments, floor and ceiling, categories, gaps by reason."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from cosyn.analysis._block_gaps import block_gaps
from cosyn.analysis._discrimination import discrimination, weak_items
from cosyn.analysis._probes import probe_findings
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.descriptives import Descriptives, describe
from cosyn.findings import Finding, Statistic, Warned
from cosyn.instrument.types import Missing
from cosyn.responses import MISSING_ORDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.instrument.types import ResponseFormat

NAME = "items"
MUCH_CEILING = 0.50
MANY_UNKNOWING = 0.20
AS_GIVEN = "answers as given, not keyed"
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Describe every item of the table, of the answers as given.

    If the plan asks for it: how items discriminate, who leaves gaps, and which way blocks push.
    """
    table = context.table
    rows: list[Finding] = []
    for j, name in enumerate(table.items):
        response_format = context.instrument.response_format(context.instrument.item(name))
        codes = table.matrix[:, j]
        answered = codes[~np.isnan(codes)]
        # One item after another: of a million respondents all at once would not fit.
        rows += _moments(name, describe(codes[:, None]), context.plan.plan.confidence)
        rows += _categories(name, answered, response_format)
        rows += _gaps(name, table.missing[:, j])
    rules = context.plan.plan.items
    if rules is not None:
        rows += discrimination(context, rules.upper_lower)
        rows += block_gaps(context, rules.missing_by)
    if rules is not None and rules.probes is not None:
        rows += probe_findings(context, rules.probes)
    weak = weak_items(rows, context.plan.plan.conventions)
    return Outcome(tuple(rows), (*_warnings(rows), *weak))


def _moments(name: str, found: Descriptives, level: float) -> Iterator[Finding]:
    n, reason = int(found.n[0]), found.reasons[0]
    yield _row(Statistic.N, (name,), n)
    for statistic, values in (
        (Statistic.MEAN, found.mean),
        (Statistic.SD, found.sd),
        (Statistic.SKEWNESS, found.skewness),
        (Statistic.KURTOSIS, found.kurtosis),
    ):
        value = float(values[0])
        if not np.isfinite(value):
            yield _row(statistic, (name,), reason=reason or "not defined", n=n)
        elif statistic is Statistic.MEAN and np.isfinite(found.se[0]):
            se = float(found.se[0])
            reach = _quantile(level, n) * se
            yield _row(
                statistic,
                (name,),
                value,
                se=se,
                low=value - reach,
                high=value + reach,
                level=level,
                n=n,
                method=AS_GIVEN,
            )
        else:
            yield _row(statistic, (name,), value, n=n, method=AS_GIVEN)


def _quantile(level: float, n: int) -> float:
    """Student's t with n - 1 degrees of freedom."""
    return float(stats.t.ppf((1 + level) / 2, n - 1)) if n > 1 else 0.0


def _categories(
    name: str, answered: NDArray[np.float64], response_format: ResponseFormat
) -> Iterator[Finding]:
    n = len(answered)
    ends = (
        (Statistic.FLOOR, response_format.minimum),
        (Statistic.CEILING, response_format.maximum),
    )
    for statistic, code in ends:
        if n:
            yield _row(statistic, (name,), float((answered == code).mean()), n=n)
        else:
            yield _row(statistic, (name,), reason="no answers", n=0)
    for option in response_format.options:
        share = float((answered == option.code).mean()) if n else None
        reason = "" if n else "no answers"
        subject = (name, str(option.code))
        yield _row(Statistic.CATEGORY_SHARE, subject, share, reason=reason, n=n)


def _gaps(name: str, missing: NDArray[np.int8]) -> Iterator[Finding]:
    n = len(missing)
    for code, reason in enumerate(MISSING_ORDER):
        count = int((missing == code).sum())
        if count and reason is not Missing.ANSWERED:
            yield _row(Statistic.MISSING_SHARE, (name, reason.value), count / n, n=n)


def _warnings(rows: list[Finding]) -> Iterator[Warned]:
    def those(statistic: Statistic, above: float, second: str = "") -> list[str]:
        return [
            row.subject[0]
            for row in rows
            if row.statistic == statistic
            and row.value is not None
            and row.value > above
            and (not second or row.subject[1:] == (second,))
        ]

    constant = [r.subject[0] for r in rows if r.statistic == Statistic.SKEWNESS and r.reason]
    unknowing = those(Statistic.MISSING_SHARE, MANY_UNKNOWING, Missing.DONT_KNOW.value)
    found = (
        ("ceiling", those(Statistic.CEILING, MUCH_CEILING)),
        ("dont_know", unknowing),
        ("constant_items", constant),
    )
    for code, items in found:
        if items:
            yield Warned(NAME, code, {"items": ", ".join(items)})


ANALYSIS = Analysis(NAME, run, reads=("items", "conventions"), after=())
