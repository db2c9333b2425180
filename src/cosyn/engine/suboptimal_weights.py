"""Inference after least squares whose weights are not the optimal ones.

With W the weights, D the slopes of the statistics, Gamma their asymptotic covariance and
B = (D'WD)^-1, estimates vary by B D'W Gamma W D B and the discrepancy is distributed as a sum of
chi-squares weighed by the eigenvalues of (W - W D B D'W) Gamma (Browne 1984; Satorra & Bentler
1994).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import block_diag

from cosyn.engine.chisquare import adjusted, scaled, shifted
from cosyn.engine.least_squares import weighted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.chisquare import ChiSquare
    from cosyn.engine.estimators import Test
    from cosyn.engine.least_squares import LeastSquaresEvaluation


def in_units_of_weights(
    evaluation: LeastSquaresEvaluation, gammas: Sequence[Matrix]
) -> tuple[Matrix, Matrix]:
    """Covariance (s, s) and slopes (s, q) of all statistics, in units in which weights are 1.

    The shares of the groups cancel in the covariance.

    Parameters
    ----------
    gammas : sequence of ndarray, shape (s, s)
        Asymptotic covariance of the statistics of each group.
    """
    d = evaluation.discrepancy
    roots = [_root(w) for w in d.weights]
    blocks = [
        weighted(root, weighted(root, Gamma).T) for root, Gamma in zip(roots, gammas, strict=True)
    ]
    slopes = [
        np.sqrt(f) * weighted(root, J)
        for f, root, J in zip(d.shares, roots, evaluation.slopes, strict=True)
    ]
    return np.asarray(block_diag(*blocks)), np.vstack(slopes)


def _root(weights: Matrix) -> Matrix:
    """R with R'R the weights, itself a vector if they are one."""
    if weights.ndim == 1:
        return np.sqrt(weights)
    values, vectors = np.linalg.eigh(weights)
    return np.asarray(np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T)


def sandwich(bread: Matrix, A: Matrix, H: Matrix) -> Matrix:
    """B H'A H B, shape (q, q), of what `in_units_of_weights` gives."""
    return np.asarray(bread @ (H.T @ A @ H) @ bread)


def score_covariance(evaluation: LeastSquaresEvaluation, gammas: Sequence[Matrix]) -> Matrix:
    """D'W Gamma W D, shape (q, q)."""
    A, H = in_units_of_weights(evaluation, gammas)
    return np.asarray(H.T @ A @ H)


def remaining(bread: Matrix, A: Matrix, H: Matrix) -> Matrix:
    """(I - H B H')A, shape (s, s): its eigenvalues are those of U Gamma."""
    return np.asarray(A - H @ (bread @ (H.T @ A)))


def corrected_by_traces(test: Test, standard: ChiSquare, UG: Matrix) -> ChiSquare:
    """Correct a statistic by the traces of U Gamma and of its square."""
    if standard.df == 0 or test == "standard":
        return standard
    trace, squared = float(np.trace(UG)), float(np.sum(UG * UG.T))
    match test:
        case "scaled_shifted":
            return shifted(standard, trace, squared)
        case "mean_var_adjusted":
            return adjusted(standard, trace, squared)
        case _:
            return scaled(standard, trace)
