"""What each cluster contributes to the slope of a likelihood of two levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._typing import Matrix
    from cosyn.engine.cluster_moments import ClusterRows
    from cosyn.engine.twolevel import TwoLevelEvaluation

#: Respondents whose scores are held at a time.
_BLOCK = 2048


def score_products(evaluation: TwoLevelEvaluation) -> Matrix:
    """Cross-products of the clusters' scores over the number of respondents, shape (q, q).

    The middle of a sandwich (Yuan & Hayashi 2005, *British Journal of Mathematical and Statistical
    Psychology* 58); clusters are independent, so that nothing is scaled by their number.

    Raises
    ------
    IdentificationError
        If only the moments are at hand.
    """
    rows = evaluation.discrepancy.data.rows
    if rows is None:
        raise IdentificationError(
            "data.no-rows",
            "the data",
            "robust standard errors need the answers themselves, and there are only moments",
            "Use the estimator ML",
        )
    q = len(evaluation.x)
    total = np.zeros((q, q))
    for scores in _scores(evaluation, rows):
        total += scores.T @ scores
    return total / evaluation.discrepancy.data.n


def _scores(evaluation: TwoLevelEvaluation, rows: ClusterRows) -> Iterator[Matrix]:
    """Scores of some clusters at a time, shape (clusters, q)."""
    pooled = evaluation.pooled
    # Deviations of s respondents have s - 1 degrees of freedom: one expectation too many is taken.
    once = pooled.casewise(np.zeros((1, len(evaluation.discrepancy.data.within))))
    points = dict(
        zip(
            (each.size for each in evaluation.discrepancy.data.sizes), evaluation.sizes, strict=True
        )
    )
    sizes = np.diff(rows.starts, append=len(rows.deviations))
    for here in _slices(sizes):
        first = rows.starts[here.start]
        last = first + sizes[here].sum()
        found = np.zeros((here.stop - here.start, len(evaluation.x)))
        own = pooled.casewise(rows.deviations[first:last])
        sums = np.add.reduceat(own, rows.starts[here] - first, axis=0)
        found[:, pooled.structure.local] += sums - once
        for size in np.unique(sizes[here]):
            chosen = np.flatnonzero(sizes[here] == size)
            point = points[int(size)]
            mean = rows.means[here][chosen] - point.implied.mu
            found[np.ix_(chosen, point.structure.local)] += point.casewise(mean)
        yield found


def _slices(sizes: np.ndarray) -> Iterator[slice]:
    """Clusters, so many that they have no more respondents than a block, or one alone."""
    start = count = 0
    for number, size in enumerate(sizes):
        if count and count + size > _BLOCK:
            yield slice(start, number)
            start, count = number, 0
        count += size
    yield slice(start, len(sizes))
