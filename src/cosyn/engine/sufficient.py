"""Sufficient statistics of blocks of rows: those of two blocks add up to those of both.

Moments are merged about their own means, which loses no digits (Chan, Golub & LeVeque 1983,
*The American Statistician* 37, 242-247, eq. 1.4-1.5); counts are whole numbers, exact whatever
the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.categories import codes_of, joined, levels_of
from cosyn.engine.contingency import contingency
from cosyn.engine.rows import slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.contingency import Counts

#: Respondents handled at a time: deviations of forty variables stay in the cache.
_BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments of complete rows.

    Attributes
    ----------
    n : int
    mean : ndarray, shape (p,)
    products : ndarray, shape (p, p)
        Sums of products of the deviations from the mean.
    low, high : ndarray, shape (p,)
        Smallest and largest values; NaN or infinite where a value is.
    """

    n: int
    mean: Vector
    products: Matrix
    low: Vector
    high: Vector

    def __add__(self, other: Moments) -> Moments:
        """Moments of the rows of both."""
        n = self.n + other.n
        shift = other.mean - self.mean
        return Moments(
            n,
            self.mean + shift * (other.n / n),
            self.products + other.products + np.outer(shift, shift) * (self.n * other.n / n),
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
        )

    @property
    def cov(self) -> Matrix:
        """Covariances with divisor n, shape (p, p)."""
        return self.products / self.n


def moments_of(X: Matrix) -> Moments:
    """Moments of rows X (n, p), at least one."""
    return reduce(add, (_moments(X[here]) for here in slices(len(X), _BLOCK)))


def _moments(X: Matrix) -> Moments:
    with np.errstate(invalid="ignore"):  # infinite values are named by their range
        mean = X.mean(axis=0)
        Y = X - mean
        return Moments(len(X), mean, Y.T @ Y, X.min(axis=0), X.max(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Two-way tables of all pairs of items.

    Attributes
    ----------
    n : int
        Rows with any answer.
    levels : tuple of ndarray
        The values of each item that occur, ascending.
    counts : ndarray of int, shape (p, K, p, K)
        As `cosyn.engine.contingency.contingency` counts them; K is the most that an item has.
    """

    n: int
    levels: tuple[Vector, ...]
    counts: Counts

    def __add__(self, other: Tables) -> Tables:
        """Tables of the rows of both."""
        levels = joined(self.levels, other.levels)
        counts = self._spread(levels) + other._spread(levels)
        return Tables(self.n + other.n, levels, counts)

    def _spread(self, levels: Sequence[Vector]) -> Counts:
        """The counts, at the places of their values among more levels."""
        p, K = len(levels), max(map(len, levels))
        place = np.zeros((p, self.counts.shape[1]), dtype=np.intp)
        for k, (own, every) in enumerate(zip(self.levels, levels, strict=True)):
            place[k, : len(own)] = np.searchsorted(every, own)
        place += np.arange(p)[:, None] * K
        found = np.zeros((p * K, p * K), dtype=np.int64)
        used = self._used()
        at = place.ravel()[used]
        flat = self.counts.reshape(place.size, place.size)
        found[np.ix_(at, at)] = flat[np.ix_(used, used)]
        return found.reshape(p, K, p, K)

    def _used(self) -> Indices:
        """Places of the categories that items have."""
        sizes = np.array([len(each) for each in self.levels])
        return np.flatnonzero(np.arange(self.counts.shape[1]) < sizes[:, None])

    def subset(self, places: Indices) -> Tables:
        """Tables of some of the items, in the order asked for; rows are not counted anew."""
        levels = tuple(self.levels[k] for k in places)
        K = max(map(len, levels))
        return Tables(self.n, levels, self.counts[places][:, :K, places][..., :K])


def tables_of(X: Matrix, levels: Sequence[Vector] | None = None) -> Tables:
    """Tables of rows X (n, p), NaN where an answer is missing.

    Parameters
    ----------
    levels : sequence of ndarray, optional
        The values of each item, if they are known already.
    """
    levels = tuple(levels or levels_of(X))
    K = max([1, *map(len, levels)])
    return Tables(len(X), levels, contingency(codes_of(X, levels), K))
