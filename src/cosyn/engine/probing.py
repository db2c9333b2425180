r"""What an interaction means: slopes at values of the moderator, and where they differ from zero.

The slope of the outcome on a predictor is a line in the moderator w,

.. math:: \theta(w) = \gamma_0 + \gamma_1 w, \quad
          var\,\hat\theta(w) = v_{00} + 2 w v_{01} + w^2 v_{11}

(Aiken & West 1991; Bauer & Curran 2005, *Probing interactions in fixed and multilevel regression*,
Multivariate Behavioral Research 40, 373-400). Of a square the moderator is the predictor itself,
and :math:`\gamma_1` twice the square's effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

from cosyn.engine.inference import check_level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Analytic, Matrix, Vector

#: Points of a figure's lines.
POINTS = 61

Interval = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class SimpleSlope:
    """The slope at one value of the moderator, with a pointwise interval.

    Attributes
    ----------
    pvalue : float or None
        None if the standard error is 0.
    """

    at: float
    value: float
    standard_error: float
    lower: float
    upper: float
    pvalue: float | None


@dataclass(frozen=True, slots=True)
class Region:
    """Where the slope differs from zero at a level of confidence.

    Attributes
    ----------
    positive, negative : tuple of (float or None, float or None)
        Intervals of the moderator in which it does; None is no bound.
    bounds : tuple of float
        The ends of these, in order: none, one or two.
    """

    positive: tuple[Interval, ...]
    negative: tuple[Interval, ...]
    bounds: tuple[float, ...]

    def share(self, mean: float = 0.0, sd: float = 1.0) -> float:
        """Share of a normal moderator that lies within the region."""
        total = 0.0
        for low, high in (*self.positive, *self.negative):
            above = 0.0 if low is None else float(ndtr((low - mean) / sd))
            total += (1.0 if high is None else float(ndtr((high - mean) / sd))) - above
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A line with its pointwise interval: four arrays of shape (points,)."""

    at: Vector
    value: Vector
    lower: Vector
    upper: Vector


def simple_slopes(
    coefficients: Vector,
    vcov: Matrix,
    at: Sequence[float] = (-1.0, 0.0, 1.0),
    *,
    level: float = 0.95,
    df: float | None = None,
) -> tuple[SimpleSlope, ...]:
    """Slopes at some values of the moderator.

    Parameters
    ----------
    coefficients : ndarray, shape (2,)
        The predictor's effect where the moderator is 0, and by what it changes with the moderator.
    vcov : ndarray, shape (2, 2)
    at : sequence of float
        Values of the moderator, such as its mean and one standard deviation to either side.
    df : float, optional
        Degrees of freedom of Student's t; normal by default.

    Raises
    ------
    IdentificationError
        If the level is none.
    """
    critical = critical_value(level, df)
    found = []
    for w in at:
        design = np.array([1.0, w])
        value = float(design @ coefficients)
        se = float(np.sqrt(max(design @ vcov @ design, 0.0)))
        p = None
        if se > 0:
            z = -abs(value / se)
            p = float(2 * (ndtr(z) if df is None else stdtr(df, z)))
        found.append(
            SimpleSlope(float(w), value, se, value - critical * se, value + critical * se, p)
        )
    return tuple(found)


def critical_value(level: float, df: float | None = None) -> float:
    """Two-sided critical value of a normal variable, or of Student's t.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    half = (1 + level) / 2
    return float(ndtri(half) if df is None else stdtrit(df, half))


def johnson_neyman(
    coefficients: Vector, vcov: Matrix, *, level: float = 0.95, df: float | None = None
) -> Region:
    r"""Region of significance of the slope, in closed form.

    Its bounds solve :math:`\theta(w)^2 = t^2\, var\,\hat\theta(w)` (Johnson & Neyman 1936; Bauer &
    Curran 2005, eq. 16). Between two bounds the slope differs from zero if the product's own
    effect does not, and outside them if it does.

    Parameters
    ----------
    coefficients, vcov, level, df
        As of `simple_slopes`.

    Raises
    ------
    IdentificationError
        If the level is none.
    """
    square = critical_value(level, df) ** 2
    (g0, g1), t = coefficients, square
    a = g1**2 - t * vcov[1, 1]
    b = 2 * (g0 * g1 - t * vcov[0, 1])
    c = g0**2 - t * vcov[0, 0]
    bounds = _roots(float(a), float(b), float(c))
    ends = [None, *bounds, None]
    positive: list[Interval] = []
    negative: list[Interval] = []
    for low, high in pairwise(ends):
        w = _inside(low, high)
        if a * w**2 + b * w + c > 0:
            (positive if g0 + g1 * w > 0 else negative).append((low, high))
    return Region(tuple(positive), tuple(negative), bounds)


def _roots(a: float, b: float, c: float) -> tuple[float, ...]:
    """Real roots of a w^2 + b w + c, in order, without cancellation; of a touching one none."""
    if a == 0:
        return (-c / b,) if b else ()
    discriminant = b**2 - 4 * a * c
    if discriminant <= 0:
        return ()
    q = -(b + np.copysign(np.sqrt(discriminant), b)) / 2
    return tuple(sorted((float(q / a), float(c / q))))


def _inside(low: float | None, high: float | None) -> float:
    if low is None:
        return 0.0 if high is None else high - 1 - abs(high)
    return low + 1 + abs(low) if high is None else (low + high) / 2


def slope_band(
    coefficients: Vector,
    vcov: Matrix,
    *,
    low: float = -3.0,
    high: float = 3.0,
    level: float = 0.95,
    df: float | None = None,
) -> Band:
    """The slope over a range of the moderator: what a Johnson-Neyman figure shows."""
    at = np.linspace(low, high, POINTS)
    return prediction_band(
        at, np.column_stack([np.ones(POINTS), at]), coefficients, vcov, level=level, df=df
    )


def prediction_band(
    at: Vector,
    design: Matrix,
    coefficients: Vector,
    vcov: Matrix,
    *,
    level: float = 0.95,
    df: float | None = None,
) -> Band:
    """Values of a linear function of coefficients, with pointwise intervals.

    Parameters
    ----------
    at : ndarray, shape (points,)
        Where the points are drawn.
    design : ndarray, shape (points, k)
    coefficients : ndarray, shape (k,)
    vcov : ndarray, shape (k, k)
    """
    value = design @ coefficients
    se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", design, vcov, design), 0.0))
    half = critical_value(level, df) * se
    return Band(at, value, value - half, value + half)


def standardised_product(
    effect: Analytic, first: Analytic, second: Analytic, outcome: Analytic
) -> Analytic:
    """Effect of a product when the factors, not their product, have unit variance.

    Wen, Marsh & Hau (2010), *Structural equation models of latent interactions: an appropriate
    standardized solution and its scale-free properties*, Structural Equation Modeling 17, 1-22:
    the effect times the factors' standard deviations over the outcome's. For a standard error see
    `cosyn.engine.inference.delta_method`.

    Parameters
    ----------
    effect : number
    first, second, outcome : number
        Variances, the outcome's with what the product explains; complex for derivatives.
    """
    return effect * np.sqrt(first * second / outcome)
