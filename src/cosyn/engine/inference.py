"""From estimates and their covariance to standard errors, tests and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.engine._typing import Analytic, Matrix, Vector

_STEP = 1e-30


@dataclass(frozen=True, slots=True)
class Wald:
    """A test of one parameter against zero, and its interval."""

    z: float
    pvalue: float
    lower: float
    upper: float


def check_level(level: float) -> None:
    """Refuse a level of confidence that is none.

    Raises
    ------
    IdentificationError
        If it is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise IdentificationError(
            "interval.level",
            "argument `level`",
            f"it is {level:g}",
            "Give one between 0 and 1, such as 0.95",
        )


def wald(estimate: float, standard_error: float | None, level: float = 0.95) -> Wald | None:
    """Wald test and interval; None if the standard error is none or zero."""
    if not standard_error:
        return None
    z = estimate / standard_error
    half = float(ndtri((1 + level) / 2)) * standard_error
    return Wald(z, two_sided_pvalue(z), estimate - half, estimate + half)


def two_sided_pvalue(z: float) -> float:
    """Probability of a standard normal variable at least as far from zero."""
    return float(2 * ndtr(-abs(z)))


def jacobian(function: Callable[[Analytic], Analytic], x: Vector) -> Matrix:
    """Derivatives of an analytic function by a complex step, exact to rounding.

    Squire & Trapp (1998), *Using complex variables to estimate derivatives of real functions*,
    SIAM Review 40, 110-112.

    Parameters
    ----------
    function : callable
        From (q,) to (r,); must take complex arguments.
    x : ndarray, shape (q,)

    Returns
    -------
    ndarray, shape (r, q)
    """
    columns = []
    for k in range(len(x)):
        moved = x.astype(np.complex128)
        moved[k] += 1j * _STEP
        columns.append(function(moved).imag / _STEP)
    return np.array(columns).reshape(len(x), -1).T


def delta_method(function: Callable[[Analytic], Analytic], x: Vector, vcov: Matrix) -> Vector:
    """Standard errors, shape (r,), of an analytic function of estimates x (q,)."""
    J = jacobian(function, x)
    return np.asarray(np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", J, vcov, J), 0.0)))
