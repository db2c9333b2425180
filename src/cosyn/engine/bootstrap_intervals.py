"""From replicates of a statistic to its standard error and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from scipy.special import ndtr, ndtri

from cosyn.engine.inference import check_level
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from cosyn.engine._typing import Flags, Matrix, Vector

IntervalMethod = Literal["percentile", "basic", "normal", "bc", "bca"]
#: Share of failed replicates above which there are no intervals.
TOLERATED = 0.05
#: Spread of replicates, relative to their size, that is rounding error.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Estimates with bootstrap standard errors and intervals.

    Attributes
    ----------
    estimates : ndarray, shape (k,)
    standard_errors, lower, upper : ndarray, shape (k,), or None
        None if there is a reason; NaN of single statistics that are undefined in too many
        replicates, and of those that do not vary.
    level : float
    method : str
    replicates : int
        Those used.
    reason : str
        Why there is none, "" if there is.
    """

    estimates: Vector
    standard_errors: Vector | None
    lower: Vector | None
    upper: Vector | None
    level: float
    method: IntervalMethod
    replicates: int
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Replicated:
    """Statistics and their replicates.

    Attributes
    ----------
    estimates : ndarray, shape (k,)
    replicates : ndarray, shape (R, k)
        NaN where a replicate has no value.
    influence : ndarray, shape (units, k), or None
        How much each respondent or cluster moves each statistic, up to a common factor; for BCa.
    """

    estimates: Vector
    replicates: Matrix
    influence: Matrix | None = None

    def standard_errors(self) -> Vector:
        """Standard deviations of the replicates (divisor R - 1), shape (k,)."""
        return np.array([_deviation(t[np.isfinite(t)]) for t in self.replicates.T])

    def intervals(self, level: float = 0.95, method: IntervalMethod = "percentile") -> Intervals:
        """Intervals of every statistic.

        Quantiles are those of Davison & Hinkley (1997, eq. 5.8), as in R's package boot and in
        lavaan: order statistics (R + 1) alpha, interpolated on the normal scale. "percentile" and
        "basic" take them at the two tails, "bca" at tails moved for bias and acceleration (Efron
        1987, eq. 2.3), "bc" for bias alone (lavaan's bca.simple); "normal" is the estimate less
        its bias, give or take normal quantiles of standard errors.

        Statistics that are undefined in more than 5 % of the replicates have no interval.

        Raises
        ------
        IdentificationError
            If the level is not between 0 and 1, there is no such method, or BCa is asked for
            without influence.
        """
        _check(level, method, self.influence)
        L = np.full((1, len(self.estimates)), np.nan) if self.influence is None else self.influence
        rows = zip(self.estimates, self.replicates.T, L.T, strict=True)
        ends = np.array([_ends(*row, level, method) for row in rows]).reshape(-1, 2)
        errors = np.where(np.isfinite(ends[:, 0]), self.standard_errors(), np.nan)
        return Intervals(
            self.estimates, errors, ends[:, 0], ends[:, 1], level, method, len(self.replicates)
        )


def quantiles(t: Vector, alpha: Vector) -> Vector:
    """Quantiles (a,) of replicates (R,): Davison & Hinkley (1997, eq. 5.8).

    The order statistic of rank (R + 1) alpha, interpolated between neighbours in proportion to
    normal quantiles; the extremes where the rank lies beyond them.
    """
    R, ordered = len(t), np.sort(t)
    rank = (R + 1) * alpha
    below = np.clip(np.trunc(rank), 1, R - 1).astype(int)
    at, low, high = ndtri(alpha), ndtri(below / (R + 1)), ndtri((below + 1) / (R + 1))
    share = np.clip((at - low) / (high - low), 0.0, 1.0)
    start, end = ordered[below - 1], ordered[below]
    return np.asarray(np.where(share == 1.0, end, start + share * (end - start)))


def bca_levels(t: Vector, estimate: float, acceleration: float, alpha: Vector) -> Vector | None:
    """Where BCa takes its quantiles: alpha moved for bias and acceleration (Efron 1987).

    None if all replicates lie on one side of the estimate, or the acceleration is too large.
    """
    share = float(np.mean(t < estimate))
    if share in {0.0, 1.0}:
        return None
    w = ndtri(share)
    z = w + ndtri(alpha)
    if (acceleration * z >= 1).any():
        return None
    return np.asarray(ndtr(w + z / (1 - acceleration * z)))


def acceleration(influence: Vector) -> float:
    """A sixth of the skewness of influence values about 0 (Efron 1987, eq. 7.3); 0 if all are 0."""
    squares = float(np.sum(influence**2))
    return float(np.sum(influence**3)) / (6 * squares**1.5) if squares > 0 else 0.0


def _ends(
    estimate: float, t: Vector, L: Vector, level: float, method: IntervalMethod
) -> tuple[float, float]:
    known: Flags = np.isfinite(t)
    kept = t[known]
    if not np.isfinite(estimate) or len(kept) < max(2.0, (1 - TOLERATED) * len(t)):
        return np.nan, np.nan
    if _deviation(kept) <= _ROUNDING * max(1.0, abs(estimate)):
        return np.nan, np.nan
    tails = np.array([(1 - level) / 2, (1 + level) / 2])
    match method:
        case "percentile":
            low, high = quantiles(kept, tails)
        case "basic":
            high, low = 2 * estimate - quantiles(kept, tails)
        case "normal":
            low, high = 2 * estimate - kept.mean() + ndtri(tails) * _deviation(kept)
        case _:
            pull = acceleration(L) if method == "bca" else 0.0
            moved = bca_levels(kept, estimate, pull, tails)
            if moved is None:
                return np.nan, np.nan
            low, high = quantiles(kept, moved)
    return float(low), float(high)


def _deviation(t: Vector) -> float:
    return float(np.std(t, ddof=1)) if len(t) > 1 else float("nan")


def _check(level: float, method: str, influence: Matrix | None) -> None:
    check_level(level)
    if method not in get_args(IntervalMethod):
        names = ", ".join(get_args(IntervalMethod))
        raise _fault("bootstrap.method", f"there is no method {method!r}", f"Use one of: {names}")
    if method == "bca" and influence is None:
        fix = "Use the method percentile"
        raise _fault(
            "bootstrap.no-influence", "BCa needs to know how much each respondent counts", fix
        )


def _fault(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(code, "the bootstrap", what, fix)
