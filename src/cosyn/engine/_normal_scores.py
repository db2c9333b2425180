r"""Scores of the latents of continuous items, of incomplete rows too.

With K the inverse of Sigma and z the deviations with gaps at their conditional means, the inverse
of :math:`\Sigma_{OO}` times :math:`d_O` is the observed part of :math:`K z`, whose other part is 0;
and the inverse itself, filled up with zeros, is :math:`K - K_{\cdot M} K_{MM}^{-1} K_{M\cdot}`.
Scores of all patterns of gaps hence need the same products of matrices as complete rows, and small
matrices of the gaps alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.incomplete import completed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._typing import Flags, Indices, Matrix
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.incomplete import IncompleteRows

#: Smallest eigenvalue of a scaled information at which a score is determined.
_SINGULAR = 1e-10


def regression(fit: SemFit, group: int) -> tuple[Matrix, Matrix]:
    """Conditional means of all columns of the structure given the answers, and their variances.

    Returns
    -------
    tuple of ndarray, shape (n, m)
    """
    implied = fit.implied[group - 1]
    weights = np.linalg.solve(implied.Sigma, implied.LV)
    deviations, spread = _deviations(fit, group)
    known = np.einsum("ij,ij->j", weights, implied.LV)
    variances = np.tile(np.diag(implied.V) - known, (len(deviations), 1))
    for rows, gaps, covariance in spread:
        at_gaps = weights[gaps]
        variances[rows] += np.einsum("bik,bij,bjk->bk", at_gaps, covariance, at_gaps)
    return _means(fit, group) + deviations @ weights, variances


def bartlett(fit: SemFit, group: int) -> tuple[Matrix, Matrix]:
    """Weighted least squares scores of all columns of the structure, and variances of their errors.

    Returns
    -------
    tuple of ndarray, shape (n, m)
        NaN where the observed variables of a row do not determine a score.
    """
    implied = fit.implied[group - 1]
    Lambda = fit.structures[group - 1].matrices(fit.x).Lambda
    KL = np.linalg.solve(implied.Sigma, Lambda)
    deviations, spread = _deviations(fit, group)
    pulls = deviations @ KL
    information = Lambda.T @ KL
    complete = np.linalg.inv(information)
    values = pulls @ complete
    variances = np.tile(np.diag(complete - implied.V), (len(values), 1))
    for rows, gaps, covariance in spread:
        at_gaps = KL[gaps]
        J = information - np.einsum("bik,bij,bjl->bkl", at_gaps, covariance, at_gaps)
        measured = _measured(Lambda != 0, gaps)
        inverse, determined = _inverses(J, measured)
        known = np.where(determined, 0.0, np.nan)
        values[rows] = np.einsum("bkl,bl->bk", inverse, pulls[rows]) + known
        variances[rows] = np.einsum("bkk->bk", inverse) - np.diag(implied.V) + known
    return _means(fit, group) + values, variances


def _measured(loads: Flags, gaps: Indices) -> Flags:
    """Which columns the observed variables of each row measure, shape (b, m)."""
    return np.asarray(loads.sum(axis=0) > loads[gaps].sum(axis=1))


def _inverses(J: Matrix, measured: Flags) -> tuple[Matrix, Flags]:
    """Inverses of the informations (b, m, m) about what is measured, and what they determine."""
    both = measured[:, :, None] & measured[:, None, :]
    J = np.where(both, J, np.eye(J.shape[1]))
    scale = 1 / np.sqrt(np.einsum("bkk->bk", J))
    scaled = J * scale[:, :, None] * scale[:, None, :]
    singular = np.linalg.eigvalsh(scaled)[:, 0] < _SINGULAR
    scaled[singular] = np.eye(J.shape[1])
    inverse = np.linalg.inv(scaled) * scale[:, :, None] * scale[:, None, :]
    return np.asarray(inverse), measured & ~singular[:, None]


def _deviations(
    fit: SemFit, group: int
) -> tuple[Matrix, Iterator[tuple[Indices, Indices, Matrix]]]:
    """Deviations (n, p) with gaps filled, and batches of rows, gaps and conditional covariances."""
    sample, implied = fit.groups[group - 1], fit.implied[group - 1]
    if sample.incomplete is None:
        return sample.rows() - (implied.mu if fit.table.means else sample.mean), iter(())
    rows: IncompleteRows = sample.incomplete
    found = completed(rows, implied.Sigma, implied.mu)
    assert found is not None
    pairs = zip(rows.batches, found.spread, strict=True)
    return found.deviations, ((b.rows, b.gaps, covariance) for b, covariance in pairs)


def _means(fit: SemFit, group: int) -> Matrix:
    eta = fit.implied[group - 1].eta
    return np.asarray(eta if fit.table.means else np.zeros(len(eta)))
