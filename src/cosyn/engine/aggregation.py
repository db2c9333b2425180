"""Whether the answers of a group's members may stand for the group: reliability of its mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import fdtrc, fdtri

from cosyn.engine.clustering import IntraclassCorrelation, group_labels, icc1
from cosyn.engine.inference import check_level
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Vector

NOTHING_SHARED = "members of a group are no more alike than others"
NO_DIFFERENCES_WITHIN = "members of a group do not differ"
#: A number this little above a whole one is that one.
_ROUNDING = 1e-9

_LARGEST_RATIO = 1e12

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Intraclass correlations of one variable with their test and intervals.

    Attributes
    ----------
    anova : IntraclassCorrelation
        Mean squares, ICC(1), ICC(2) and design effect; ask its `reason` first.
    f, pvalue : float or None
        Test of whether groups differ.
    df : tuple of int
        Degrees of freedom between and within groups.
    icc1_interval, icc2_interval : tuple of float, or None
        Exact where groups are of one size; with the average size n0 in its place where not.
    level : float
        Of the intervals.
    reason : str
        Why there is no test and no interval, "" if there is.
    """

    anova: IntraclassCorrelation
    f: float | None
    pvalue: float | None
    df: tuple[int, int]
    icc1_interval: Interval | None
    icc2_interval: Interval | None
    level: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RandomIntercept:
    """Intraclass correlations of variance components by restricted maximum likelihood.

    Attributes
    ----------
    icc1 : float or None
        Share of the variance that lies between groups; 0 if they differ no more than by chance.
    icc2 : float or None
        Reliability of the mean of a group of average size n / J.
    reason : str
        Why there is none, "" if there is.
    """

    icc1: float | None
    icc2: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Informants:
    """How many members of a group make its mean reliable; `reason` says why no number does."""

    number: int | None
    reason: str = ""


def aggregation(
    values: Vector, group: Sequence[Any] | NDArray[Any], level: float = 0.95
) -> Aggregation:
    """ICC(1) and ICC(2) by one-way analysis of variance, with F test and intervals.

    With F = MSB / MSW on J - 1 and n - J degrees of freedom, and F_L and F_U what it is divided
    and multiplied by in its interval, ICC(1) lies between (F_L - 1) / (F_L + n0 - 1) and the same
    of F_U, ICC(2) between 1 - 1 / F_L and 1 - 1 / F_U (Shrout & Fleiss 1979, *Psychological
    Bulletin* 86, ICC(1,1) and ICC(1,k); Bliese 2000 for groups).

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing: left out.
    group : sequence, length n
        None, NaN or "" where a respondent has none: left out.
    level : float
        Of the intervals.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    labels, known = group_labels(group)
    anova = icc1(np.asarray(values, dtype=np.float64)[known], labels[known])
    df = (max(anova.clusters - 1, 0), anova.n - anova.clusters)
    if anova.between is None or anova.within is None:
        return Aggregation(anova, None, None, df, None, None, level, anova.reason)
    if anova.within <= 0:
        return Aggregation(anova, None, None, df, None, None, level, NO_DIFFERENCES_WITHIN)
    f = anova.between / anova.within
    tail = (1 - level) / 2
    lower = f / float(fdtri(*df, 1 - tail))
    upper = f * float(fdtri(*df[::-1], 1 - tail))
    return Aggregation(
        anova,
        f,
        float(fdtrc(*df, f)),
        df,
        (_single(lower, anova.size), _single(upper, anova.size)),
        (_mean(lower), _mean(upper)) if lower > 0 else None,
        level,
        "" if lower > 0 else "the groups' means are equal",
    )


def _single(f: float, size: float) -> float:
    return (f - 1) / (f + size - 1)


def _mean(f: float) -> float:
    return 1 - 1 / f


def random_intercept(values: Vector, group: Sequence[Any] | NDArray[Any]) -> RandomIntercept:
    """ICC(1) and ICC(2) of a random-intercept model by REML, as multilevel's ``mult.icc``.

    With theta the variance between groups over that within, w_j = n_j / (1 + n_j theta), m the
    mean of the groups' means so weighted, and R = SSW + sum w_j (y_j - m)^2, the derivative of
    -2 log L is sum w_j - sum w_j^2 / sum w_j - (n - 1) sum w_j^2 (y_j - m)^2 / R (Searle, Casella &
    McCulloch 1992, *Variance components*, 3.8; profiled). ICC(1) = theta / (1 + theta); ICC(2) is
    Spearman and Brown's of it for the average size.

    Parameters
    ----------
    values : ndarray, shape (n,)
        NaN where missing: left out.
    group : sequence, length n
        None, NaN or "" where a respondent has none: left out.
    """
    labels, known = group_labels(group)
    y = np.asarray(values, dtype=np.float64)
    kept = known & ~np.isnan(y)
    anova = icc1(y[kept], labels[kept])
    if anova.within is None or anova.reason:
        return RandomIntercept(None, None, anova.reason)
    if anova.within <= 0:
        return RandomIntercept(None, None, NO_DIFFERENCES_WITHIN)
    _, codes = np.unique(labels[kept], return_inverse=True)
    sizes = np.bincount(codes).astype(np.float64)
    means = np.bincount(codes, y[kept]) / sizes
    inside = anova.within * (anova.n - anova.clusters)

    def slope(theta: float) -> float:
        w = sizes / (1 + sizes * theta)
        off = (means - w @ means / w.sum()) ** 2
        return float(w.sum() - w @ w / w.sum() - (anova.n - 1) * (w**2 @ off) / (inside + w @ off))

    if slope(0.0) >= 0:
        return RandomIntercept(0.0, 0.0)
    end = 1.0
    while slope(end) < 0 and end < _LARGEST_RATIO:
        end *= 10
    if slope(end) < 0:
        return RandomIntercept(None, None, NO_DIFFERENCES_WITHIN)
    rho = (theta := float(brentq(slope, 0.0, end, xtol=1e-14, rtol=1e-13))) / (1 + theta)
    size = anova.n / anova.clusters
    return RandomIntercept(rho, size * rho / (1 + (size - 1) * rho))


def informants_needed(icc: float, target: float = 0.7) -> Informants:
    """Members of a group whose mean has the reliability ICC(2) = `target`.

    The least whole number from target (1 - ICC(1)) / ((1 - target) ICC(1)) on: Spearman and
    Brown's formula solved for the number (Bliese 2000).

    Parameters
    ----------
    icc : float
        ICC(1).
    target : float
        Between 0 and 1.

    Raises
    ------
    IdentificationError
        If the target is none.
    """
    if not 0 < target < 1:
        raise IdentificationError(
            "aggregation.target",
            "argument `target`",
            f"it is {target:g}",
            "Give a reliability between 0 and 1, such as 0.7",
        )
    if icc <= 0:
        return Informants(None, NOTHING_SHARED)
    exact = target * (1 - icc) / ((1 - target) * icc)
    return Informants(max(math.ceil(exact * (1 - _ROUNDING)), 1))
