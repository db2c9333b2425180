"""What protection costs, in bits: one measure for bands, cells and records.

A variable's information is its entropy (Shannon 1948), times its weight. Bands that are merged
lose the difference of two entropies in every record (de Waal & Willenborg 1999); a suppressed
cell loses the entropy of its variable; a suppressed record loses all that it would have told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST = 0.05
"""Bits that a cell costs even if its variable tells nothing, so that none is hidden for nothing."""


def entropy(codes: NDArray[np.int64], counts: NDArray[np.int64] | None = None) -> float:
    """Bits that a variable tells of a record.

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Any integers from -1.
    counts : ndarray of int, shape (n,), optional
        How often each stands; once if left out.
    """
    frequencies = np.bincount(codes + 1, weights=counts)
    shares = frequencies[frequencies > 0] / max(frequencies.sum(), 1)
    return float(-(shares * np.log2(shares)).sum()) + 0.0
