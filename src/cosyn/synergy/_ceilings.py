"""Ceilings over scatter plots, many outcomes at a time: what a permutation test repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cosyn.engine._typing import Flags, Indices, Matrix, Vector

#: Share of the outcome's range by which a case may lie above a line for rounding.
ROUNDING = 1e-10


@dataclass(frozen=True, slots=True)
class Scope:
    """The rectangle in which cases can lie."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float

    @property
    def area(self) -> float:
        """Its size."""
        return (self.x_high - self.x_low) * (self.y_high - self.y_low)


@dataclass(frozen=True, slots=True, eq=False)
class Ordered:
    """A condition's values in order, and where each different one starts.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
    x : ndarray, shape (m,)
        The m different values.
    starts : ndarray of int, shape (m,)
        Place of the first case, in that order, with each.
    """

    order: Indices
    x: Vector
    starts: Indices


@dataclass(frozen=True, slots=True, eq=False)
class Ceilings:
    """Of each of r outcomes.

    Attributes
    ----------
    reached : ndarray, shape (r, m)
        Highest outcome of the cases with at most each value of the condition.
    peers : ndarray of bool, shape (r, m)
        Where it rises: the corners of the CE-FDH ceiling.
    zone, line_zone : ndarray, shape (r,)
        Empty area above CE-FDH and CR-FDH; `line_zone` is NaN where there is a single peer.
    slope, intercept : ndarray, shape (r,)
        Of CR-FDH.
    """

    reached: Matrix
    peers: Flags
    zone: Vector
    line_zone: Vector
    slope: Vector
    intercept: Vector


def ordered(x: Vector) -> Ordered:
    """Sort a condition's values (n,)."""
    order = np.argsort(x, kind="stable")
    values, starts = np.unique(x[order], return_index=True)
    return Ordered(order, values, starts)


def ceilings(condition: Ordered, Y: Matrix, scope: Scope) -> Ceilings:
    """CE-FDH and CR-FDH ceilings of outcomes Y (r, n), in the order of the cases.

    The regression line of CR-FDH weighs a peer by the number of cases that it stands for, as the R
    package NCA does (version 5.0).
    """
    Y = Y[:, condition.order]
    top = np.maximum.reduceat(Y, condition.starts, axis=1)
    reached = np.maximum.accumulate(top, axis=1)
    peers = np.ones_like(reached, dtype=bool)
    peers[:, 1:] = reached[:, 1:] > reached[:, :-1]
    sizes = np.diff(np.append(condition.starts, Y.shape[1]))
    at_top = np.repeat(top, sizes, axis=1) == Y
    weights = peers * np.add.reduceat(at_top, condition.starts, axis=1)
    slope, intercept = _lines(condition.x, reached, weights)
    return Ceilings(
        reached,
        peers,
        _step_zone(condition.x, reached, scope),
        _line_zone(slope, intercept, scope),
        slope,
        intercept,
    )


def _step_zone(x: Vector, reached: Matrix, scope: Scope) -> Vector:
    widths = np.diff(np.append(x, scope.x_high))
    below = (x[0] - scope.x_low) * (scope.y_high - scope.y_low)
    return np.asarray(below + (scope.y_high - reached) @ widths)


def _lines(x: Vector, reached: Matrix, weights: Matrix) -> tuple[Vector, Vector]:
    total = weights.sum(axis=1)
    mean_x, mean_y = weights @ x / total, (weights * reached).sum(axis=1) / total
    dx, dy = x[None, :] - mean_x[:, None], reached - mean_y[:, None]
    spread = (weights * dx**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(spread > 0, (weights * dx * dy).sum(axis=1) / spread, np.nan)
    return slope, mean_y - slope * mean_x


def _line_zone(slope: Vector, intercept: Vector, scope: Scope) -> Vector:
    """Area of the scope above rising lines."""
    enters, leaves = (
        np.clip((end - intercept) / slope, scope.x_low, scope.x_high)
        for end in (scope.y_low, scope.y_high)
    )
    height = scope.y_high - scope.y_low
    middle = scope.y_high - intercept - slope * (enters + leaves) / 2
    return np.asarray((enters - scope.x_low) * height + (leaves - enters) * middle)
