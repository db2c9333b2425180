"""What is summed of respondents, or of clusters of them, while their rows pass by once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cosyn.engine.rows import Rows, Total, slices

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Indices, Matrix
    from cosyn.engine.moments import SampleMoments

#: From some rows (b, p) and their clusters to what is summed of each of them, (b, k), with the
#: clusters; or to sums over the rows of each cluster.
RowsOf = Callable[["Matrix", "Indices | None"], "tuple[Matrix, Indices | None]"]


class Gatherer(NamedTuple):
    """Something to sum: what of each row, and the sum; one of each a group."""

    rows: tuple[RowsOf, ...]
    totals: tuple[Total, ...]


def gather(gatherers: Sequence[Gatherer], groups: Sequence[SampleMoments]) -> None:
    """Sum everything in one pass over the rows of all groups."""
    for number, X, cluster in row_blocks(groups):
        for rows, totals in gatherers:
            totals[number].add(*rows[number](X, cluster))


def row_blocks(groups: Sequence[SampleMoments]) -> Iterator[Rows]:
    """The rows of all groups in blocks; rows at hand cluster by cluster.

    Raises
    ------
    IdentificationError
        If only the moments are at hand.
    """
    source = groups[0].source
    if source is not None:
        for part in source.rows(groups[0].names):
            for here in slices(len(part.values)):
                cluster = None if part.cluster is None else part.cluster[here]
                yield Rows(part.group, part.values[here], cluster)
        return
    for number, group in enumerate(groups):
        X, cluster = group.rows(), group.cluster
        if cluster is None:
            yield from (Rows(number, X[here], None) for here in slices(len(X)))
            continue
        order = np.argsort(cluster, kind="stable")
        for here in slices(len(X)):
            yield Rows(number, X[order[here]], cluster[order[here]])


def totals(
    of: Callable[[Matrix], Matrix | float], groups: Sequence[SampleMoments]
) -> tuple[Total, ...]:
    """A sum for each group; rows at hand come cluster by cluster."""
    return tuple(Total(of, in_order=group.source is None) for group in groups)


def sum_of_squares(rows: Matrix) -> float:
    """Of all elements."""
    return float(np.vdot(rows, rows))
