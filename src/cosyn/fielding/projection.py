"""How many will have answered by a date, if things go on as they went.

A Poisson regression with a logarithmic link on the number of a stretch of days, log(expected) =
log(days) + a + b * day, fitted by iteratively reweighted least squares (McCullagh & Nelder 1989,
section 2.5), with Pearson's dispersion, never below 1 (section 4.5). The interval is of a new
count: the variance of the expected sum (delta method) plus that of the count itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.fielding.suppression import Stretch

FEWEST = 4
"""Stretches of whole days that a projection needs."""
_STEPS = 50
_NORMAL = 1.959963984540054  # two-sided 95 per cent


@dataclass(frozen=True, slots=True)
class Projection:
    """How many will have answered by the end of a day.

    Attributes
    ----------
    expected, low, high : float or None
        None if it cannot be told; the interval is of 95 per cent.
    reason : str
        Why it cannot be told: ``no end``, ``over``, ``not enough days``, ``not converged``.
    """

    until: str
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def projected(stretches: Sequence[Stretch], until: str, today: str, invited: int) -> Projection:
    """Project the number of completed questionnaires.

    Parameters
    ----------
    stretches : sequence of Stretch
        As shown; the present day, which is not over, is left out of the fit.
    until : str
        ISO date of the last day; empty if no end is set.
    today : str
        ISO date.
    invited : int
        More than that cannot answer.
    """
    if not until:
        return Projection("", reason="no end")
    if until < today:
        return Projection(until, reason="over")
    spans = _whole_days(stretches, today)
    if len(spans) < FEWEST:
        return Projection(until, reason="not enough days")
    counts, days, middles = (np.array(column, float) for column in zip(*spans, strict=True))
    origin = date.fromisoformat(stretches[0].first)
    ahead = np.arange(_day(today, origin), _day(until, origin) + 1, dtype=float)
    shown = sum(stretch.count for stretch in stretches)
    # What today has brought already is part of what today is expected to bring.
    before = shown - sum(s.count for s in stretches if s.last >= today)
    told = expected_sum(counts, days, middles, ahead)
    if told is None:
        return Projection(until, reason="not converged")
    mean, error = told
    most = float(max(invited, shown))
    middle, low, high = (
        min(max(before + mean + z * error, float(shown)), most) for z in (0.0, -_NORMAL, _NORMAL)
    )
    return Projection(until, middle, low, high)


def expected_sum(
    counts: NDArray[np.float64],
    days: NDArray[np.float64],
    middles: NDArray[np.float64],
    ahead: NDArray[np.float64],
) -> tuple[float, float] | None:
    """Expected count over days ahead, and the standard error of a new count.

    Parameters
    ----------
    counts, days, middles : ndarray, shape (n,)
        Of each stretch: its count, its length in days, the day in its middle.
    ahead : ndarray, shape (m,)
        Days to be added up.

    Returns
    -------
    tuple of float, or None
        None if the fit does not converge.
    """
    centre = middles.mean()
    X = np.column_stack([np.ones_like(middles), middles - centre])
    offset = np.log(days)
    beta = np.array([np.log(counts.sum() / days.sum()), 0.0])
    for _ in range(_STEPS):
        mu = np.exp(offset + X @ beta)
        information = X.T @ (mu[:, None] * X)
        change = np.linalg.solve(information, X.T @ (counts - mu))
        beta = beta + change
        if np.abs(change).max() < 1e-10:
            break
    else:
        return None
    mu = np.exp(offset + X @ beta)
    dispersion = max(1.0, float(((counts - mu) ** 2 / mu).sum() / (len(counts) - 2)))
    rows = np.column_stack([np.ones_like(ahead), ahead - centre])
    each = np.exp(rows @ beta)
    slope = rows.T @ each
    variance = dispersion * (slope @ np.linalg.solve(X.T @ (mu[:, None] * X), slope) + each.sum())
    return float(each.sum()), float(np.sqrt(variance))


def _whole_days(stretches: Sequence[Stretch], today: str) -> list[tuple[float, float, float]]:
    """Count, length and middle of each stretch of days that are over.

    Stretches of one day are put together. Days on which nobody answered belong to the stretch that
    follows them.
    """
    origin = date.fromisoformat(stretches[0].first) if stretches else date.min
    found: list[tuple[float, float, float]] = []
    end, count = -1, 0
    for at, stretch in enumerate(stretches):
        if stretch.last >= today:
            break
        count += stretch.count
        following = stretches[at + 1] if at + 1 < len(stretches) else None
        if following and following.first <= stretch.last:
            continue
        last = _day(stretch.last, origin)
        found.append((float(count), float(last - end), (end + 1 + last) / 2))
        end, count = last, 0
    return found


def _day(text: str, origin: date) -> int:
    return (date.fromisoformat(text) - origin) // timedelta(days=1)
