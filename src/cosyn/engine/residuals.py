"""What a model leaves unexplained: residuals, residual correlations and their z-statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.residual_covariance import residual_covariance

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.estimation import SemFit

#: Share of a variance that is rounding error of none.
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Residuals:
    """Residuals of one group.

    Attributes
    ----------
    names : tuple of str, length p
    raw : ndarray, shape (p, p)
        Sample minus implied covariances.
    correlations : ndarray, shape (p, p)
        Covariances over the sample's standard deviations, minus implied covariances over the
        model's (Bollen 1989).
    z : ndarray, shape (p, p)
        Raw residuals over their standard errors; 0 where a residual is 0 by construction.
    """

    names: tuple[str, ...]
    raw: Matrix
    correlations: Matrix
    z: Matrix


def residuals(fit: SemFit, group: int = 1) -> Residuals:
    """Residuals of a fitted model.

    The covariance of the residuals is that of normal data with the sample's covariances, less
    what the estimates take from it (Maydeu-Olivares 2017; Ogasawara 2001):
    Q Gamma Q' / n with Q = I - D E^-1 D'V.
    """
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
