"""Whether an effect changes its sign: two lines, one on each side of a breakpoint.

Simonsohn (2018, *Advances in Methods and Practices in Psychological Science* 1, 538-555): a square
in a regression bends wherever data do and says nothing of the sign on either side. Two lines do;
where they part is chosen so that the weaker of them gains power (the "Robin Hood" algorithm).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.engine.inference import check_level
from cosyn.engine.regression import Quantity, Regression, coefficients, ols
from cosyn.engine.smoothing import smooth

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Matrix, Vector

FEW_VALUES = "the predictor has fewer than five different values"
MIDDLE = (0.10, 0.90)
"""Quantiles of the predictor between which the curve's extreme is looked for."""
_FEWEST = 5


@dataclass(frozen=True, slots=True)
class TwoLines:
    """Slopes below and above the breakpoint.

    Attributes
    ----------
    breakpoint : float or None
        None where `reason` says why.
    low, high : Quantity or None
        The slope of each side in units of outcome a unit of predictor.
    n, n_dropped : int
    clusters : int
        0 where standard errors are HC3.
    edf : float or None
        Of the smooth curve that the breakpoint was read from.
    """

    breakpoint: float | None
    low: Quantity | None
    high: Quantity | None
    n: int
    n_dropped: int
    clusters: int
    edf: float | None = None
    reason: str = ""


def two_lines(
    x: Vector,
    y: Vector,
    *,
    peak: bool = True,
    covariates: Matrix | None = None,
    cluster: Sequence[Any] | NDArray[Any] | None = None,
    level: float = 0.95,
) -> TwoLines:
    """Test for an effect of one sign below a breakpoint and of the other above it.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Predictor and outcome; NaN where missing.
    peak : bool
        Whether the outcome is said to be highest in between (an inverted U), or lowest.
    covariates : ndarray, shape (n, c), optional
    cluster : sequence, length n, optional
        Makes standard errors cluster-robust (CR1); they are HC3 otherwise, as the source has them.
    level : float
        Of the intervals.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    check_level(level)
    C = np.zeros((len(x), 0)) if covariates is None else np.asarray(covariates, dtype=np.float64)
    kept = np.isfinite(x) & np.isfinite(y) & np.isfinite(C).all(axis=1)
    x, y, C = x[kept], y[kept], C[kept]
    own = None if cluster is None else np.asarray(cluster)[kept]
    dropped = int((~kept).sum())
    J = 0 if own is None else len(np.unique(own))
    if len(np.unique(x)) < _FEWEST:
        return TwoLines(None, None, None, len(x), dropped, J, reason=FEW_VALUES)
    curve = smooth(x, y, C)
    flat = _flat(x, curve.value, curve.standard_error, peak=peak)

    def sides(at: float) -> tuple[Quantity, Quantity, str]:
        # Each slope from the model in which the breakpoint itself belongs to its side.
        models = (_lines(x, y, C, at, own, low=True), _lines(x, y, C, at, own, low=False))
        reason = next((fit.reason for fit in models if fit.vcov is None), "")
        return coefficients(models[0], level)[1], coefficients(models[1], level)[2], reason

    at = float(np.median(flat))
    low, high, reason = sides(at)
    if not reason and low.t is not None and high.t is not None:
        at = float(np.quantile(flat, abs(high.t) / (abs(low.t) + abs(high.t))))
        low, high, reason = sides(at)
    if reason:
        return TwoLines(None, None, None, len(x), dropped, J, curve.edf, reason)
    return TwoLines(at, low, high, len(x), dropped, J, curve.edf)


def _flat(x: Vector, value: Vector, error: Vector, *, peak: bool) -> Vector:
    """Cases in the middle whose curve is within a standard error of its extreme."""
    sign = 1.0 if peak else -1.0
    low, high = np.quantile(x, MIDDLE)
    middle = (x > low) & (x < high)
    if not middle.any():
        middle = (x >= low) & (x <= high)
    most = (sign * value)[middle].max()
    return np.asarray(x[middle & (sign * value + error >= most)])


def _lines(
    x: Vector, y: Vector, C: Matrix, at: float, cluster: NDArray[Any] | None, *, low: bool
) -> Regression:
    """Constant, slope below, slope above, step between them, and covariates."""
    below = x <= at if low else x < at
    apart = x - at
    X = np.column_stack([np.ones_like(x), apart * below, apart * ~below, 1.0 - below, C])
    names = ("constant", "low", "high", "step", *(f"c{k}" for k in range(C.shape[1])))
    fit = ols(X, y, names, cluster=cluster)
    if fit.b is None or fit.vcov is None or cluster is not None:
        return fit
    return replace(fit, vcov=_hc3(X, y - X @ fit.b))


def _hc3(X: Matrix, e: Vector) -> Matrix:
    """Covariance robust to unequal variances (MacKinnon & White 1985), with the jackknife's weight.

    A case that alone determines a coefficient has no residual; its weight is left at 1.
    """
    inverse = np.linalg.inv(np.linalg.qr(X, mode="r"))
    bread = inverse @ inverse.T
    leverage = np.einsum("ij,jk,ik->i", X, bread, X)
    weight = np.where(leverage < 1 - 1e-9, 1 / np.maximum(1 - leverage, 1e-9), 1.0)
    scores = X * (e * weight)[:, None]
    return np.asarray(bread @ (scores.T @ scores) @ bread)
