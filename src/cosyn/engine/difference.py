"""Tests of nested models: the difference of chi-squares, corrected where they are.

Corrected statistics are never subtracted: their difference is not chi-square distributed and may
be negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.linalg import null_space

from cosyn.engine import sandwich
from cosyn.engine.chisquare import ChiSquare, chi_square, corrected, scaled, shifted
from cosyn.engine.constraints import constraints_of, tangent
from cosyn.engine.least_squares import LeastSquaresEvaluation
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.nesting import aligned, same_in_full

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.estimation import SemFit

Restriction = Literal["delta", "exact"]
Method = Literal["standard", "sb2001", "sb2010", "satorra2000", "scaled_shifted"]
#: How far below zero, relative to the statistics, rounding may put a difference.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class ChiSquareDifference:
    """The test of a restricted model within a fuller one.

    Attributes
    ----------
    chisq : float or None
    df : int or None
    pvalue : float or None
    reason : str
        Why there is no test, "" if there is one.
    method : str
    unscaled : float or None
        Difference of the uncorrected statistics.
    test : ChiSquare or None
        The statistic with its scaling.
    """

    chisq: float | None
    df: int | None
    pvalue: float | None
    reason: str = ""
    method: str = "standard"
    unscaled: float | None = None
    test: ChiSquare | None = None


def chi_square_difference(
    restricted: SemFit,
    full: SemFit,
    method: Method | None = None,
    *,
    restriction: Restriction = "delta",
) -> ChiSquareDifference:
    """Test a restricted within a full model fitted to the same data by the same estimator.

    That it is nested is checked by fitting the full model to what the restricted one implies; see
    `cosyn.engine.nesting`.

    Parameters
    ----------
    method : str, optional
        ``"standard"``: likelihood ratio. ``"sb2001"``, ``"sb2010"``: Satorra & Bentler (2001,
        2010). ``"satorra2000"``: Satorra (2000). ``"scaled_shifted"``: the same traces, scaled
        and shifted (Asparouhov & Muthén 2010). By default ``"standard"``, ``"sb2001"`` for scaled
        statistics, followed by ``"sb2010"`` should its factor be negative, and
        ``"scaled_shifted"`` where items are ordinal, for which no other is right, and where the
        statistics' variance was corrected too (MLMV, MLMVS).
    restriction : {"delta", "exact"}
        How Satorra's test finds what the restricted model forbids: from the slopes of the implied
        moments (lavaan's default), or from the parameters that the tables equate or fix, which
        must then be the same in both. They agree in large samples.
    """
    reason = _obstacle(restricted, full)
    if not reason and full.ordinal and method in {"standard", "sb2001", "sb2010"}:
        reason = f"{method} is not a test of ordinal items"
    if not reason and method == "sb2010" and full.options.resolved().discrepancy != "ML":
        reason = f"{method} is a test of likelihoods"
    if reason:
        return _none(reason)
    restricted = aligned(restricted, full)
    point = same_in_full(restricted, full)
    reason = _not_nested(restricted, full, point)
    if not reason and restriction == "exact" and _exact(restricted, full) is None:
        reason = "a parameter of the restricted model is not one of the full model"
    if reason or point is None:
        return _none(reason)
    return _tested(_Pair(restricted, full, point), method, restriction)


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """Nested models, and the parameters of the full one that imply what the restricted one does."""

    restricted: SemFit
    full: SemFit
    point: Vector


def _tested(pair: _Pair, method: Method | None, restriction: Restriction) -> ChiSquareDifference:
    restricted, full = pair.restricted, pair.full
    assert restricted.tests
    assert full.tests
    a, b = restricted.tests.model, full.tests.model
    difference = chi_square(a.value - b.value, a.df - b.df)
    if difference.value < -_ROUNDING * max(1.0, b.value):
        return _none("the restricted model fits better: the full one was not fitted well")
    difference = chi_square(max(difference.value, 0.0), difference.df)
    chosen = method or _usual(full)
    found = _corrected(difference, pair, chosen, restriction)
    further = full.options.resolved().discrepancy == "ML" and not full.clusters
    if found is None and method is None and further:
        chosen = "sb2010"
        found = _corrected(difference, pair, chosen, restriction)
    if found is None:
        return _none("the scaling factor is negative")
    return ChiSquareDifference(
        found.value, round(found.df), found.pvalue, "", chosen, difference.value, found
    )


def _usual(full: SemFit) -> Method:
    assert full.tests
    if full.ordinal or full.options.resolved().test in {"scaled_shifted", "mean_var_adjusted"}:
        return "scaled_shifted"
    return "standard" if full.tests.model is full.tests.model_corrected else "sb2001"


def _corrected(
    difference: ChiSquare, pair: _Pair, method: Method, restriction: Restriction
) -> ChiSquare | None:
    restricted, full = pair.restricted, pair.full
    match method:
        case "standard":
            return difference
        case "sb2001":
            assert full.tests
            return _satorra_bentler(difference, restricted, full.tests.model_corrected.mean)
        case "sb2010":
            return _satorra_bentler(difference, restricted, _scaling_at(pair))
        case _:
            return _satorra(difference, restricted, full, method, restriction)


def _satorra_bentler(
    difference: ChiSquare, restricted: SemFit, full_scaling: float
) -> ChiSquare | None:
    assert restricted.tests
    corrected_test = restricted.tests.model_corrected
    full_df = corrected_test.df - difference.df
    trace = corrected_test.df * corrected_test.mean - full_df * full_scaling
    return scaled(difference, trace) if trace > 0 else None


def _scaling_at(pair: _Pair) -> float:
    """Scaling factor of the full model where it says what the restricted one says."""
    full = pair.full
    assert full.tests
    here = full.discrepancy().at(pair.point)
    assert not isinstance(here, LeastSquaresEvaluation)
    test = full.options.resolved().test
    return corrected(test, full.tests.model, here, full.groups).mean


def _satorra(
    difference: ChiSquare,
    restricted: SemFit,
    full: SemFit,
    method: Method,
    restriction: Restriction,
) -> ChiSquare | None:
    """Satorra (2000): the traces of what the restriction makes of the sandwich."""
    here = sandwich.evaluation_at(full)
    K = tangent(constraints_of(full.table), full.x)
    K = np.eye(len(full.x)) if K is None else K
    A = _exact(restricted, full) if restriction == "exact" else None
    if A is None:
        there = sandwich.evaluation_at(restricted)
        moves = tangent(constraints_of(restricted.table), restricted.x)
        reached = sandwich.slopes(there)
        A = _delta(sandwich.slopes(here) @ K, reached if moves is None else reached @ moves)
    else:
        A = A @ K
    bread = A @ damped_inverse(K.T @ sandwich.curvature(full, here) @ K)
    products = K.T @ sandwich.products(full, here) @ K
    M = np.linalg.solve(bread @ A.T, bread @ products @ bread.T)
    trace = float(np.trace(M))
    if method == "satorra2000":
        return scaled(difference, trace)
    return shifted(difference, trace, float(np.sum(M * M.T)))


def _delta(full: Matrix, restricted: Matrix) -> Matrix:
    """Directions of the full model's parameters that the restricted one forbids, as rows.

    Found from the slopes of the implied moments of both, each at its own estimates.
    """
    reachable, *_ = np.linalg.lstsq(full, restricted, rcond=None)
    return np.asarray(null_space(reachable.T).T)


def _exact(restricted: SemFit, full: SemFit) -> Matrix | None:
    """The same from the tables, None unless all of the restricted model is free in the full one."""
    numbers = {(r.lhs, r.op, r.rhs, r.group): r.free for r in full.table.rows}
    K = np.zeros((full.table.n_free, restricted.table.n_free))
    for row in restricted.table.rows:
        if row.free:
            number = numbers.get((row.lhs, row.op, row.rhs, row.group), 0)
            if not number:
                return None
            K[number - 1, row.free - 1] = 1.0
    return np.asarray(null_space(K.T).T)


def _none(reason: str) -> ChiSquareDifference:
    return ChiSquareDifference(None, None, None, reason)


def _obstacle(restricted: SemFit, full: SemFit) -> str:
    for fit, name in ((restricted, "restricted"), (full, "full")):
        if fit.measures is None:
            return f"the {name} model was not estimated: {', '.join(fit.status.reasons)}"
    if set(restricted.table.observed) != set(full.table.observed):
        return "the models are of different variables"
    if restricted.options.estimator != full.options.estimator:
        return "the models were fitted by different estimators"
    if restricted.n != full.n or not _same_data(restricted, full):
        return "the models were fitted to different respondents"
    assert restricted.tests
    assert full.tests
    if restricted.tests.model.df < full.tests.model.df:
        return "the restricted model does not have more degrees of freedom"
    return ""


def _not_nested(restricted: SemFit, full: SemFit, point: Vector | None) -> str:
    assert restricted.tests
    assert full.tests
    alike = restricted.tests.model.df == full.tests.model.df
    if point is not None:
        return "the models are equivalent: there is nothing to test" if alike else ""
    if alike:
        return "the restricted model does not have more degrees of freedom"
    return "the models are not nested: the full one cannot imply what the restricted one does"


def _same_data(restricted: SemFit, full: SemFit) -> bool:
    a, b = restricted.clusters, full.clusters
    if a and b:
        other = b.of_clusters.subset(a.of_clusters.names)
        return a.clusters == b.clusters and np.allclose(a.of_clusters.cov, other.cov, rtol=1e-9)
    if a or b or len(restricted.groups) != len(full.groups):
        return False
    others = [group.subset(restricted.table.observed) for group in full.groups]
    return all(
        mine.n == other.n and np.allclose(mine.cov, other.cov, rtol=1e-9, atol=1e-12)
        for mine, other in zip(restricted.groups, others, strict=True)
    )
