"""Where the parts of a path diagram lie, in inches from the top left corner; draws nothing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import hypot, sqrt
from typing import TYPE_CHECKING

from cosyn.report.figures._page import MARGIN
from cosyn.report.figures._path_model import columns
from cosyn.report.figures._style import SMALL, TEXT
from cosyn.report.figures._text import line_height, widest_unit, width_of, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cosyn.report.pictures import PathDiagram

Point = tuple[float, float]

PITCH, BOX_HEIGHT = 0.34, 0.25
"""Inches: from one indicator to the next; height of its box."""

LEAST_HALF_WIDTH, LEAST_HALF_HEIGHT = 0.62, 0.3
"""Inches: half axes of the smallest ellipse."""

FILLED = 0.8
"""Share of an ellipse's width that text may take."""

LEAST_FAN, LEAST_GAP, ARC_ROOM = 0.55, 0.95, 0.75
"""Inches: between ellipse and boxes; between two columns of ellipses; more of it for arcs."""

BETWEEN = 0.2
"""Least inches between two latent variables with their indicators."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Measures that hold for the whole diagram, in inches."""

    half_width: float
    half_height: float
    box_width: float
    fan: float
    gap: float


@dataclass(frozen=True, slots=True)
class Ellipse:
    """A latent variable: its centre and its text."""

    centre: Point
    lines: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator: the centre of its box, the edge its arrow meets, its loading."""

    name: str
    centre: Point
    edge: Point
    loading: str


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything that has a place.

    Attributes
    ----------
    width, height : float
        Inches.
    sizes : Sizes
        Common measures.
    ellipses : dict of str to Ellipse
        By latent variable.
    boxes : dict of str to tuple of Indicator
        By latent variable.
    """

    width: float
    height: float
    sizes: Sizes
    ellipses: dict[str, Ellipse]
    boxes: dict[str, tuple[Indicator, ...]]


def lay_out(diagram: PathDiagram, language: str) -> Layout:
    """Give every part its place: indicators outside, predictors left, outcomes right.

    Parameters
    ----------
    diagram : PathDiagram
        What to show.
    language : str
        BCP 47 tag; texts are measured in its font.
    """
    sizes = _sizes(diagram, language)
    members = columns(diagram)
    column = {one: order for order, each in enumerate(members) for one in each}
    xs, width = _across(diagram, members, sizes)
    ys, height = _down(diagram, members, sizes)
    ellipses = {
        one: Ellipse((xs[column[one]], ys[one]), lines, diagram.notes.get(one, ""))
        for one, lines in _labels(diagram, sizes.half_width, language).items()
    }
    boxes = {
        one: _boxes(diagram.observed(one), ellipse, -1 if column[one] == 0 else 1, sizes)
        for one, ellipse in ellipses.items()
    }
    return Layout(width, height, sizes, ellipses, boxes)


def rim(centre: Point, toward: Point, sizes: Sizes) -> Point:
    """Point of an ellipse's rim in the direction of another point."""
    dx, dy = toward[0] - centre[0], toward[1] - centre[1]
    reach = hypot(dx / sizes.half_width, dy / sizes.half_height)
    return centre[0] + dx / reach, centre[1] + dy / reach


def _block_height(diagram: PathDiagram, latent: str, sizes: Sizes) -> float:
    """Room that a latent variable needs with its boxes."""
    return max(2 * sizes.half_height, len(diagram.observed(latent)) * PITCH)


def _sizes(diagram: PathDiagram, language: str) -> Sizes:
    """Common measures, as small as the longest texts allow."""
    half_width = max(LEAST_HALF_WIDTH, _widest_word(diagram, language) / FILLED / 2)
    observed = [each for latent in diagram.latents for each in diagram.observed(latent)]
    paths = [text for _, _, text, _ in diagram.paths]
    lower = [text for latent in diagram.latents for _, text in diagram.lower(latent)]
    loadings = _longest((loading for _, loading in observed), language)
    return Sizes(
        half_width=half_width,
        half_height=_half_height(diagram, half_width, language),
        box_width=max(0.45, _longest((name for name, _ in observed), language) + 0.16),
        fan=max(LEAST_FAN, loadings + 0.3),
        gap=max(LEAST_GAP, _longest([*paths, *lower], language) + 0.6)
        + (ARC_ROOM if diagram.covariances else 0.0),
    )


