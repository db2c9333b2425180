r"""Covariances of answers in categories, from the normal variables behind them.

The sum of category numbers counts the thresholds that the variables behind exceed, so that

.. math:: \mathrm{Cov}(Y_j, Y_k) =
          \sum_{c,d} \Phi_2(\tau_{jc}, \tau_{kd}; \rho_{jk}) - \Phi(\tau_{jc}) \Phi(\tau_{kd})

(Green & Yang 2009, *Psychometrika* 74, 155-167, eqs. 16 to 21).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from cosyn.engine.bivariate import FAR, density, distribution, normal_density

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix

#: Beyond this the conditional distribution divides by nothing; its limit is the same to rounding.
_ALMOST_ONE = 1 - 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class CategoryCovariance:
    """The variance of a sum of category numbers, and how it moves.

    Attributes
    ----------
    value : float
    by_correlation : ndarray, shape (k, k)
        Derivative by each element of the matrix of correlations.
    by_threshold : ndarray, shape (k, K - 1)
    """

    value: float
    by_correlation: Matrix
    by_threshold: Matrix


def true_variance(tau: Matrix, R: Matrix) -> CategoryCovariance:
    """Covariance of the sums of two forms whose items correlate R, shape (k, k), across forms.

    Parameters
    ----------
    tau : ndarray, shape (k, K - 1)
        Thresholds of the items, infinite where there are none.
    R : ndarray, shape (k, k)
        Correlations of the variables behind item j of one and item k of the other form; on the
        diagonal those of an item with its own repetition, below 1.
    """
    R = np.clip(R, -_ALMOST_ONE, _ALMOST_ONE)
    by_pair, by_threshold = _covariances(tau, R), _threshold_slopes(tau, R)
    return CategoryCovariance(float(by_pair.sum()), _correlation_slopes(tau, R), by_threshold)


def total_variance(tau: Matrix, R: Matrix) -> CategoryCovariance:
    """Variance of the sum of items that correlate R, shape (k, k), with ones on the diagonal."""
    apart = np.array(R, dtype=np.float64)
    np.fill_diagonal(apart, 0.0)
    apart = np.clip(apart, -_ALMOST_ONE, _ALMOST_ONE)
    below = ndtr(tau)
    least = np.minimum(below[:, :, None], below[:, None, :])
    own = (least - below[:, :, None] * below[:, None, :]).sum(axis=(1, 2))
    slopes = _correlation_slopes(tau, apart)
    np.fill_diagonal(slopes, 0.0)
    # The c-th of m thresholds is the smaller one of itself and the m - c above it.
    m = np.isfinite(tau).sum(axis=1, keepdims=True)
    smaller = 2 * (m - np.arange(tau.shape[1])) - 1
    known = np.where(np.isfinite(tau), below, 0.0).sum(axis=1, keepdims=True)
    by_own = normal_density(_finite(tau)) * (smaller - 2 * known)
    value = float(_covariances(tau, apart).sum() + own.sum())
    return CategoryCovariance(value, slopes, _threshold_slopes(tau, apart) + by_own)


def _finite(tau: Matrix) -> Matrix:
    return np.clip(tau, -FAR, FAR)


def _pairs(tau: Matrix, R: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    return tau[:, None, :, None], tau[None, :, None, :], R[:, :, None, None]


def _covariances(tau: Matrix, R: Matrix) -> Matrix:
    h, k, rho = _pairs(tau, R)
    apart = ndtr(h) * ndtr(k)
    return np.asarray((distribution(h, k, rho) - apart).sum(axis=(2, 3)))


def _correlation_slopes(tau: Matrix, R: Matrix) -> Matrix:
    return np.asarray(density(*_pairs(tau, R)).sum(axis=(2, 3)))


def _threshold_slopes(tau: Matrix, R: Matrix) -> Matrix:
    """Both places in which a threshold stands: the matrix of correlations is symmetric."""
    h, k, rho = _pairs(_finite(tau), R)
    moved = ndtr((k - rho * h) / np.sqrt(1 - rho * rho)) - ndtr(k)
    return np.asarray(2 * normal_density(_finite(tau)) * moved.sum(axis=(1, 3)))
