"""Regressions of single variables on covariates: the first step where there are covariates.

An ordinal item is explained by an ordered probit model, y* = x'b + e with thresholds, and a
continuous variable by least squares (Muthén 1984, *Psychometrika* 49, 115-132, case B). Covariates
are centred and scaled here, and thresholds and intercepts moved to where they are zero at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.bivariate import FAR, interval, normal_density
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.polychoric import SMALLEST
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._ordinal_layout import Answers, Layout
    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.contingency import Codes

_STEPS, _HALVINGS = 60, 30
_TOLERANCE = 1e-10
#: Slopes by standard deviation of a covariate that no data but separated ones lead to.
_SEPARATED = 10.0
#: Share of a variance that is rounding error of none.
_ROUNDING = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Regressions:
    """What regressions on standardized covariates say of each variable.

    Attributes
    ----------
    tau : ndarray, shape (items, K - 1)
        Thresholds where the covariates have their means; infinite where there are none.
    of_items : ndarray, shape (k, items)
        Slopes of the ordinal items.
    mean, sd : ndarray, shape (continuous,)
        Values where the covariates have their means, and residual standard deviations (divisor n).
    of_continuous : ndarray, shape (k, continuous)
        Slopes of the continuous variables.
    """

    tau: Matrix
    of_items: Matrix
    mean: Vector
    sd: Vector
    of_continuous: Matrix


def regressions(
    codes: Codes, tau: Matrix, y: Matrix, names: tuple[Sequence[str], Sequence[str]], X: Matrix
) -> Regressions:
    """Regress ordinal items and continuous variables on covariates, one by one.

    Parameters
    ----------
    codes : ndarray of int, shape (n, items)
        -1 where missing.
    tau : ndarray, shape (items, K - 1)
        Thresholds without covariates, infinite where there are none.
    y : ndarray, shape (n, continuous)
        NaN where missing.
    names : tuple of sequence of str
        Of the items, and of the continuous variables.
    X : ndarray, shape (n, k)
        Standardized covariates.

    Raises
    ------
    IdentificationError
        If the covariates determine a variable.
    """
    tau, k = tau.copy(), X.shape[1]
    of_items = np.zeros((k, codes.shape[1]))
    for j, name in enumerate(names[0]):
        steps, seen = np.isfinite(tau[j]), codes[:, j] >= 0
        tau[j, steps], of_items[:, j] = ordered_probit(
            codes[seen, j].astype(np.intp), X[seen], tau[j, steps], name
        )
    found = [_linear(column, X, name) for column, name in zip(y.T, names[1], strict=True)]
    mean, sd = (np.array([each[m] for each in found]) for m in (0, 1))
    slopes = np.array([each[2] for each in found]).reshape(-1, k).T
    return Regressions(tau, of_items, mean, sd, slopes)


def _linear(y: Vector, X: Matrix, name: str) -> tuple[float, float, Vector]:
    """Intercept, residual standard deviation and slopes (k,)."""
    seen = ~np.isnan(y)
    design = np.column_stack([np.ones(seen.sum()), X[seen]])
    centre = y[seen].mean()
    found, *_ = np.linalg.lstsq(design, y[seen] - centre, rcond=None)
    sd = float(np.std(y[seen] - design @ found))
    if sd**2 <= _ROUNDING * np.var(y[seen]):
        raise _determined(name)
    return float(centre + found[0]), sd, np.asarray(found[1:])


def ordered_probit(
    codes: Indices, X: Matrix, start: Vector, name: str = ""
) -> tuple[Vector, Vector]:
    """Thresholds (K - 1,) and slopes (k,) of an ordered probit model by Newton's method.

    The likelihood is concave (Pratt 1981, *JASA* 76, 103-106).

    Parameters
    ----------
    codes : ndarray of int, shape (n,)
        Categories 0 to K - 1, all of which occur.
    X : ndarray, shape (n, k)
        Standardized covariates.
    start : ndarray, shape (K - 1,)
        Thresholds to start from.

    Raises
    ------
    IdentificationError
        If the covariates separate the categories, so that slopes grow beyond all bounds.
    """
    at = np.concatenate([start, np.zeros(X.shape[1])])
    value, score, information = _likelihood(codes, X, at, len(start))
    for _ in range(_STEPS):
        step = damped_inverse(information) @ score
        for _ in range(_HALVINGS):
            new = _likelihood(codes, X, at + step, len(start))
            if new[0] >= value - _TOLERANCE * abs(value):
                break
            step = step / 2
        at, (value, score, information) = at + step, new
        if np.abs(at[len(start) :]).max() > _SEPARATED:
            break
        if np.abs(step).max() < _TOLERANCE:
            return at[: len(start)], at[len(start) :]
    raise _determined(name)


def _likelihood(codes: Indices, X: Matrix, at: Vector, steps: int) -> tuple[float, Vector, Matrix]:
    """Log-likelihood, score and information (minus the Hessian); -inf if thresholds cross."""
    tau, slopes = at[:steps], at[steps:]
    if (np.diff(tau) <= 0).any():
        return -np.inf, np.zeros(len(at)), np.eye(len(at))
    lower, upper = _limits(codes, tau, X @ slopes)
    P = np.maximum(interval(lower, upper), SMALLEST)
    b, a = -normal_density(lower) / P, normal_density(upper) / P
    dummies = np.eye(steps + 1, steps)
    above = np.hstack([dummies[codes], -X])
    below = np.hstack([np.vstack([np.zeros(steps), dummies[:-1]])[codes], -X])
    s = a[:, None] * above + b[:, None] * below
    information = s.T @ s + (upper * a * above.T) @ above + (lower * b * below.T) @ below
    return float(np.log(P).sum()), s.sum(axis=0), information


def _limits(codes: Indices, tau: Vector, shift: Vector) -> tuple[Vector, Vector]:
    edges = np.concatenate([[-FAR], tau, [FAR]])
    return edges[codes] - shift, edges[codes + 1] - shift


def places(plan: Layout, v: int) -> Indices:
    """Where the statistics of one variable stand: thresholds or mean, slopes, variance."""
    own = np.arange(plan.first[v], plan.first[v] + plan.steps[v])
    variance = [] if plan.ordered[v] else [plan.variance[v]]
    return np.concatenate([own, plan.slopes[:, v], variance]).astype(np.intp)


def casewise(answers: Answers, plan: Layout, v: int) -> Matrix:
    """Scores (n, d) of the statistics of one variable, in the order of `places`; 0 if missing."""
    X, k = answers.covariates, plan.place[v]
    if not plan.ordered[v]:
        z = answers.z[:, k]
        return np.nan_to_num(np.column_stack([z, z[:, None] * X, (z * z - 1) / 2]))
    lower, upper = (side[:, 0] for side in answers.around(np.array([k])))
    P = np.maximum(interval(lower, upper), SMALLEST)
    at_lower, at_upper = (np.nan_to_num(side / P) for side in _densities(lower, upper))
    codes = answers.codes[:, k].astype(np.intp)
    scores = np.zeros((len(codes), plan.steps[v] + X.shape[1]))
    for step in range(plan.steps[v]):
        lies_above = np.where(codes == step + 1, at_lower, 0.0)
        scores[:, step] = np.where(codes == step, at_upper, lies_above)
    scores[:, plan.steps[v] :] = -(at_lower + at_upper)[:, None] * X
    return scores


def _densities(lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
    return -normal_density(lower), normal_density(upper)


def _determined(name: str) -> IdentificationError:
    return _impossible(
        "determined-by-covariates",
        f"the covariates determine `{name}`: its slopes are infinite or leave nothing over",
        "Leave out the covariate that tells its values, or merge categories",
    )


def _impossible(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(f"data.{code}", "the data", what, fix)
