"""A response surface from above and in space, with the lines of balance and the cases' range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import MaxNLocator

from cosyn.report.figures._fonts import families
from cosyn.report.figures._style import (
    ACCENT,
    BODY,
    INK,
    PAPER,
    QUIET,
    RULE,
    SMALL,
    WIDTH,
    style,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.contour import QuadContourSet

    from cosyn.report.pictures import ResponseSurface, SurfaceTexts

HEIGHT = 3.3
RAMP = LinearSegmentedColormap.from_list("height", ("#f3f6fa", "#9dbbd8", INK))
DASH = {"congruence": "-", "incongruence": "--"}


def surface_plot(shown: ResponseSurface, language: str, texts: SurfaceTexts) -> Figure:
    """Draw the surface in space at the left and its contours at the right.

    Parameters
    ----------
    shown : ResponseSurface
    language : str
        BCP 47 tag.
    texts : SurfaceTexts

    Returns
    -------
    Figure
        The contour's lines bear ``congruence``, ``incongruence``, ``range`` and ``stationary``
        as ``gid``.
    """
    with style(language):
        figure = Figure(figsize=(WIDTH, HEIGHT))
        space = figure.add_axes((0.035, 0.14, 0.44, 0.86), projection="3d")
        flat = figure.add_axes((0.55, 0.27, 0.34, 0.67))
        _draw_space(space, shown, texts)
        bands = _draw_contours(flat, shown, texts)
        flat.apply_aspect()
        place = flat.get_position()
        beside = figure.add_axes((place.x1 + 0.025, place.y0, 0.016, place.height))
        scale = figure.colorbar(bands, cax=beside)
        scale.outline.set_visible(False)
        scale.ax.tick_params(length=0, labelfontfamily=families(language))
        scale.ax.yaxis.set_major_locator(MaxNLocator(5))
        scale.ax.set_title(texts.z, fontsize=SMALL, color=QUIET, pad=5)
        for axes in (space, flat):
            axes.tick_params(labelfontfamily=families(language))
        handles, labels = flat.get_legend_handles_labels()
        figure.legend(
            handles,
            labels,
            loc="lower center",
            ncols=min(len(handles), 3),
            columnspacing=1.4,
            frameon=False,
            fontsize=SMALL,
            labelcolor=QUIET,
            handlelength=2.6,
        )
        return figure


def _draw_space(axes: Any, shown: ResponseSurface, texts: SurfaceTexts) -> None:
    """Draw the surface over the cases, with the two lines on it."""
    height = np.where(shown.inside, shown.z, np.nan)
    axes.plot_surface(
        shown.x,
        shown.y,
        height,
        cmap=RAMP,
        rcount=len(shown.x),
        ccount=len(shown.x),
        edgecolor=PAPER,
        linewidth=0.2,
        antialiased=True,
        alpha=0.9,
    )
    for name, (x, y, z) in shown.lines.items():
        axes.plot(x, y, z, DASH[name], color=ACCENT, linewidth=1.6, zorder=10)
    axes.set_xlabel(texts.x, labelpad=-4)
    axes.set_ylabel(texts.y, labelpad=-4)
    axes.set_zlabel(texts.z, labelpad=-4)
    axes.tick_params(pad=-3)
    for each in (axes.xaxis, axes.yaxis, axes.zaxis):
        each.set_major_locator(MaxNLocator(3))
        each.pane.fill = False
        each.pane.set_edgecolor(RULE)
        each._axinfo["grid"]["color"] = "#eceef1"  # noqa: SLF001
    axes.view_init(elev=24, azim=-122)
    axes.set_box_aspect((1, 1, 0.8), zoom=0.86)


def _draw_contours(axes: Axes, shown: ResponseSurface, texts: SurfaceTexts) -> QuadContourSet:
    """Draw heights as contours, cut off where there are no cases; returns them for their scale."""
    bands = axes.contourf(shown.x, shown.y, shown.z, levels=9, cmap=RAMP)
    curves = axes.contour(
        shown.x, shown.y, shown.z, levels=bands.levels, colors=PAPER, linewidths=0.6
    )
    border = Polygon(
        shown.hull, fill=False, edgecolor=QUIET, linewidth=1.0, label=texts.range, gid="range"
    )
    axes.add_patch(border)
    for each in (bands, curves):
        each.set_clip_path(border)
    names = {"congruence": texts.congruence, "incongruence": texts.incongruence}
    for name, (x, y, _) in shown.lines.items():
        axes.plot(
            x, y, DASH[name], color=ACCENT, linewidth=1.6, label=names[name], gid=name, zorder=4
        )
    if shown.stationary is not None:
        at_x, at_y = shown.stationary
        axes.plot(
            [at_x],
            [at_y],
            "D",
            color=BODY,
            markeredgecolor=PAPER,
            markersize=6,
            label=texts.stationary,
            linestyle="none",
            gid="stationary",
            zorder=5,
        )
    axes.set(xlabel=texts.x, ylabel=texts.y)
    axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.set_aspect("equal", adjustable="box")
    return bands
