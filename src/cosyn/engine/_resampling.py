"""Weights of respondents in bootstrap samples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._typing import Indices, Matrix

#: Elements of one batch of weights.
_BATCH = 2**24


def resampled(
    n: int, replicates: int, seed: int, cluster: Indices | None = None
) -> Iterator[Matrix]:
    """How often each respondent is in each sample drawn with replacement.

    Each replicate has a stream of its own, so that none depends on how they are batched.

    Parameters
    ----------
    n : int
        Respondents.
    cluster : ndarray of int, shape (n,), optional
        Numbers from 0: whole clusters are drawn.

    Yields
    ------
    ndarray, shape (replicates of the batch, n)
    """
    units = n if cluster is None else int(cluster.max()) + 1
    seeds = np.random.SeedSequence(seed).spawn(replicates)
    step = max(1, _BATCH // n)
    for start in range(0, replicates, step):
        drawn = np.array(
            [
                np.bincount(
                    np.random.default_rng(each).integers(units, size=units), minlength=units
                )
                for each in seeds[start : start + step]
            ],
            dtype=np.float64,
        )
        yield drawn if cluster is None else drawn[:, cluster]
