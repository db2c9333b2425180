"""A path diagram shows everything once, and nothing runs into anything else."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.patches import Ellipse, FancyArrowPatch, Rectangle
from tests.unit.report.figures.figure_samples import (
    DIAGRAMS,
    LANGUAGES,
    additive,
    diagram,
    mediated,
    product,
    second_order,
)

from cosyn.report.figures import path_diagram
from cosyn.report.figures._path_arrows import Arrow, Kind, arrows
from cosyn.report.figures._path_layout import BOX_HEIGHT, Layout, lay_out, text_rows
from cosyn.report.figures._path_model import columns
from cosyn.report.figures._style import SMALL
from cosyn.report.figures._text import width_of
from cosyn.report.pictures import PathDiagram

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BOTH = pytest.mark.parametrize("language", LANGUAGES)
EVERY = pytest.mark.parametrize("name", DIAGRAMS)


def shapes(axes: Axes, kind: type) -> list[object]:
    return [patch for patch in axes.patches if type(patch) is kind]


def laid_out(name: str, language: str) -> tuple[PathDiagram, Layout, list[Arrow]]:
    what = DIAGRAMS[name](language)
    layout = lay_out(what, language)
    return what, layout, list(arrows(what, layout))


def inside_ellipse(point: tuple[float, float], centre: tuple[float, float], layout: Layout) -> bool:
    x = (point[0] - centre[0]) / layout.sizes.half_width
    y = (point[1] - centre[1]) / layout.sizes.half_height
    return x * x + y * y < 0.98


def inside_box(point: tuple[float, float], centre: tuple[float, float], layout: Layout) -> bool:
    across, down = abs(point[0] - centre[0]), abs(point[1] - centre[1])
    return across < 0.49 * layout.sizes.box_width and down < 0.49 * BOX_HEIGHT


def test_predictors_stand_left_and_outcomes_right() -> None:
    assert columns(additive("en")) == [["A", "B", "C", "D"], ["Y"]]
    assert columns(product("en")) == [["A", "B", "C", "D", "AxC"], ["Y"]]


def test_a_second_order_factor_stands_between_its_parts_and_the_margin() -> None:
    assert columns(second_order("en")) == [["A", "B", "C", "D"], ["Y", "S"]]


def test_reciprocal_paths_leave_one_column() -> None:
    both = PathDiagram({"A": "a", "B": "b"}, {}, (("A", "B", "1", True), ("B", "A", "2", True)))
    assert columns(both) == [["A", "B"]]
    assert path_diagram(both, "en").get_figheight() > 1


@BOTH
@EVERY
def test_every_part_is_drawn_once(name: str, language: str) -> None:
    what = DIAGRAMS[name](language)
    axes = path_diagram(what, language).axes[0]
    observed = sum(len(what.observed(one)) for one in what.latents)
    lower = sum(len(what.lower(one)) for one in what.latents)
    assert len(shapes(axes, Ellipse)) == len(what.latents)
    assert len(shapes(axes, Rectangle)) == observed
    assert len(shapes(axes, FancyArrowPatch)) == (
        observed + lower + len(what.paths) + len(what.covariances)
    )
    written = "".join("".join(text.get_text() for text in axes.texts).split())
    for text in (*what.latents.values(), *what.notes.values(), *(path[2] for path in what.paths)):
        assert "".join(text.split()) in written


def test_what_is_not_significant_is_dashed_and_paler() -> None:
    found = diagram("en").axes[0].patches
    styles = [p.get_linestyle() for p in found if isinstance(p, FancyArrowPatch)]
    assert styles.count("--") == 2  # the path and its sample in the key
    kinds = [arrow.kind for arrow in laid_out("additive", "en")[2]]
    assert [kinds.count(kind) for kind in Kind] == [20, 2, 1, 1, 0]


@BOTH
@EVERY
def test_no_arrow_runs_through_an_ellipse_or_a_box(name: str, language: str) -> None:
    _, layout, every = laid_out(name, language)
    centres = [ellipse.centre for ellipse in layout.ellipses.values()]
    boxes = [box.centre for column in layout.boxes.values() for box in column]
    for arrow in every:
        for share in range(1, 40):
            point = arrow.at(share / 40)
            assert not any(inside_ellipse(point, centre, layout) for centre in centres), arrow
            assert not any(inside_box(point, centre, layout) for centre in boxes), arrow


@BOTH
@EVERY
def test_ellipses_and_boxes_keep_apart(name: str, language: str) -> None:
    _, layout, _ = laid_out(name, language)
    a, b = layout.sizes.half_width, layout.sizes.half_height
    w, h = layout.sizes.box_width / 2, BOX_HEIGHT / 2
    areas = [(e.centre, a, b) for e in layout.ellipses.values()]
    areas += [(box.centre, w, h) for column in layout.boxes.values() for box in column]
    for (one, across, down), (other, wide, high) in combinations(areas, 2):
        apart = abs(one[0] - other[0]) - across - wide, abs(one[1] - other[1]) - down - high
        assert max(apart) > 0.05
    for (x, y), across, down in areas:
        assert across <= x <= layout.width - across
        assert down <= y <= layout.height - down


@BOTH
@EVERY
def test_labels_lie_within_their_ellipses(name: str, language: str) -> None:
    _, layout, _ = laid_out(name, language)
    for ellipse in layout.ellipses.values():
        for text, size, y in text_rows(ellipse.lines, ellipse.note):
            edge = abs(y) + 0.4 * size / 72
            corner = width_of(text, size, language) / 2, edge
            assert inside_ellipse(corner, (0, 0), layout), text


@BOTH
@EVERY
def test_names_lie_within_their_boxes(name: str, language: str) -> None:
    _, layout, _ = laid_out(name, language)
    for column in layout.boxes.values():
        for box in column:
            assert width_of(box.name, SMALL, language) < layout.sizes.box_width - 0.1


@BOTH
@EVERY
def test_no_text_covers_another_or_is_clipped(name: str, language: str) -> None:
    figure = path_diagram(DIAGRAMS[name](language), language)
    FigureCanvasAgg(figure)
    extents = [(text.get_text(), text.get_window_extent()) for text in figure.axes[0].texts]
    for (one, here), (other, there) in combinations(extents, 2):
        assert not here.overlaps(there), (one, other)
    for text, extent in extents:
        assert 0 <= extent.x0 <= extent.x1 <= figure.bbox.width, text
        assert 0 <= extent.y0 <= extent.y1 <= figure.bbox.height, text


@BOTH
@EVERY
def test_texts_on_arrows_keep_off_ellipses_and_boxes(name: str, language: str) -> None:
    _, layout, every = laid_out(name, language)
    centres = [ellipse.centre for ellipse in layout.ellipses.values()]
    boxes = [box.centre for column in layout.boxes.values() for box in column]
    for arrow in every:
        x, y = arrow.at(arrow.text_at)
        half = width_of(arrow.text, 10.0, language) / 2
        for corner in (
            (x - half, y - 0.05),
            (x + half, y - 0.05),
            (x - half, y + 0.05),
            (x + half, y + 0.05),
        ):
            assert not any(inside_ellipse(corner, centre, layout) for centre in centres), arrow
            assert not any(inside_box(corner, centre, layout) for centre in boxes), arrow


def test_an_arrow_past_another_ellipse_bends_around_it() -> None:
    what = mediated("en")
    bent = [a for a in arrows(what, lay_out(what, "en")) if a.kind is Kind.NOT_SIGNIFICANT]
    assert len(bent) == 1
    assert bent[0].control[0] < bent[0].start[0]


def test_long_words_widen_the_ellipses_and_long_texts_the_gaps() -> None:
    plain = PathDiagram({"A": "a", "B": "b"}, {}, (("A", "B", ".3", True),))
    wordy = PathDiagram({"A": "Institutionalisations", "B": "b"}, {}, plain.paths)
    chatty = PathDiagram(plain.latents, {}, (("A", "B", ".31 [.13, .48]", True),))
    usual, wide, far = (lay_out(each, "en").sizes for each in (plain, wordy, chatty))
    assert wide.half_width > usual.half_width
    assert far.gap > usual.gap
