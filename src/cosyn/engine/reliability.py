"""Reliability of a sum score from covariances alone; from a fit, see `cosyn.engine.omega`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtri

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix


def alpha(S: Matrix) -> float | None:
    """Coefficient alpha (Cronbach 1951, eq. 2); None for one item or a sum that is constant.

    Parameters
    ----------
    S : ndarray, shape (k, k)
        Covariances of the items (correlations give the standardised alpha).
    """
    k, total = len(S), float(S.sum())
    if k < 2 or total <= 0:
        return None
    return k / (k - 1) * (1 - float(np.trace(S)) / total)


def standardized_alpha(S: Matrix) -> float | None:
    """Alpha of the items scaled to equal variance."""
    sd = np.sqrt(np.diag(S))
    return alpha(S / np.outer(sd, sd))


def alpha_if_deleted(S: Matrix) -> tuple[float | None, ...]:
    """Alpha of the other items, for each item."""
    return tuple(alpha(np.delete(np.delete(S, j, 0), j, 1)) for j in range(len(S)))


def item_rest_correlations(S: Matrix) -> tuple[float | None, ...]:
    """Correlation of each item with the sum of the others (corrected item-total correlation)."""
    variances = np.diag(S)
    with_rest = S.sum(axis=0) - variances
    rest = S.sum() - 2 * S.sum(axis=0) + variances
    return tuple(
        float(c / np.sqrt(v * r)) if v > 0 and r > 0 else None
        for c, v, r in zip(with_rest, variances, rest, strict=True)
    )


def alpha_interval(alpha: float, n: int, k: int, level: float = 0.95) -> tuple[float, float] | None:
    """Exact interval for alpha of parallel normal items (Feldt 1965).

    Parameters
    ----------
    n, k : int
        Respondents and items; None with fewer than two of either.
    """
    if n < 2 or k < 2:
        return None
    tail = (1 - level) / 2
    df = (n - 1, (n - 1) * (k - 1))
    lower, upper = (1 - (1 - alpha) * float(fdtri(*df, q)) for q in (1 - tail, tail))
    return lower, upper


def spearman_brown(r: float) -> float | None:
    """Reliability of the sum of two items that correlate r (Spearman 1910, Brown 1910)."""
    return 2 * r / (1 + r) if r > -1 else None
