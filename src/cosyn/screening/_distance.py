"""Mahalanobis distances of rows with gaps, and moments that outlying rows hardly move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtr, chdtrc, chdtri

from cosyn.engine.incomplete import incomplete_rows, saturated
from cosyn.engine.linalg import inverse_and_log_det

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Vector = NDArray[np.float64]

#: Rows are kept for the moments unless their distance has a smaller p-value (Rousseeuw & van
#: Zomeren 1990).
TAIL = 0.025
#: Careless respondents are 10 to 12 % of usual samples (Meade & Craig 2012).
MOST_LEFT_OUT = 0.10
CYCLES = 10
BLOCK = 4_096
#: Determinant of the correlation matrix, per variable, below which items depend on one another.
_SINGULAR = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Mean (p,) and covariance (p, p) that distances are measured by."""

    mean: Vector
    cov: Matrix


def moments(X: Matrix, *, robust: bool) -> Moments | None:
    """Moments of rows with gaps by EM; robust ones by hard rejection and EM again.

    Starting from all rows, those whose distance has a p-value below `TAIL` are left out and the
    moments of the others estimated anew, until the same rows are left out twice or `CYCLES` are
    over. Of answers with long tails that would leave out more each time and end with a few that are
    all alike, so that at most `MOST_LEFT_OUT` of the rows are: the farthest. The covariance is
    divided by P(chi-square with p + 2 df < q) / (1 - share left out), which makes it consistent
    for normal data (Croux & Haesbroeck 1999).

    Parameters
    ----------
    X : ndarray, shape (n, p)
        NaN for gaps.

    Returns
    -------
    Moments or None
        None if the covariance is singular: too few rows, or items that depend on one another.
    """
    found = _estimated(X, 1.0)
    if not robust or found is None:
        return found
    p = X.shape[1]
    kept = np.ones(len(X), bool)
    for _ in range(CYCLES):
        chances = p_values(*squared_distances(X, found))
        tail = TAIL
        if (chances < TAIL).mean() > MOST_LEFT_OUT:
            tail = float(np.quantile(chances, MOST_LEFT_OUT))
        now = chances >= tail
        if (now == kept).all():
            break
        kept = now
        left_out = TAIL if tail == TAIL else MOST_LEFT_OUT
        shrunk = float(chdtr(p + 2, chdtri(p, left_out))) / (1 - left_out)
        following = _estimated(X[kept], 1 / shrunk)
        if following is None:
            return found
        found = following
    return found


def _estimated(X: Matrix, factor: float) -> Moments | None:
    """Moments by EM with the divisor n - 1, the covariance multiplied by a factor."""
    X = X[~np.isnan(X).all(axis=1)]
    n, p = X.shape
    if n <= p + 1 or np.isnan(X).all(axis=0).any():
        return None
    low, high = np.nanmin(X, axis=0), np.nanmax(X, axis=0)
    if (low == high).any():
        return None
    found = saturated(incomplete_rows(X))
    sd = np.sqrt(np.diag(found.cov))
    if not (sd > 0).all():
        return None
    log_det, _ = inverse_and_log_det(found.cov / np.outer(sd, sd))
    if not np.isfinite(log_det) or log_det < p * np.log(_SINGULAR):
        return None
    return Moments(found.mean, found.cov * (n / (n - 1) * factor))


def squared_distances(X: Matrix, at: Moments) -> tuple[Vector, NDArray[np.int64]]:
    """Squared distance of each row over its own answers, and how many these are, shape (n,).

    With K the inverse covariance and M the gaps, it is d'Kd - (Kd)_M' K_MM^-1 (Kd)_M for
    deviations d that are 0 at the gaps: only matrices of the size of the gaps are solved, rows
    with equally many of them together.
    """
    _, K = inverse_and_log_det(at.cov)
    squared, answered = np.zeros(len(X)), np.zeros(len(X), np.int64)
    for start in range(0, len(X), BLOCK):
        block = X[start : start + BLOCK]
        known = ~np.isnan(block)
        counts = known.sum(axis=1)
        d = np.where(known, block - at.mean, 0.0)
        pulls = d @ K
        here = np.einsum("ij,ij->i", pulls, d)
        for m in np.unique((~known).sum(axis=1)):
            rows = np.flatnonzero(counts == X.shape[1] - m)
            if m:
                here[rows] -= _owed(K, pulls, known, rows, int(m))
        squared[start : start + BLOCK] = here
        answered[start : start + BLOCK] = counts
    return np.maximum(squared, 0), answered


def _owed(
    K: Matrix, pulls: Matrix, known: NDArray[np.bool_], rows: NDArray[np.intp], m: int
) -> Vector:
    """What the gaps of rows with m gaps take from the distance; not too many matrices at once."""
    found = np.empty(len(rows))
    most = max(1, 2_000_000 // m**2)
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        gaps = np.nonzero(~known[part])[1].reshape(len(part), m)
        pull = pulls[part[:, None], gaps]
        solved = np.linalg.solve(K[gaps[:, :, None], gaps[:, None, :]], pull[:, :, None])
        found[start : start + most] = np.einsum("bi,bi->b", pull, solved[:, :, 0])
    return found


def p_values(squared: Vector, answered: NDArray[np.int64]) -> Vector:
    """Chance of a greater distance, by the chi-square with each row's own degrees of freedom."""
    return np.asarray(np.where(answered > 0, chdtrc(np.maximum(answered, 1), squared), 1.0))
