"""Coarsening: merge bands, as far as the settings allow and protection needs it.

A hill climb over the allowed merges (global recoding, Hundepool et al. 2012, chapter 3). In each
round every merge that is still open is tried; the loss is the bits that merged bands no longer
tell (`loss`) plus what local suppression would still cost, and the merge that lowers it most is
kept. Ties go to the first in the file. When no merge lowers the loss, bands stay as they are:
hiding a few cells is cheaper. But suppressed cells are not missing at random, so if they are more
than the settings' limits bear, the climb goes on with the merge that saves most suppression for
each bit it loses, until the limits are kept or no merge is left.

What local suppression would cost is estimated along one chain of sets: the cheapest column, the
two cheapest, and so on. Each open group pays the least of what these sets ask of it, with donors
taken to be at hand (`suppress`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.release.classes import classes, weighted
from cosyn.release.loss import LEAST, entropy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]
    Costs = NDArray[np.float64]

Merges = tuple[tuple[int, ...], ...]
WORTH = 1e-9
"""Bits that a merge must save; less is rounding."""


@dataclass(frozen=True, slots=True)
class Merged:
    """One step of the search.

    Attributes
    ----------
    variable : int
        Column.
    values : tuple of int
        Codes that became one.
    lost : float
        Bits a record, without weight.
    """

    variable: int
    values: tuple[int, ...]
    lost: float


@dataclass(frozen=True, slots=True)
class Coarsened:
    """Bands that were merged.

    Attributes
    ----------
    codes : ndarray of int, shape (n, q)
        Each value stands as the lowest of its band.
    bands : tuple of ndarray of int
        For each column, band of each of its values.
    steps : tuple of Merged
    costs : ndarray of float, shape (q,)
        Bits that a cell of each column is worth now.
    """

    codes: Codes
    bands: tuple[Codes, ...]
    steps: tuple[Merged, ...]
    costs: Costs


def coarsen(
    codes: Codes,
    sizes: Sequence[int],
    merges: Sequence[Merges],
    weights: Sequence[float],
    record_cost: float,
    k: int,
    bearable: Callable[[Codes, Costs], bool],
) -> Coarsened:
    """Merge bands for as long as that lowers the loss, or suppression would not be bearable.

    Parameters
    ----------
    codes : ndarray of int, shape (n, q)
        From 0.
    sizes : sequence of int, length q
        Number of values of each column.
    merges : sequence, length q
        For each column, sets of values that may become one.
    weights : sequence of float, length q
    record_cost : float
        Bits that a whole record is worth.
    k : int
        Least size of a class.
    bearable : callable
        Tells of codes and the costs of their cells whether suppression keeps within the limits.
    """
    inverse, counts = classes(codes)
    patterns = codes[np.unique(inverse, return_index=True)[1]]
    bands = [np.arange(size, dtype=np.int64) for size in sizes]
    worth = np.array(weights, float)
    waiting = [(v, merge) for v, allowed in enumerate(merges) for merge in allowed]
    steps: list[Merged] = []
    cost = _suppression(patterns, counts, worth, record_cost, k)
    while waiting and cost > 0:
        tried = [_tried(patterns, counts, bands[v], v, merge) for v, merge in waiting]
        lost = np.array([worth[v] * t.lost for (v, _), t in zip(waiting, tried, strict=True)])
        lost *= counts.sum()
        then = np.array([_suppression(t.after, counts, worth, record_cost, k) for t in tried])
        best = int(np.argmin(lost + then))
        if lost[best] + then[best] >= cost - WORTH:
            if bearable(_banded(codes, bands), costs_of(_banded(codes, bands), worth)):
                break
            best = int(np.argmax((cost - then) / np.maximum(lost, WORTH)))
        (v, merge), chosen = waiting.pop(best), tried[best]
        patterns, bands[v], cost = chosen.after, chosen.band, then[best]
        steps.append(Merged(v, merge, chosen.lost))
    found = _banded(codes, bands)
    return Coarsened(found, tuple(bands), tuple(steps), costs_of(found, worth))


def _banded(codes: Codes, bands: Sequence[Codes]) -> Codes:
    return np.column_stack([band[codes[:, v]] for v, band in enumerate(bands)])


def costs_of(codes: Codes, weights: Sequence[float] | Costs, counts: Codes | None = None) -> Costs:
    """Bits that a cell of each column is worth, shape (q,)."""
    told = np.array([max(entropy(column, counts), LEAST) for column in codes.T])
    worth: Costs = told * np.asarray(weights, float)
    return worth


@dataclass(frozen=True, slots=True)
class _Tried:
    """Patterns and one column's bands after a merge, and the bits a record it loses."""

    after: Codes
    band: Codes
    lost: float


def _tried(patterns: Codes, counts: Codes, band: Codes, v: int, merge: tuple[int, ...]) -> _Tried:
    joined = np.unique(band[list(merge)])
    band = np.where(np.isin(band, joined), joined[0], band)
    after = patterns.copy()
    after[:, v] = band[patterns[:, v]]
    lost = entropy(patterns[:, v], counts) - entropy(after[:, v], counts)
    return _Tried(after, band, lost)


def _suppression(
    patterns: Codes, counts: Codes, weights: Costs, record_cost: float, k: int
) -> float:
    """Estimate what local suppression would cost these patterns, in bits."""
    inverse, _ = classes(patterns)
    together = np.bincount(inverse, weights=counts)
    is_open = together < k
    if not is_open.any():
        return 0.0
    first = np.unique(inverse, return_index=True)[1]
    costs = costs_of(patterns, weights, counts)
    rows, each = patterns[first][is_open], together[is_open]
    keys = weighted(rows, [int(column.max(initial=0)) + 1 for column in patterns.T])
    order = np.argsort(costs, kind="stable")
    least = np.full(len(rows), record_cost)
    left, price = keys.sum(axis=1), 0.0
    for column in order:
        left, price = left - keys[:, column], price + costs[column]
        _, place = np.unique(left, return_inverse=True)
        v = np.bincount(place, weights=each)[place]
        least = np.minimum(least, price * np.maximum(1.0, k / v))
    return float(least @ each)
