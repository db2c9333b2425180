"""Intervals of a share."""

from __future__ import annotations

import math

from scipy.special import ndtri

from cosyn.engine.inference import check_level


def wilson_interval(count: int, n: int, level: float = 0.95) -> tuple[float, float] | None:
    """Score interval of a share.

    Wilson (1927, *Journal of the American Statistical Association* 22). Within 0 and 1, and of
    some width where nobody or everybody is counted.

    Parameters
    ----------
    count, n : int
        Counted, and all.
    level : float

    Returns
    -------
    tuple of float, or None
        None if there is nobody.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    if n == 0:
        return None
    z = float(ndtri((1 + level) / 2))
    share, weight = count / n, z * z / n
    middle = (share + weight / 2) / (1 + weight)
    half = z * math.sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return max(middle - half, 0.0), min(middle + half, 1.0)
