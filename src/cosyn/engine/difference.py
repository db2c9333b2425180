"""Tests of nested models: the difference of chi-squares, corrected where they are.

Corrected statistics are never subtracted: their difference is not chi-square distributed and may
be negative.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.linalg import null_space

from cosyn.engine.casewise import score_products
from cosyn.engine.chisquare import ChiSquare, chi_square, corrected, scaled, shifted
from cosyn.engine.least_squares import LeastSquaresEvaluation
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.moment_least_squares import moment_covariance
from cosyn.engine.ordinal_fit import gammas_of, ordinal_evaluation
from cosyn.engine.suboptimal_weights import score_covariance

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.discrepancy import Likelihood
    from cosyn.engine.estimation import SemFit

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
    """

    chisq: float | None
    df: int | None
    pvalue: float | None
    reason: str = ""
    method: str = "standard"


def chi_square_difference(
    restricted: SemFit, full: SemFit, method: Method | None = None
) -> ChiSquareDifference:
    """Test a restricted within a full model fitted to the same data by the same estimator.

    Parameters
    ----------
    method : str, optional
        ``"standard"``: likelihood ratio. ``"sb2001"``, ``"sb2010"``: Satorra & Bentler (2001,
        2010). ``"satorra2000"``: Satorra (2000). ``"scaled_shifted"``: the same traces, scaled
        and shifted (Asparouhov & Muthén 2010). By default ``"standard"``, ``"sb2001"`` for scaled
        statistics, followed by ``"sb2010"`` should its factor be negative, and
        ``"scaled_shifted"`` where items are ordinal, for which no other is right.
    """
    reason = _obstacle(restricted, full)
    if not reason and full.ordinal and method in {"standard", "sb2001", "sb2010"}:
        reason = f"{method} is not a test of ordinal items"
    if not reason and method == "sb2010" and full.options.resolved().discrepancy != "ML":
        reason = f"{method} is a test of likelihoods"
    if reason:
        return _none(reason)
    assert restricted.tests
    assert full.tests
    a, b = restricted.tests.model, full.tests.model
    difference = chi_square(a.value - b.value, a.df - b.df)
    if difference.value < -_ROUNDING * max(1.0, b.value):
        return _none("the restricted model fits better: the models are not nested")
    difference = chi_square(max(difference.value, 0.0), difference.df)
    chosen = method or _usual(full)
    found = _corrected(difference, restricted, full, chosen)
    if found is None and method is None and full.options.resolved().discrepancy == "ML":
        chosen = "sb2010"
        found = _corrected(difference, restricted, full, chosen)
    if found is None:
        return _none("the scaling factor is negative")
    return ChiSquareDifference(found.value, round(found.df), found.pvalue, method=chosen)


def _usual(full: SemFit) -> Method:
    assert full.tests
    if full.ordinal:
        return "scaled_shifted"
    return "standard" if full.tests.model is full.tests.model_corrected else "sb2001"


def _corrected(
    difference: ChiSquare, restricted: SemFit, full: SemFit, method: Method
) -> ChiSquare | None:
    match method:
        case "standard":
            return difference
        case "sb2001":
            assert full.tests
            return _satorra_bentler(difference, restricted, full.tests.model_corrected.mean)
        case "sb2010":
            return _satorra_bentler(difference, restricted, _scaling_at(restricted, full))
        case _:
            return _satorra(difference, restricted, full, method)


def _satorra_bentler(
    difference: ChiSquare, restricted: SemFit, full_scaling: float
) -> ChiSquare | None:
    assert restricted.tests
    corrected_test = restricted.tests.model_corrected
    full_df = corrected_test.df - difference.df
    trace = corrected_test.df * corrected_test.mean - full_df * full_scaling
    return scaled(difference, trace) if trace > 0 else None


def _scaling_at(restricted: SemFit, full: SemFit) -> float:
    """Scaling factor of the full model where the restricted one has its estimates."""
    assert full.tests
    here = full.discrepancy().at(transferred(restricted, full))
    assert not isinstance(here, LeastSquaresEvaluation)
    test = full.options.resolved().test
    return corrected(test, full.tests.model, here, full.groups).mean


