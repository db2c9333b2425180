"""Thresholds of ordinal items, and correlations of the normal variables behind them.

Two steps (Olsson 1979, *Psychometrika* 44, 443-460): thresholds from each item alone, then each
correlation by maximum likelihood with the thresholds held fixed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from cosyn.engine.bivariate import cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.contingency import Counts

    #: Score and information, of shape (A,) each, of the pairs (A,) at the correlations (A,).
    Likelihood = Callable[[Indices, Vector], tuple[Vector, Vector]]

#: Correlations are not searched beyond: the likelihood is flat there and its integral less exact.
BOUND = 0.995
#: Smaller probabilities of cells are differences of rounding errors.
SMALLEST = 1e-12
_TOLERANCE = 1e-10
#: Keeps a step finite where the likelihood is flat.
_TINY = np.finfo(np.float64).tiny
#: Scoring steps; where they converge slowly the bracket is halved instead, which 48 times exhaust.
_SCORING, _HALVING = 12, 48
#: What a single empty cell of a fourfold table is raised to.
_CORRECTION = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Correlations:
    """One correlation for each of P pairs.

    Attributes
    ----------
    rho : ndarray, shape (P,)
    at_bound : ndarray of bool, shape (P,)
        The likelihood still rises at ``BOUND``.
    corrected : ndarray of bool, shape (P,)
        A fourfold table had one empty cell, which was filled.
    """

    rho: Vector
    at_bound: Flags
    corrected: Flags


def thresholds(margins: Counts) -> Matrix:
    """Thresholds of items from the counts (p, K) of their categories.

    Categories after an item's last one have no answers; the thresholds before them are infinite.

    Returns
    -------
    ndarray, shape (p, K - 1)
    """
    cumulative = np.cumsum(margins, axis=1)
    return np.asarray(ndtri(cumulative[:, :-1] / cumulative[:, -1:]))


def polychoric(observed: Counts, a: Matrix, b: Matrix) -> Correlations:
    """Polychoric correlations of all pairs by Fisher scoring, given thresholds.

    A single empty cell of a fourfold table would make the correlation -1 or 1; it is raised to
    one half, keeping the margins. Other tables are taken as they are. The search starts from
    Pearson's correlation and stays within ``BOUND``.

    Parameters
    ----------
    observed : ndarray of int, shape (P, K, K)
        Two-way tables, none of them empty.
    a, b : ndarray, shape (P, K - 1)
        Thresholds of the items in rows and columns, infinite where there are none.
    """
    counts, corrected = fill_fourfold(observed, a, b)
    totals = counts.sum(axis=(1, 2))

    def likelihood(pairs: Indices, rho: Vector) -> tuple[Vector, Vector]:
        probability, slope = cells(a[pairs], b[pairs], rho)
        relative = slope / np.maximum(probability, SMALLEST)
        score = np.einsum("pab,pab->p", counts[pairs], relative)
        return score, totals[pairs] * np.einsum("pab,pab->p", slope, relative)

    rho, at_bound = maximize(likelihood, _start(counts))
    return Correlations(rho, at_bound, corrected)


def fill_fourfold(observed: Counts, a: Matrix, b: Matrix) -> tuple[Matrix, Flags]:
    """Tables with single empty cells of fourfold tables raised to one half, and which they are."""
    counts = observed.astype(np.float64)
    fourfold = (np.isfinite(a).sum(axis=1) == 1) & (np.isfinite(b).sum(axis=1) == 1)
    empty = counts[:, :2, :2] == 0
    corrected = fourfold & (empty.sum(axis=(1, 2)) == 1)
    on_diagonal = empty[:, 0, 0] | empty[:, 1, 1]
    shift = np.where(on_diagonal, _CORRECTION, -_CORRECTION)[corrected, None, None]
    counts[corrected, :2, :2] += shift * np.array([[1.0, -1.0], [-1.0, 1.0]])
    return counts, corrected


def _start(counts: Matrix) -> Vector:
    """Pearson's correlations of the category numbers."""
    number = np.arange(counts.shape[1], dtype=np.float64)
    total = counts.sum(axis=(1, 2))
    rows, columns = counts.sum(axis=2) / total[:, None], counts.sum(axis=1) / total[:, None]
    covariance = np.einsum("pab,a,b->p", counts, number, number) / total
    covariance -= (rows @ number) * (columns @ number)
    variances = [share @ number**2 - (share @ number) ** 2 for share in (rows, columns)]
    scale = np.sqrt(np.maximum(variances[0] * variances[1], SMALLEST))
    return np.asarray(np.clip(covariance / scale, -0.9, 0.9))


def newton_terms(parts: Iterable[tuple[Matrix, Matrix]], pairs: int) -> tuple[Vector, Vector]:
    """Score and information (pairs,) from casewise derivatives, block by block.

    Parameters
    ----------
    parts : iterable of tuple of ndarray, each of shape (m, pairs)
        First and second derivative of the casewise likelihood, relative to it.

    Returns
    -------
    tuple of ndarray
        The information is minus the second derivative of the log-likelihood; where that is hardly
        positive, the sum of squares of the scores.
    """
    score, curvature, squares = np.zeros((3, pairs))
    for first, second in parts:
        score += np.nansum(first, axis=0)
        squares += np.nansum(first**2, axis=0)
        curvature += np.nansum(second, axis=0)
    information = squares - curvature
    return score, np.where(information > squares / 4, information, squares)


def maximize(
    likelihood: Likelihood, start: Vector, tolerance: float = _TOLERANCE
) -> tuple[Vector, Flags]:
    """Maxima of many likelihoods of one correlation each, by scoring kept inside a bracket.

    The score is positive at the lower and negative at the upper end of a bracket. A step that
    leaves it goes half way to its end instead, or onto the bound where that is still untried. So it
    ends at a root of the score, or at the bound.

    Returns
    -------
    tuple of ndarray
        Correlations (P,), and whether they are at the bound (P,).
    """
    rho = start.copy()
    lower, upper = np.full_like(rho, -np.inf), np.full_like(rho, np.inf)
    active = np.arange(len(rho))
    for step in range(_SCORING + _HALVING):
        if not len(active):
            break
        now = rho[active]
        score, information = likelihood(active, now)
        lower[active[score > 0]] = now[score > 0]
        upper[active[score <= 0]] = now[score <= 0]
        far = np.copysign(np.inf, score)
        move = score / np.maximum(information, _TINY) if step < _SCORING else far
        rho[active] = _inside(now + move, now, lower[active], upper[active])
        active = active[np.abs(rho[active] - now) > tolerance]
    return rho, np.abs(rho) >= BOUND


def _inside(target: Vector, now: Vector, lower: Vector, upper: Vector) -> Vector:
    highest = np.where(np.isinf(upper), BOUND, (now + upper) / 2)
    lowest = np.where(np.isinf(lower), -BOUND, (now + lower) / 2)
    out = np.where(target >= np.minimum(upper, BOUND), highest, target)
    return np.asarray(np.where(target <= np.maximum(lower, -BOUND), lowest, out))
