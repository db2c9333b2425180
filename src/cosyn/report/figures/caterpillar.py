"""Means of groups with their intervals, in order and without names: a panel for each score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from cosyn.report.figures._fonts import families
from cosyn.report.figures._style import ACCENT, INK, QUIET, SMALL, TEXT, WIDTH, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from cosyn.report.pictures import CaterpillarPanel, CaterpillarTexts

PANEL, HEAD, FOOT = 1.25, 0.3, 0.42
"""Inches: height of a panel, room for the name above it, room below the last."""
LEFT, RIGHT = 0.5, 0.06


def caterpillar_plot(
    panels: Sequence[CaterpillarPanel], language: str, texts: CaterpillarTexts
) -> Figure:
    """Draw means with their intervals, all panels on one scale.

    Parameters
    ----------
    panels : sequence of CaterpillarPanel
        From top to bottom, at least one.
    language : str
        BCP 47 tag.
    texts : CaterpillarTexts
        Fixed phrases.

    Returns
    -------
    Figure
        An axes a panel; its lines bear the ids ``intervals``, ``means`` and ``grand``.
    """
    low = min(min(panel.low) for panel in panels)
    high = max(max(panel.high) for panel in panels)
    room = 0.05 * max(high - low, 0.1)
    height = len(panels) * (PANEL + HEAD) + FOOT
    with style(language):
        figure = Figure(figsize=(WIDTH, height))
        for place, panel in enumerate(panels):
            bottom = height - (place + 1) * (PANEL + HEAD)
            size = (LEFT / WIDTH, bottom / height, 1 - (LEFT + RIGHT) / WIDTH, PANEL / height)
            axes = figure.add_axes(size)
            _draw(axes, panel)
            axes.set_ylim(low - room, high + room)
            axes.set_ylabel(texts.mean)
            axes.set_xticks([])
            axes.tick_params(labelfontfamily=families(language))
        figure.axes[-1].set_xlabel(texts.groups)
        return figure


def _draw(axes: Axes, panel: CaterpillarPanel) -> None:
    """Draw one panel; all intervals are one line with gaps, which keeps the drawing small."""
    places = np.arange(1, len(panel.mean) + 1, dtype=np.float64)
    gap = np.full(len(places), np.nan)
    x = np.column_stack([places, places, gap]).ravel()
    y = np.column_stack([panel.low, panel.high, gap]).ravel()
    axes.plot(x, y, color=QUIET, linewidth=0.7, gid="intervals", zorder=2)
    axes.plot(places, panel.mean, ".", color=INK, markersize=3.5, gid="means", zorder=3)
    axes.axhline(panel.grand, color=ACCENT, linewidth=1.0, dashes=(4, 2), gid="grand", zorder=1)
    axes.set_xlim(0, len(places) + 1)
    axes.set_title(panel.label, loc="left", fontsize=TEXT, pad=SMALL / 2)
