"""The figure of a response surface from the findings' series."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.report._models import display
from cosyn.report._types import Figure
from cosyn.report.pictures import Drawing, ResponseSurface, SurfaceTexts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.findings import Series
    from cosyn.report._types import Block, Material


def surface_figure(m: Material, pair: tuple[str, str, str]) -> Iterator[Block]:
    """Draw the surface of an outcome over x and y, if there is one."""
    grid, hull, point = (
        next((s for s in m.findings.drawn(kind) if s.subject == pair), None)
        for kind in ("surface", "surface_hull", "surface_point")
    )
    if grid is None or hull is None:
        return
    side = round(len(grid.columns["x"]) ** 0.5)
    over = {name: _column(grid, name).reshape(side, side) for name in grid.columns}
    lines = {
        s.subject[3]: (_column(s, "x"), _column(s, "y"), _column(s, "z"))
        for s in m.findings.drawn("surface_line")
        if s.subject[:3] == pair
    }
    shown = ResponseSurface(
        x=over["x"],
        y=over["y"],
        z=over["z"],
        inside=over["inside"] == 1,
        hull=np.column_stack([_column(hull, "x"), _column(hull, "y")]),
        lines=lines,
        stationary=(
            (float(_column(point, "x")[0]), float(_column(point, "y")[0])) if point else None
        ),
    )
    outcome, x, y = pair
    texts = SurfaceTexts(
        x=x,
        y=y,
        z=outcome,
        congruence=m.t("surface.congruence", x=x, y=y),
        incongruence=m.t("surface.incongruence", x=x, y=y),
        stationary=m.t("surface.stationary"),
        range=m.t("surface.range"),
    )
    named = (display(m, name) for name in pair)
    caption = m.t("balance.figure", **dict(zip(("outcome", "x", "y"), named, strict=True)))
    drawing = Drawing("surface_plot", (shown, m.language, texts))
    yield Figure(caption, drawing, f"surface-{x}-{y}")


def _column(series: Series, name: str) -> NDArray[np.float64]:
    return np.array(series.columns[name], dtype=np.float64)
