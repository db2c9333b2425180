"""Deviations of respondents' moments from the sample's, and the trace of their covariance.

The asymptotic covariance of the sample moments is not formed where its trace will do: with
normal-theory weights this is a moment of quadratic forms (Yuan & Bentler 2000; Savalei 2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.gathering import Gatherer, sum_of_squares, totals
from cosyn.engine.rows import by_cluster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Indices, Matrix
    from cosyn.engine.gathering import RowsOf
    from cosyn.engine.moments import SampleMoments


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What is needed for tr(V Gamma), with V the normal-theory weight of moments at W^-1.

    Attributes
    ----------
    left : tuple of ndarray, shape (p, p)
        Covariance of what covariates do not predict, one array a group.
    """

    weights: tuple[Matrix, ...]
    left: tuple[Matrix, ...]
    means: bool
    gatherer: Gatherer

    def trace(self, groups: Sequence[SampleMoments]) -> float:
        """Summed over the groups."""
        total = 0.0
        parts = zip(self.weights, self.left, groups, self.gatherer.totals, strict=True)
        for W, left, group, found in parts:
            value = float(found.value()) / group.n
            if not group.clustered:
                WS = W @ left
                value = (value - float(np.trace(WS @ WS))) / 2
                value += float(np.trace(WS)) if self.means else 0.0
            total += value
        return total


def spread(weights: Sequence[Matrix], groups: Sequence[SampleMoments], *, means: bool) -> Spread:
    """Prepare the sum for weights W (p, p), one a group."""
    rows = tuple(
        deviations(W, group, means=means) if group.clustered else _distance(W, group)
        for W, group in zip(weights, groups, strict=True)
    )
    left = tuple(left_over(group) for group in groups)
    return Spread(tuple(weights), left, means, Gatherer(rows, totals(sum_of_squares, groups)))


def left_over(group: SampleMoments) -> Matrix:
    """Covariance of what covariates do not predict."""
    P = group.projection
    return group.cov if P is None else group.cov - P.T @ group.cov @ P


def _distance(W: Matrix, group: SampleMoments) -> RowsOf:
    """Squared distances y'W y from the mean, (b, 1): their squares sum to tr(V Gamma).

    With covariates, which predict h of y, the squares of two numbers sum to
    (y'W y)^2 + (h'W h)^2 - 2 (y'W h)^2.
    """
    P = group.projection

    def of(X: Matrix, _: Indices | None) -> tuple[Matrix, None]:
        Y = X - group.mean
        whole = np.einsum("ij,ij->i", Y @ W, Y)
        if P is None:
            return whole[:, None], None
        H = Y @ P
        known, crossed = np.einsum("ij,ij->i", H @ W, H), np.einsum("ij,ij->i", Y @ W, H)
        rest = np.sqrt(np.maximum(2 * (whole * known - crossed**2), 0.0))
        return np.column_stack([whole - known, rest]), None

    return of


def deviations(W: Matrix, group: SampleMoments, *, means: bool) -> RowsOf:
    """Deviations of respondents' moments from the sample's, in units in which V is the identity.

    A root of W makes V diagonal. Products of pairs (b, p (p + 1) / 2), then the means (b, p);
    where there are clusters, their sums, the products of all rows of a cluster at once. What
    covariates predict is taken out of either.
    """
    root = np.linalg.cholesky(W)
    i, j = np.tril_indices(len(W))
    weight = np.where(i == j, np.sqrt(0.5), 1.0)
    centre = (root.T @ left_over(group) @ root)[i, j]
    P = group.projection

    def of(X: Matrix, cluster: Indices | None) -> tuple[Matrix, Indices | None]:
        Y, sizes, starts = X - group.mean, np.ones((len(X), 1)), np.arange(len(X))
        if cluster is not None:
            Y, cluster, starts = by_cluster(Y, cluster)
            sizes = np.diff(starts, append=len(Y))[:, None].astype(np.float64)
            cluster = cluster[starts]
        z = Y @ root
        products = _paired(z, starts, i, j)
        if P is not None:
            products -= _paired(Y @ P @ root, starts, i, j)
        products = (products - sizes * centre) * weight
        if not means:
            return products, cluster
        rest = z if P is None else (Y - Y @ P) @ root
        return np.hstack([products, np.add.reduceat(rest, starts, axis=0)]), cluster

    return of


def _paired(z: Matrix, starts: Indices, i: Indices, j: Indices) -> Matrix:
    """Products of columns i and j of z (b, p), summed over each part, (parts, pairs)."""
    if len(starts) == len(z):
        return np.asarray(z[:, i] * z[:, j])
    ends = [*starts[1:], len(z)]
    inner = np.array([z[a:b].T @ z[a:b] for a, b in zip(starts, ends, strict=True)])
    return np.asarray(inner[:, i, j])
