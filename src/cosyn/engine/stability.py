"""Whether a measure gives the same again: agreement of two occasions or more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtri

from cosyn.engine.inference import check_level

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix

FEWEST = 3
TOO_FEW = "too few cases"
CONSTANT = "a score does not vary"
PERFECT = "the occasions do not differ"

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two-way random-effects intraclass correlation of single measures.

    Attributes
    ----------
    value : float or None
        ICC(2,1).
    interval : tuple of float, or None
    n : int
        Cases measured on every occasion.
    reason : str
        Why there is no value, "" if there is one.
    """

    value: float | None
    interval: Interval | None
    n: int
    reason: str = ""


def agreement_of_occasions(Y: Matrix, level: float = 0.95) -> Agreement:
    """ICC(2,1), absolute agreement (Shrout & Fleiss 1979, *Psychological Bulletin* 86).

    (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n): that everybody rises between the
    occasions counts against it. The interval is that of McGraw & Wong (1996, *Psychological
    Methods* 1, table 7), ICC(A,1).

    Parameters
    ----------
    Y : ndarray, shape (n, k)
        Cases by occasions; cases with a gap (NaN) are left out.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    Y = np.asarray(Y, dtype=np.float64)
    Y = Y[~np.isnan(Y).any(axis=1)]
    n, k = Y.shape
    if n < FEWEST:
        return Agreement(None, None, n, TOO_FEW)
    cases, occasions, error = _mean_squares(Y)
    total = cases + (k - 1) * error + k * (occasions - error) / n
    if np.ptp(Y) == 0 or total <= 0:
        return Agreement(None, None, n, CONSTANT)
    value = (cases - error) / total
    if error == 0 and occasions == 0:
        return Agreement(value, None, n)
    return Agreement(value, _interval(value, (cases, occasions, error), n, k, level), n)


def _mean_squares(Y: Matrix) -> tuple[float, float, float]:
    """Between cases, between occasions, and of the residuals."""
    n, k = Y.shape
    grand = Y.mean()
    rows, columns = Y.mean(axis=1) - grand, Y.mean(axis=0) - grand
    residual = Y - grand - rows[:, None] - columns
    between, within = k * float(rows @ rows) / (n - 1), n * float(columns @ columns) / (k - 1)
    return between, within, float(np.sum(residual**2)) / ((n - 1) * (k - 1))


def _interval(
    icc: float, squares: tuple[float, float, float], n: int, k: int, level: float
) -> Interval:
    cases, occasions, error = squares
    ratio = np.inf if error == 0 else occasions / error
    if np.isinf(ratio):
        df = float(k - 1)
    else:
        a, b = k * icc * ratio, n * (1 + (k - 1) * icc) - k * icc
        df = (k - 1) * (n - 1) * (a + b) ** 2 / ((n - 1) * a**2 + b**2)
    upper_tail = (1 + level) / 2
    low, high = float(fdtri(n - 1, df, upper_tail)), float(fdtri(df, n - 1, upper_tail))
    rest = k * occasions + (k * n - k - n) * error
    lower = n * (cases - low * error) / (low * rest + n * cases)
    upper = n * (high * cases - error) / (rest + n * high * cases)
    return lower, upper
