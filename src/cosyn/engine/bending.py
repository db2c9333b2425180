r"""Second derivatives of implied moments, contracted with weights.

As a free cell moves, so do the columns of G from which the slopes of the moments are made (see
`cosyn.engine.lisrel`); what that does to a discrepancy is the part of its Hessian that vanishes
with the residuals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.lisrel import ALPHA, BETA, LAMBDA

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.lisrel import Implied, Structure


def bending(structure: Structure, implied: Implied, R: Matrix, r: Vector | None) -> Matrix:
    r"""Sum of tr(R Sigma_kl) / 2 + r'mu_kl, shape (k, k).

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Symmetric weights of the covariances.
    r : ndarray, shape (p,), or None
        Weights of the means; None without a mean structure.
    """
    G = implied.columns()
    alpha, beta = structure.turns(implied)
    cells = _of_covariances(structure, alpha, beta, G.T @ R @ G)
    if r is not None:
        cells = cells + _of_means(structure, implied, alpha, beta, G.T @ r)
    return structure.pooled(structure.pooled(cells).T)


def _of_covariances(structure: Structure, alpha: Matrix, beta: Matrix, R: Matrix) -> Matrix:
    s, u, v = structure.scale, structure.left, structure.right
    terms = (
        alpha[:, u].T * R[np.ix_(v, u)]
        + beta[:, u].T * R[np.ix_(v, v)]
        + alpha[:, v].T * R[np.ix_(u, u)]
        + beta[:, v].T * R[np.ix_(u, v)]
    )
    return s[:, None] * terms


def _of_means(
    structure: Structure, implied: Implied, alpha: Matrix, beta: Matrix, g: Vector
) -> Matrix:
    t, u, v = structure.mean_factors(implied), structure.left, structure.right
    bent = t[:, None] * (alpha[:, u].T * g[u] + beta[:, u].T * g[v])
    return np.asarray(bent + _mean_turns(structure, implied) * g[u][:, None])


def _mean_turns(structure: Structure, implied: Implied) -> Matrix:
    """How the factors t (rows) move with each cell (columns)."""
    matrix, row, column = structure.matrix, structure.row, structure.column
    found = np.zeros((len(matrix), len(matrix)))
    loads = np.isin(matrix, (LAMBDA, BETA))
    moved = np.isin(matrix, (BETA, ALPHA))
    if not moved.any():
        return found
    eta = implied.eta[np.where(matrix == BETA, column, 0)]
    size = np.where(matrix == BETA, eta, 1.0)[moved]
    found[np.ix_(loads, moved)] = implied.A[np.ix_(column[loads], row[moved])] * size
    return found
