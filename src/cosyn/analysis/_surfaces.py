"""What the figure of a response surface shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.polynomial import quadratic_terms
from cosyn.engine.surface_grid import surface_grid
from cosyn.findings import Series

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cosyn.synergy.balance import Balance

POINTS = 25
"""Values of each score: a figure of two panels shows no more."""
ALONG = 41


def surface_series(
    analysis: str,
    subject: tuple[str, str, str],
    found: Balance,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
) -> tuple[Series, ...]:
    """The surface on a grid, the hull of the cases, and the lines of balance within it.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Centred as they were in the regression.

    Returns
    -------
    tuple of Series
        ``surface`` (grid points row by row, `inside` 1 within the hull), ``surface_hull``, and
        ``surface_line`` with ``congruence`` or ``incongruence`` last in its subject, and
        ``surface_point`` if the stationary point lies within the hull. None of them where there
        is no surface or the cases lie on a line.
    """
    b = np.array([each.value for each in found.coefficients[:6] if each.value is not None])
    if found.surface is None or len(b) < 6:
        return ()
    grid = surface_grid(b, x, y, points=POINTS)
    if grid.hull is None or grid.inside is None:
        return ()
    X, Y = np.meshgrid(grid.x, grid.y)
    points = _coordinates(np.column_stack([X.ravel(), Y.ravel()]))
    over = {"z": _column(grid.z), "inside": _column(grid.inside.astype(np.float64))}
    series = [
        Series(analysis, "surface", subject, {**points, **over}),
        Series(analysis, "surface_hull", subject, _coordinates(grid.hull)),
    ]
    for name, sign in (("congruence", 1.0), ("incongruence", -1.0)):
        line = _line_within(grid.hull, sign)
        if line is None:
            continue
        height = quadratic_terms(line[:, 0], line[:, 1]) @ b
        drawn = {**_coordinates(line), "z": _column(height)}
        series.append(Series(analysis, "surface_line", (*subject, name), drawn))
    point = _stationary_within(grid.hull, found)
    if point is not None:
        series.append(Series(analysis, "surface_point", subject, _coordinates(point)))
    return tuple(series)


def _stationary_within(hull: NDArray[np.float64], found: Balance) -> NDArray[np.float64] | None:
    """The stationary point, shape (1, 2), if it lies among the cases."""
    if found.surface is None or found.surface.x0.value is None or found.surface.y0.value is None:
        return None
    point = np.array([found.surface.x0.value, found.surface.y0.value])
    sides, away = np.roll(hull, -1, axis=0) - hull, point - hull
    left = sides[:, 0] * away[:, 1] - sides[:, 1] * away[:, 0]
    return point[None, :] if (left >= 0).all() else None


def _coordinates(points: NDArray[np.float64]) -> dict[str, tuple[float, ...]]:
    return {"x": _column(points[:, 0]), "y": _column(points[:, 1])}


def _column(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(float(value) for value in values.ravel())


def _line_within(hull: NDArray[np.float64], sign: float) -> NDArray[np.float64] | None:
    """Points (t, sign t) within a convex polygon whose corners go counterclockwise, shape (m, 2).

    Each side keeps what lies to its left, which cuts the line to an interval of t.
    """
    low, high = -np.inf, np.inf
    direction = np.array([1.0, sign])
    for corner, following in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        dx, dy = following - corner
        slope = dx * direction[1] - dy * direction[0]
        start = -dx * corner[1] + dy * corner[0]
        if slope > 0:
            low = max(low, -start / slope)
        elif slope < 0:
            high = min(high, -start / slope)
        elif start < 0:
            return None
    if not low < high:
        return None
    return np.asarray(np.linspace(low, high, ALONG)[:, None] * direction)
