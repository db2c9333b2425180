"""Pairs of items that say nearly the same, or the opposite, as the sample answers them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.screening._correlation import WithinRespondents
from cosyn.screening._types import few, nothing, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cosyn.screening._types import Sheet, Verdict
    from cosyn.thresholds import Antonyms, Synonyms

    Vector = NDArray[np.float64]

BLOCK = 16_384
"""Rows that are handled at a time."""
LEAST = 3


def correlations(sheet: Sheet) -> NDArray[np.float64]:
    """Pearson's correlation of each pair of items over those who answered both, shape (p, p).

    Blocks of rows are added up, codes taken from the middle of their range; NaN where one item
    does not vary.
    """
    columns = [item.column for item in sheet.scale]
    middle = np.array(
        [(i.response_format.minimum + i.response_format.maximum) / 2 for i in sheet.scale]
    )
    p = len(columns)
    n, sums, squares, products = np.zeros((4, p, p))
    for start in range(0, sheet.table.n, BLOCK):
        X = sheet.table.matrix[start : start + BLOCK][:, columns] - middle
        known = ~np.isnan(X)
        X[~known] = 0.0
        K = known.astype(float)
        n += K.T @ K
        sums += X.T @ K  # of the row's item, over those who answered the column's item too
        squares += (X * X).T @ K
        products += X.T @ X
    k = np.maximum(n, 1)
    variances = squares - sums**2 / k
    covariances = products - sums * sums.T / k
    scale = variances * variances.T
    r = np.full((p, p), np.nan)
    varies = (variances > 1e-10 * np.maximum(squares, 1)) & (n > 2)
    both = varies & varies.T
    r[both] = covariances[both] / np.sqrt(scale[both])
    return r


def judge_pairs(
    sheet: Sheet,
    rule: Synonyms | Antonyms,
    is_pair: Callable[[Vector], NDArray[np.bool_]],
    threshold: float,
    is_flagged: Callable[[Vector, float], NDArray[np.bool_]],
) -> Verdict:
    """Correlate, within each respondent, the first items of the pairs with the second ones.

    As ``psychsyn`` of the R package careless without resampling: gaps leave a pair out.
    """
    r = correlations(sheet)
    first, second = np.tril_indices(len(r), -1)
    known = ~np.isnan(r[first, second])
    chosen = np.flatnonzero(known)[is_pair(r[first, second][known])]
    if len(chosen) < rule.pairs:
        what = f"fewer than {rule.pairs} pairs of items correlate so closely"
        return nothing(sheet.table.n, what, threshold)
    within = WithinRespondents(sheet.table.n)
    for pair in chosen:
        i, j = int(first[pair]), int(second[pair])
        within.add(sheet.codes(sheet.scale[i]), sheet.codes(sheet.scale[j]))
    found, varies = within.correlations()
    gaps = [
        few(sheet),
        (within.count < LEAST, "fewer than three pairs answered"),
        (~varies, "the answers do not vary"),
    ]
    return verdict(found, gaps, threshold, is_flagged)
