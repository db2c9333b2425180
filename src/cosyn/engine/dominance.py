"""Dominance analysis: which predictors explain more, whatever the others in the model.

Budescu (1993, *Psychological Bulletin* 114, 542-551); Azen & Budescu (2003, *Psychological
Methods* 8, 129-148). Of the R2 of all subsets of predictors, from data or from correlations, which
may be those of latent variables.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.linalg import definite_inverse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector

MOST = 12
TOO_MANY = f"more than {MOST} predictors"
TOO_FEW = "fewer than two predictors"
NOT_DEFINITE = "the correlation matrix is not positive definite"
TOO_FEW_CASES = "too few cases"
CONSTANT = "a variable does not vary"
NOTHING_EXPLAINED = "nothing is explained"

#: Differences of R2 below this are rounding error.
_TIE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Dominance:
    """How the predictors share R2; None where `reason` says why.

    Attributes
    ----------
    names : tuple of str
        Of the p predictors.
    r_squared : float or None
        Of all of them.
    general : ndarray, shape (p,), or None
        Average contribution over the levels; they sum to R2.
    share : ndarray, shape (p,), or None
        `general` over R2; None also where R2 is zero.
    conditional : ndarray, shape (p, p), or None
        Row k: average contribution of each predictor to the subsets of k others.
    complete, conditionally, generally : ndarray, shape (p, p), or None
        1 where the row's predictor dominates the column's, 0 where it is dominated, 0.5 where
        neither is so: over every subset, at every level, on the average of the levels.
    """

    names: tuple[str, ...]
    r_squared: float | None
    general: Vector | None
    share: Vector | None
    conditional: Matrix | None
    complete: Matrix | None
    conditionally: Matrix | None
    generally: Matrix | None
    reason: str = ""


def dominance(R: Matrix, r: Vector, names: Sequence[str]) -> Dominance:
    """Dominance analysis of correlations.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Correlations of the predictors, 2 <= p <= 12.
    r : ndarray, shape (p,)
        Their correlations with the outcome.
    """
    names, p = tuple(names), len(r)
    reason = TOO_FEW if p < 2 else TOO_MANY if p > MOST else ""
    if not reason and definite_inverse(np.block([[R, r[:, None]], [r[None, :], 1.0]])) is None:
        reason = NOT_DEFINITE
    if reason:
        return _none(names, reason)
    gains = _gains(_r_squared(np.asarray(R, dtype=np.float64), np.asarray(r, dtype=np.float64)), p)
    conditional = _by_level(gains)
    general = conditional.mean(axis=0)
    total = float(general.sum())
    nothing = total < _TIE
    return Dominance(
        names,
        total,
        general,
        None if nothing else general / total,
        conditional,
        _relations(gains),
        _relations(conditional),
        _relations(general[None, :]),
        NOTHING_EXPLAINED if nothing else "",
    )


def dominance_of(X: Matrix, y: Vector, names: Sequence[str]) -> Dominance:
    """Dominance analysis of data.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    y : ndarray, shape (n,)
        Cases with a NaN in X or y are left out.
    """
    D = complete_cases(X, y)
    if len(D) <= D.shape[1]:
        return _none(tuple(names), TOO_FEW_CASES)
    if (np.ptp(D, axis=0) == 0).any():
        return _none(tuple(names), CONSTANT)
    S = np.asarray(np.corrcoef(D, rowvar=False))
    return dominance(S[:-1, :-1], S[:-1, -1], names)


def complete_cases(X: Matrix, y: Vector) -> Matrix:
    """Predictors and outcome, as the last column, of the cases without NaN."""
    D = np.column_stack([np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)])
    return np.asarray(D[np.isfinite(D).all(axis=1)])


def _none(names: tuple[str, ...], reason: str) -> Dominance:
    return Dominance(names, None, None, None, None, None, None, None, reason)


def _r_squared(R: Matrix, r: Vector) -> Vector:
    """R2 of each subset, whose number has a bit for each predictor; shape (2^p,)."""
    p = len(r)
    found = np.zeros(2**p)
    for size in range(1, p + 1):
        own = np.array(list(combinations(range(p), size)))
        b = np.linalg.solve(R[own[:, :, None], own[:, None, :]], r[own][:, :, None])[:, :, 0]
        found[(2**own).sum(axis=1)] = np.einsum("sk,sk->s", b, r[own])
    return found


def _gains(r_squared: Vector, p: int) -> Matrix:
    """What each predictor adds to each subset, NaN where it is in it; shape (2^p, p)."""
    subset = np.arange(2**p)[:, None]
    bit = 2 ** np.arange(p)[None, :]
    inside = (subset & bit) > 0
    return np.where(inside, np.nan, r_squared[subset | bit] - r_squared[subset])


def _by_level(gains: Matrix) -> Matrix:
    p = gains.shape[1]
    size = np.array([number.bit_count() for number in range(len(gains))])
    return np.array([np.nanmean(gains[size == level], axis=0) for level in range(p)])


def _relations(gains: Matrix) -> Matrix:
    """Relations over the rows in which both predictors have a gain."""
    above = gains[:, :, None] - gains[:, None, :]
    never_less = ((above >= -_TIE) | np.isnan(above)).all(axis=0)
    never_more = never_less.T
    return np.where(never_less & ~never_more, 1.0, np.where(never_more & ~never_less, 0.0, 0.5))
