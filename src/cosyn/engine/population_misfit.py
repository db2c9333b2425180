"""Complete-data normal misfit at estimates that were found in another way, and its expectation.

CFI and RMSEA mean what their cutoffs were made for only where misfit is measured by the normal
discrepancy of complete data. Fits to ordinal items and to incomplete answers are therefore
measured by it too: by its value at their estimates, less what sampling adds to it (Savalei 2021;
Zhang & Savalei 2023). For slopes D of the moments s and weights W of the estimator, the residual
is e = M (s - sigma) with M = I - D (D'WD)^-1 D'W, and what sampling adds is tr(M'V M Gamma), where
Gamma is the asymptotic covariance of s and V the normal-theory information.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.chisquare import ChiSquare, chi_square, scaled
from cosyn.engine.constraints import constraints_of, tangent
from cosyn.engine.fit_indices import Tests
from cosyn.engine.linalg import damped_inverse, inverse_and_log_det
from cosyn.engine.lisrel import structures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.casewise import SaturatedInformation
    from cosyn.engine.least_squares import LeastSquaresEvaluation
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.ordinal import OrdinalMoments
    from cosyn.engine.table import ParameterTable

#: Curvature, relative to the largest, below which a direction does not move the moments.
_FLAT = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """What one group contributes: its moments are s in number.

    Attributes
    ----------
    n : int
        Respondents.
    misfit : float
        The normal discrepancy; infinite where it is undefined.
    slopes : ndarray, shape (s, q)
    weighted : ndarray, shape (s, s)
        W, the weights of the estimator.
    covariance : ndarray, shape (s, s)
        Gamma.
    information : ndarray, shape (s, s)
        V.
    """

    n: int
    misfit: float
    slopes: Matrix
    weighted: Matrix
    covariance: Matrix
    information: Matrix


def categorical_tests(
    table: ParameterTable,
    evaluation: LeastSquaresEvaluation,
    groups: Sequence[OrdinalMoments],
    tests: Tests,
) -> Tests | None:
    """Normal statistics of polychoric correlations at the least-squares estimates.

    Savalei (2021), *Improving fit indices in structural equation modeling with categorical data*,
    Multivariate Behavioral Research 56, 390-407.

    Returns
    -------
    Tests or None
        None where they are not defined: not all items are ordinal, thresholds or means are
        restricted, correlations are not positive definite, or the statistic has degrees of
        freedom of its own.
    """
    d = evaluation.discrepancy
    if not _correlations_alone(table) or tests.model_corrected.df != tests.model.df:
        return None
    assert tests.baseline
    model: list[_Part] = []
    null: list[_Part] = []
    for group, part, w, J in zip(groups, d.parts, d.weights, evaluation.slopes, strict=True):
        pairs = len(group.names) * (len(group.names) - 1) // 2
        implied = _correlation_matrix(part.statistics(evaluation.x)[-pairs:], len(group.names))
        for found, R, slopes in ((model, implied, J[-pairs:]), (null, np.eye(len(implied)), None)):
            found.append(_of_correlations(group, R, w[-pairs:], slopes))
    K = tangent(constraints_of(table), evaluation.x)
    return _tests(tests.model.df, model, K, tests.baseline.df, null)


def _correlations_alone(table: ParameterTable) -> bool:
    """Whether all items are ordinal, and nothing restricts or moves their thresholds."""
    thresholds = [row for row in table.rows if row.op == "|"]
    free = {row.free for row in thresholds if row.free}
    located = any(row.op == "~1" and row.free for row in table.rows)
    scaled_freely = any(row.op == "~*~" and row.free for row in table.rows)
    return (
        len(table.ordered) == len(table.observed)
        and len(free) == len(thresholds)
        and not (located or scaled_freely)
    )


def _correlation_matrix(values: Vector, p: int) -> Matrix:
    R = np.eye(p)
    columns, rows = np.triu_indices(p, 1)
    R[rows, columns] = R[columns, rows] = values
    return R


def _of_correlations(
    group: OrdinalMoments, implied: Matrix, w: Vector, slopes: Matrix | None
) -> _Part:
    assert group.Gamma is not None
    pairs = len(w)
    a, b = np.tril_indices(len(implied))
    # From the lower triangle row by row to the pairs column by column.
    position = np.full(implied.shape, -1)
    position[a, b] = np.arange(len(a))
    columns, rows = np.triu_indices(len(implied), 1)
    k = position[rows, columns]
    V = normal_information(implied)[np.ix_(k, k)]
    Gamma = group.Gamma[-pairs:, -pairs:]
    slopes = np.zeros((pairs, 0)) if slopes is None else slopes
    misfit = _misfit(group.correlation, implied)
    return _Part(group.n, misfit, slopes, np.diag(w), Gamma, V)


def incomplete_tests(
    model: tuple[ParameterTable, Vector],
    null: tuple[ParameterTable, Vector],
    groups: Sequence[SampleMoments],
    saturated: Sequence[SaturatedInformation],
    tests: Tests,
) -> Tests | None:
    """Normal statistics of the saturated moments of incomplete answers at their estimates.

    Zhang & Savalei (2023), *New computations for RMSEA and CFI following FIML and TS estimation
    with missing data*, Psychological Methods 28, 263-283: their third version, with the observed
    information of the saturated model.

    Parameters
    ----------
    model, null : tuple of (ParameterTable, ndarray of shape (q,))
        Each with its free parameters where it fits best.

    Returns
    -------
    Tests or None
        None where there are no degrees of freedom.
    """
    assert tests.baseline
    weights = [_weights(*each) for each in zip(groups, saturated, strict=True)]
    return _tests(
        tests.model.df,
        _of_moments(*model, groups, weights),
        tangent(constraints_of(model[0]), model[1]),
        tests.baseline.df,
        _of_moments(*null, groups, weights),
    )


class _Weights(NamedTuple):
    """Places of the moments that count, with W, Gamma and V of `_Part`."""

    places: Indices
    weighted: Matrix
    covariance: Matrix
    information: Matrix


def _weights(group: SampleMoments, known: SaturatedInformation) -> _Weights:
    k = _estimated(group)
    own = np.ix_(k, k)
    p = len(group.names)
    V = np.zeros_like(known.observed)
    V[:p, :p] = np.linalg.inv(group.cov)
    V[p:, p:] = normal_information(group.cov)
    W, B = known.observed[own], known.products[own]
    inverse = damped_inverse(W)
    normal = known.products is known.observed
    return _Weights(k, W, inverse if normal else inverse @ B @ inverse, V[own])


def _of_moments(
    table: ParameterTable,
    x: Vector,
    groups: Sequence[SampleMoments],
    weights: Sequence[_Weights],
) -> list[_Part]:
    found = []
    for part, group, each in zip(structures(table), groups, weights, strict=True):
        implied = part.implied(x)
        slopes = np.zeros((len(each.places), len(x)))
        slopes[:, part.local] = part.jacobian(implied, means=True)[each.places]
        misfit = _misfit(group.cov, implied.Sigma, group.mean - implied.mu)
        found.append(_Part(group.n, misfit, slopes, *each[1:]))
    return found


def _estimated(group: SampleMoments) -> Indices:
    """Places of the moments that are not those of covariates, which fit exactly."""
    taken = np.isin(group.names, group.covariates)
    a, b = np.tril_indices(len(group.names))
    return np.flatnonzero(~np.concatenate([taken, taken[a] & taken[b]]))


def _misfit(S: Matrix, Sigma: Matrix, d: Vector | None = None) -> float:
    """The normal discrepancy; infinite where a matrix is not positive definite."""
    (log_det, W), (own, _) = inverse_and_log_det(Sigma), inverse_and_log_det(S)
    if not (np.isfinite(log_det) and np.isfinite(own)):
        return float("inf")
    distance = 0.0 if d is None else float(d @ W @ d)
    return log_det - own + float(np.sum(W * S)) - len(S) + distance


def normal_information(Sigma: Matrix) -> Matrix:
    """Information about the lower triangle of a covariance, row by row, shape (p*, p*).

    That of one normal respondent: half of D'(Sigma^-1 x Sigma^-1)D with the duplication matrix D.
    """
    K = np.linalg.inv(Sigma)
    a, b = np.tril_indices(len(K))
    once = np.where(a == b, 0.5, 1.0)
    products = K[np.ix_(a, a)] * K[np.ix_(b, b)] + K[np.ix_(a, b)] * K[np.ix_(b, a)]
    return np.asarray(products * np.outer(once, once))


def _tests(
    df: float, model: Sequence[_Part], K: Matrix | None, null_df: float, null: Sequence[_Part]
) -> Tests | None:
    statistics = [_statistic(model, df, K), _statistic(null, null_df, None)]
    if any(plain is None for plain in statistics):
        return None
    (a, b), (c, d) = [pair for pair in statistics if pair is not None]
    return Tests(a, b, c, d)


def _statistic(
    parts: Sequence[_Part], df: float, K: Matrix | None
) -> tuple[ChiSquare, ChiSquare] | None:
    """The misfit of all groups, and the same scaled by its expectation."""
    value = sum(part.n * part.misfit for part in parts)
    if not np.isfinite(value) or df == 0:
        return None
    plain = chi_square(max(value, 0.0), df)
    return plain, scaled(plain, _expected(parts, K))


def _expected(parts: Sequence[_Part], K: Matrix | None) -> float:
    """tr(M'V M Gamma), of all groups."""
    n = sum(part.n for part in parts)
    q = parts[0].slopes.shape[1] if K is None else K.shape[1]
    trace = 0.0
    E, mixed, inner, V = (np.zeros((q, q)) for _ in range(4))
    for part in parts:
        D = part.slopes if K is None else part.slopes @ K
        WD, VD = part.weighted @ D, part.information @ D
        trace += float(np.sum(part.information * part.covariance))
        GW = part.covariance @ WD
        E += part.n / n * (D.T @ WD)
        mixed += part.n / n * (GW.T @ VD)
        inner += part.n / n * (WD.T @ GW)
        V += part.n / n * (D.T @ VD)
    bread = _inverse_where_it_curves(E)
    return trace - 2 * float(np.sum(bread * mixed)) + float(np.sum((bread @ inner @ bread) * V))


def _inverse_where_it_curves(E: Matrix) -> Matrix:
    """Inverse along the directions that move the moments; thresholds do not."""
    size = np.sqrt(np.maximum(np.diag(E), 0.0))
    scale = np.divide(1.0, size, out=np.zeros_like(size), where=size > 0)
    whole = np.outer(scale, scale)
    return np.asarray(np.linalg.pinv(E * whole, rcond=_FLAT, hermitian=True) * whole)
