"""A sheet measured in inches from its top left corner, and what is drawn on it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cosyn.report.figures._style import BODY, PAPER, QUIET, RULE, SMALL, TEXT
from cosyn.report.figures._text import POINTS_PER_INCH, line_height

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

MARGIN = 0.08
"""Inches left free at the edges."""

_MIDDLE = 0.36
"""Height of the middle of capitals and of Chinese characters above the baseline, in ems."""


def page(width: float, height: float) -> tuple[Figure, Axes]:
    """An empty figure and axes that cover it: x to the right, y downwards, both in inches."""
    figure = Figure(figsize=(width, height))
    axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    axes.set_axis_off()
    return figure, axes


def put(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    size: float = TEXT,
    colour: str = BODY,
    align: str = "left",
    boxed: bool = False,
) -> Text:
    """Write one line whose middle lies at ``y``, on a white box where lines run behind it."""
    return axes.text(
        x,
        y + _MIDDLE * size / POINTS_PER_INCH,
        text,
        fontsize=size,
        color=colour,
        horizontalalignment=align,
        verticalalignment="baseline",
        bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.5} if boxed else None,
        zorder=5,
    )


def put_lines(
    axes: Axes,
    x: float,
    top: float,
    lines: Sequence[str],
    *,
    size: float = TEXT,
    colour: str = BODY,
    align: str = "left",
) -> None:
    """Write lines below each other, the first just under ``top``."""
    for number, line in enumerate(lines):
        y = top + (number + 0.5) * line_height(size)
        put(axes, x, y, line, size=size, colour=colour, align=align)


def box(
    axes: Axes,
    x: float,
    y: float,
    width: float,
    height: float,
    colour: str,
    name: str | None = None,
    *,
    zorder: int = 2,
) -> None:
    """Fill a rectangle; ``name`` becomes its ``gid``."""
    shape = Rectangle((x, y), width, height, gid=name)
    shape.set(facecolor=colour, linewidth=0, zorder=zorder)
    axes.add_patch(shape)


@dataclass(frozen=True, slots=True)
class Ruler:
    """Values along the page: ``low`` lies at ``left`` inches and ``high`` at ``right``."""

    low: float
    high: float
    left: float
    right: float

    @property
    def unit(self) -> float:
        """Inches of one unit."""
        return (self.right - self.left) / (self.high - self.low)

    def at(self, value: float) -> float:
        """Inches from the left edge of the page."""
        return self.left + (value - self.low) * self.unit


def draw_ruler(
    axes: Axes,
    ruler: Ruler,
    ticks: Sequence[float],
    lanes: Sequence[tuple[float, float]],
    number: Callable[[float], str],
) -> None:
    """Mark the ticks in every lane (top, bottom) and write their values below the last.

    The marks stop between the lanes, so they never run through the text there.
    """
    for tick in ticks:
        x = ruler.at(tick)
        for lane in lanes:
            axes.plot([x, x], lane, color=QUIET if tick == 0 else RULE, linewidth=0.7, zorder=1)
        put(axes, x, lanes[-1][1] + 0.12, number(tick), size=SMALL, colour=QUIET, align="center")
