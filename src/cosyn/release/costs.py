"""What protection cost each quasi-identifier, for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.release._types import KeyCost
from cosyn.release.classes import HIDDEN
from cosyn.release.loss import entropy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.release.coarsen import Coarsened
    from cosyn.release.keys import Key
    from cosyn.release.suppress import Suppressed

    Codes = NDArray[np.int64]


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
