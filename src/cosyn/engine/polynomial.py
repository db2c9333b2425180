"""Quadratic regression on two predictors and what its surface looks like.

z = b0 + b1 x + b2 y + b3 x^2 + b4 x y + b5 y^2 (Edwards & Parry 1993, *Academy of Management
Journal* 36, 1577-1613). The surface is read along the line of congruence y = x and the line of
incongruence y = -x (a1 ... a4), by the difference a5 (Humberg, Nestler & Back 2019), and by its
stationary point and principal axes (Edwards & Parry 1993; Edwards 2002). The functions
of coefficients take those of latent variables as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.engine.inference import check_level, delta_method
from cosyn.engine.regression import (
    NO_COVARIANCE,
    Nested,
    Quantity,
    Regression,
    WaldTest,
    nested,
    ols,
    quantity,
    wald_test,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Analytic, Matrix, Vector

NAMES = ("b0", "b1", "b2", "b3", "b4", "b5")
NO_STATIONARY_POINT = "no single stationary point (b4^2 = 4 b3 b5)"
NO_AXES = "curvature is the same in all directions (b3 = b5, b4 = 0)"
VERTICAL = "the axis is parallel to that of y"

#: Size of b4^2 - 4 b3 b5, relative to its parts, that is rounding error.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Surface:
    """What the coefficients say of the surface.

    Attributes
    ----------
    a1, a2 : Quantity
        Slope b1 + b2 and curvature b3 + b4 + b5 along y = x, at the origin.
    a3, a4 : Quantity
        Slope b1 - b2 and curvature b3 - b4 + b5 along y = -x.
    a5 : Quantity
        b3 - b5: with a3 = 0, zero if the first principal axis is y = x.
    x0, y0 : Quantity
        Stationary point.
    p10, p11, p20, p21 : Quantity
        Intercepts and slopes of the first and second principal axes.
    congruence : WaldTest
        Of a3 = a5 = 0: the ridge of the surface lies over y = x.
    level_ridge : WaldTest
        Of a1 = a2 = 0: the surface is level along y = x.
    """

    a1: Quantity
    a2: Quantity
    a3: Quantity
    a4: Quantity
    a5: Quantity
    x0: Quantity
    y0: Quantity
    p10: Quantity
    p11: Quantity
    p20: Quantity
    p21: Quantity
    congruence: WaldTest
    level_ridge: WaldTest

    def quantities(self) -> tuple[Quantity, ...]:
        """All eleven, in the order of the attributes."""
        first = (self.a1, self.a2, self.a3, self.a4, self.a5, self.x0, self.y0)
        return (*first, self.p10, self.p11, self.p20, self.p21)


def quadratic_terms(x: Vector, y: Vector) -> Matrix:
    """Columns 1, x, y, x^2, x y, y^2; shape (n, 6)."""
    return np.column_stack([np.ones_like(x), x, y, x**2, x * y, y**2])


def fit_polynomial(
    x: Vector,
    y: Vector,
    z: Vector,
    *,
    covariates: Matrix | None = None,
    cluster: Sequence[Any] | NDArray[Any] | None = None,
) -> Regression:
    """Regress z on the quadratic terms of x and y.

    Parameters
    ----------
    x, y, z : ndarray, shape (n,)
        NaN where missing: such cases are left out.
    covariates : ndarray, shape (n, c), optional
        Centred at their means over the cases used, so that the surface is that of average ones.
    cluster : sequence, length n, optional
        Makes the covariance cluster-robust (CR1).
    """
    return ols(*_columns(x, y, z, covariates), cluster=cluster)


def curvature(
    x: Vector,
    y: Vector,
    z: Vector,
    *,
    covariates: Matrix | None = None,
    cluster: Sequence[Any] | NDArray[Any] | None = None,
) -> Nested:
    """What the quadratic terms add to x and y: the test of b3 = b4 = b5 = 0, and the gain in R2.

    Parameters as of `fit_polynomial`.
    """
    return nested(*_columns(x, y, z, covariates), tested=NAMES[3:], cluster=cluster)


def _columns(
    x: Vector, y: Vector, z: Vector, covariates: Matrix | None
) -> tuple[Matrix, Vector, tuple[str, ...]]:
    X = quadratic_terms(x, y)
    if covariates is None:
        return X, z, NAMES
    C = np.asarray(covariates, dtype=np.float64)
    kept = np.isfinite(np.column_stack([X, C, z])).all(axis=1)
    centred = C - C[kept].mean(axis=0) if kept.any() else C
    names = (*NAMES, *(f"c{number + 1}" for number in range(C.shape[1])))
    return np.column_stack([X, centred]), z, names


def surface(b: Vector, vcov: Matrix | None, df: float, level: float = 0.95) -> Surface:
    """Read the surface off its coefficients, with standard errors by the delta method.

    Parameters
    ----------
    b : ndarray, shape (6,)
        b0 ... b5.
    vcov : ndarray, shape (6, 6), or None
        Without it there are values alone.
    df : float
        Of t, and of the denominator of F; infinite for estimates that are tested by z.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)

    def of(name: str, function: Callable[[Analytic], Analytic], reason: str = "") -> Quantity:
        if reason:
            return Quantity(name, None, reason=reason)
        value = float(np.real(function(b)))
        se = None if vcov is None else float(delta_method(function, b, vcov)[0])
        return quantity(name, value, se, df, level)

    flat = NO_STATIONARY_POINT if _is_ridge(b) else ""
    first, second = (_axis_obstacle(b, first=which) for which in (True, False))
    congruence = level_ridge = WaldTest(None, None, None, None, 2, df, NO_COVARIANCE)
    if vcov is not None:
        congruence = wald_test(lambda c: np.array([c[1] - c[2], c[3] - c[5]]), b, vcov, df)
        level_ridge = wald_test(lambda c: np.array([c[1] + c[2], c[3] + c[4] + c[5]]), b, vcov, df)
    return Surface(
        of("a1", lambda c: c[1] + c[2]),
        of("a2", lambda c: c[3] + c[4] + c[5]),
        of("a3", lambda c: c[1] - c[2]),
        of("a4", lambda c: c[3] - c[4] + c[5]),
        of("a5", lambda c: c[3] - c[5]),
        of("x0", lambda c: _stationary(c)[0], flat),
        of("y0", lambda c: _stationary(c)[1], flat),
        of("p10", lambda c: _intercept(c, first=True), first or flat),
        of("p11", lambda c: _slope(c, first=True), first),
        of("p20", lambda c: _intercept(c, first=False), second or flat),
        of("p21", lambda c: _slope(c, first=False), second),
        congruence,
        level_ridge,
    )


