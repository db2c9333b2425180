"""Whether an outcome is best where two dynamics are in balance, on observed scores.

Quadratic regression on scores that are centred at the midpoint of their common scale (Edwards &
Parry 1993), read by the conditions of Humberg, Nestler & Back (2019, *Social Psychological and
Personality Science* 10, 409-419).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cosyn.engine.polynomial import (
    curvature,
    fit_polynomial,
    quadratic_terms,
    surface,
    surface_values,
)
from cosyn.engine.regression import Nested, Quantity, coefficients
from cosyn.engine.resampling import bootstrap_statistic
from cosyn.synergy.congruence import CONSTANT, Congruence, Discrepancy, congruence, discrepancy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.polynomial import Surface

OFTEN_UNDEFINED = "undefined in more than 5 % of the replicates"


@dataclass(frozen=True, slots=True)
class Balance:
    """A response surface analysis.

    Attributes
    ----------
    n, n_dropped : int
        Cases used, and those left out for a missing value.
    clusters : int
        0 where standard errors are the classical ones.
    coefficients : tuple of Quantity
        b0 ... b5, then covariates.
    surface : Surface or None
        None where `reason` says why.
    curvature : Nested
        Quadratic terms against none.
    bootstrap : tuple of Quantity
        Of the surface's quantities: bootstrap standard errors and percentile intervals.
    """

    n: int
    n_dropped: int
    clusters: int
    r_squared: float | None
    coefficients: tuple[Quantity, ...]
    surface: Surface | None
    curvature: Nested
    discrepancy: Discrepancy
    congruence: Congruence
    bootstrap: tuple[Quantity, ...] = ()
    reason: str = ""


def balance(
    x: Vector,
    y: Vector,
    z: Vector,
    *,
    midpoint: float,
    covariates: Matrix | None = None,
    cluster: Sequence[Any] | NDArray[Any] | None = None,
    level: float = 0.95,
    replicates: int = 0,
    seed: int = 1,
) -> Balance:
    """Response surface analysis of outcome z on x and y.

    Parameters
    ----------
    x, y, z : ndarray, shape (n,)
        x and y on the same scale; NaN where missing.
    midpoint : float
        Subtracted from x and y, in whose centred scores all coefficients are.
    covariates : ndarray, shape (n, c), optional
        Centred at their means.
    cluster : sequence, length n, optional
        Makes standard errors cluster-robust (CR1), and the bootstrap draw clusters.
    level : float
        Of intervals, and one less the level of tests.
    replicates, seed : int
        Of the bootstrap of the surface's quantities; 0 for none.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    x, y, z = (np.asarray(each, dtype=np.float64) for each in (x, y, z))
    x, y = x - midpoint, y - midpoint
    fit = fit_polynomial(x, y, z, covariates=covariates, cluster=cluster)
    kept = _complete(x, y, z, covariates)
    reason = fit.reason
    if kept.any() and (np.ptp(x[kept]) == 0 or np.ptp(y[kept]) == 0):
        reason = CONSTANT
    found: Surface | None = None
    drawn: tuple[Quantity, ...] = ()
    if fit.b is not None:
        found = surface(fit.b[:6], None if fit.vcov is None else fit.vcov[:6, :6], fit.df, level)
        if replicates:
            own = None if cluster is None else np.asarray(cluster)[kept]
            C = None if covariates is None else np.asarray(covariates)[kept]
            columns = _design(x[kept], y[kept], z[kept], C)
            drawn = _bootstrap(columns, own, found, level, replicates, seed)
    return Balance(
        fit.n,
        fit.n_dropped,
        fit.clusters,
        fit.r_squared,
        coefficients(fit, level),
        found,
        curvature(x, y, z, covariates=covariates, cluster=cluster),
        discrepancy(x[kept], y[kept]),
        congruence(found, level, reason),
        drawn,
        reason,
    )


def _complete(x: Vector, y: Vector, z: Vector, covariates: Matrix | None) -> Flags:
    known = np.isfinite(x) & np.isfinite(y) & np.isfinite(z)
    if covariates is None:
        return np.asarray(known)
    return np.asarray(known & np.isfinite(np.asarray(covariates)).all(axis=1))


def _design(x: Vector, y: Vector, z: Vector, covariates: Matrix | None) -> Matrix:
    """Outcome first, then the columns of the regression."""
    C = np.zeros((len(x), 0)) if covariates is None else covariates - covariates.mean(axis=0)
    return np.column_stack([z, quadratic_terms(x, y), C])


def _bootstrap(
    columns: Matrix,
    cluster: NDArray[Any] | None,
    found: Surface,
    level: float,
    replicates: int,
    seed: int,
) -> tuple[Quantity, ...]:
    def refit(D: Matrix) -> Vector:
        b, _, rank, _ = np.linalg.lstsq(D[:, 1:], D[:, 0], rcond=None)
        return surface_values(np.asarray(b[:6])) if rank == D.shape[1] - 1 else np.full(11, np.nan)

    codes: Indices | None = None
    if cluster is not None:
        codes = np.unique(cluster, return_inverse=True)[1]
    drawn = bootstrap_statistic(
        refit,
        [columns],
        replicates=replicates,
        seed=seed,
        clusters=() if codes is None else [codes],
    ).intervals(level)
    assert drawn.standard_errors is not None
    assert drawn.lower is not None
    assert drawn.upper is not None
    ends = zip(drawn.standard_errors, drawn.lower, drawn.upper, strict=True)
    return tuple(
        Quantity(q.name, q.value, float(se), None, None, float(low), float(high))
        if np.isfinite(low)
        else Quantity(q.name, q.value, reason=q.reason or OFTEN_UNDEFINED)
        for q, (se, low, high) in zip(found.quantities(), ends, strict=True)
    )
