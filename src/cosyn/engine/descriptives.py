"""Moments of each variable, gaps left out variable by variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Flags, Indices, Matrix, Vector

NOBODY = "nobody answered"
TOO_FEW = "fewer than four answers"
CONSTANT = "everyone gave the same answer"


@dataclass(frozen=True, slots=True, eq=False)
class Descriptives:
    """Each array has shape (p,), with NaN where `reasons` says why.

    Attributes
    ----------
    n : ndarray of int
        Values that are not missing.
    mean, sd, se : ndarray
        `sd` with divisor n - 1 (n >= 2); `se` of the mean.
    skewness, kurtosis : ndarray
        G1 and G2, kurtosis as excess over the normal.
    reasons : tuple of str
        Why something is undefined, "" if all is defined.
    """

    n: Indices
    mean: Vector
    sd: Vector
    se: Vector
    skewness: Vector
    kurtosis: Vector
    reasons: tuple[str, ...]


def describe(X: Matrix) -> Descriptives:
    """Describe each column.

    Skewness and kurtosis are G1 and G2 of Joanes & Gill (1998), as in SAS and SPSS: unbiased
    under normality.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        NaN where missing.
    """
    X = np.asarray(X, dtype=np.float64)
    present = ~np.isnan(X)
    n = present.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(present, X, 0.0).sum(axis=0) / n
        Y = np.where(present, X - mean, 0.0)
        constant = _constant(X, present)
        m2, m3, m4 = ((Y**power).sum(axis=0) / n for power in (2, 3, 4))
        m2 = np.where(constant, 0.0, m2)
        sd = np.sqrt(np.where(n > 1, m2 * n / (n - 1), np.nan))
        shape = (n > 3) & ~constant
        g1 = np.where(shape, m3 / m2**1.5, np.nan)
        g2 = np.where(shape, m4 / m2**2 - 3, np.nan)
        skewness = g1 * np.sqrt(n * (n - 1.0)) / (n - 2)
        kurtosis = (n - 1) / ((n - 2.0) * (n - 3)) * ((n + 1) * g2 + 6)
        se = sd / np.sqrt(n)
    reasons = tuple(_reason(int(k), float(s)) for k, s in zip(n, sd, strict=True))
    return Descriptives(n, mean, sd, se, skewness, kurtosis, reasons)


def _constant(X: Matrix, present: Flags) -> Flags:
    low = np.where(present, X, np.inf).min(axis=0, initial=np.inf)
    high = np.where(present, X, -np.inf).max(axis=0, initial=-np.inf)
    return np.asarray(low >= high)


def _reason(n: int, sd: float) -> str:
    if n == 0:
        return NOBODY
    if n < 4:
        return TOO_FEW
    return "" if sd > 0 else CONSTANT
