"""Sufficient statistics of respondents in clusters, for models of two levels.

Deviations from the clusters' means tell of what lies within clusters; the means themselves, one
set a cluster size, of both levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.columns import data_fault
from cosyn.engine.moments import SampleMoments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector

#: Smallest eigenvalue of a correlation matrix that is not rounding error of a linear dependence.
_SINGULAR = 1e-10
#: Shares in the dependent combination above which a variable is named.
_NAMED = 0.1
#: Differences within a cluster, relative to the standard deviation, that are rounding error.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class SizeMoments:
    """The clusters of one size.

    Attributes
    ----------
    size, count : int
        Respondents of each of these clusters, and how many clusters there are.
    mean : ndarray, shape (p,)
        Mean over the clusters of what they are in all variables: means of those of level 1, then
        values of those that level 2 alone has.
    cov : ndarray, shape (p, p)
        With divisor `count`.
    """

    size: int
    count: int
    mean: Vector
    cov: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class ClusterRows:
    """The answers themselves, cluster after cluster.

    Attributes
    ----------
    deviations : ndarray, shape (n, p1)
        From the cluster's mean, of the variables of level 1.
    starts : ndarray of int, shape (J,)
        Where each cluster begins.
    means : ndarray, shape (J, p)
        What the clusters are in all variables.
    """

    deviations: Matrix
    starts: Indices
    means: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class ClusterMoments:
    """What a two-level model needs of the data.

    Attributes
    ----------
    within, between : tuple of str
        Observed variables of the levels, p1 and p2; variables of both stand in both.
    n, clusters : int
        Respondents and clusters.
    pooled : ndarray, shape (p1, p1)
        Covariance within clusters, with divisor n - clusters.
    sizes : tuple of SizeMoments
        Of p variables: `within`, then those that only `between` has.
    total : SampleMoments
        Of the variables of level 1, clusters ignored.
    of_clusters : SampleMoments
        Of the variables of all levels over clusters, each counted once.
    rows : ClusterRows or None
        For what moments do not tell.
    """

    within: tuple[str, ...]
    between: tuple[str, ...]
    n: int
    clusters: int
    pooled: Matrix
    sizes: tuple[SizeMoments, ...]
    total: SampleMoments
    of_clusters: SampleMoments
    rows: ClusterRows | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """All p variables: those of level 1, then those of level 2 alone."""
        return (*self.within, *(name for name in self.between if name not in self.within))

    @property
    def places(self) -> Indices:
        """Where the variables of level 2 stand among all, shape (p2,)."""
        return np.array([self.names.index(name) for name in self.between], dtype=np.intp)

    @property
    def average_size(self) -> float:
        """The size n0 that stands for all of the clusters in components of variance."""
        squares = sum(each.count * each.size**2 for each in self.sizes)
        return (self.n - squares / self.n) / (self.clusters - 1)


def cluster_moments(
    X: Matrix,
    names: Sequence[str],
    cluster: Indices,
    within: Sequence[str],
    between: Sequence[str],
) -> ClusterMoments:
    """Gather the statistics of complete data.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Without gaps, columns `names`.
    cluster : ndarray of int, shape (n,)
        Number of each respondent's cluster.
    within, between : sequence of str
        Observed variables of level 1 and of level 2.

    Raises
    ------
    IdentificationError
        If a value is missing or infinite, there are not more clusters than variables or none has
        two respondents, a variable of level 2 alone differs within a cluster, or variables depend
        on one another within clusters or between them.
    """
    only = [name for name in between if name not in within]
    order = [*within, *only]
    Y = np.asarray(X, dtype=np.float64)[:, [names.index(name) for name in order]]
    _, codes = np.unique(cluster, return_inverse=True)
    counts = np.bincount(codes)
    n, J, p1 = len(Y), len(counts), len(within)
    if not np.isfinite(Y).all():
        bad = _named(order, np.asarray(~np.isfinite(Y).all(axis=0)))
        what, fix = f"missing or infinite values in {bad}", "Leave those respondents out"
        raise data_fault("missing-values", what, fix)
    if len(between) >= J:
        what = f"{J} clusters do not determine the covariances of {len(between)} variables"
        raise data_fault("too-few-clusters", what, "Leave out the levels, or some variables")
    if n == J:
        what = "no cluster has two respondents, so that levels cannot be told apart"
        raise data_fault("singletons", what, "Leave out the levels")
    sums = np.zeros((J, len(order)))
    np.add.at(sums, codes, Y)
    means = sums / counts[:, None]
    deviations = Y - means[codes]
    _check_constant(deviations[:, p1:], Y[:, p1:], only)
    pooled = deviations[:, :p1].T @ deviations[:, :p1] / (n - J)
    variances = dict(zip(order, Y.var(axis=0), strict=True))
    _check_regular(pooled, within, variances, "within")
    of_clusters = SampleMoments(J, tuple(order), *_moments(means))
    _check_regular(of_clusters.subset(between).cov, between, variances, "between")
    sizes = tuple(_of_size(int(size), means[counts == size]) for size in np.unique(counts))
    total = SampleMoments(n, tuple(within), *_moments(Y[:, :p1]))
    by_cluster = deviations[np.argsort(codes, kind="stable"), :p1]
    rows = ClusterRows(by_cluster, np.cumsum(counts) - counts, means)
    levels = tuple(within), tuple(between)
    return ClusterMoments(*levels, n, J, pooled, sizes, total, of_clusters, rows)


def _of_size(size: int, means: Matrix) -> SizeMoments:
    return SizeMoments(size, len(means), *_moments(means))


def _moments(Y: Matrix) -> tuple[Vector, Matrix]:
    mean = Y.mean(axis=0)
    return mean, (Y - mean).T @ (Y - mean) / len(Y)


def _named(names: Sequence[str], chosen: Flags) -> str:
    return ", ".join(f"`{name}`" for name, each in zip(names, chosen, strict=True) if each)


def _check_constant(deviations: Matrix, Y: Matrix, names: Sequence[str]) -> None:
    """Members of a cluster must have the same value of what belongs to the cluster."""
    moved = np.abs(deviations).max(axis=0, initial=0.0) > _ROUNDING * Y.std(axis=0)
    if moved.any():
        raise data_fault(
            "varies-within",
            f"members of a cluster differ in {_named(names, moved)}, which `level: 2` alone has",
            "Name it at `level: 1` too, or give the clusters' means",
        )


def _check_regular(
    S: Matrix, names: Sequence[str], variances: Mapping[str, float], where: str
) -> None:
    least = _ROUNDING**2 * np.array([variances[name] for name in names])
    constant = np.asarray(np.diag(S) <= least)
    if constant.any():
        raise data_fault(
            "constant-in-level",
            f"nobody differs {where} clusters in {_named(names, constant)}",
            "Name it at the level where it differs alone, or leave it out",
        )
    sd = np.sqrt(np.diag(S))
    values, vectors = np.linalg.eigh(S / np.outer(sd, sd))
    if values[0] < _SINGULAR:
        involved = _named(names, np.abs(vectors[:, 0]) > _NAMED)
        raise data_fault(
            "dependent-in-level",
            f"{involved} depend on one another {where} clusters",
            "Leave one of them out",
        )
