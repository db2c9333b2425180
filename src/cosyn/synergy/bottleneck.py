"""Bottlenecks: which level of a condition each level of an outcome needs; and ceilings to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.synergy._ceilings import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.synergy.necessity import Kind, Necessity

Unit = Literal["percent_range", "percent_max", "actual", "percentile"]
State = Literal["required", "not_necessary", "not_attained"]

#: Tenths of the range, Dul's (2016) customary table.
TENTHS = tuple(range(0, 101, 10))


@dataclass(frozen=True, slots=True)
class Requirement:
    """What one level of the outcome needs.

    Attributes
    ----------
    outcome, outcome_score : float
        The level, in the unit asked for and as a score.
    state : str
        ``"required"``; ``"not_necessary"`` where the lowest condition is enough;
        ``"not_attained"`` where the ceiling stays below this level in the whole scope.
    condition, condition_score : float or None
        What is required, in the unit asked for and as a score; None unless it is.
    """

    outcome: float
    outcome_score: float
    state: State
    condition: float | None = None
    condition_score: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CeilingLines:
    """Both ceilings within the scope, for figures.

    Attributes
    ----------
    step : ndarray, shape (k, 2)
        Corners of the CE-FDH ceiling, from the lower left to the right end.
    line : ndarray, shape (2, 2), or None
        Ends of the CR-FDH ceiling; None where there is no line.
    """

    step: Matrix
    line: Matrix | None


def bottleneck(
    found: Necessity,
    x: Vector,
    y: Vector,
    *,
    kind: Kind = "cr_fdh",
    levels: Sequence[float] = TENTHS,
    outcome_unit: Unit = "percent_range",
    condition_unit: Unit = "percent_range",
) -> tuple[Requirement, ...]:
    """What each level of the outcome needs of the condition (Dul 2016).

    Parameters
    ----------
    found : Necessity
        Of these x and y.
    x, y : ndarray, shape (n,)
        Used for percentiles only.
    levels : sequence of float
        Of the outcome: percentages, or scores if its unit is ``"actual"``.
    outcome_unit, condition_unit : str
        ``"percent_range"``: between the ends of the scope; ``"percent_max"``: of its upper end;
        ``"actual"``: scores; ``"percentile"``: share of the cases, for the condition of those that
        fall short of it.

    Returns
    -------
    tuple of Requirement
        Empty where there is no ceiling.
    """
    if found.scope is None or found.ceiling(kind).effect is None:
        return ()
    kept = np.isfinite(x) & np.isfinite(y)
    x, y = np.asarray(x)[kept], np.asarray(y)[kept]
    rows = []
    for level in levels:
        score = _outcome_score(found, y, float(level), outcome_unit)
        state, needed = _needed(found, kind, score)
        shown = None if needed is None else _shown(found, x, needed, condition_unit)
        rows.append(Requirement(float(level), score, state, shown, needed))
    return tuple(rows)


def ceiling_lines(found: Necessity) -> CeilingLines | None:
    """Ceilings to draw; None where the analysis has none."""
    if found.scope is None:
        return None
    corners, level = [], found.scope.y_low
    for x, y in found.peers:
        corners += [(x, level), (x, y)]
        level = y
    corners.append((found.scope.x_high, level))
    slope, intercept = found.cr_fdh.slope, found.cr_fdh.intercept
    if slope is None or intercept is None:
        return CeilingLines(np.array(corners), None)
    scope = found.scope
    ends = [max(scope.x_low, (scope.y_low - intercept) / slope)]
    ends.append(min(scope.x_high, (scope.y_high - intercept) / slope))
    line = np.array([(x, intercept + slope * x) for x in ends])
    return CeilingLines(np.array(corners), line)


def _outcome_score(found: Necessity, y: Vector, level: float, unit: Unit) -> float:
    assert found.scope is not None
    low, high = found.scope.y_low, found.scope.y_high
    if unit == "actual":
        return level
    if unit == "percentile":
        return float(np.quantile(y, level / 100))
    if unit == "percent_max":
        return level / 100 * high
    return low + level / 100 * (high - low)


def _needed(found: Necessity, kind: Kind, score: float) -> tuple[State, float | None]:
    assert found.scope is not None
    scope = found.scope
    margin = ROUNDING * (scope.y_high - scope.y_low)
    if kind == "ce_fdh":
        enough = found.peers[found.peers[:, 1] >= score - margin]
        if not len(enough):
            return "not_attained", None
        needed = float(enough[0, 0])
    else:
        slope, intercept = found.cr_fdh.slope, found.cr_fdh.intercept
        if slope is None or intercept is None:
            return "not_necessary", None
        needed = (score - intercept) / slope
    width = ROUNDING * (scope.x_high - scope.x_low)
    if needed <= scope.x_low + width:
        return "not_necessary", None
    if needed > scope.x_high + width:
        return "not_attained", None
    return "required", needed


def _shown(found: Necessity, x: Vector, needed: float, unit: Unit) -> float:
    assert found.scope is not None
    low, high = found.scope.x_low, found.scope.x_high
    if unit == "actual":
        return needed
    if unit == "percentile":
        return 100 * float(np.mean(x < needed - ROUNDING * (high - low)))
    if unit == "percent_max":
        return 100 * needed / high
    return 100 * (needed - low) / (high - low)
