"""Whether an effect changes its sign: slopes below and above a breakpoint."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cosyn.analysis._cases import complete_cases
from cosyn.analysis._constructs import scored, side_by_side
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.engine.two_lines import two_lines
from cosyn.findings import Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine.regression import Quantity
    from cosyn.engine.two_lines import TwoLines
    from cosyn.plan import TwoLines as Section

NAME = "two_lines"
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Test each predictor of the plan."""
    section = context.plan.plan.two_lines
    if section is None:
        return Outcome(())
    rows: list[Finding] = []
    for predictor in section.predictors:
        subject = (section.outcome, predictor)
        found = _tested(context, section, predictor)
        if isinstance(found, str):
            rows.append(_row(Statistic.BREAKPOINT, subject, reason=found))
        else:
            rows += _rows(subject, found, context.plan.plan.confidence)
    return Outcome(tuple(rows))


def _tested(context: Context, section: Section, predictor: str) -> TwoLines | str:
    beside = [name for name in section.covariates if name != predictor]
    chosen = [scored(context, name) for name in (section.outcome, predictor, *beside)]
    for each in chosen:
        if each.reason:
            return f"{each.reason}; {each.id}"
    cases = complete_cases(context, side_by_side(chosen))
    y, x, *_ = cases.values.T
    return two_lines(
        x,
        y,
        peak=section.predictors[predictor] == "peak",
        covariates=cases.values[:, 2:],
        cluster=cases.cluster,
        level=context.plan.plan.confidence,
    )


def _rows(subject: tuple[str, str], found: TwoLines, level: float) -> Iterator[Finding]:
    if found.breakpoint is None or found.low is None or found.high is None:
        yield _row(Statistic.BREAKPOINT, subject, reason=found.reason, n=found.n)
        return
    yield _row(Statistic.BREAKPOINT, subject, found.breakpoint, n=found.n, method="Robin Hood")
    for side, slope in (("low", found.low), ("high", found.high)):
        yield _slope((*subject, side), slope, found, level)


def _slope(subject: tuple[str, ...], slope: Quantity, found: TwoLines, level: float) -> Finding:
    return _row(
        Statistic.LINE_SLOPE,
        subject,
        slope.value,
        reason=slope.reason if slope.value is None else "",
        se=slope.se,
        low=slope.lower,
        high=slope.upper,
        level=level if slope.lower is not None else None,
        p=slope.pvalue,
        n=found.n,
        method="cluster-robust, CR1" if found.clusters else "HC3",
    )


ANALYSIS = Analysis(NAME, run, after=())
