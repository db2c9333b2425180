"""The values that ordinal items take, and their numbers in order."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.rows import slices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.contingency import Codes

#: Respondents handled at a time.
_BLOCK = 4096
#: Whole numbers that lie no further apart are counted rather than sorted.
_SPAN = 64


def levels_of(X: Matrix) -> tuple[Vector, ...]:
    """The different values of each column of X (n, p), ascending; NaN is none."""
    nothing = tuple(np.zeros(0) for _ in range(X.shape[1]))
    return reduce(joined, (_levels(X[here]) for here in slices(len(X), _BLOCK)), nothing)


def joined(one: Sequence[Vector], other: Sequence[Vector]) -> tuple[Vector, ...]:
    """The values that occur in either."""
    return tuple(
        a if np.array_equal(a, b) else np.union1d(a, b) for a, b in zip(one, other, strict=True)
    )


def _levels(X: Matrix) -> list[Vector]:
    lowest = np.fmin.reduce(X, axis=None, initial=np.inf)
    highest = np.fmax.reduce(X, axis=None, initial=-np.inf)
    missing = np.isnan(X)
    if lowest == np.floor(lowest) and 0 <= highest - lowest < _SPAN:
        number = np.where(missing, _SPAN, X - lowest)
        places = number.astype(np.intp)
        if (places == number).all():
            return _counted(places, lowest)
    return [np.unique(column[~gap]) for column, gap in zip(X.T, missing.T, strict=True)]


def _counted(places: Indices, lowest: float) -> list[Vector]:
    p = places.shape[1]
    flat = places + np.arange(p) * (_SPAN + 1)
    counts = np.bincount(flat.ravel(), minlength=p * (_SPAN + 1)).reshape(p, -1)[:, :_SPAN]
    return [np.flatnonzero(each).astype(np.float64) + lowest for each in counts]


def codes_of(X: Matrix, levels: Sequence[Vector]) -> Codes:
    """Numbers of the values among the levels of their columns, (n, p); -1 where missing.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    levels : sequence of ndarray
        At most 127 a column.
    """
    most = max([1, *map(len, levels)])
    padded = np.full((most, len(levels)), np.inf)
    for k, each in enumerate(levels):
        padded[: len(each), k] = each
    codes = np.zeros(X.shape, dtype=np.int8)
    for here in slices(len(X), _BLOCK):
        part = codes[here]
        for level in padded[1:]:
            part += X[here] >= level
        part[np.isnan(X[here])] = -1
    return codes