def transferred(restricted: SemFit, full: SemFit) -> Vector:
    """Free parameters of the full model that say what the restricted one says."""
    known = {
        (row.lhs, row.op, row.rhs, row.group): value
        for row, value in zip(restricted.table.rows, restricted.estimates, strict=True)
    }
    x = np.zeros(full.table.n_free)
    for row in full.table.rows:
        if row.free:
            x[row.free - 1] = known.get((row.lhs, row.op, row.rhs, row.group), 0.0)
    return x


@dataclass(frozen=True, slots=True, eq=False)
class _Pieces:
    """What Satorra's difference test needs of a fit.

    Attributes
    ----------
    slopes : ndarray, shape (statistics, q)
        Of the implied moments or statistics of all groups.
    curvature : ndarray, shape (q, q)
    products : ndarray, shape (q, q)
        D'V Gamma V D.
    """

    slopes: Matrix
    curvature: Matrix
    products: Matrix


def _satorra(difference: ChiSquare, restricted: SemFit, full: SemFit, method: Method) -> ChiSquare:
    """Satorra (2000), with the restriction found from the slopes of the implied moments."""
    pieces = _pieces(full)
    inverse = damped_inverse(pieces.curvature)
    A = _restriction(pieces.slopes, _slopes_of(restricted))
    bread = A @ inverse
    M = np.linalg.solve(bread @ A.T, bread @ pieces.products @ bread.T)
    trace = float(np.trace(M))
    if method == "satorra2000":
        return scaled(difference, trace)
    return shifted(difference, trace, float(np.sum(M * M.T)))


def _pieces(fit: SemFit) -> _Pieces:
    if fit.ordinal:
        found = ordinal_evaluation(fit)
        return _Pieces(
            np.vstack(found.slopes),
            found.information(),
            score_covariance(found, gammas_of(fit.ordinal)),
        )
    moments = fit.discrepancy().at(fit.x)
    if isinstance(moments, LeastSquaresEvaluation):
        gammas = [moment_covariance(group, means=fit.table.means) for group in fit.groups]
        products = score_covariance(moments, gammas)
        return _Pieces(np.vstack(moments.slopes), moments.information(), products)
    here = fit.evaluation()
    observed = fit.options.resolved().information == "observed"
    curvature = here.hessian() if observed else here.information()
    return _Pieces(_slopes(here), curvature, score_products(here, fit.groups, centred=True))


def _slopes_of(fit: SemFit) -> Matrix:
    if fit.ordinal:
        return np.vstack(ordinal_evaluation(fit).slopes)
    here = fit.discrepancy().at(fit.x)
    if isinstance(here, LeastSquaresEvaluation):
        return np.vstack(here.slopes)
    return _slopes(fit.evaluation())


def _restriction(full: Matrix, restricted: Matrix) -> Matrix:
    """Directions of the full model's parameters that the restricted one forbids, as rows."""
    reachable, *_ = np.linalg.lstsq(full, restricted, rcond=None)
    return np.asarray(null_space(reachable.T).T)


def _slopes(evaluation: Likelihood) -> Matrix:
    """Derivatives of all implied moments, shape (moments, q)."""
    blocks = []
    for point in evaluation.points:
        local = point.structure.jacobian(point.implied, means=point.means)
        block = np.zeros((len(local), len(evaluation.x)))
        block[:, point.structure.local] = local
        blocks.append(block)
    return np.vstack(blocks)


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
    if restricted.table.df <= full.table.df:
        return "the restricted model does not have more degrees of freedom"
    return ""


def _same_data(restricted: SemFit, full: SemFit) -> bool:
    if len(restricted.groups) != len(full.groups):
        return False
    others = [group.subset(restricted.table.observed) for group in full.groups]
    return all(
        mine.n == other.n and np.allclose(mine.cov, other.cov, rtol=1e-9, atol=1e-12)
        for mine, other in zip(restricted.groups, others, strict=True)
    )
