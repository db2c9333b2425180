"""A quadratic surface on a grid, and where cases lie under it: data for figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import ConvexHull, QhullError

from cosyn.engine.polynomial import quadratic_terms

if TYPE_CHECKING:
    from cosyn.engine._typing import Flags, Matrix, Vector

ON_A_LINE = "the cases lie on a line"


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceGrid:
    """A fitted surface over the range of the cases, for figures; in the scores of the coefficients.

    Attributes
    ----------
    x, y : ndarray, shape (g,)
    z : ndarray, shape (g, g)
        Fitted outcome, a row a value of y.
    hull : ndarray, shape (h, 2), or None
        Corners of the cases' convex hull, counterclockwise; None where `reason` says why.
    inside : ndarray of bool, shape (g, g), or None
        Grid points within the hull: beyond it the surface is extrapolated.
    """

    x: Vector
    y: Vector
    z: Matrix
    hull: Matrix | None
    inside: Flags | None
    reason: str = ""


def surface_grid(b: Vector, x: Vector, y: Vector, *, points: int = 41) -> SurfaceGrid:
    """The fitted surface over the rectangle that the cases span.

    Parameters
    ----------
    b : ndarray, shape (6,)
        b0 ... b5 of x and y.
    x, y : ndarray, shape (n,)
        Centred as they were in the regression; at least one case without NaN.
    """
    kept = np.isfinite(x) & np.isfinite(y)
    cases = np.column_stack([x[kept], y[kept]])
    low, high = cases.min(axis=0), cases.max(axis=0)
    gx, gy = (np.linspace(a, e, points) for a, e in zip(low, high, strict=True))
    X, Y = np.meshgrid(gx, gy)
    z = (quadratic_terms(X.ravel(), Y.ravel()) @ b[:6]).reshape(points, points)
    try:
        hull = ConvexHull(cases)
    except (QhullError, ValueError):
        return SurfaceGrid(gx, gy, z, None, None, ON_A_LINE)
    margin = 1e-9 * float(np.max(high - low))
    sides = np.column_stack([X.ravel(), Y.ravel()]) @ hull.equations[:, :2].T + hull.equations[:, 2]
    inside = (sides <= margin).all(axis=1).reshape(points, points)
    return SurfaceGrid(gx, gy, z, cases[hull.vertices], inside)
