"""Standardised effects with their intervals and the band of effects too small to matter."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from math import ceil, floor
from typing import TYPE_CHECKING

from cosyn.report.figures._page import MARGIN, Ruler, box, draw_ruler, page, put, put_lines
from cosyn.report.figures._style import BAND, INK, QUIET, SMALL, TEXT, WIDTH, style
from cosyn.report.figures._text import line_height, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosyn.report.pictures import ForestRow, ForestTexts

ASIDE = 1.45
"""Inches of the column at the right: verdict and numbers."""

INTERVAL, AFTER_INTERVAL = 0.24, 0.14
"""Inches: height of an interval's line, space below it."""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row with its wrapped texts and where it lies, in inches from the top."""

    row: ForestRow
    label: tuple[str, ...]
    verdict: tuple[str, ...]
    top: float

    @property
    def interval(self) -> float:
        texts = max(len(self.label) * line_height(TEXT), len(self.verdict) * line_height(SMALL))
        return self.top + texts + INTERVAL / 2

    @property
    def lane(self) -> tuple[float, float]:
        return self.interval - INTERVAL / 2, self.interval + INTERVAL / 2

    @property
    def bottom(self) -> float:
        return self.interval + INTERVAL / 2 + AFTER_INTERVAL


def two_decimals(value: float) -> str:
    """A number to two decimals, with a minus sign rather than a hyphen."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def forest_plot(
    rows: Sequence[ForestRow],
    smallest: float | None,
    language: str,
    texts: ForestTexts,
    number: Callable[[float], str] = two_decimals,
) -> Figure:
    """Draw effects with their intervals.

    Parameters
    ----------
    rows : sequence of ForestRow
        Effects from top to bottom, at least one.
    smallest : float or None
        Smallest effect of interest; the band reaches from its negative to itself.
    language : str
        BCP 47 tag.
    texts : ForestTexts
        Fixed phrases.
    number : callable
        How a value is written.

    Returns
    -------
    Figure
        An interval's line and mark bear ``interval:<row>`` and ``estimate:<row>`` as ``gid``.
    """
    with style(language):
        band = texts.band if smallest else ""
        key = wrap(band, WIDTH - 2 * MARGIN - 0.4, SMALL, language)
        head = MARGIN + (len(key) * line_height(SMALL) + 0.1 if smallest else 0.0)
        placed = list(_place(rows, head, language))
        lanes = [each.lane for each in placed]
        figure, axes = page(WIDTH, placed[-1].bottom + 0.4)
        ruler = _ruler(rows, smallest or 0.0)
        if smallest:
            _draw_band(axes, ruler, smallest, lanes, key)
        draw_ruler(axes, ruler, _ticks(ruler), lanes, number)
        middle, below = (ruler.left + ruler.right) / 2, placed[-1].bottom + 0.2
        put(axes, middle, below, texts.effect, size=SMALL, colour=QUIET, align="center")
        for order, each in enumerate(placed, start=1):
            _draw_texts(axes, each, number)
            _draw_interval(axes, each, ruler, order)
        return figure


def _place(rows: Sequence[ForestRow], top: float, language: str) -> Iterator[_Placed]:
    """Stack texts and intervals downwards; a label takes what its verdict leaves."""
    for row in rows:
        verdict = wrap(row.verdict, ASIDE, SMALL, language)
        taken = max(width_of(line, SMALL, language) for line in verdict)
        label = wrap(row.label, WIDTH - 2 * MARGIN - taken - 0.15, TEXT, language)
        placed = _Placed(row, label, verdict, top)
        yield placed
        top = placed.bottom


def _ruler(rows: Sequence[ForestRow], smallest: float) -> Ruler:
    """Room for every interval, the band and zero, to the next tenth."""
    ends = [end for row in rows for end in (row.estimate, row.low, row.high) if end is not None]
    low = floor(10 * min(0.0, -smallest, *ends)) / 10
    high = ceil(10 * max(0.1, smallest, *ends)) / 10
    return Ruler(low, high, MARGIN + 0.22, WIDTH - MARGIN - ASIDE - 0.15)


def _ticks(ruler: Ruler) -> list[float]:
    """Multiples of the finest step that gives at most seven ticks, however wide an interval is."""
    steps = (leading * 10.0**power for power in count(-1) for leading in (1, 2, 5))
    step = next(s for s in steps if (ruler.high - ruler.low) / s <= 6.01)
    first, last = ceil(ruler.low / step - 1e-9), floor(ruler.high / step + 1e-9)
    return [step * times for times in range(first, last + 1)]


def _draw_band(
    axes: Axes,
    ruler: Ruler,
    smallest: float,
    lanes: Sequence[tuple[float, float]],
    key: Sequence[str],
) -> None:
    """Shade effects too small to matter in every lane, and say so above."""
    left, width = ruler.at(-smallest), 2 * smallest * ruler.unit
    for top, bottom in lanes:
        box(axes, left, top, width, bottom - top, BAND, "band", zorder=0)
    box(axes, MARGIN, MARGIN + 0.02, 0.28, 0.13, BAND)
    put_lines(axes, MARGIN + 0.38, MARGIN, key, size=SMALL, colour=QUIET)


def _draw_texts(axes: Axes, placed: _Placed, number: Callable[[float], str]) -> None:
    """Write label, verdict and numbers."""
    right = WIDTH - MARGIN
    put_lines(axes, MARGIN, placed.top, placed.label)
    level = placed.top + (line_height(TEXT) - line_height(SMALL)) / 2
    put_lines(axes, right, level, placed.verdict, size=SMALL, colour=INK, align="right")
    row = placed.row
    if row.estimate is None:
        return
    numbers = number(row.estimate)
    if row.low is not None and row.high is not None:
        numbers += f" [{number(row.low)}, {number(row.high)}]"
    put(axes, right, placed.interval, numbers, size=SMALL, align="right")


def _draw_interval(axes: Axes, placed: _Placed, ruler: Ruler, order: int) -> None:
    """Draw the interval as a line and the estimate as a mark on it."""
    row, y = placed.row, placed.interval
    if row.low is not None and row.high is not None:
        ends = [ruler.at(row.low), ruler.at(row.high)]
        axes.plot(ends, [y, y], color=INK, linewidth=1.6, gid=f"interval:{order}", zorder=3)
    if row.estimate is not None:
        x = ruler.at(row.estimate)
        axes.plot([x], [y], "o", color=INK, markersize=5.5, gid=f"estimate:{order}", zorder=4)
