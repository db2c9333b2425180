"""What a response surface says of congruence, and whether cases differ enough to tell.

The conditions are those of Humberg, Nestler & Back (2019, *Social Psychological and Personality
Science* 10, 409-419).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Vector
    from cosyn.engine.polynomial import Surface

Verdict = Literal["strict_congruence", "broad_congruence", "no_congruence"]
Condition = Literal["a4_negative", "ridge_on_congruence", "ridge_level"]

CONSTANT = "a predictor does not vary"
NO_CASES = "fewer than two cases"

#: Standard deviations beyond which two scores count as discrepant (Fleenor et al. 1996).
DISCREPANT = 0.5
#: Share of cases discrepant each way below which balance can hardly be studied
#: (Shanock et al. 2010).
ENOUGH = 0.1


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Shares of cases by which score is higher; None where `reason` says why.

    Attributes
    ----------
    x_higher, y_higher, agreement : float or None
        They sum to 1.
    enough : bool or None
        Whether at least a tenth of the cases lies on either side.
    """

    x_higher: float | None
    y_higher: float | None
    agreement: float | None
    enough: bool | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Congruence:
    """Which conditions of a congruence effect the data meet.

    Attributes
    ----------
    verdict : str or None
        ``"broad_congruence"``: the outcome falls off on both sides of a ridge that lies over
        balance; ``"strict_congruence"``: and it is the same all along the ridge. None where
        `reason` says why.
    met : dict of str to bool
        The conditions: ``a4_negative`` (the interval of a4 lies below 0), ``ridge_on_congruence``
        and ``ridge_level`` (the joint tests of a3 = a5 = 0 and a1 = a2 = 0 do not reject). What is
        not rejected is not proved: with few cases the last two are met easily.
    """

    verdict: Verdict | None
    met: dict[Condition, bool]
    reason: str = ""


def congruence(found: Surface | None, level: float = 0.95, reason: str = "") -> Congruence:
    """Judge a surface by the conditions of Humberg, Nestler & Back (2019).

    The position of the ridge is tested by a3 = a5 = 0 jointly: it holds just when the first
    principal axis is y = x, and does not suffer from the wide intervals of p10 and p11 where
    curvature is weak.
    """
    if found is None:
        return Congruence(None, {}, reason)
    upper, position, ridge = found.a4.upper, found.congruence.pvalue, found.level_ridge.pvalue
    if upper is None or position is None or ridge is None:
        lacking = found.a4.reason or found.congruence.reason or found.level_ridge.reason
        return Congruence(None, {}, reason or lacking)
    met: dict[Condition, bool] = {
        "a4_negative": upper < 0,
        "ridge_on_congruence": position >= 1 - level,
        "ridge_level": ridge >= 1 - level,
    }
    if not (met["a4_negative"] and met["ridge_on_congruence"]):
        return Congruence("no_congruence", met)
    return Congruence("strict_congruence" if met["ridge_level"] else "broad_congruence", met)


def discrepancy(
    x: Vector, y: Vector, scale: Literal["each", "pooled"] = "each", threshold: float = DISCREPANT
) -> Discrepancy:
    """Shares of cases whose scores differ by more than `threshold` standard deviations.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Cases with a NaN are left out.
    scale : {"each", "pooled"}
        Differences of scores standardised each by its own mean and standard deviation (Fleenor,
        McCauley & Brutus 1996; Shanock et al. 2010), or raw differences over the root mean of the
        two variances, which keep a difference of means.
    """
    kept = np.isfinite(x) & np.isfinite(y)
    x, y = x[kept], y[kept]
    if len(x) < 2:
        return Discrepancy(None, None, None, None, NO_CASES)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return Discrepancy(None, None, None, None, CONSTANT)
    s, t = x.std(ddof=1), y.std(ddof=1)
    if scale == "each":
        gap = (x - x.mean()) / s - (y - y.mean()) / t
    else:
        gap = (x - y) / np.sqrt((s**2 + t**2) / 2)
    above, below = float(np.mean(gap > threshold)), float(np.mean(gap < -threshold))
    return Discrepancy(above, below, 1 - above - below, min(above, below) >= ENOUGH)
