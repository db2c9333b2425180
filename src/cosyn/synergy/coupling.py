"""Coupling coordination degree of systems that are scored between 0 and 1. A description, no test.

With equal weights the coordination degree D is the square root of the geometric mean of the
scores, since C T is the geometric mean: it holds nothing that the scores do not. C alone is near 1
for scores that are far apart, and is 1 for scores that are equally low.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from cosyn.engine.regression import Nested, nested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Indices, Matrix, Vector

Level = Literal[
    "extreme_disorder",
    "severe_disorder",
    "moderate_disorder",
    "mild_disorder",
    "near_disorder",
    "bare_coordination",
    "primary_coordination",
    "intermediate_coordination",
    "good_coordination",
    "superior_coordination",
]
LEVELS: tuple[Level, ...] = get_args(Level)

MISSING = "a score is missing"
OUTSIDE = "a score is outside the scale"
ALL_ZERO = "all scores are zero"
NO_CASES = "no complete case"
CONSTANT = "a system does not vary"
UNEQUAL = "the weights are not equal"

#: Rounding error by which a degree may fall short of a level's bound.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Coupling:
    """Degrees of n cases; each array has shape (n,), with NaN where `reasons` says why.

    Attributes
    ----------
    C, T, D : ndarray
        Degree of coupling, weighted mean of the scores, and degree of coordination sqrt(C T).
    C_modified, D_modified : ndarray
        The same with the coupling of Wang et al. (2021), which does not saturate.
    levels, levels_modified : tuple of str or None
        Tenths of D.
    reasons : tuple of str
        Of each case; where all scores are zero only C is undefined, D is zero.
    identity_error : float or None
        Largest |D - sqrt(geometric mean)|, which is rounding error with equal weights; None where
        `identity_reason` says why.
    """

    C: Vector
    T: Vector
    D: Vector
    C_modified: Vector
    D_modified: Vector
    levels: tuple[Level | None, ...]
    levels_modified: tuple[Level | None, ...]
    reasons: tuple[str, ...]
    identity_error: float | None
    identity_reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Reclassification:
    """How many cases change their level if scores are scaled by the sample's own extremes.

    Attributes
    ----------
    share : float or None
        None where `reason` says why.
    n : int
        Cases with a level both ways.
    table : ndarray of int, shape (10, 10)
        Cases by their level under theoretical scaling (rows) and under the sample's (columns).
    """

    share: float | None
    n: int
    table: Indices
    reason: str = ""


def theoretical_scale(X: Matrix, low: float, high: float, turned: Sequence[int] = ()) -> Matrix:
    """Scores (x - low) / (high - low) by the ends of the response scale, shape (n, k).

    Parameters
    ----------
    turned : sequence of int
        Columns that count against coordination: they become 1 less their score.
    """
    U = (np.asarray(X, dtype=np.float64) - low) / (high - low)
    U[:, list(turned)] = 1 - U[:, list(turned)]
    return U


def coupling(U: Matrix, weights: Sequence[float] | None = None) -> Coupling:
    """Degrees of coupling and coordination of each case.

    C = n (prod U)^(1/n) / sum U, T = sum w U, D = sqrt(C T); the modified degree is
    sqrt((1 - mean |Ui - Uj|) (prod U / max U)^(1/(n - 1))), the mean over pairs and n factors in
    the product, of which the largest is 1 (Wang, Kong, Ren, Zhi & Dai 2021, *Journal of Natural
    Resources* 36, 793-810). Levels are the customary tenths; each holds its lower bound.

    Parameters
    ----------
    U : ndarray, shape (n, k)
        Scores from 0 to 1 of k >= 2 systems, all counted in favour of coordination.
    weights : sequence of float, length k, optional
        Equal ones by default; divided by their sum.
    """
    U = np.asarray(U, dtype=np.float64)
    k = U.shape[1]
    w = np.ones(k) if weights is None else np.asarray(weights, dtype=np.float64)
    w = w / w.sum()
    reasons = tuple(_obstacle(row) for row in U)
    valid = np.array([reason in {"", ALL_ZERO} for reason in reasons], dtype=bool)
    V = np.where(valid[:, None], U, np.nan)
    largest = V.max(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.exp(np.log(V).mean(axis=1))
        C = k * mean / V.sum(axis=1)
        apart = np.mean([np.abs(V[:, i] - V[:, j]) for i, j in combinations(range(k), 2)], axis=0)
        C_modified = np.sqrt((1 - apart) * np.prod(V / largest[:, None], axis=1) ** (1 / (k - 1)))
    T = V @ w
    zero = largest == 0
    D, D_modified = (np.where(zero, 0.0, np.sqrt(each * T)) for each in (C, C_modified))
    equal = bool(np.ptp(w) <= _ROUNDING)
    error = float(np.nanmax(np.abs(D - np.sqrt(mean)))) if equal and valid.any() else None
    return Coupling(
        C,
        T,
        D,
        C_modified,
        D_modified,
        tuple(map(level_of, D)),
        tuple(map(level_of, D_modified)),
        reasons,
        error,
        "" if error is not None else NO_CASES if equal else UNEQUAL,
    )


def level_of(degree: float) -> Level | None:
    """The tenth in which a degree from 0 to 1 lies; None for NaN."""
    if np.isnan(degree):
        return None
    return LEVELS[min(int((degree + _ROUNDING) * 10), 9)]


def reclassification(U: Matrix, weights: Sequence[float] | None = None) -> Reclassification:
    """Levels of D under theoretical scaling against those under the sample's own extremes.

    Parameters
    ----------
    U, weights
        As of `coupling`, theoretically scaled.
    """
    U = np.asarray(U, dtype=np.float64)
    here = coupling(U, weights)
    kept = np.array([level is not None for level in here.levels], dtype=bool)
    table = np.zeros((10, 10), dtype=np.intp)
    if not kept.any():
        return Reclassification(None, 0, table, NO_CASES)
    own, spread = U[kept], np.ptp(U[kept], axis=0)
    if (spread == 0).any():
        return Reclassification(None, int(kept.sum()), table, CONSTANT)
    there = coupling((own - own.min(axis=0)) / spread, weights)
    pairs = zip((level for level in here.levels if level), there.levels, strict=True)
    for one, other in pairs:
        assert other is not None
        table[LEVELS.index(one), LEVELS.index(other)] += 1
    n = int(table.sum())
    return Reclassification(1 - float(np.trace(table)) / n, n, table)


def gain_of_coordination(
    U: Matrix,
    outcome: Vector,
    *,
    weights: Sequence[float] | None = None,
    cluster: Sequence[Any] | NDArray[Any] | None = None,
) -> Nested:
    """What D explains of an outcome beyond the scores and their products by pairs.

    Parameters
    ----------
    U, weights
        As of `coupling`.
    outcome : ndarray, shape (n,)
        NaN where missing.
    cluster : sequence, length n, optional
        Makes the test cluster-robust (CR1).
    """
    U = np.asarray(U, dtype=np.float64)
    pairs = list(combinations(range(U.shape[1]), 2))
    products = [U[:, i] * U[:, j] for i, j in pairs]
    D = coupling(U, weights).D
    X = np.column_stack([np.ones(len(U)), U, *products, D])
    names = ["1", *(f"U{i + 1}" for i in range(U.shape[1]))]
    names += [f"U{i + 1}U{j + 1}" for i, j in pairs]
    return nested(X, outcome, [*names, "D"], tested=["D"], cluster=cluster)


def _obstacle(row: Vector) -> str:
    if np.isnan(row).any():
        return MISSING
    if row.min() < -_ROUNDING or row.max() > 1 + _ROUNDING:
        return OUTSIDE
    return ALL_ZERO if row.max() == 0 else ""
