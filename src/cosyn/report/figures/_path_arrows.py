"""The arrows of a path diagram: where they run and where their texts stand; draws nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from math import copysign, cos, radians, sin
from typing import TYPE_CHECKING

from cosyn.report.figures._path_layout import Point, rim

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.report.figures._path_layout import Layout
    from cosyn.report.pictures import PathDiagram

PATH_TEXT_AT, BEYOND_ARCS, LOADING_TEXT_AT, MIDWAY = 0.42, 0.62, 0.56, 0.5
"""Shares of an arrow's way at which its text stands: apart from its neighbours' texts."""

TEXT_MAY_BE_AT = (0.34, 0.5, 0.27, 0.58, 0.66, 0.2, 0.74)
"""Other shares for the text of a path, the best first."""
TEXT_ROOM = 0.46, 0.22
"""Inches that a text takes across and down, with some room around it."""
ALONG = tuple(step / 40 for step in range(41))
"""Shares of the way at which an arrow is looked at for what it touches."""


class Kind(Enum):
    """What an arrow means; each kind has a look of its own."""

    LOADING = auto()
    SIGNIFICANT = auto()
    NOT_SIGNIFICANT = auto()
    UNTESTED = auto()
    COVARIANCE = auto()


_TESTED = {True: Kind.SIGNIFICANT, False: Kind.NOT_SIGNIFICANT, None: Kind.UNTESTED}


@dataclass(frozen=True, slots=True)
class Arrow:
    """A quadratic Bézier curve (straight where ``control`` lies between the ends) with a text."""

    start: Point
    control: Point
    end: Point
    kind: Kind
    text: str
    text_at: float

    def at(self, share: float) -> Point:
        """Point at a share of the way."""
        parts = ((1 - share) ** 2, 2 * share * (1 - share), share**2)
        points = (self.start, self.control, self.end)
        return (
            sum(part * point[0] for part, point in zip(parts, points, strict=True)),
            sum(part * point[1] for part, point in zip(parts, points, strict=True)),
        )


def arrows(diagram: PathDiagram, layout: Layout) -> Iterator[Arrow]:
    """Every arrow of the diagram, loadings first."""
    for latent in diagram.latents:
        yield from _loadings(diagram, layout, latent)
    paths = [
        _path(diagram, layout, (source, target), _TESTED[significant], text)
        for source, target, text, significant in diagram.paths
    ]
    arcs = [_covariance(layout, *ends) for ends in diagram.covariances]
    yield from _apart(paths, arcs)
    yield from arcs


def _apart(paths: Sequence[Arrow], arcs: Sequence[Arrow]) -> Iterator[Arrow]:
    """Move the text of each path to where no other text and no other arrow is, if there is room."""
    placed = [arc.at(arc.text_at) for arc in arcs]
    for order, path in enumerate(paths):
        others = [*paths[:order], *paths[order + 1 :], *arcs]
        shares = [path.text_at, *(s for s in TEXT_MAY_BE_AT if s != path.text_at)]
        best = min(shares, key=lambda s: _crowded(path.at(s), placed, others))
        placed.append(path.at(best))
        yield replace(path, text_at=best)


def _crowded(place: Point, texts: Sequence[Point], others: Sequence[Arrow]) -> int:
    """How many texts and arrows a text at this place would touch; a text counts for many."""
    across, down = TEXT_ROOM
    touched = sum(abs(place[0] - x) < across and abs(place[1] - y) < down for x, y in texts)
    run_through = sum(
        any(
            abs(place[0] - x) < across / 2 and abs(place[1] - y) < down / 2
            for x, y in map(other.at, ALONG)
        )
        for other in others
    )
    return 10 * touched + run_through


def _loadings(diagram: PathDiagram, layout: Layout, latent: str) -> Iterator[Arrow]:
    """From a latent variable to its boxes and to the factors it is measured by."""
    centre = layout.ellipses[latent].centre
    for box in layout.boxes[latent]:
        start = rim(centre, box.edge, layout.sizes)
        yield _straight(start, box.edge, Kind.LOADING, box.loading, LOADING_TEXT_AT)
    for name, loading in diagram.lower(latent):
        start, end = _ends(layout, latent, name)
        yield _straight(start, end, Kind.LOADING, loading, MIDWAY)


def _path(
    diagram: PathDiagram, layout: Layout, ends: tuple[str, str], kind: Kind, text: str
) -> Arrow:
    """From a predictor to an outcome; past what stands between them in one column."""
    if _between(layout, *ends):
        return _arc(layout, ends, kind, text, -1)
    start, end = _ends(layout, *ends)
    return _straight(start, end, kind, text, BEYOND_ARCS if diagram.covariances else PATH_TEXT_AT)


def _covariance(layout: Layout, first: str, second: str, text: str) -> Arrow:
    """An arc at the inner side of a column, or a straight line between two."""
    if _same_column(layout, first, second):
        return _arc(layout, (first, second), Kind.COVARIANCE, text, 1)
    start, end = _ends(layout, first, second)
    return _straight(start, end, Kind.COVARIANCE, text, MIDWAY)


def _straight(start: Point, end: Point, kind: Kind, text: str, text_at: float) -> Arrow:
    """A straight arrow."""
    middle = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    return Arrow(start, middle, end, kind, text, text_at)


def _ends(layout: Layout, source: str, target: str) -> tuple[Point, Point]:
    """Points of two rims that face each other."""
    first, second = layout.ellipses[source].centre, layout.ellipses[target].centre
    return rim(first, second, layout.sizes), rim(second, first, layout.sizes)


def _arc(layout: Layout, ends: tuple[str, str], kind: Kind, text: str, side: int) -> Arrow:
    """A curve beside a column; the more it passes, the wider it is and the flatter it leaves."""
    passed = len(_between(layout, *ends))
    across, down = layout.sizes.half_width, layout.sizes.half_height
    angle = radians(max(60 - 22 * passed, 5))
    first, second = (layout.ellipses[one].centre for one in ends)
    sense = copysign(1.0, second[1] - first[1])
    dx, dy = side * across * cos(angle), sense * down * sin(angle)
    control = first[0] + side * across * (1.2 + 0.8 * passed), (first[1] + second[1]) / 2
    start, end = (first[0] + dx, first[1] + dy), (second[0] + dx, second[1] - dy)
    return Arrow(start, control, end, kind, text, MIDWAY)


def _same_column(layout: Layout, first: str, second: str) -> bool:
    """Tell whether two latent variables stand above each other."""
    return layout.ellipses[first].centre[0] == layout.ellipses[second].centre[0]


def _between(layout: Layout, first: str, second: str) -> list[str]:
    """Latent variables that stand between two of one column."""
    low, high = sorted(layout.ellipses[one].centre[1] for one in (first, second))
    return [
        one
        for one, ellipse in layout.ellipses.items()
        if _same_column(layout, one, first)
        and _same_column(layout, one, second)
        and low < ellipse.centre[1] < high
    ]
