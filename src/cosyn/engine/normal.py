r"""The normal-theory discrepancy of one group at one point, with its derivatives.

.. math:: F = \ln|\Sigma| + tr(S\Sigma^{-1}) - \ln|S| - p
              + (\bar y - \mu)' \Sigma^{-1} (\bar y - \mu)

(Jöreskog 1967, eq. 5; with means Browne & Arminger 1995). Value, score, information and Hessian
are those of F/2, so that they belong to one respondent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.linalg import inverse_and_log_det
from cosyn.engine.lisrel import ALPHA, BETA, LAMBDA

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.lisrel import Implied, Structure


@dataclass(frozen=True, slots=True, eq=False)
class NormalPoint:
    """One group at one point.

    Attributes
    ----------
    S : ndarray, shape (p, p)
        Sample covariance.
    d : ndarray, shape (p,)
        Sample mean minus implied mean; zeros without a mean structure.
    implied : Implied
    W : ndarray, shape (p, p)
        Inverse of the implied covariance; zeros unless that is definite.
    log_det : float
        ln|Sigma|; infinite unless that is definite.
    G : ndarray, shape (p, p + 2m)
    t : ndarray, shape (c,)
        See `cosyn.engine.lisrel`; zeros without a mean structure.
    means : bool
        Whether there is a mean structure.
    """

    structure: Structure
    S: Matrix
    d: Vector
    implied: Implied
    W: Matrix
    log_det: float
    G: Matrix
    t: Vector
    means: bool

    @property
    def value(self) -> float:
        """F/2 up to the sample's part: (ln|Sigma| + tr(S W) + d'Wd) / 2."""
        return 0.5 * (self.log_det + float(np.sum(self.S * self.W) + self.d @ self.W @ self.d))

    def score(self) -> Vector:
        """Minus the gradient, shape (k,): s u'W (S + dd' - Sigma) W v + t u'W d."""
        return self._slope(self.S + np.outer(self.d, self.d) - self.implied.Sigma)

    def residual_score(self) -> Vector:
        """D'V of the residuals, shape (k,): as the score, without dd'."""
        return self._slope(self.S - self.implied.Sigma)

    def _slope(self, deviation: Matrix) -> Vector:
        structure, WG = self.structure, self.W @ self.G
        inner = WG.T @ deviation @ WG
        cells = structure.scale * inner[structure.left, structure.right]
        return structure.pooled(cells + self.t * (WG.T @ self.d)[structure.left])

    def information(self) -> Matrix:
        """Expected information, shape (k, k).

        s s' [(u'W u)(v'W v) + (u'W v)(v'W u)] + t t' (u'W u).
        """
        return self._products(self.W)

    def normal_products(self) -> Matrix:
        """Covariance of the scores of normal data with the sample's covariances, shape (k, k)."""
        return self._products(self.W @ self.S @ self.W)

    def weighted_slopes(self) -> Matrix:
        """D'V for the lower triangle of the covariances row by row, shape (k, moments)."""
        structure, WG = self.structure, self.W @ self.G
        rows, columns = np.tril_indices(len(self.W))
        U, V = WG[:, structure.left], WG[:, structure.right]
        cells = structure.scale * (U[rows] * V[columns] + V[rows] * U[columns])
        cells[rows == columns] /= 2
        return structure.pooled(cells.T)

    def _products(self, M: Matrix) -> Matrix:
        """Sums over pairs of cells: s s' [(u'M u)(v'M v) + (u'M v)(v'M u)] + t t' (u'M u)."""
        s, u, v = self.structure.scale, self.structure.left, self.structure.right
        Q = self.G.T @ M @ self.G
        uu, uv, vv = Q[u].take(u, axis=1), Q[u].take(v, axis=1), Q[v].take(v, axis=1)
        vv *= uu
        uv *= uv.T
        vv += uv
        vv *= s[:, None]
        vv *= s
        if self.means:
            uu *= self.t[:, None]
            uu *= self.t
            vv += uu
        return self._pooled_twice(vv)

    def hessian(self) -> Matrix:
        """Second derivatives of F/2: the observed information, shape (k, k)."""
        return self._pooled_twice(self._curvature() + self._curvature_of_means()) + self.bending()

    def bending(self) -> Matrix:
        """The part of the Hessian from the second derivatives of the moments, shape (k, k)."""
        return self._pooled_twice(self._turning() - self._turning_of_means())

    def casewise(self, Y: Matrix) -> Matrix:
        """Scores of respondents, shape (n, k), whose answers minus implied means are Y (n, p)."""
        structure, WG = self.structure, self.W @ self.G
        z = WG.T @ Y.T
        u, v = structure.left, structure.right
        cells = z[u]
        slopes = self.t[:, None] * cells if self.means else 0.0
        cells *= z[v]
        cells -= self._expected()[:, None]
        cells *= structure.scale[:, None]
        cells += slopes
        return structure.pooled(cells).T

    def mean_score(self, S: Matrix) -> Vector:
        """Mean, shape (k,), of the `casewise` scores of deviations with mean 0, covariance S."""
        structure, WG = self.structure, self.W @ self.G
        inner = (WG.T @ S @ WG)[structure.left, structure.right]
        return structure.pooled(structure.scale * (inner - self._expected()))

    def _expected(self) -> Vector:
        """What z_u z_v is under the model, u'W v, shape (c,)."""
        u, v = self.structure.left, self.structure.right
        return np.asarray(np.einsum("ij,ij->j", self.G[:, u], (self.W @ self.G)[:, v]))

    def _curvature(self) -> Matrix:
        """tr(Sigma_k W Sigma_l D) / 2 with D = 2 W (S + dd') W - W."""
        s, u, v = self.structure.scale, self.structure.left, self.structure.right
        P = self.G.T @ self.W @ self.G
        D = 2 * self._second_moments() - P
        terms = (
            P[np.ix_(v, u)] * D[np.ix_(u, v)]
            + P[np.ix_(v, v)] * D[np.ix_(u, u)]
            + P[np.ix_(u, u)] * D[np.ix_(v, v)]
            + P[np.ix_(u, v)] * D[np.ix_(v, u)]
        )
        return 0.5 * np.outer(s, s) * terms

    def _second_moments(self) -> Matrix:
        """G'W (S + dd') W G."""
        WG = self.W @ self.G
        return np.asarray(WG.T @ (self.S + np.outer(self.d, self.d)) @ WG)

    def _turning(self) -> Matrix:
        """tr(R Sigma_kl) / 2 with R = W - W (S + dd') W."""
        s, u, v = self.structure.scale, self.structure.left, self.structure.right
        R = self.G.T @ self.W @ self.G - self._second_moments()
        alpha, beta = self.structure.turns(self.implied)
        terms = (
            alpha[:, u].T * R[np.ix_(v, u)]
            + beta[:, u].T * R[np.ix_(v, v)]
            + alpha[:, v].T * R[np.ix_(u, u)]
            + beta[:, v].T * R[np.ix_(u, v)]
        )
        return s[:, None] * terms

    def _curvature_of_means(self) -> Matrix:
        """mu_k'W mu_l + mu_l'W Sigma_k W d + mu_k'W Sigma_l W d."""
        structure, t = self.structure, self.t
        s, u, v = structure.scale, structure.left, structure.right
        if not self.means:
            return np.zeros((len(s), len(s)))
        P, g = self.G.T @ self.W @ self.G, self.G.T @ self.W @ self.d
        mixed = t[:, None] * s * (P[np.ix_(u, u)] * g[v] + P[np.ix_(u, v)] * g[u])
        return np.asarray(np.outer(t, t) * P[np.ix_(u, u)] + mixed + mixed.T)

    def _turning_of_means(self) -> Matrix:
        """mu_kl'W d."""
        structure, t = self.structure, self.t
        u, v = structure.left, structure.right
        if not self.means:
            return np.zeros((len(t), len(t)))
        g = self.G.T @ self.W @ self.d
        alpha, beta = structure.turns(self.implied)
        bent = t[:, None] * (alpha[:, u].T * g[u] + beta[:, u].T * g[v])
        return np.asarray(bent + self._mean_turns() * g[u][:, None])

    def _mean_turns(self) -> Matrix:
        """How the factors t (rows) move with each cell (columns)."""
        structure = self.structure
        matrix, row, column = structure.matrix, structure.row, structure.column
        found = np.zeros((len(matrix), len(matrix)))
        loads = np.isin(matrix, (LAMBDA, BETA))
        moved = np.isin(matrix, (BETA, ALPHA))
        if not moved.any():
            return found
        eta = self.implied.eta[np.where(matrix == BETA, column, 0)]
        size = np.where(matrix == BETA, eta, 1.0)[moved]
        A = self.implied.A
        found[np.ix_(loads, moved)] = A[np.ix_(column[loads], row[moved])] * size
        return found

    def _pooled_twice(self, cells: Matrix) -> Matrix:
        return self.structure.pooled(self.structure.pooled(cells).T)


def normal_point(structure: Structure, S: Matrix, mean: Vector | None, x: Vector) -> NormalPoint:
    """Evaluate one group at free parameters x (q,).

    Parameters
    ----------
    mean : ndarray, shape (p,), or None
        None without a mean structure.
    """
    implied = structure.implied(x)
    log_det, W = inverse_and_log_det(implied.Sigma)
    if mean is None:
        d, t = np.zeros(len(W)), np.zeros(len(structure.matrix))
    else:
        d, t = mean - implied.mu, structure.mean_factors(implied)
    return NormalPoint(structure, S, d, implied, W, log_det, implied.columns(), t, mean is not None)