def _longest(texts: Iterable[str], language: str) -> float:
    """Width of the longest secondary text."""
    return max((width_of(text, SMALL, language) for text in texts), default=0.0)


def _widest_word(diagram: PathDiagram, language: str) -> float:
    """Width of the longest word of the labels."""
    return max(
        (widest_unit(label, TEXT, language) for label in diagram.latents.values()), default=0
    )


def _labels(diagram: PathDiagram, half_width: float, language: str) -> dict[str, tuple[str, ...]]:
    """Labels broken for the ellipses."""
    width = 2 * half_width * FILLED + 1e-6
    return {
        latent: wrap(label, width, TEXT, language, balanced=True)
        for latent, label in diagram.latents.items()
    }


def _half_height(diagram: PathDiagram, half_width: float, language: str) -> float:
    """Half height at which every corner of every label lies inside its ellipse."""
    needed = [LEAST_HALF_HEIGHT]
    for latent, lines in _labels(diagram, half_width, language).items():
        for text, size, y in text_rows(lines, diagram.notes.get(latent, "")):
            across = width_of(text, size, language) / 2 / half_width
            edge = abs(y) + line_height(size) * 0.4
            needed.append(edge / sqrt(max(1 - across**2, 0.05)) + 0.04)
    return max(needed)


def text_rows(lines: tuple[str, ...], note: str) -> list[tuple[str, float, float]]:
    """Lines in an ellipse: text, size in points, height of its middle below the centre."""
    rows = [(line, TEXT) for line in lines] + ([(note, SMALL)] if note else [])
    ends = list(accumulate(line_height(size) for _, size in rows))
    return [
        (text, size, end - line_height(size) / 2 - ends[-1] / 2)
        for (text, size), end in zip(rows, ends, strict=True)
    ]


def _across(
    diagram: PathDiagram, members: list[list[str]], sizes: Sizes
) -> tuple[list[float], float]:
    """Centres of the columns and the width of the diagram."""
    aside = sizes.fan + sizes.box_width
    measured = [any(map(diagram.observed, column)) for column in members]
    x = MARGIN + (aside if measured[0] else 0.0) + sizes.half_width
    centres = [x]
    for wide in [False, *measured[1:-1]][: len(members) - 1]:
        x += 2 * sizes.half_width + sizes.gap + (aside if wide else 0.0)
        centres.append(x)
    right = aside if len(members) > 1 and measured[-1] else 0.0
    return centres, x + sizes.half_width + right + MARGIN


def _down(
    diagram: PathDiagram, members: list[list[str]], sizes: Sizes
) -> tuple[dict[str, float], float]:
    """Centres of the latent variables, spread over the height of the fullest column."""
    heights = [[_block_height(diagram, one, sizes) for one in column] for column in members]
    height = max(sum(column) + BETWEEN * len(column) for column in heights)
    centres = {}
    for column, blocks in zip(members, heights, strict=True):
        between = (height - sum(blocks)) / len(blocks)
        top = between / 2
        for one, block in zip(column, blocks, strict=True):
            centres[one] = top + block / 2
            top += block + between
    return centres, height


def _boxes(
    observed: tuple[tuple[str, str], ...], ellipse: Ellipse, side: int, sizes: Sizes
) -> tuple[Indicator, ...]:
    """Boxes of measured indicators to the left (-1) or right (1) of their latent variable."""
    x, middle = ellipse.centre
    edge = x + side * (sizes.half_width + sizes.fan)
    centre = edge + side * sizes.box_width / 2
    top = middle - (len(observed) - 1) / 2 * PITCH
    return tuple(
        Indicator(name, (centre, y), (edge, y), loading)
        for order, (name, loading) in enumerate(observed)
        for y in (top + order * PITCH,)
    )
