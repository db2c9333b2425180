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

from cosyn.engine.bending import bending
from cosyn.engine.linalg import inverse_and_log_det

if TYPE_CHECKING:
    from cosyn.engine._typing import Indices, Matrix, Vector
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

    def deviation(self) -> Matrix:
        """By what the discrepancy wants the covariances larger, shape (p, p)."""
        return self.S + np.outer(self.d, self.d) - self.implied.Sigma

    def score(self) -> Vector:
        """Minus the gradient, shape (k,): s u'W (S + dd' - Sigma) W v + t u'W d."""
        return self._slope(self.deviation())

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

    def information_rows(self, own: Indices) -> tuple[Matrix, Vector]:
        """Rows `own` (places among the k parameters) of the information, and its diagonal (k,).

        What many candidates need beside few parameters, without the products of all pairs.
        """
        structure = self.structure
        s, t, u, v = structure.scale, self.t, structure.left, structure.right
        place = np.searchsorted(structure.local, structure.parameter)
        if len(np.unique(place)) < len(place):  # several cells of a parameter: all pairs are needed
            J = self.information()
            return J[own], np.diag(J)
        Q = self.G.T @ self.W @ self.G
        a = np.argsort(place)[own]
        ua, va = Q[u[a]], Q[v[a]]
        rows = ua[:, u] * va[:, v] + ua[:, v] * va[:, u]
        rows = np.outer(s[a], s) * rows + np.outer(t[a], t) * ua[:, u]
        diagonal = s**2 * (Q[u, u] * Q[v, v] + Q[u, v] ** 2) + t**2 * Q[u, u]
        return rows[:, np.argsort(place)], diagonal[np.argsort(place)]

    def hessian(self) -> Matrix:
        """Second derivatives of F/2: the observed information, shape (k, k)."""
        return self.curvature() + self.bending()

    def curvature(self) -> Matrix:
        """The part of the Hessian from the slopes of the moments, shape (k, k)."""
        return self._pooled_twice(self._curvature() + self._curvature_of_means())

    def pull(self) -> Matrix:
        """Slopes of the discrepancy by the covariances, twice F/2's, shape (p, p)."""
        return -self.W @ self.deviation() @ self.W

    def bending(self) -> Matrix:
        """The part of the Hessian from the second derivatives of the moments, shape (k, k)."""
        located = -self.W @ self.d if self.means else None
        return bending(self.structure, self.implied, self.pull(), located)

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
        """tr(Sigma_k W Sigma_l D) / 2."""
        s, u, v = self.structure.scale, self.structure.left, self.structure.right
        P = self.G.T @ self.W @ self.G
        D = self._steepness(P)
        terms = (
            P[np.ix_(v, u)] * D[np.ix_(u, v)]
            + P[np.ix_(v, v)] * D[np.ix_(u, u)]
            + P[np.ix_(u, u)] * D[np.ix_(v, v)]
            + P[np.ix_(u, v)] * D[np.ix_(v, u)]
        )
        return 0.5 * np.outer(s, s) * terms

    def _steepness(self, P: Matrix) -> Matrix:
        """G'DG with D = 2 W (S + dd') W - W, from P = G'WG."""
        WG = self.W @ self.G
        return np.asarray(2 * WG.T @ (self.S + np.outer(self.d, self.d)) @ WG - P)

    def _curvature_of_means(self) -> Matrix:
        """mu_k'W mu_l, and what moving weights add to it."""
        t, u = self.t, self.structure.left
        if not self.means:
            return np.zeros((len(t), len(t)))
        P = self.G.T @ self.W @ self.G
        mixed = self._mixed()
        return np.asarray(np.outer(t, t) * P[np.ix_(u, u)] + mixed + mixed.T)

    def _mixed(self) -> Matrix:
        """mu_k'W Sigma_l W d."""
        s, u, v = self.structure.scale, self.structure.left, self.structure.right
        P = self.G.T @ self.W @ self.G
        g = self.G.T @ self.W @ self.d
        return self.t[:, None] * s * (P[np.ix_(u, u)] * g[v] + P[np.ix_(u, v)] * g[u])

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
