"""Inverses of symmetric matrices that may not be definite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import cho_factor, cho_solve, lapack

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix

#: A pivot of a scaled matrix below this is rounding error.
_INDEFINITE = 1e-12
#: Information below this is none; its root can still be inverted twice.
_NOTHING = 1e-150


def inverse_and_log_det(Sigma: Matrix) -> tuple[float, Matrix]:
    """ln|Sigma| and the inverse of a symmetric matrix; infinity and zeros unless definite."""
    factor, fault = lapack.dpotrf(Sigma, lower=1)
    if fault or not np.isfinite(Sigma).all():
        return float("inf"), np.zeros_like(Sigma)
    lower, _ = lapack.dpotri(factor, lower=1)
    inverse = np.tril(lower) + np.tril(lower, -1).T
    return float(2 * np.log(np.diag(factor)).sum()), inverse


def definite_inverse(matrix: Matrix) -> Matrix | None:
    """Inverse of a symmetric matrix, None unless it is positive definite beyond rounding."""
    scale = 1 / np.sqrt(np.maximum(np.abs(np.diag(matrix)), np.finfo(float).tiny))
    scaled = matrix * np.outer(scale, scale)
    try:
        factor = cho_factor(scaled, lower=True)
    except np.linalg.LinAlgError:
        return None
    if np.diag(factor[0]).min() ** 2 < _INDEFINITE:
        return None
    return np.asarray(cho_solve(factor, np.diag(scale)) * scale[:, None])


def damped_inverse(information: Matrix) -> Matrix:
    """Inverse of an information matrix, with the least ridge that makes it definite."""
    diagonal = np.diag(information)
    informed = diagonal > _NOTHING  # of what nothing is known, the ridge takes care
    scale = 1 / np.sqrt(np.where(informed, diagonal, 1.0))
    scaled = information * np.outer(scale, scale)
    for ridge in (0.0, *10.0 ** np.arange(-10, 3)):
        try:
            factor = cho_factor(scaled + ridge * np.eye(len(scaled)), lower=True)
        except np.linalg.LinAlgError:
            continue
        return np.asarray(cho_solve(factor, np.diag(scale)) * scale[:, None])
    return np.diag(scale**2)
