"""Whether an item tells those with high totals from those with low ones: the critical ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr, stdtrit

from cosyn.engine.inference import check_level

if TYPE_CHECKING:
    from cosyn.engine._typing import Vector

TOO_FEW = "too few complete answers"
TIED = "the upper and the lower group are the same people"
NO_VARIANCE = "the item does not vary within the groups"


@dataclass(frozen=True, slots=True)
class Discrimination:
    """Upper and lower group compared on one item.

    Attributes
    ----------
    n_lower, n_upper : int
    difference : float or None
        Mean of the upper less that of the lower group.
    interval : tuple of float, or None
        Of the difference.
    t, df, pvalue : float or None
        Welch's test, two-sided.
    reason : str
        Why something is None, "" if nothing is.
    """

    n_lower: int
    n_upper: int
    difference: float | None
    interval: tuple[float, float] | None
    t: float | None
    df: float | None
    pvalue: float | None
    reason: str = ""


def upper_lower(
    item: Vector, total: Vector, share: float = 0.27, level: float = 0.95
) -> Discrimination:
    """Compare those with the highest totals with those with the lowest.

    The groups reach to the k-th lowest and the k-th highest total, k being `share` of the
    respondents, rounded; whoever has the same total as the last belongs to the group. A share of
    27 % makes the most of normal totals (Kelley 1939, *Journal of Educational Psychology* 30).
    The means are compared by Welch's (1947) test: the groups' variances differ where answers
    crowd one end. Where the item is part of the total, the difference is partly its own.

    Parameters
    ----------
    item, total : ndarray, shape (n,)
        Without gaps.
    share : float
        Above 0, at most a half.
    level : float
        Of the interval.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    n = len(total)
    k = int(share * n + 0.5)
    if k < 2:
        return Discrimination(0, 0, None, None, None, None, None, TOO_FEW)
    order = np.sort(total)
    low, high = order[k - 1], order[n - k]
    if low >= high:
        return Discrimination(0, 0, None, None, None, None, None, TIED)
    lower, upper = item[total <= low], item[total >= high]
    sizes = len(lower), len(upper)
    difference = float(upper.mean() - lower.mean())
    parts = lower.var(ddof=1) / len(lower), upper.var(ddof=1) / len(upper)
    error = float(np.sqrt(sum(parts)))
    if error == 0:
        return Discrimination(*sizes, difference, None, None, None, None, NO_VARIANCE)
    df = sum(parts) ** 2 / sum(p**2 / (size - 1) for p, size in zip(parts, sizes, strict=True))
    t = difference / error
    reach = float(stdtrit(df, (1 + level) / 2)) * error
    interval = difference - reach, difference + reach
    return Discrimination(*sizes, difference, interval, t, float(df), 2 * float(stdtr(df, -abs(t))))
