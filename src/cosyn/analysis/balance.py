"""Whether an outcome goes with the balance of two constructs, and which construct explains more."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cosyn.analysis._cases import complete_cases
from cosyn.analysis._constructs import scored, side_by_side
from cosyn.analysis._dominance import dominance_rows
from cosyn.analysis._latent_surfaces import latent_rows
from cosyn.analysis._surfaces import surface_series
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Finding, Series, Statistic, Warned
from cosyn.synergy.balance import balance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine.regression import Quantity, WaldTest
    from cosyn.plan import Balance as Section
    from cosyn.synergy.balance import Balance

NAME = "balance"
OTHER_SCALE = "the two constructs have different response scales"
DRAWN = ("x0", "y0", "p10", "p11", "p20", "p21")
"""Ratios of coefficients, whose intervals by the delta method are poor: resampled instead."""
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Fit the surfaces that the plan names, and the dominance analysis."""
    section = context.plan.plan.balance
    if section is None:
        return Outcome(())
    rows: list[Finding] = []
    warnings: list[Warned] = []
    series: list[Series] = []
    for x, y in section.pairs:
        found, shown = _surface(context, section, x, y)
        subject = (section.outcome, x, y)
        if isinstance(found, str):
            rows.append(_row(Statistic.CONGRUENCE, subject, reason=found))
            continue
        rows += _findings(subject, found, context.plan.plan.confidence)
        if section.latent:
            context.progress(f"{NAME} {x} {y} latent")
            rows += latent_rows(context, subject, _midpoint(context, x))
        warnings += _warnings(subject, found)
        series += shown
    if section.dominance:
        rows += dominance_rows(context, section)
    return Outcome(tuple(rows), tuple(warnings), tuple(series))


def _surface(
    context: Context, section: Section, x: str, y: str
) -> tuple[Balance | str, tuple[Series, ...]]:
    chosen = [scored(context, name) for name in (section.outcome, x, y)]
    for each in chosen:
        if each.reason:
            return f"{each.reason}; {each.id}", ()
    _, first, second = chosen
    if (first.low, first.high) != (second.low, second.high):
        return OTHER_SCALE, ()
    midpoint = _midpoint(context, x)
    cases = complete_cases(context, side_by_side(chosen))
    z, u, v = cases.values.T
    found = balance(
        u,
        v,
        z,
        midpoint=midpoint,
        cluster=cases.cluster,
        level=context.plan.plan.confidence,
        replicates=section.bootstrap,
        seed=context.plan.plan.seed,
    )
    subject = (section.outcome, x, y)
    return found, surface_series(NAME, subject, found, u - midpoint, v - midpoint)


def _midpoint(context: Context, construct: str) -> float:
    """Of the scale that a construct with scores is answered on."""
    found = scored(context, construct)
    return (found.low + found.high) / 2


def _findings(subject: tuple[str, str, str], found: Balance, level: float) -> Iterator[Finding]:
    for each in found.coefficients:
        yield _estimate(Statistic.SURFACE_COEFFICIENT, subject, each, found, level)
    yield _row(
        Statistic.R_SQUARED,
        subject,
        found.r_squared,
        reason="" if found.r_squared is not None else found.reason,
        n=found.n,
    )
    drawn = {each.name: each for each in found.bootstrap}
    for each in found.surface.quantities() if found.surface else ():
        again = drawn.get(each.name) if each.name in DRAWN else None
        resampled = again is not None and again.value is not None
        shown = again if again is not None and resampled else each
        yield _estimate(
            Statistic.SURFACE_QUANTITY, subject, shown, found, level, resampled=resampled
        )
    yield from _tests(subject, found)
    apart = found.discrepancy
    for side in ("x_higher", "y_higher", "agreement"):
        share = getattr(apart, side)
        reason = "" if share is not None else apart.reason
        yield _row(Statistic.DISCREPANT, (*subject, side), share, reason=reason, n=found.n)
    for condition, met in found.congruence.met.items():
        label = "met" if met else "not_met"
        yield _row(Statistic.CONGRUENCE_CONDITION, (*subject, condition), label=label)
    yield _row(
        Statistic.CONGRUENCE,
        subject,
        label=found.congruence.verdict or "",
        reason=found.congruence.reason,
        n=found.n,
    )


def _estimate(
    statistic: Statistic,
    subject: tuple[str, ...],
    each: Quantity,
    found: Balance,
    level: float,
    *,
    resampled: bool = False,
) -> Finding:
    t = each.t is not None
    ordinary = "cluster-robust, CR1" if found.clusters else "classical"
    return _row(
        statistic,
        (*subject, each.name),
        each.value,
        reason=each.reason if each.value is None else "",
        se=each.se,
        low=each.lower,
        high=each.upper,
        level=level if each.lower is not None else None,
        p=each.pvalue,
        df=_df(found) if t else None,
        n=found.n,
        method="percentile bootstrap" if resampled else ordinary,
    )


def _df(found: Balance) -> float:
    """Degrees of freedom of t and of F's denominator: clusters, or cases, less what is spent."""
    return float(found.curvature.test.df2)


def _tests(subject: tuple[str, str, str], found: Balance) -> Iterator[Finding]:
    gain = found.curvature.gain
    reason = "" if gain is not None else found.reason or found.curvature.test.reason
    yield _row(Statistic.R_SQUARED_GAIN, subject, gain, reason=reason, n=found.n)
    tests = [("curvature", found.curvature.test)]
    if found.surface:
        tests.append(("ridge_on_congruence", found.surface.congruence))
        tests.append(("ridge_level", found.surface.level_ridge))
    for name, test in tests:
        yield _joint((*subject, name), test, found.n)


def _joint(subject: tuple[str, ...], test: WaldTest, n: int) -> Finding:
    return _row(
        Statistic.JOINT_TEST,
        subject,
        test.F,
        reason=test.reason if test.F is None else "",
        p=test.pvalue,
        df=test.df1,
        n=n,
        method=f"Wald's F; {test.df2:g} degrees of freedom of the denominator",
    )


def _warnings(subject: tuple[str, str, str], found: Balance) -> Iterator[Warned]:
    apart = found.discrepancy
    if apart.enough is False and apart.x_higher is not None and apart.y_higher is not None:
        _, x, y = subject
        shares = {"above": f"{100 * apart.x_higher:.1f}", "below": f"{100 * apart.y_higher:.1f}"}
        yield Warned(NAME, "few_discrepant", {"x": x, "y": y, **shares})


ANALYSIS = Analysis(NAME, run, reads=("balance",), after=())
