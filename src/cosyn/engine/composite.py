"""Shares of the variance of a sum of items that count as true, with their standard errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine._categorical_omega import total_variance, true_variance
from cosyn.engine.inference import delta_method, jacobian
from cosyn.engine.least_squares import ordinal_structures

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.engine._typing import Analytic, Flags, Indices, Matrix, Vector
    from cosyn.engine.estimation import SemFit

    #: True covariances (k, k) of the items at free parameters x (q,), real or complex.
    True_ = Callable[[Analytic], Analytic]

Scale = Literal["answers", "standardized"]


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the variance of a sum.

    Attributes
    ----------
    implied : float
        Of the variance that the model implies.
    standard_error : float or None
        Of `implied`, by the delta method; None without a covariance of the estimates.
    observed : float
        Of the variance in the sample.
    """

    implied: float
    standard_error: float | None
    observed: float


def share(
    fit: SemFit, group: int, items: Indices, true: True_, scale: Scale = "answers"
) -> Share | None:
    """The true share of the variance of the sum of some items.

    Parameters
    ----------
    group : int
        From 1.
    items : ndarray of int, shape (k,)
        Places among the observed variables.
    true : callable
        What counts as true, in the metric of the model.
    scale : {"answers", "standardized"}
        Whether the sum is of the items as they were answered, for ordinal items of their category
        numbers (Green & Yang 2009); or of standardized items. Where they are ordinal that is the
        sum of the normal variables behind them, which nobody observes.

    Returns
    -------
    Share or None
        None where the sum mixes ordinal and continuous items, which have no common unit, or its
        variance is not positive.
    """
    ordinal = _ordinal(fit, group, items)
    if scale == "standardized" or not ordinal.any():
        return _linear(fit, group, items, true, standardized=scale == "standardized")
    return _of_categories(fit, group, items, true) if ordinal.all() else None


def _ordinal(fit: SemFit, group: int, items: Indices) -> Flags:
    if not fit.ordinal:
        return np.zeros(len(items), dtype=np.bool_)
    return np.asarray(fit.ordinal[group - 1].ordered[items])


def _linear(
    fit: SemFit, group: int, items: Indices, true: True_, *, standardized: bool
) -> Share | None:
    block = np.ix_(items, items)

    def parts(x: Analytic) -> Analytic:
        Sigma = fit.structures[group - 1].implied(x).Sigma[block]
        unit = np.diag(Sigma) ** -0.5 if standardized else np.ones(len(items))
        return np.array([unit @ true(x) @ unit, unit @ Sigma @ unit])

    def ratio(x: Analytic) -> Analytic:
        shared, total = parts(x)
        return np.array([shared / total])

    S = fit.groups[group - 1].cov[block]
    sd = np.sqrt(np.diag(S)) if standardized else np.ones(len(items))
    shared, total = parts(fit.x)
    observed = float((S / np.outer(sd, sd)).sum())
    if total <= 0 or observed <= 0:
        return None
    error = None if fit.vcov is None else float(delta_method(ratio, fit.x, fit.vcov)[0])
    return Share(float(shared / total), error, float(shared / observed))


def _of_categories(fit: SemFit, group: int, items: Indices, true: True_) -> Share | None:
    steps = [len(fit.ordinal[group - 1].thresholds[k]) for k in items]
    place = np.arange(max(steps)) < np.array(steps)[:, None]
    n, k = int(place.sum()), len(items)
    behind = _behind(fit, group, items, true)
    found = behind(fit.x)
    tau = np.full(place.shape, np.inf)
    tau[place] = found[:n]
    shared = true_variance(tau, found[n : n + k * k].reshape(k, k))
    implied = total_variance(tau, found[n + k * k :].reshape(k, k))
    R = fit.ordinal[group - 1].correlation[np.ix_(items, items)]
    observed = total_variance(tau, R).value
    if implied.value <= 0 or observed <= 0:
        return None
    value = shared.value / implied.value
    slopes = np.concatenate(
        [
            (shared.by_threshold - value * implied.by_threshold)[place],
            shared.by_correlation.ravel(),
            -value * implied.by_correlation.ravel(),
        ]
    )
    error = None
    if fit.vcov is not None:
        error = _error(slopes / implied.value, jacobian(behind, fit.x), fit.vcov)
    return Share(value, error, shared.value / observed)


def _behind(fit: SemFit, group: int, items: Indices, true: True_) -> Callable[[Analytic], Analytic]:
    """Thresholds of standardized variables, then true (k, k) and implied correlations (k, k)."""
    part = ordinal_structures(fit.table)[group - 1]
    where = np.concatenate([np.flatnonzero(part.variable == k) for k in items])

    def function(x: Analytic) -> Analytic:
        Sigma = part.structure.implied(x).Sigma[np.ix_(items, items)]
        unit = np.diag(Sigma) ** -0.5
        units = np.outer(unit, unit)
        tau = part.statistics(x)[where]
        return np.concatenate([tau, (units * true(x)).ravel(), (units * Sigma).ravel()])

    return function


def _error(slopes: Vector, J: Matrix, vcov: Matrix) -> float:
    moved = slopes @ J
    return float(np.sqrt(max(float(moved @ vcov @ moved), 0.0)))
