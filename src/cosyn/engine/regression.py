"""Ordinary least squares with classical or cluster-robust covariance, and tests of constraints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtrc, fdtrc, stdtr, stdtrit

from cosyn.engine.inference import check_level, jacobian

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Analytic, Matrix, Vector

TOO_FEW_CASES = "too few cases"
TOO_FEW_CLUSTERS = "fewer than two clusters"
CONSTANT_OUTCOME = "the outcome does not vary"
DEPENDENT = "predictors are linearly dependent"
NO_ERROR = "the residuals are zero"
NO_COVARIANCE = "no covariance of the coefficients"
SINGULAR = "the covariance of the tested quantities is singular"

#: Share of a column's length that must be its own, not the other columns'.
_OWN = 1e-9
#: Share of the outcome's variation below which residuals are rounding error.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Quantity:
    """An estimate with its test against zero (t distribution) and its interval.

    Attributes
    ----------
    value, se, t, pvalue, lower, upper : float or None
        None where `reason` says why.
    """

    name: str
    value: float | None
    se: float | None = None
    t: float | None = None
    pvalue: float | None = None
    lower: float | None = None
    upper: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WaldTest:
    """A joint test of constraints: chi-square with `df1`, and F with `df1` and `df2`.

    Attributes
    ----------
    chi_square, pvalue_chi_square, F, pvalue : float or None
        `pvalue` is that of F. None where `reason` says why.
    """

    chi_square: float | None
    pvalue_chi_square: float | None
    F: float | None
    pvalue: float | None
    df1: int
    df2: float
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A linear regression.

    Attributes
    ----------
    names : tuple of str
        Of the k columns.
    b : ndarray, shape (k,), or None
    vcov : ndarray, shape (k, k), or None
        Both None where `reason` says why.
    n, n_dropped : int
        Cases used, and those left out for a missing value.
    df : int
        Degrees of freedom of t: n - k, with clusters their number less one.
    r_squared : float or None
        About the mean of the outcome.
    residual_squares : float or None
        Sum of squared residuals.
    clusters : int
        0 where the covariance is the classical one.
    """

    names: tuple[str, ...]
    b: Vector | None
    vcov: Matrix | None
    n: int
    n_dropped: int
    df: int
    r_squared: float | None
    residual_squares: float | None
    clusters: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Nested:
    """A full model against one with fewer terms, on the same cases.

    Attributes
    ----------
    r_squared, r_squared_restricted, gain : float or None
        None where the full model could not be fitted.
    test : WaldTest
        Of the terms left out, with the covariance of the full model.
    """

    r_squared: float | None
    r_squared_restricted: float | None
    gain: float | None
    test: WaldTest


def ols(
    X: Matrix,
    y: Vector,
    names: Sequence[str],
    *,
    cluster: Sequence[Any] | NDArray[Any] | None = None,
) -> Regression:
    """Regress on the columns of X, which must hold the constant if there is to be one.

    The cluster-robust covariance is CR1 with the factor J / (J - 1) (n - 1) / (n - k) and J - 1
    degrees of freedom (Cameron & Miller 2015, *Journal of Human Resources* 50, 317-372), as in
    Stata and in R's sandwich; clubSandwich calls it CR1S.

    Parameters
    ----------
    X : ndarray, shape (n, k)
    y : ndarray, shape (n,)
        Cases with a NaN in X or y are left out.
    cluster : sequence, length n, optional
        Label of each case's cluster.
    """
    X, y = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    kept = np.isfinite(X).all(axis=1) & np.isfinite(y)
    labels = None if cluster is None else np.unique(np.asarray(cluster)[kept], return_inverse=True)
    J = 0 if labels is None else len(labels[0])
    dropped = int((~kept).sum())
    X, y, names = X[kept], y[kept], tuple(names)
    n, k = X.shape
    df = n - k if labels is None else J - 1
    reason = _obstacle(X, y, None if labels is None else J)
    if reason:
        return Regression(names, None, None, n, dropped, max(df, 0), None, None, J, reason)
    inverse = np.linalg.inv(np.linalg.qr(X, mode="r"))
    bread = np.asarray(inverse @ inverse.T)
    b = np.asarray(np.linalg.lstsq(X, y, rcond=None)[0])
    e = y - X @ b
    squares, total = float(e @ e), float(np.sum((y - y.mean()) ** 2))
    if squares <= _ROUNDING * total:
        return Regression(names, b, None, n, dropped, df, 1.0, squares, J, NO_ERROR)
    if labels is None:
        vcov = bread * (squares / (n - k))
    else:
        scores = np.zeros((J, k))
        np.add.at(scores, labels[1], X * e[:, None])
        vcov = np.asarray(bread @ (scores.T @ scores) @ bread) * (J / (J - 1) * (n - 1) / (n - k))
    return Regression(names, b, vcov, n, dropped, df, 1 - squares / total, squares, J)


