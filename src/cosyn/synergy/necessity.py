"""Necessary condition analysis: how much of an outcome a low condition rules out.

Dul (2016, *Organizational Research Methods* 19, 10-52); the permutation test of Dul, van der Laan
& Kuik (2020, *Organizational Research Methods* 23, 385-395). The claim is of the upper left
corner: a high outcome needs a high condition. For other corners turn the scores round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.synergy._ceilings import ROUNDING, Scope, ceilings, ordered

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.synergy._ceilings import Ceilings, Ordered

Kind = Literal["ce_fdh", "cr_fdh"]
Size = Literal["small", "medium", "large", "very_large"]

TOO_FEW = "fewer than two cases"
CONSTANT_CONDITION = "the condition does not vary"
CONSTANT_OUTCOME = "the outcome does not vary"
OUTSIDE = "a case lies outside the scope"
ONE_PEER = "a line needs two peers"

#: Permutations that are computed at a time.
_BLOCK = 250


@dataclass(frozen=True, slots=True)
class Ceiling:
    """A ceiling and the empty zone above it; None where `reason` says why.

    Attributes
    ----------
    kind : str
        ``"ce_fdh"``: a step function over all cases, for few levels; ``"cr_fdh"``: a straight line
        through its corners, for many.
    zone, effect : float or None
        Empty area, and its share d of the scope.
    above : int or None
        Cases above the ceiling.
    accuracy : float or None
        Share of cases on or below it (c-accuracy).
    slope, intercept : float or None
        Of the line; None for ``"ce_fdh"``.
    pvalue : float or None
        (1 + permutations with at least this effect) / (1 + permutations).
    pvalue_se : float or None
        Its error for drawing permutations instead of trying them all.
    """

    kind: Kind
    zone: float | None
    effect: float | None
    above: int | None
    accuracy: float | None
    slope: float | None = None
    intercept: float | None = None
    pvalue: float | None = None
    pvalue_se: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Necessity:
    """The necessity of a condition for an outcome.

    Attributes
    ----------
    n, n_dropped : int
        Cases used, and those left out for a missing value.
    scope : Scope or None
        None where `reason` says why.
    peers : ndarray, shape (k, 2)
        Corners of the CE-FDH ceiling, from left to right.
    ce_fdh, cr_fdh : Ceiling
    replicates : int
        Permutations drawn.
    """

    n: int
    n_dropped: int
    scope: Scope | None
    peers: Matrix
    ce_fdh: Ceiling
    cr_fdh: Ceiling
    replicates: int
    reason: str = ""

    def ceiling(self, kind: Kind) -> Ceiling:
        """One of the two."""
        return self.ce_fdh if kind == "ce_fdh" else self.cr_fdh


def necessity(
    x: Vector,
    y: Vector,
    *,
    scope: tuple[float, float, float, float] | None = None,
    replicates: int = 0,
    seed: int = 1,
) -> Necessity:
    """Analyse whether a high x is necessary for a high y.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Ordered and outcome; NaN where missing.
    scope : tuple of float, optional
        Ends x_low, x_high, y_low, y_high of the scales; those of the cases by default.
    replicates, seed : int
        Permutations of the approximate test of no relation; 0 for none. It takes cases for
        exchangeable, which cases of the same cluster are not.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    kept = np.isfinite(x) & np.isfinite(y)
    dropped = int((~kept).sum())
    x, y = x[kept], y[kept]
    reason = _obstacle(x, y, scope)
    if reason:
        ce, cr = (_no_ceiling(kind, reason) for kind in ("ce_fdh", "cr_fdh"))
        return Necessity(len(x), dropped, None, np.zeros((0, 2)), ce, cr, 0, reason)
    ends = scope or (float(x.min()), float(x.max()), float(y.min()), float(y.max()))
    box, condition = Scope(*ends), ordered(x)
    found = ceilings(condition, y[None, :], box)
    pvalues = _test(condition, y, box, found, replicates, seed)
    corners = np.column_stack([condition.x, found.reached[0]])[found.peers[0]]
    step = Ceiling("ce_fdh", *_extent(float(found.zone[0]), box), 0, 1.0, None, None, *pvalues[0])
    line = _line(x, y, box, found, pvalues[1])
    return Necessity(len(x), dropped, box, corners, step, line, replicates)


def size_of(effect: float) -> Size:
    """Dul's (2016) benchmarks of d: 0.1, 0.3 and 0.5."""
    bounds: tuple[tuple[float, Size], ...] = ((0.1, "small"), (0.3, "medium"), (0.5, "large"))
    return next((size for bound, size in bounds if effect < bound), "very_large")


def _obstacle(x: Vector, y: Vector, scope: tuple[float, float, float, float] | None) -> str:
    if len(x) < 2:
        return TOO_FEW
    if scope is not None:
        x_low, x_high, y_low, y_high = scope
        if x.min() < x_low or x.max() > x_high or y.min() < y_low or y.max() > y_high:
            return OUTSIDE
    if np.ptp(x) == 0:
        return CONSTANT_CONDITION
    return CONSTANT_OUTCOME if np.ptp(y) == 0 else ""


def _no_ceiling(kind: Kind, reason: str) -> Ceiling:
    return Ceiling(kind, None, None, None, None, reason=reason)


def _extent(zone: float, scope: Scope) -> tuple[float, float]:
    return zone, zone / scope.area


def _line(
    x: Vector,
    y: Vector,
    scope: Scope,
    found: Ceilings,
    pvalues: tuple[float | None, float | None],
) -> Ceiling:
    slope, intercept = float(found.slope[0]), float(found.intercept[0])
    if not np.isnan(slope):
        margin = ROUNDING * (scope.y_high - scope.y_low)
        above = int(np.sum(y > intercept + slope * x + margin))
        zone, effect = _extent(float(found.line_zone[0]), scope)
        accuracy = 1 - above / len(x)
        return Ceiling("cr_fdh", zone, effect, above, accuracy, slope, intercept, *pvalues)
    if found.zone[0] == 0:  # the corner is occupied
        return Ceiling("cr_fdh", 0.0, 0.0, 0, 1.0, None, None, *pvalues)
    return _no_ceiling("cr_fdh", ONE_PEER)


def _test(
    condition: Ordered, y: Vector, scope: Scope, observed: Ceilings, replicates: int, seed: int
) -> tuple[tuple[float | None, float | None], tuple[float | None, float | None]]:
    """p-values of both ceilings, with their errors."""
    if not replicates:
        return (None, None), (None, None)
    random = np.random.default_rng(seed)
    reached = np.zeros(2)
    margin = ROUNDING * scope.area
    wanted = _zones(observed) - margin
    for start in range(0, replicates, _BLOCK):
        rows = min(_BLOCK, replicates - start)
        Y = random.permuted(np.broadcast_to(y, (rows, len(y))), axis=1)
        reached += (_zones(ceilings(condition, Y, scope)) >= wanted).sum(axis=0)
    p = (reached + 1) / (replicates + 1)
    errors = np.sqrt(p * (1 - p) / replicates)
    return (float(p[0]), float(errors[0])), (float(p[1]), float(errors[1]))


def _zones(found: Ceilings) -> Matrix:
    """Zones of both ceilings, shape (r, 2); a single peer leaves nothing above a line."""
    return np.column_stack([found.zone, np.nan_to_num(found.line_zone, nan=0.0)])
