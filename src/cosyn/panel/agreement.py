"""Agreement of many raters on named categories, beyond chance; ratings may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement between raters over some items.

    Attributes
    ----------
    items : int
        Items with at least two ratings; only they can show agreement.
    observed : float or None
        Mean share of agreeing pairs of raters.
    fleiss_kappa : float or None
        Fleiss (1971), chance from the categories' shares; None if all ratings are alike.
    gwet_ac1 : float or None
        Gwet (2008), which stays meaningful where nearly all ratings fall in one category.
    reason : str
        Why a figure is None; empty otherwise.
    """

    items: int
    observed: float | None
    fleiss_kappa: float | None
    gwet_ac1: float | None
    reason: str = ""


def agreement(counts: ArrayLike) -> Agreement:
    """Agreement from a table of counts.

    Parameters
    ----------
    counts : array_like of shape (items, categories)
        How many raters put each item into each category, every category on offer having a
        column. Rows may have different sums: a missing rating is not counted, nor guessed.

    Notes
    -----
    With equally many ratings an item, Fleiss' kappa is that of Fleiss (1971, eqs 3, 5, 7).
    Otherwise observed agreement is the mean over items with two or more ratings, and a
    category's share the mean over items of its share in the item (Gwet 2014, chapters 2, 5).
    """
    table = np.asarray(counts, dtype=float)
    ratings = table.sum(axis=1)
    paired = ratings >= 2
    if not paired.any():
        return Agreement(0, None, None, None, "no item has two ratings")
    observed = float(_pairs(table[paired]).mean())
    rated = ratings > 0
    shares = (table[rated] / ratings[rated, None]).mean(axis=0)
    by_chance = float((shares**2).sum())
    categories = table.shape[1]
    if categories < 2:
        return Agreement(int(paired.sum()), observed, None, None, "there is but one category")
    spread = float((shares * (1 - shares)).sum()) / (categories - 1)
    alike = bool(np.isclose(by_chance, 1, rtol=0, atol=1e-12))
    return Agreement(
        items=int(paired.sum()),
        observed=observed,
        fleiss_kappa=None if alike else (observed - by_chance) / (1 - by_chance),
        gwet_ac1=(observed - spread) / (1 - spread),
        reason="all ratings are alike: kappa is not defined" if alike else "",
    )


def _pairs(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of agreeing pairs of raters, item by item."""
    ratings = table.sum(axis=1)
    agreeing: NDArray[np.float64] = (table * (table - 1)).sum(axis=1) / (ratings * (ratings - 1))
    return agreeing
