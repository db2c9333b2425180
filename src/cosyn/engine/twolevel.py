r"""The likelihood of a model of two levels with random intercepts, with its derivatives.

A respondent's variables are the sum of independent parts, :math:`y_{ij} = u_j + w_{ij}`, with
covariances :math:`\Sigma_b` and :math:`\Sigma_w`; clusters may have variables :math:`z_j` of their
own. Deviations from the cluster's mean tell of :math:`\Sigma_w` alone, and the mean of s
respondents has the covariance :math:`\Sigma_w / s + \Sigma_b`, so that

.. math:: -2\ell = (n - J) [\ln|\Sigma_w| + tr(\Sigma_w^{-1} S_w)]
          + \sum_s J_s [\ln|\Sigma_s| + p_1 \ln s + tr(\Sigma_s^{-1} (S_s + d_s d_s'))]
          + (n p_1 + J p_z) \ln 2\pi

with one term a cluster size s (Muthén 1990; McDonald & Goldstein 1989, *British Journal of
Mathematical and Statistical Psychology* 42). It is the likelihood of several groups whose moments
are linear in those of the two levels: the derivatives of `cosyn.engine.normal` hold for each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.bending import bending
from cosyn.engine.linalg import inverse_and_log_det
from cosyn.engine.normal import NormalPoint, normal_point

if TYPE_CHECKING:
    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.cluster_moments import ClusterMoments, SizeMoments
    from cosyn.engine.lisrel import Implied, Structure


@dataclass(frozen=True, slots=True, eq=False)
class TwoLevelEvaluation:
    """The discrepancy at one point.

    Attributes
    ----------
    value : float
        Minus the log-likelihood of a respondent, counted from the discrepancy's origin; infinite
        unless all covariances are definite.
    levels : tuple of Implied
        Moments within and between clusters.
    pooled : NormalPoint
        Deviations from the clusters' means.
    sizes : tuple of NormalPoint
        Means of clusters, one point a size.
    """

    discrepancy: TwoLevelDiscrepancy
    x: Vector
    value: float
    levels: tuple[Implied, Implied]
    pooled: NormalPoint
    sizes: tuple[NormalPoint, ...]

    def _points(self) -> tuple[tuple[float, NormalPoint], ...]:
        """Each point with its weight."""
        points = (self.pooled, *self.sizes)
        return tuple(zip(self.discrepancy.weights, points, strict=True))

    def score(self) -> Vector:
        """Minus the gradient, shape (q,)."""
        total = np.zeros(len(self.x))
        for weight, point in self._points():
            total[point.structure.local] += weight * point.score()
        return total

    def information(self) -> Matrix:
        """Expected information of one respondent, shape (q, q)."""
        total = np.zeros((len(self.x), len(self.x)))
        for weight, point in self._points():
            _add(total, point.structure.local, weight * point.information())
        return total

    def hessian(self) -> Matrix:
        """Second derivatives, shape (q, q): the observed information."""
        total = np.zeros((len(self.x), len(self.x)))
        for weight, point in self._points():
            _add(total, point.structure.local, weight * point.curvature())
        for structure, implied, R, r in self._pulls():
            _add(total, structure.local, bending(structure, implied, R, r))
        return total

    def _pulls(self) -> tuple[tuple[Structure, Implied, Matrix, Vector], ...]:
        """By what the data pull at the moments of each level."""
        data = self.discrepancy.data
        p, k = len(data.names), data.places
        p1 = len(data.within)
        first = self.discrepancy.weights[0]
        R_within = first * self.pooled.pull()
        R_between, r = np.zeros((p, p)), np.zeros(p)
        for weight, point, each in zip(
            self.discrepancy.weights[1:], self.sizes, data.sizes, strict=True
        ):
            R, own = point.pull(), -point.W @ point.d
            R_within = R_within + weight / each.size * R[:p1, :p1]
            R_between += weight * R
            r += weight * own
        within, between = self.discrepancy.structures
        return (
            (within, self.levels[0], R_within, r[:p1]),
            (between, self.levels[1], R_between[np.ix_(k, k)], r[k]),
        )


def _add(total: Matrix, local: Indices, part: Matrix) -> None:
    """Add what belongs to some of the parameters, in place."""
    if len(local) == len(total):
        total += part
    else:
        total[np.ix_(local, local)] += part


@dataclass(frozen=True, slots=True, eq=False)
class TwoLevelDiscrepancy:
    """Minus the log-likelihood of a respondent as a function of the parameters.

    Attributes
    ----------
    structures : tuple of Structure
        Within and between clusters.
    data : ClusterMoments
        Of their observed variables.
    origin : float
        From where values are counted.
    """

    structures: tuple[Structure, Structure]
    data: ClusterMoments
    origin: float = 0.0

    @property
    def weights(self) -> Vector:
        """Shares of the deviations within and of the clusters of each size, over n."""
        data = self.data
        counts = [data.n - data.clusters, *(each.count for each in data.sizes)]
        return np.array(counts, dtype=np.float64) / data.n

    @property
    def constant(self) -> float:
        """What the log-likelihood has beyond the values, whatever the parameters."""
        data = self.data
        p1, pz = len(data.within), len(data.names) - len(data.within)
        sizes = sum(each.count * float(np.log(each.size)) for each in data.sizes)
        answers = data.n * p1 + data.clusters * pz
        return -0.5 * (answers * float(np.log(2 * np.pi)) + p1 * sizes)

    def log_likelihood(self, value: float) -> float:
        """Log-likelihood of all data where the discrepancy has this value."""
        return self.constant - self.data.n * (value + self.origin)

    def at(self, x: Vector) -> TwoLevelEvaluation:
        """Evaluate at free parameters x, shape (q,)."""
        within, between = self.structures
        pooled = normal_point(within, self.data.pooled, None, x)
        levels = pooled.implied, between.implied(x)
        stacked = _stacked(self, levels)
        sizes = tuple(stacked.point(each) for each in self.data.sizes)
        values = np.array([pooled.value, *(point.value for point in sizes)])
        value = float(self.weights @ values) - self.origin
        return TwoLevelEvaluation(self, x, value, levels, pooled, sizes)


@dataclass(frozen=True, slots=True, eq=False)
class _Stacked:
    """Both levels' cells side by side, as the moments of clusters' means have them.

    Attributes
    ----------
    structure : Structure
        With the scales of clusters of one respondent.
    inside : ndarray of bool, shape (c,)
        Which cells are of the level within.
    G : ndarray, shape (p, columns)
        The columns of both levels, each in the rows of its variables.
    t : ndarray, shape (c,)
    mu : ndarray, shape (p,)
    """

    structure: Structure
    inside: Flags
    levels: tuple[Implied, Implied]
    places: Indices
    G: Matrix
    t: Vector
    mu: Vector

    def point(self, each: SizeMoments) -> NormalPoint:
        """The clusters of one size."""
        within, between = self.levels
        p1 = len(within.Sigma)
        Sigma = np.zeros((len(self.mu), len(self.mu)))
        Sigma[:p1, :p1] = within.Sigma / each.size
        Sigma[np.ix_(self.places, self.places)] += between.Sigma
        log_det, W = inverse_and_log_det(Sigma)
        scale = np.where(self.inside, self.structure.scale / each.size, self.structure.scale)
        return NormalPoint(
            replace(self.structure, scale=scale),
            each.cov,
            each.mean - self.mu,
            replace(within, Sigma=Sigma, mu=self.mu),
            W,
            log_det,
            self.G,
            self.t,
            means=True,
        )


def _stacked(discrepancy: TwoLevelDiscrepancy, levels: tuple[Implied, Implied]) -> _Stacked:
    data, (within, between) = discrepancy.data, discrepancy.structures
    p, p1, k = len(data.names), len(data.within), data.places
    first, second = (each.columns() for each in levels)
    shift = first.shape[1]
    G = np.zeros((p, shift + second.shape[1]))
    G[:p1, :shift] = first
    G[k, shift:] = second
    mu = np.zeros(p)
    mu[:p1] = levels[0].mu
    mu[k] += levels[1].mu
    parameter = np.concatenate([within.parameter, between.parameter])
    order = np.argsort(parameter, kind="stable")
    factors = [
        structure.mean_factors(implied)
        for structure, implied in zip(discrepancy.structures, levels, strict=True)
    ]
    structure = replace(
        within,
        observed=data.names,
        parameter=parameter[order],
        left=np.concatenate([within.left, between.left + shift])[order],
        right=np.concatenate([within.right, between.right + shift])[order],
        scale=np.concatenate([within.scale, between.scale])[order],
        local=np.unique(parameter),
    )
    inside = (np.arange(len(parameter)) < len(within.parameter))[order]
    return _Stacked(structure, inside, levels, k, G, np.concatenate(factors)[order], mu)
