"""Correlations of two variables, of values and of ranks, with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

from cosyn.engine.inference import check_level, wald

if TYPE_CHECKING:
    from cosyn.engine._typing import Vector

FEWEST = 4
TOO_FEW = "too few cases"
CONSTANT = "a variable does not vary"

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson's and Spearman's correlation of two variables.

    Attributes
    ----------
    value, ranks : float or None
        Pearson's, and Spearman's (1904): that of the ranks, ties having their mean.
    interval : tuple of float, or None
        Of Pearson's; none where it is -1 or 1.
    n : int
        Cases with both.
    reason : str
        Why there is none, "" if there is one.
    """

    value: float | None
    ranks: float | None
    interval: Interval | None
    n: int
    reason: str = ""


def correlation(x: Vector, y: Vector, level: float = 0.95) -> Correlation:
    """Correlate two variables over the cases that have both.

    The interval is tanh(artanh r -+ z / sqrt(n - 3)) (Fisher 1921, *Metron* 1).

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        NaN where missing.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    known = np.asarray(~(np.isnan(x) | np.isnan(y)))
    x, y = np.asarray(x)[known], np.asarray(y)[known]
    n = len(x)
    if n < FEWEST:
        return Correlation(None, None, None, n, TOO_FEW)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return Correlation(None, None, None, n, CONSTANT)
    r, ranks = _r(x, y), _r(rankdata(x), rankdata(y))
    return Correlation(r, ranks, fisher_interval(r, n, level), n)


def fisher_interval(r: float, n: int, level: float) -> Interval | None:
    """Interval of a correlation by Fisher's (1921) z; None for n < 4 or |r| = 1."""
    if n < FEWEST or abs(r) >= 1:
        return None
    test = wald(float(np.arctanh(r)), 1 / np.sqrt(n - 3), level)
    assert test is not None
    return float(np.tanh(test.lower)), float(np.tanh(test.upper))


def _r(x: Vector, y: Vector) -> float:
    return float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
