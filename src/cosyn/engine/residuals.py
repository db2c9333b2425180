"""What a model leaves unexplained: residuals, residual correlations and their z-statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.least_squares import weighted
from cosyn.engine.ordinal_fit import gammas_of, ordinal_evaluation
from cosyn.engine.residual_covariance import residual_covariance
from cosyn.engine.sandwich import bread
from cosyn.engine.suboptimal_weights import score_covariance

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.ordinal import OrdinalMoments

#: Share of a variance that is rounding error of none.
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True)
class Threshold:
    """Residual of one threshold, or of minus a mean beside ordinal items, and its z-statistic."""

    lhs: str
    op: str
    rhs: str
    residual: float
    z: float


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Residuals of one group.

    Attributes
    ----------
    names : tuple of str, length p
    raw : ndarray, shape (p, p)
        Sample minus implied covariances; of ordinal items those of the normal variables behind
        them, in the sample's metric.
    correlations : ndarray, shape (p, p)
        Covariances over the sample's standard deviations, minus implied covariances over the
        model's (Bollen 1989).
    z : ndarray, shape (p, p)
        Raw residuals over their standard errors; 0 where a residual is 0 by construction.
    thresholds : tuple of Threshold
        Residuals of the thresholds of ordinal items.
    """

    names: tuple[str, ...]
    raw: Matrix
    correlations: Matrix
    z: Matrix
    thresholds: tuple[Threshold, ...] = ()


def residuals(fit: SemFit, group: int = 1) -> Residuals:
    """Residuals of a fitted model.

    The covariance of the residuals is that of normal data with the sample's covariances, less
    what the estimates take from it (Maydeu-Olivares 2017; Ogasawara 2001):
    Q Gamma Q' / n with Q = I - D E^-1 D'V. Of ordinal items V are the weights, and Gamma is that
    of the sample.
    """
    if fit.ordinal:
        return _of_ordinal(fit, group)
    sample, implied = fit.groups[group - 1], fit.implied[group - 1]
    raw = sample.cov - implied.Sigma
    correlations = _correlations(sample.cov) - _correlations(implied.Sigma)
    errors = _errors(fit, group)
    z = np.divide(raw, errors, out=np.zeros_like(raw), where=errors > 0)
    return Residuals(fit.table.observed, raw, correlations, z)


def _correlations(S: Matrix) -> Matrix:
    sd = np.sqrt(np.diag(S))
    return np.asarray(S / np.outer(sd, sd))


def _errors(fit: SemFit, group: int) -> Matrix:
    """Standard errors of the residual covariances; 0 where they are 0 by construction."""
    S = fit.groups[group - 1].cov
    rows, columns = np.tril_indices(len(S))
    covariance, gamma = (
        each[-len(rows) :, -len(rows) :] for each in residual_covariance(fit, group)
    )
    found = np.zeros_like(S)
    variances = np.diag(covariance)
    certain = variances < _ROUNDING * np.diag(gamma) / fit.groups[group - 1].n
    found[rows, columns] = np.where(certain, 0.0, np.sqrt(np.maximum(variances, 0)))
    return np.maximum(found, found.T)


def _of_ordinal(fit: SemFit, group: int) -> Residuals:
    here, sample = ordinal_evaluation(fit), fit.ordinal[group - 1]
    raw = here.residuals[group - 1]
    errors = _errors_of_statistics(fit, group)
    z = np.divide(raw, errors, out=np.zeros_like(raw), where=errors > 0)
    implied = _as_matrix(sample, sample.statistics - raw)
    return Residuals(
        sample.names,
        sample.cov - implied,
        _correlations(sample.cov) - _correlations(implied),
        _as_matrix(sample, z, diagonal=0.0),
        tuple(
            Threshold(*label, float(r), float(t))
            for label, r, t in zip(sample.labels, raw, z, strict=True)
            if label[1] != "~~"
        ),
    )


def _as_matrix(sample: OrdinalMoments, statistics: Vector, diagonal: float = 1.0) -> Matrix:
    """Variances, 1 of ordinal items or as told, and covariances from the vector of statistics."""
    p = len(sample.names)
    found = diagonal * np.eye(p)
    place = {name: k for k, name in enumerate(sample.names)}
    for (a, op, b), value in zip(sample.labels, statistics, strict=True):
        if op == "~~":
            found[place[a], place[b]] = found[place[b], place[a]] = value
    return found


def _errors_of_statistics(fit: SemFit, group: int) -> Vector:
    """Standard errors of the residuals of all statistics; 0 where they are 0 by construction."""
    here, sample = ordinal_evaluation(fit), fit.ordinal[group - 1]
    assert sample.Gamma is not None
    J, w = here.slopes[group - 1], here.discrepancy.weights[group - 1]
    share = float(here.discrepancy.shares[group - 1])
    reach = J @ bread(fit, here.information())
    taken = share * reach @ weighted(w, J).T @ sample.Gamma
    spread = score_covariance(here, gammas_of(fit.ordinal))
    covariance = sample.Gamma - taken - taken.T + share * reach @ spread @ reach.T
    variances = np.diag(covariance)
    certain = variances < _ROUNDING * np.diag(sample.Gamma)
    return np.where(certain, 0.0, np.sqrt(np.maximum(variances, 0) / sample.n))
