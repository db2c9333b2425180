"""What protection costs, in bits: one measure for bands, cells and records.

A variable's information is its entropy (Shannon 1948), times its weight. Bands that are merged
lose the difference of two entropies in every record (de Waal & Willenborg 1999); a suppressed
cell loses the entropy of its variable; a suppressed record loses all that it would have told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.release._types import KeyCost
from cosyn.release.classes import HIDDEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.release.coarsen import Coarsened
    from cosyn.release.keys import Key
    from cosyn.release.suppress import Suppressed

    Codes = NDArray[np.int64]

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


def key_costs(keys: tuple[Key, ...], coarsened: Coarsened, published: Codes) -> tuple[KeyCost, ...]:
    """What became of each quasi-identifier: its bands, its gaps and the bits it still tells."""
    found = []
    for place, key in enumerate(keys):
        band, codes = coarsened.bands[place], published[:, place]
        shown = codes[codes != HIDDEN]
        heads, many = np.unique(band, return_counts=True)
        merged = [
            tuple(key.values[at] for at in np.flatnonzero(band == head)) for head in heads[many > 1]
        ]
        found.append(
            KeyCost(
                name=key.name,
                before=len(np.unique(key.codes)),
                after=len(np.unique(shown)),
                bands=tuple(merged),
                suppressed=int((codes == HIDDEN).sum()),
                bits_before=entropy(key.codes),
                bits_after=entropy(codes),
            )
        )
    return tuple(found)


def losses(
    keys: tuple[Key, ...], known: Codes, coarsened: Coarsened, hidden: Suppressed
) -> dict[str, float]:
    """Shares of the quasi-identifiers' weighted bits that each step took."""
    weights = np.array([key.weight for key in keys])
    before = np.array([entropy(column) for column in known.T]) * weights
    after = np.array([entropy(column) for column in coarsened.codes.T]) * weights
    everything = max(before.sum() * len(known), 1e-12)
    cells = (hidden.cells & ~hidden.records[:, None]).sum(axis=0)
    return {
        "lost_by_bands": float((before - after).sum() * len(known) / everything),
        "lost_by_cells": float((cells * after).sum() / everything),
        "lost_by_records": float(hidden.records.sum() * after.sum() / everything),
    }
