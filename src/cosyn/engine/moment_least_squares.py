"""Unweighted and weighted least squares of means, variances and covariances.

The statistics are the means, if they are modelled, then the lower triangle of the covariances row
by row. ULS weighs each of them equally, as lavaan does, and so variances as covariances; WLS by
the inverse of their asymptotic covariance, whatever the distribution (Browne 1984).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.bending import bending
from cosyn.engine.least_squares import LeastSquares, inverse_of_covariance
from cosyn.engine.rows import cluster_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic, Flags, Matrix, Vector
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.moments import SampleMoments


@dataclass(frozen=True, slots=True, eq=False)
class MomentStructure:
    """What the parameters of one group imply for its moments.

    Attributes
    ----------
    structure : Structure
    n_parameters : int
        q, of all groups.
    means : bool
        Whether the means are modelled.
    """

    structure: Structure
    n_parameters: int
    means: bool

    def statistics(self, x: Analytic) -> Analytic:
        """Implied moments, shape (s,), at free parameters x (q,), real or complex."""
        implied = self.structure.implied(x)
        return moment_vector(implied.mu if self.means else None, implied.Sigma)

    def slopes(self, x: Vector) -> Matrix:
        """Derivatives of the moments, shape (s, q)."""
        local = self.structure.jacobian(self.structure.implied(x), means=self.means)
        found = np.zeros((len(local), self.n_parameters))
        found[:, self.structure.local] = local
        return found

    def bending(self, x: Vector, weights: Vector, /) -> Matrix:
        """Second derivatives of the moments, summed with weights (s,), shape (q, q)."""
        p = len(self.structure.observed)
        located = weights[:p] if self.means else None
        rows, columns = np.tril_indices(p)
        R = np.zeros((p, p))
        R[rows, columns] = weights[-len(rows) :]
        local = bending(self.structure, self.structure.implied(x), R + R.T, located)
        found = np.zeros((self.n_parameters, self.n_parameters))
        found[np.ix_(self.structure.local, self.structure.local)] = local
        return found


def moment_vector(mean: Analytic | None, cov: Analytic) -> Analytic:
    """Means (p,), if there are any, then the lower triangle of covariances (p, p) row by row."""
    triangle = cov[np.tril_indices(len(cov))]
    return triangle if mean is None else np.concatenate([mean, triangle])


def moment_least_squares(
    structures: Sequence[Structure],
    groups: Sequence[SampleMoments],
    *,
    n_parameters: int,
    means: bool,
    optimal: bool,
) -> LeastSquares:
    """The discrepancy of structures from samples, one of each a group.

    Parameters
    ----------
    groups : sequence of SampleMoments
        With covariances of divisor n - 1.
    optimal : bool
        WLS; else ULS.

    Raises
    ------
    IdentificationError
        If the weights of WLS cannot be computed.
    """
    sizes = np.array([group.n - 1 for group in groups], dtype=float)
    parts = tuple(MomentStructure(each, n_parameters, means) for each in structures)
    statistics = tuple(moment_vector(group.mean if means else None, group.cov) for group in groups)
    weights = tuple(
        _inverse(group, means=means) if optimal else np.ones(len(each))
        for group, each in zip(groups, statistics, strict=True)
    )
    return LeastSquares(parts, statistics, weights, sizes / sizes.sum())


def _inverse(group: SampleMoments, *, means: bool) -> Matrix:
    """Weights of WLS; none of the moments that are taken as given."""
    Gamma = moment_covariance(group, means=means)
    rest = np.flatnonzero(~_given(group, means=means))
    found = np.zeros_like(Gamma)
    found[np.ix_(rest, rest)] = inverse_of_covariance(Gamma[np.ix_(rest, rest)], group.n)
    return found


def _given(group: SampleMoments, *, means: bool) -> Flags:
    """Which of the moments are those of covariates alone, shape (s,)."""
    taken = np.isin(group.names, group.covariates)
    rows, columns = np.tril_indices(len(taken))
    both = taken[rows] & taken[columns]
    return np.asarray(np.concatenate([taken, both]) if means else both, dtype=np.bool_)


def moment_covariance(group: SampleMoments, *, means: bool) -> Matrix:
    """Asymptotic covariance of the moments, shape (s, s), divisor n, whatever the distribution.

    Of clusters, that of the sums over them, times J / (J - 1). Given covariates, that of what
    these do not predict (as lavaan with ``fixed.x``).
    """
    Y = group.rows() - group.mean
    Z = _products(Y, means=means)
    if (P := group.projection) is not None:
        Z = Z - _products(Y @ P, means=means)
    Z = Z - Z.mean(axis=0)
    factor = 1.0
    if group.cluster is not None:
        _, Z = cluster_sums(Z, group.cluster)
        factor = len(Z) / (len(Z) - 1)
    return np.asarray(factor * (Z.T @ Z) / group.n)


def _products(Y: Matrix, *, means: bool) -> Matrix:
    rows, columns = np.tril_indices(Y.shape[1])
    products = Y[:, rows] * Y[:, columns]
    return np.hstack([Y, products]) if means else products


def normal_covariance_of(block: Matrix, S: Matrix, *, means: bool) -> Matrix:
    """Asymptotic covariance of the moments of normal data times a block (s, k), shape (s, k).

    One column at a time, so that the matrix (s, s) is not formed.
    """
    p = len(S)
    rows, columns = np.tril_indices(p)
    M = np.zeros((block.shape[1], p, p))
    M[:, rows, columns] = block[-len(rows) :].T
    M = S @ (M + M.transpose(0, 2, 1)) @ S
    found = M[:, rows, columns].T
    return np.vstack([S @ block[:p], found]) if means else found
