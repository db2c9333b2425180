"""A smooth curve of one predictor: a penalised cubic regression spline, its bend chosen by GCV.

The basis is that of Wood (2017, *Generalized Additive Models*, 2nd ed., sections 5.3.1 and 6.2): a
natural cubic spline by its values at knots, penalised by the integral of its squared second
derivative, beside linear covariates; its standard errors are those of the Bayesian view (p. 294).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize_scalar

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector

KNOTS = 10
_GRID = np.linspace(-10.0, 14.0, 49)
"""Logarithms of the penalty that are tried first: the score may have several minima."""


@dataclass(frozen=True, slots=True, eq=False)
class Smooth:
    """A fitted curve at the cases, covariates at their means.

    Attributes
    ----------
    value, standard_error : ndarray, shape (n,)
    edf : float
        Effective degrees of freedom of curve and covariates.
    penalty : float
    gcv : float
        Generalised cross-validation score (Craven & Wahba 1979).
    """

    value: Vector
    standard_error: Vector
    edf: float
    penalty: float
    gcv: float


def smooth(x: Vector, y: Vector, covariates: Matrix | None = None, knots: int = KNOTS) -> Smooth:
    """Fit the curve by penalised least squares.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Without gaps; x with at least three different values.
    covariates : ndarray, shape (n, c), optional
    knots : int
        At most; at quantiles of the different values of x.
    """
    different = np.unique(x)
    at = np.quantile(different, np.linspace(0, 1, min(knots, len(different))))
    B = CubicSpline(at, np.eye(len(at)), bc_type="natural")(x)
    C = np.zeros((len(x), 0)) if covariates is None else covariates - covariates.mean(axis=0)
    X = np.hstack([B, C])
    S = np.zeros((X.shape[1], X.shape[1]))
    S[: len(at), : len(at)] = _roughness(at)
    G, c, n = X.T @ X, X.T @ y, len(y)
    scale = np.trace(G) / np.trace(S)

    def solved(log_penalty: float) -> tuple[Vector, Matrix, float, float]:
        inverse = np.linalg.inv(G + np.exp(log_penalty) * scale * S)
        b, edf = inverse @ c, float(np.sum(inverse * G))
        squares = float(np.sum((y - X @ b) ** 2))
        return b, inverse, edf, squares

    def score(log_penalty: float) -> float:
        _, _, edf, squares = solved(log_penalty)
        return n * squares / (n - edf) ** 2

    best = int(np.argmin([score(each) for each in _GRID]))
    ends = _GRID[max(best - 1, 0)], _GRID[min(best + 1, len(_GRID) - 1)]
    found = minimize_scalar(score, bounds=ends, method="bounded", options={"xatol": 1e-8})
    b, inverse, edf, squares = solved(float(found.x))
    W = np.hstack([B, np.zeros_like(C)])
    variance = np.einsum("ij,jk,ik->i", W, inverse, W) * squares / (n - edf)
    return Smooth(
        W @ b, np.sqrt(variance), edf, float(np.exp(found.x) * scale), float(score(found.x))
    )


def _roughness(at: Vector) -> Matrix:
    """Integral of products of second derivatives of the basis, which are linear between knots."""
    D = CubicSpline(at, np.eye(len(at)), bc_type="natural")(at, 2)
    h = np.diff(at)[:, None, None]
    left, right = D[:-1], D[1:]

    def outer(a: Matrix, b: Matrix) -> Matrix:
        return np.asarray(np.einsum("ki,kj->kij", a, b))

    both = outer(left, right)
    parts = outer(left, left) + outer(right, right) + (both + both.transpose(0, 2, 1)) / 2
    return np.asarray((h / 3 * parts).sum(axis=0))
