"""Rows of answers, some at a time, and sums over independent parts of them.

What is a sum over respondents, or over clusters of them, never needs all rows at once: neither
where the answers are at hand nor where a source reads them block by block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cosyn.engine._typing import Indices, Matrix

#: Respondents handled at a time: keeps the scores of a block in the cache.
BLOCK = 2048


class Rows(NamedTuple):
    """Some respondents of one group.

    Attributes
    ----------
    group : int
        Counted from 0.
    values : ndarray, shape (b, p)
    cluster : ndarray of int, shape (b,), or None
        Numbers of their clusters.
    """

    group: int
    values: Matrix
    cluster: Indices | None


class RowSource(Protocol):
    """Something that reads the rows of all groups anew each time it is asked."""

    @property
    def clustered(self) -> bool:
        """Whether respondents belong to clusters."""
        ...

    def rows(self, names: Sequence[str]) -> Iterator[Rows]:
        """The respondents used, block by block, with the variables named."""
        ...


def slices(n: int, step: int = BLOCK) -> Iterator[slice]:
    """Ranges that cover n rows."""
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def cluster_sums(values: Matrix, cluster: Indices) -> tuple[Indices, Matrix]:
    """Numbers (J,) of the clusters that occur, in order, and the sums of their rows (J, ...)."""
    values, cluster, starts = by_cluster(values, cluster)
    return cluster[starts], np.asarray(np.add.reduceat(values, starts, axis=0))


def by_cluster(values: Matrix, cluster: Indices) -> tuple[Matrix, Indices, Indices]:
    """Rows and their clusters cluster by cluster, and where each of these begins, (J,)."""
    if (np.diff(cluster) < 0).any():
        order = np.argsort(cluster, kind="stable")
        values, cluster = values[order], cluster[order]
    return values, cluster, np.flatnonzero(np.diff(cluster, prepend=cluster[0] - 1))


def cross_products(rows: Matrix) -> Matrix:
    """Sum of products (k, k) of the columns of rows (b, k)."""
    return np.asarray(rows.T @ rows)


class Total:
    """Sum, over independent parts, of a function of their rows.

    A part is a respondent or, where there are clusters, the sum of the rows of a cluster.

    Parameters
    ----------
    of : callable
        From the rows (b, k) of some parts to the sum of its values for them, an array or a number.
    in_order : bool
        Whether rows come cluster by cluster: a cluster is then done with as soon as the next one
        begins, while otherwise the sums of all of them, shape (J, k), are kept to the end.
    """

    def __init__(self, of: Callable[[Matrix], Matrix | float], *, in_order: bool) -> None:
        self._of, self._in_order = of, in_order
        self._total: Matrix | float = 0.0
        self._numbers: Indices = np.zeros(0, dtype=np.intp)
        self._sums: Matrix = np.zeros((0, 0))
        self._finished = 0

    def add(self, rows: Matrix, cluster: Indices | None) -> None:
        """Take in more rows (b, k)."""
        if cluster is None:
            self._total = self._total + self._of(rows)
            return
        numbers, sums = cluster_sums(rows, cluster)
        self._numbers, self._sums = _merged(self._numbers, self._sums, numbers, sums)
        if self._in_order:
            self._close(len(self._numbers) - 1)

    def value(self) -> Matrix:
        """The sum; those over J clusters times J / (J - 1), as of any J independent parts."""
        self._close(len(self._numbers))
        J = self._finished
        return np.asarray(self._total) * (J / (J - 1) if J else 1.0)

    def _close(self, count: int) -> None:
        """Be done with the first clusters."""
        if count:
            self._total = self._total + self._of(self._sums[:count])
            self._numbers, self._sums = self._numbers[count:], self._sums[count:]
            self._finished += count


def _merged(
    numbers: Indices, sums: Matrix, more: Indices, others: Matrix
) -> tuple[Indices, Matrix]:
    """Sums of the clusters of two sets, each sorted by number."""
    if not len(numbers):
        return more, others
    every = np.union1d(numbers, more)
    if len(every) == len(numbers):
        sums[np.searchsorted(every, more)] += others
        return numbers, sums
    found = np.zeros((len(every), others.shape[1]))
    found[np.searchsorted(every, numbers)] = sums
    found[np.searchsorted(every, more)] += others
    return every, found
