"""Who shares a combination of quasi-identifiers with whom, under either reading of a gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

HIDDEN = -1
"""Code of a suppressed cell."""
_MOST = 2**62


def weighted(codes: Codes, sizes: Sequence[int]) -> Codes:
    """Columns such that the sum over any of them names a combination of their values.

    Mixed radix: column v counts in units of the product of the sizes before it, so that one sum of
    integers stands for a tuple and whole tables are compared by sorting numbers.

    Parameters
    ----------
    codes : ndarray of int, shape (n, q)
        From 0, below `sizes`; `HIDDEN` counts as a value of its own.
    sizes : sequence of int
        Number of values of each column.

    Raises
    ------
    PlanError
        ``release.too-many-combinations`` if 64 bits cannot count them.
    """
    units, unit = [], 1
    for size in sizes:
        units.append(unit)
        unit *= size + 2
    if unit > _MOST:
        what = "the quasi-identifiers have more combinations than can be told apart"
        fix = "Name fewer of them, or give their bands as `cuts`, `merge` or `groups`"
        raise PlanError("release.too-many-combinations", "analysis/release.yaml", what, fix)
    weights: Codes = (codes + 2) * np.array(units, dtype=np.int64)
    return weights


def classes(codes: Codes) -> tuple[Codes, Codes]:
    """Number the different rows, and count each: a gap is a value of its own.

    Returns
    -------
    inverse : ndarray, shape (n,)
        Number of each row's class.
    sizes : ndarray, shape (number of classes,)
    """
    if not len(codes):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    tallest = [int(column.max(initial=0)) + 1 for column in codes.T]
    keys = weighted(codes, tallest).sum(axis=1)
    _, inverse, sizes = np.unique(keys, return_inverse=True, return_counts=True)
    return inverse.astype(np.int64), sizes.astype(np.int64)


def shared_by(codes: Codes) -> Codes:
    """How many rows share each row's values, where a gap is a value of its own; shape (n,)."""
    inverse, sizes = classes(codes)
    return sizes[inverse]


def matched_by(codes: Codes) -> Codes:
    """How many rows could be each row if a gap may stand for any value; shape (n,).

    The frequency f_k of sdcMicro (Templ, Kowarik & Meindl 2015) with its default ``alpha = 1``.
    Two rows match if they agree wherever neither has a gap, so rows are joined once for each pair
    of patterns of gaps, on the columns that both of them fill.
    """
    inverse, sizes = classes(codes)
    if not len(codes):
        return inverse
    first = np.zeros(len(sizes), np.int64)
    first[inverse[::-1]] = np.arange(len(codes))[::-1]
    rows = codes[first]
    gaps = rows == HIDDEN
    weights = weighted(rows, [int(column.max(initial=0)) + 1 for column in rows.T])
    bits = gaps @ (1 << np.arange(codes.shape[1], dtype=np.int64))
    found = np.zeros(len(rows), np.int64)
    patterns = [np.flatnonzero(bits == pattern) for pattern in np.unique(bits)]
    for mine in patterns:
        for theirs in patterns:
            both = ~(gaps[mine[0]] | gaps[theirs[0]])
            left = weights[mine][:, both].sum(axis=1)
            right = weights[theirs][:, both].sum(axis=1)
            keys, place = np.unique(right, return_inverse=True)
            counts = np.bincount(place, weights=sizes[theirs]).astype(np.int64)
            at = np.minimum(np.searchsorted(keys, left), len(keys) - 1)
            found[mine] += np.where(keys[at] == left, counts[at], 0)
    return found[inverse]
