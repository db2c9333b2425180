"""Path diagram of a structural model: predictors left, outcomes right, indicators outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from matplotlib.patches import Ellipse as EllipsePatch
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.path import Path

from cosyn.report.figures._page import MARGIN, page, put
from cosyn.report.figures._path_arrows import Arrow, Kind, arrows
from cosyn.report.figures._path_layout import BOX_HEIGHT, Layout, lay_out, text_rows
from cosyn.report.figures._style import BODY, INK, PAPER, QUIET, SMALL, TEXT, style
from cosyn.report.figures._text import width_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from cosyn.report.pictures import PathDiagram, PathTexts


LEGEND = 0.3
"""Inches of the key below the diagram."""

FILL = "#eef3f8"
FAINT = "#8a929c"


@dataclass(frozen=True, slots=True)
class _Look:
    """How a kind of arrow is drawn."""

    colour: str
    width: float
    dash: str
    head: str
    text_size: float
    text_colour: str


_LOOKS = {
    Kind.LOADING: _Look(FAINT, 0.8, "-", "-|>", SMALL, QUIET),
    Kind.SIGNIFICANT: _Look(INK, 1.7, "-", "-|>", TEXT, BODY),
    Kind.NOT_SIGNIFICANT: _Look(FAINT, 1.3, "--", "-|>", TEXT, QUIET),
    Kind.UNTESTED: _Look(QUIET, 1.3, "-", "-|>", TEXT, BODY),
    Kind.COVARIANCE: _Look(FAINT, 0.8, "-", "<|-|>", SMALL, QUIET),
}


def path_diagram(diagram: PathDiagram, language: str, texts: PathTexts | None = None) -> Figure:
    """Draw a structural model.

    Parameters
    ----------
    diagram : PathDiagram
        What to show. No arrow crosses an ellipse or a box as long as paths lead from the first
        column to the last, or stay within one.
    language : str
        BCP 47 tag.
    texts : PathTexts or None
        Phrases of the key; None for no key.

    Returns
    -------
    Figure
        Ellipses bear ``latent:<id>`` as ``gid``, boxes ``indicator:<name>``.
    """
    with style(language):
        layout = lay_out(diagram, language)
        figure, axes = page(layout.width, layout.height + (LEGEND if texts else 0.0))
        for arrow in arrows(diagram, layout):
            _draw_arrow(axes, arrow)
        for latent in diagram.latents:
            _draw_latent(axes, layout, latent)
        if texts:
            _draw_key(axes, layout.height + LEGEND / 2, texts, language)
        return figure


def _draw_latent(axes: Axes, layout: Layout, latent: str) -> None:
    """Draw an ellipse with its text, and the boxes of its indicators."""
    ellipse, sizes = layout.ellipses[latent], layout.sizes
    width, height = 2 * sizes.half_width, 2 * sizes.half_height
    shape = EllipsePatch(ellipse.centre, width, height, gid=f"latent:{latent}")
    shape.set(facecolor=FILL, edgecolor=INK, linewidth=1.2, zorder=3)
    axes.add_patch(shape)
    x, y = ellipse.centre
    for text, size, below in text_rows(ellipse.lines, ellipse.note):
        put(axes, x, y + below, text, size=size, align="center")
    for box in layout.boxes[latent]:
        _draw_box(axes, box.centre, sizes.box_width, box.name)


def _draw_box(axes: Axes, centre: tuple[float, float], width: float, name: str) -> None:
    """Draw an indicator's box with its name."""
    corner = centre[0] - width / 2, centre[1] - BOX_HEIGHT / 2
    shape = Rectangle(corner, width, BOX_HEIGHT, gid=f"indicator:{name}")
    shape.set(facecolor=PAPER, edgecolor=QUIET, linewidth=0.8, zorder=3)
    axes.add_patch(shape)
    put(axes, *centre, name, size=SMALL, align="center")


def _draw_arrow(axes: Axes, arrow: Arrow) -> None:
    """Draw a curve with its head, and its text on a white ground."""
    look = _LOOKS[arrow.kind]
    curve = Path([arrow.start, arrow.control, arrow.end], [Path.MOVETO, Path.CURVE3, Path.CURVE3])
    shape = FancyArrowPatch(path=curve, arrowstyle=look.head, mutation_scale=5 + 4 * look.width)
    shape.set(color=look.colour, linewidth=look.width, linestyle=look.dash, zorder=2)
    axes.add_patch(shape)
    if arrow.text:
        x, y = arrow.at(arrow.text_at)
        size, colour = look.text_size, look.text_colour
        put(axes, x, y, arrow.text, size=size, colour=colour, align="center", boxed=True)


def _draw_key(axes: Axes, y: float, texts: PathTexts, language: str) -> None:
    """Say what solid and dashed arrows mean."""
    x = MARGIN
    meanings = (
        (Kind.SIGNIFICANT, texts.significant),
        (Kind.NOT_SIGNIFICANT, texts.not_significant),
    )
    for kind, text in meanings:
        _draw_arrow(axes, Arrow((x, y), (x + 0.2, y), (x + 0.4, y), kind, "", 0.5))
        put(axes, x + 0.48, y, text, size=SMALL, colour=QUIET)
        x += 0.48 + width_of(text, SMALL, language) + 0.3