def _obstacle(X: Matrix, y: Vector, clusters: int | None) -> str:
    n, k = X.shape
    if n <= k:
        return TOO_FEW_CASES
    if clusters is not None and clusters < 2:
        return TOO_FEW_CLUSTERS
    if np.ptp(y) == 0:
        return CONSTANT_OUTCOME
    length = np.linalg.norm(X, axis=0)
    if (length == 0).any():
        return DEPENDENT
    own = np.abs(np.diag(np.linalg.qr(X / length, mode="r")))
    return DEPENDENT if own.min() < _OWN else ""


def quantity(name: str, value: float, se: float | None, df: float, level: float) -> Quantity:
    """Test an estimate against zero; without a standard error it stands alone."""
    if not se:
        return Quantity(name, value, reason=NO_COVARIANCE if se is None else NO_ERROR)
    t, half = value / se, float(stdtrit(df, (1 + level) / 2)) * se
    return Quantity(name, value, se, t, float(2 * stdtr(df, -abs(t))), value - half, value + half)


def coefficients(fit: Regression, level: float = 0.95) -> tuple[Quantity, ...]:
    """Each coefficient with its test and interval.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    if fit.b is None:
        return tuple(Quantity(name, None, reason=fit.reason) for name in fit.names)
    if fit.vcov is None:
        pairs = zip(fit.names, fit.b, strict=True)
        return tuple(Quantity(name, float(b), reason=fit.reason) for name, b in pairs)
    rows = zip(fit.names, fit.b, np.sqrt(np.diag(fit.vcov)), strict=True)
    return tuple(quantity(name, float(b), float(se), fit.df, level) for name, b, se in rows)


def wald_test(
    function: Callable[[Analytic], Analytic], b: Vector, vcov: Matrix, df: float
) -> WaldTest:
    """Test that an analytic function of estimates b (k,) is zero: d' (J V J')^-1 d.

    F is the chi-square over its degrees of freedom, with `df` those of its denominator.

    Parameters
    ----------
    function : callable
        From (k,) to (r,).
    """
    value = np.atleast_1d(np.asarray(function(b), dtype=np.float64))
    J = jacobian(function, b)
    V = J @ vcov @ J.T
    r = len(value)
    sd = np.sqrt(np.maximum(np.diag(V), np.finfo(float).tiny))
    if np.linalg.eigvalsh(V / np.outer(sd, sd))[0] < _OWN:
        return WaldTest(None, None, None, None, r, df, SINGULAR)
    chi = float(value @ np.linalg.solve(V, value))
    F, p = chi / r, float(chdtrc(r, chi))
    return WaldTest(chi, p, F, float(fdtrc(r, df, F)) if np.isfinite(df) else p, r, df)


def nested(
    X: Matrix,
    y: Vector,
    names: Sequence[str],
    *,
    tested: Sequence[str],
    cluster: Sequence[Any] | NDArray[Any] | None = None,
) -> Nested:
    """What the columns named in `tested` add to the others; parameters as of `ols`."""
    names = tuple(names)
    full = ols(X, y, names, cluster=cluster)
    own = [names.index(name) for name in tested]
    if full.b is None or full.vcov is None:
        return Nested(None, None, None, _untested(len(own), full))
    kept = np.isfinite(X).all(axis=1) & np.isfinite(y)
    others = [k for k in range(len(names)) if k not in own]
    less = ols(X[kept][:, others], y[kept], [names[k] for k in others])
    test = wald_test(lambda b: b[own], full.b, full.vcov, full.df)
    if full.r_squared is None or less.r_squared is None:
        return Nested(full.r_squared, None, None, test)
    return Nested(full.r_squared, less.r_squared, full.r_squared - less.r_squared, test)


def _untested(count: int, fit: Regression) -> WaldTest:
    return WaldTest(None, None, None, None, count, fit.df, fit.reason)
