"""Extraction of common factors from a correlation matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.optimize import minimize

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.engine._typing import Matrix, Vector

#: ``uls`` is another name of ``minres``.
Method = Literal["minres", "uls", "ml"]
#: Bounds of a uniqueness, as in R's ``factanal`` and ``psych::fa``.
_LOWEST, _HIGHEST = 0.005, 1.0
_SINGULAR = 1e-10
_LARGEST_GRADIENT = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class Extraction:
    """Unrotated factors.

    Attributes
    ----------
    loadings : ndarray, shape (p, k)
        In order of explained variance, each column with a sum that is not negative.
    uniquenesses : ndarray, shape (p,)
    objective : float
        Minimum of the method's discrepancy.
    converged : bool
    reason : str
        What is wrong, "" if nothing: not converged, or a uniqueness at its bound (Heywood case).
    at_bound : tuple of int
        Variables, counted from 0, whose uniqueness is at its bound.
    """

    loadings: Matrix
    uniquenesses: Vector
    objective: float
    converged: bool
    reason: str = ""
    at_bound: tuple[int, ...] = ()


def extract(R: Matrix, k: int, method: Method = "minres") -> Extraction:
    """Extract k common factors.

    ``minres`` minimises the squared residual correlations (Harman & Jones 1966; the same
    solution as unweighted least squares, Jöreskog 1977, so that ``uls`` is the same method);
    ``ml`` is Jöreskog (1967).

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Correlations.
    k : int
        From 1 to p - 1.
    """
    p = len(R)
    if not 0 < k < p:
        return _impossible(p, k, f"{k} factors of {p} variables")
    if np.linalg.eigvalsh(R)[0] < _SINGULAR:
        return _impossible(p, k, "the correlation matrix is singular")
    objective, load = (_ml, _ml_loadings) if method == "ml" else (_uls, _uls_loadings)
    psi, value, gradient = _minimised(objective, R, k)
    at_bound = psi < _LOWEST + 1e-8
    moving = ~at_bound & (psi < _HIGHEST - 1e-8)
    converged = bool(np.abs(gradient[moving]).max(initial=0.0) < _LARGEST_GRADIENT)
    loadings = _reflected(load(psi, R, k))
    bounded = tuple(int(number) for number in np.flatnonzero(at_bound))
    reason = _reason(bounded, converged=converged)
    return Extraction(loadings, psi, value, converged, reason, bounded)


def smc(R: Matrix) -> Vector:
    """Squared multiple correlation of each variable with the others, shape (p,)."""
    return np.asarray(1 - 1 / np.diag(np.linalg.inv(R)))


def _minimised(
    objective: Callable[[Vector, Matrix, int], tuple[float, Vector]], R: Matrix, k: int
) -> tuple[Vector, float, Vector]:
    p = len(R)
    start = np.clip((1 - 0.5 * k / p) * (1 - smc(R)), _LOWEST, _HIGHEST)
    found = minimize(
        objective,
        start,
        args=(R, k),
        jac=True,
        method="L-BFGS-B",
        bounds=[(_LOWEST, _HIGHEST)] * p,
        options={"maxiter": 5000, "maxfun": 20000, "ftol": 1e-15, "gtol": 1e-10, "maxcor": 30},
    )
    psi = np.asarray(found.x, dtype=np.float64)
    value, gradient = objective(psi, R, k)
    return psi, value, gradient


def _leading(A: Matrix, k: int) -> tuple[Vector, Matrix]:
    values, vectors = np.linalg.eigh(A)
    return values[::-1][:k], vectors[:, ::-1][:, :k]


def _uls_loadings(psi: Vector, R: Matrix, k: int) -> Matrix:
    values, vectors = _leading(R - np.diag(psi), k)
    return vectors * np.sqrt(np.maximum(values, 0))


def _uls(psi: Vector, R: Matrix, k: int) -> tuple[float, Vector]:
    L = _uls_loadings(psi, R, k)
    residual = R - L @ L.T - np.diag(psi)
    return float(np.sum(residual**2)) / 2, -np.diag(residual)


def _ml_loadings(psi: Vector, R: Matrix, k: int) -> Matrix:
    root = np.sqrt(psi)
    values, vectors = _leading(R / np.outer(root, root), k)
    return root[:, None] * vectors * np.sqrt(np.maximum(values - 1, 0))


def _ml(psi: Vector, R: Matrix, k: int) -> tuple[float, Vector]:
    root = np.sqrt(psi)
    rest = np.linalg.eigvalsh(R / np.outer(root, root))[: len(psi) - k]
    L = _ml_loadings(psi, R, k)
    gradient = np.diag(L @ L.T + np.diag(psi) - R) / psi**2
    return float(np.sum(rest - np.log(rest) - 1)), gradient


def _reflected(L: Matrix) -> Matrix:
    return L * np.where(L.sum(axis=0) < 0, -1.0, 1.0)


def _reason(at_bound: tuple[int, ...], *, converged: bool) -> str:
    if not converged:
        return "not converged"
    listed = ", ".join(str(number + 1) for number in at_bound)
    return f"Heywood case: the uniqueness of variable {listed} is at its bound" if listed else ""


def _impossible(p: int, k: int, reason: str) -> Extraction:
    return Extraction(np.zeros((p, max(k, 0))), np.ones(p), 0.0, converged=False, reason=reason)
