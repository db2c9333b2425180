"""Findings of latent response surfaces; their model is `LATENT`, that of observed scores none."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cosyn.analysis._cases import complete_cases
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Statistic
from cosyn.synergy.latent_balance import LatentBalance, Measured, latent_balance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.analysis._types import Context
    from cosyn.engine.regression import Quantity, WaldTest

NAME = "balance"
LATENT = "latent"
FEW_FACETS = "a construct has fewer than two facets"
UNEQUAL = "the two constructs have different numbers of facets"
SHOWN = ("a1", "a2", "a3", "a4", "a5")
_row = partial(Finding, NAME, model=LATENT)


def latent_rows(
    context: Context, subject: tuple[str, str, str], midpoint: float
) -> tuple[Finding, ...]:
    """The surface of latents that facet scores reflect, or why there is none.

    Parameters
    ----------
    subject : tuple of str
        Outcome and the two constructs, which are known to have scores on one scale.
    midpoint : float
        Of that scale.
    """
    found = _fitted(context, subject, midpoint)
    if isinstance(found, str):
        return (_row(Statistic.CONGRUENCE, subject, reason=found),)
    level = context.plan.plan.confidence
    n = found.fit.n
    if found.surface is None:
        return (_row(Statistic.CONGRUENCE, subject, reason=found.reason, n=n),)
    rows: list[Finding] = []
    read = [each for each in found.surface.quantities() if each.name in SHOWN]
    for statistic, estimates in (
        (Statistic.SURFACE_COEFFICIENT, found.coefficients),
        (Statistic.SURFACE_QUANTITY, read),
    ):
        rows += [_estimate(statistic, subject, each, found, level) for each in estimates]
    rows += _tests(subject, found)
    return tuple(rows)


def _fitted(
    context: Context, subject: tuple[str, str, str], midpoint: float
) -> LatentBalance | str:
    facets = [_facets(context, name) for name in subject]
    if min(map(len, facets)) < 2:
        return FEW_FACETS
    outcome, x, y = (Measured(*each) for each in zip(subject, facets, strict=True))
    if len(x.indicators) != len(y.indicators):
        return UNEQUAL
    names = [name for its in facets for name in its]
    cases = complete_cases(context, context.facets, names)
    if not len(cases.values):
        return "no complete answers"
    plan = context.plan.plan
    fit = partial(
        latent_balance,
        cases,
        (outcome, x, y),
        midpoint,
        robust=plan.estimation.estimator == "MLR",
        level=plan.confidence,
    )
    try:
        found = fit()
        # Squares of factors with a ceiling nearly repeat one another; LMS needs none of their own.
        return found if found.surface else fit(method="LMS")
    except IdentificationError as error:
        return error.what


def _facets(context: Context, construct: str) -> tuple[str, ...]:
    facets = context.instrument.construct(construct).facets
    return tuple(each.id for each in facets if each.id in context.facets.names)


def _estimate(
    statistic: Statistic,
    subject: tuple[str, str, str],
    each: Quantity,
    found: LatentBalance,
    level: float,
) -> Finding:
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
        n=found.fit.n,
        method=f"{found.method}; effects coding",
    )


def _tests(subject: tuple[str, str, str], found: LatentBalance) -> Iterator[Finding]:
    assert found.surface is not None
    n = found.fit.n
    bent = found.curvature
    curvature = _row(Statistic.JOINT_TEST, (*subject, "curvature"), bent.chisq, reason=bent.reason)
    yield replace(curvature, p=bent.pvalue, df=bent.df, n=n, method=bent.method)
    gain = found.gain
    reason = "" if gain is not None else "not defined"
    yield _row(Statistic.R_SQUARED_GAIN, subject, gain, reason=reason, n=n)
    yield _joint((*subject, "ridge_on_congruence"), found.surface.congruence, n)
    yield _joint((*subject, "ridge_level"), found.surface.level_ridge, n)
    for condition, met in found.congruence.met.items():
        label = "met" if met else "not_met"
        yield _row(Statistic.CONGRUENCE_CONDITION, (*subject, condition), label=label)
    judged = found.congruence
    yield _row(Statistic.CONGRUENCE, subject, label=judged.verdict or "", reason=judged.reason, n=n)


def _joint(subject: tuple[str, ...], test: WaldTest, n: int) -> Finding:
    return _row(
        Statistic.JOINT_TEST,
        subject,
        test.chi_square,
        reason=test.reason if test.chi_square is None else "",
        p=test.pvalue_chi_square,
        df=test.df1,
        n=n,
        method="Wald's chi-square",
    )
