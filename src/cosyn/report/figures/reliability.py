"""Reliability of scales: a coefficient with its interval a line, and a mark for each group."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from cosyn.report.figures._page import MARGIN, Ruler, draw_ruler, page, put, put_lines
from cosyn.report.figures._style import ACCENT, INK, QUIET, SMALL, TEXT, WIDTH, style
from cosyn.report.figures._text import line_height, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosyn.report.pictures import ReliabilityRow, ReliabilityTexts

ASIDE = 2.35
"""Inches of the column of names."""

GAP = 0.07
"""Inches between two lines."""


def reliability_plot(
    rows: Sequence[ReliabilityRow],
    custom: float | None,
    language: str,
    texts: ReliabilityTexts,
    number: Callable[[float], str],
) -> Figure:
    """Draw coefficients from top to bottom.

    Parameters
    ----------
    rows : sequence of ReliabilityRow
        At least one.
    custom : float or None
        The customary least value.
    language : str
        BCP 47 tag.

    Returns
    -------
    Figure
        Marks bear ``reliability:<row>`` as ``gid``, those of groups ``groups:<row>``.
    """
    with style(language):
        names = [wrap(row.label, ASIDE - 0.1, SMALL, language) for row in rows]
        heights = [len(lines) * line_height(SMALL) + GAP for lines in names]
        key = _key(rows, custom, texts)
        top = MARGIN + len(key) * line_height(SMALL) + (0.08 if key else 0.0)
        figure, axes = page(WIDTH, top + sum(heights) + 0.45)
        put_lines(axes, MARGIN, MARGIN, key, size=SMALL, colour=QUIET)
        ruler = _ruler(rows, custom)
        ticks = [tick / 10 for tick in range(round(10 * ruler.low), 11)]
        bottom = top + sum(heights)
        draw_ruler(axes, ruler, ticks, [(top, bottom)], number)
        if custom is not None:
            x = ruler.at(custom)
            axes.plot([x, x], [top, bottom], "--", color=ACCENT, linewidth=1.0, zorder=2)
        for order, (row, lines, height) in enumerate(zip(rows, names, heights, strict=True), 1):
            put_lines(axes, MARGIN, top + GAP / 2, lines, size=SMALL)
            _draw(axes, row, ruler, top + height / 2, order)
            top += height
        middle = (ruler.left + ruler.right) / 2
        put(axes, middle, bottom + 0.3, texts.coefficient, size=SMALL, colour=QUIET, align="center")
        return figure


def _key(
    rows: Sequence[ReliabilityRow], custom: float | None, texts: ReliabilityTexts
) -> tuple[str, ...]:
    """What small marks and the broken line mean, a line each."""
    said = [texts.groups] if any(row.groups for row in rows) else []
    return (*said, texts.custom) if custom is not None else tuple(said)


def _ruler(rows: Sequence[ReliabilityRow], custom: float | None) -> Ruler:
    """From the tenth below the lowest end to 1; what lies below 0 is drawn at 0."""
    ends = [e for row in rows for e in (row.value, row.low, *row.groups) if e is not None]
    least = min([0.9, *ends, *([custom] if custom is not None else [])])
    low = max(0.0, floor(10 * least) / 10)
    return Ruler(low, 1.0, MARGIN + ASIDE, WIDTH - MARGIN - 0.15)


def _draw(axes: Axes, row: ReliabilityRow, ruler: Ruler, y: float, order: int) -> None:
    """Draw the groups as open marks, and over them the coefficient with its interval."""

    def at(value: float) -> float:
        return ruler.at(min(1.0, max(ruler.low, value)))

    if row.groups:
        axes.plot(
            [at(value) for value in row.groups],
            [y] * len(row.groups),
            "d",
            color=QUIET,
            markerfacecolor="none",
            markersize=4.5,
            gid=f"groups:{order}",
            zorder=3,
        )
    if row.low is not None and row.high is not None:
        axes.plot([at(row.low), at(row.high)], [y, y], color=INK, linewidth=1.4, zorder=4)
    if row.value is not None:
        x = at(row.value)
        axes.plot([x], [y], "o", color=INK, markersize=5, gid=f"reliability:{order}", zorder=5)
    else:
        put(axes, ruler.left + 0.1, y, "—", size=TEXT, colour=QUIET)
