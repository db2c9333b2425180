"""Outcome against each condition, with the ceilings that no department crosses or few do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cosyn.report.figures._fonts import families
from cosyn.report.figures._style import ACCENT, INK, QUIET, SMALL, WIDTH, style
from cosyn.report.figures._text import line_height, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from cosyn.report.pictures import NecessityPanel, NecessityTexts

COLUMNS = 2
LEFT, RIGHT, BETWEEN = 0.62, 0.08, 0.42
"""Inches: from the edge to the first panel, from the last to the edge, and between panels."""
HEIGHT, KEY = 1.9, 0.34
"""Inches: height of a panel, and of the key above all panels."""


def necessity_plot(
    panels: Sequence[NecessityPanel], language: str, texts: NecessityTexts
) -> Figure:
    """Draw a scatter a condition, all on the outcome's scale.

    Parameters
    ----------
    panels : sequence of NecessityPanel
        At least one.
    language : str
        BCP 47 tag.

    Returns
    -------
    Figure
        One axes a panel; its lines bear the ids ``cases``, ``step`` and ``line``.
    """
    columns = min(COLUMNS, len(panels))
    rows = -(-len(panels) // columns)
    width = (WIDTH - LEFT - RIGHT - (columns - 1) * BETWEEN) / columns
    labels = [wrap(p.label, width, SMALL, language, balanced=True) for p in panels]
    below = 0.32 + max(len(label) for label in labels) * line_height(SMALL)
    outcome = wrap(texts.outcome, HEIGHT, SMALL, language, balanced=True)
    height = KEY + rows * (HEIGHT + below) + 0.06
    low = min(y for panel in panels for _, y in panel.cases)
    high = max(y for panel in panels for _, y in panel.cases)
    margin = 0.04 * (high - low) or 0.1
    with style(language):
        figure = Figure(figsize=(WIDTH, height))
        for number, (panel, label) in enumerate(zip(panels, labels, strict=True)):
            row, column = divmod(number, columns)
            left = LEFT + column * (width + BETWEEN)
            bottom = height - KEY - row * (HEIGHT + below) - HEIGHT
            box = (left / WIDTH, bottom / height, width / WIDTH, HEIGHT / height)
            axes = figure.add_axes(box, ylim=(low - margin, high + margin))
            _draw(axes, panel, language)
            axes.set_xlabel("\n".join(label))
            if column == 0:
                axes.set_ylabel("\n".join(outcome))
        _key(figure, texts)
        return figure


def _draw(axes: Axes, panel: NecessityPanel, language: str) -> None:
    """Points and ceilings; these differ in dash, not in colour alone."""
    xs, ys = zip(*panel.cases, strict=True)
    axes.plot(xs, ys, "o", color=QUIET, markersize=3, alpha=0.55, markeredgewidth=0, gid="cases")
    for name, points, dash, colour in (
        ("step", panel.step, "-", INK),
        ("line", panel.line, "--", ACCENT),
    ):
        if points:
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, dash, color=colour, linewidth=1.5, gid=name)
    axes.tick_params(labelfontfamily=families(language))
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(6))


def _key(figure: Figure, texts: NecessityTexts) -> None:
    handles = (
        Line2D([], [], marker="o", linestyle="", markersize=4, color=QUIET, label=texts.cases),
        Line2D([], [], linestyle="-", color=INK, label=texts.step),
        Line2D([], [], linestyle="--", color=ACCENT, label=texts.line),
    )
    figure.legend(
        handles=handles,
        loc="upper center",
        ncols=3,
        frameon=False,
        fontsize=SMALL,
        labelcolor=QUIET,
        borderaxespad=0.1,
    )
