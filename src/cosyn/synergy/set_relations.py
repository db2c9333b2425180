"""How far memberships are sufficient or necessary for an outcome: consistency and coverage.

Ragin (2006, *Political Analysis* 14, 291-310); proportional reduction in inconsistency and
relevance of necessity of Schneider & Wagemann (2012, *Set-Theoretic Methods*, ch. 9).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector

EMPTY_SET = "no case is in the set"
EMPTY_OUTCOME = "no case is in the outcome"
ALWAYS = "all cases are in both sets"
NEVER_APART = "the set is never in one of outcome and its negation alone"


@dataclass(frozen=True, slots=True)
class SufficiencyFit:
    """Of a set X for an outcome Y; None where `reason` says why.

    Attributes
    ----------
    consistency : float or None
        sum min(X, Y) / sum X.
    pri : float or None
        The same without what is in Y and in its negation both.
    coverage : float or None
        sum min(X, Y) / sum Y.
    """

    consistency: float | None
    pri: float | None
    coverage: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NecessityFit:
    """Of a set X for an outcome Y; None where `reason` says why.

    Attributes
    ----------
    name : str
        Of the set; ``~`` negates.
    consistency : float or None
        sum min(X, Y) / sum Y.
    coverage : float or None
        sum min(X, Y) / sum X.
    relevance : float or None
        sum (1 - X) / sum (1 - min(X, Y)), RoN: near 0 for a set that nearly every case is in.
    """

    name: str
    consistency: float | None
    coverage: float | None
    relevance: float | None
    reason: str = ""


def sufficiency(x: Vector, y: Vector) -> SufficiencyFit:
    """Sufficiency of memberships x for y, each of shape (n,)."""
    both = np.minimum(x, y)
    shared, total, outcome = float(both.sum()), float(x.sum()), float(y.sum())
    if total == 0:
        return SufficiencyFit(None, None, None if outcome == 0 else 0.0, EMPTY_SET)
    coverage = shared / outcome if outcome else None
    ambiguous = float(np.minimum(both, 1 - y).sum())
    if total - ambiguous <= 0:
        return SufficiencyFit(shared / total, None, coverage, NEVER_APART)
    pri = (shared - ambiguous) / (total - ambiguous)
    return SufficiencyFit(shared / total, pri, coverage, "" if outcome else EMPTY_OUTCOME)


def necessity_of(x: Vector, y: Vector, name: str = "") -> NecessityFit:
    """Necessity of memberships x for y, each of shape (n,)."""
    both = np.minimum(x, y)
    shared, total, outcome = float(both.sum()), float(x.sum()), float(y.sum())
    if outcome == 0:
        return NecessityFit(name, None, None, None, EMPTY_OUTCOME)
    coverage = shared / total if total else None
    outside = float((1 - both).sum())
    relevance = float((1 - x).sum()) / outside if outside > 0 else None
    reason = EMPTY_SET if not total else ALWAYS if relevance is None else ""
    return NecessityFit(name, shared / outcome, coverage, relevance, reason)


def necessities(X: Matrix, y: Vector, names: Sequence[str]) -> tuple[NecessityFit, ...]:
    """Necessity of every condition, then of every condition's absence.

    Parameters
    ----------
    X : ndarray, shape (n, k)
        Memberships in k conditions.
    """
    present = [necessity_of(X[:, k], y, name) for k, name in enumerate(names)]
    absent = [necessity_of(1 - X[:, k], y, f"~{name}") for k, name in enumerate(names)]
    return (*present, *absent)