def surface_values(b: Vector) -> Vector:
    """The eleven quantities of `surface` alone, shape (11,), NaN where there is none."""
    found = (each.value for each in surface(b, None, np.inf).quantities())
    return np.array([np.nan if value is None else value for value in found])


def _is_ridge(b: Vector) -> bool:
    parts = b[4] ** 2 + abs(4 * b[3] * b[5])
    return bool(abs(b[4] ** 2 - 4 * b[3] * b[5]) <= _ROUNDING * parts)


def _axis_obstacle(b: Vector, *, first: bool) -> str:
    if b[4] != 0:
        return ""
    if b[3] == b[5]:
        return NO_AXES
    return VERTICAL if first == (b[3] < b[5]) else ""


def _stationary(b: Analytic) -> Analytic:
    d = 4 * b[3] * b[5] - b[4] ** 2
    return np.asarray(np.array([b[2] * b[4] - 2 * b[1] * b[5], b[1] * b[4] - 2 * b[2] * b[3]]) / d)


def _slope(b: Analytic, *, first: bool) -> Analytic:
    """[b5 - b3 +- root] / b4, in the form that does not subtract equal numbers."""
    d = b[5] - b[3]
    root = np.sqrt(d**2 + b[4] ** 2)
    sign = 1.0 if first else -1.0
    if sign * d.real >= 0:
        return np.asarray((d + sign * root) / b[4])
    return np.asarray(b[4] / (sign * root - d))


def _intercept(b: Analytic, *, first: bool) -> Analytic:
    x0, y0 = _stationary(b)
    return np.asarray(y0 - _slope(b, first=first) * x0)
