"""Factor loadings as a map of colours, with the loadings written into it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from matplotlib.colors import LinearSegmentedColormap, to_hex

from cosyn.report.figures._page import MARGIN, box, page, put, put_lines
from cosyn.report.figures._style import (
    ACCENT,
    INK,
    PAPER,
    QUIET,
    RULE,
    SMALL,
    TEXT,
    WIDTH,
    on,
    style,
)
from cosyn.report.figures._text import line_height, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosyn.report.pictures import LoadingRow

ROW, GAP = 0.23, 0.06
"""Inches: height of an item's row, space between two groups of items."""

WIDEST = 1.25
"""Inches of the widest column."""

_RAMP = LinearSegmentedColormap.from_list("loadings", (ACCENT, "#f3dcc2", PAPER, "#cfdeec", INK))


def loading_map(
    rows: Sequence[LoadingRow],
    factors: Sequence[str],
    language: str,
    meant: str,
    number: Callable[[float], str],
) -> Figure:
    """Draw loadings: blue where positive, orange where negative, the darker the larger.

    Parameters
    ----------
    rows : sequence of LoadingRow
        Items from top to bottom, at least one.
    factors : sequence of str, shape (k,)
        Names of the columns.
    language : str
        BCP 47 tag.
    meant : str
        What the frame says; unused if no row has one.
    number : callable
        How a loading is written; colour alone tells nothing that is not written.

    Returns
    -------
    Figure
        A cell bears ``loading:<row>:<column>`` as ``gid``, counted from 1.
    """
    with style(language):
        aside = max(width_of(row.item, SMALL, language) for row in rows) + 0.12
        column = min(WIDEST, (WIDTH - 2 * MARGIN - aside) / len(factors))
        names = [wrap(name, column - 0.06, SMALL, language, balanced=True) for name in factors]
        framed = any(row.own is not None for row in rows)
        head = MARGIN + max(map(len, names)) * line_height(SMALL) + 0.06
        breaks = sum(a.group != b.group for a, b in pairwise(rows))
        foot = line_height(SMALL) + 0.1 if framed else 0.0
        figure, axes = page(WIDTH, head + len(rows) * ROW + breaks * GAP + foot + MARGIN)
        for number_, lines in enumerate(names):
            middle = MARGIN + aside + (number_ + 0.5) * column
            top = head - 0.04 - len(lines) * line_height(SMALL)
            put_lines(axes, middle, top, lines, size=SMALL, colour=QUIET, align="center")
        bottom = _draw_rows(axes, rows, (MARGIN + aside, head, column), number)
        if framed:
            _draw_key(axes, bottom + 0.08, meant)
        return figure


def _draw_rows(
    axes: Axes,
    rows: Sequence[LoadingRow],
    place: tuple[float, float, float],
    number: Callable[[float], str],
) -> float:
    """Draw every row; returns where the last one ends."""
    left, top, column = place
    size = SMALL if column >= 0.42 else SMALL - 1.5
    for order, row in enumerate(rows, start=1):
        if order > 1 and row.group != rows[order - 2].group:
            top += GAP
        put(axes, MARGIN, top + ROW / 2, row.item, size=SMALL)
        for f, loading in enumerate(row.loadings):
            x = left + f * column
            colour = to_hex(_RAMP((max(-1.0, min(1.0, loading)) + 1) / 2))
            box(axes, x, top, column, ROW, RULE)
            box(axes, x + 0.006, top + 0.006, column - 0.012, ROW - 0.012, colour,
                f"loading:{order}:{f + 1}", zorder=3)  # fmt: skip
            put(axes, x + column / 2, top + ROW / 2, number(loading), size=size,
                colour=on(colour), align="center")  # fmt: skip
            if row.own == f:
                _frame(axes, x + 0.02, top + 0.02, column - 0.04, ROW - 0.04, on(colour))
        top += ROW
    return top


def _frame(axes: Axes, x: float, y: float, width: float, height: float, colour: str) -> None:
    xs = [x, x + width, x + width, x, x]
    ys = [y, y, y + height, y + height, y]
    axes.plot(xs, ys, color=colour, linewidth=0.9, zorder=4)


def _draw_key(axes: Axes, top: float, meant: str) -> None:
    middle = top + line_height(TEXT) / 2
    _frame(axes, MARGIN, middle - 0.07, 0.3, 0.14, QUIET)
    put(axes, MARGIN + 0.4, middle, meant, size=SMALL, colour=QUIET)
