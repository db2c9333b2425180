"""Loadings are drawn cell by cell, and the larger the darker."""

from __future__ import annotations

from matplotlib.colors import to_hex
from tests.unit.report.figures.figure_samples import loadings

from cosyn.report.figures._style import ACCENT, INK, contrast


def test_every_loading_is_a_cell_with_its_number() -> None:
    (axes,) = loadings("en").axes
    cells = {str(p.get_gid()): p for p in axes.patches if p.get_gid()}
    assert set(cells) == {f"loading:{row}:{column}" for row in (1, 2, 3) for column in (1, 2)}
    written = [text.get_text() for text in axes.texts]
    assert {"0.71", "-0.03", "1.04", "A1"} <= set(written)


def test_colours_say_sign_and_size() -> None:
    (axes,) = loadings("en").axes
    colour = {str(p.get_gid()): to_hex(p.get_facecolor()) for p in axes.patches if p.get_gid()}
    paper = "#ffffff"
    assert contrast(colour["loading:1:1"], paper) > contrast(colour["loading:2:1"], paper)
    assert contrast(colour["loading:1:2"], paper) < 1.1
    assert colour["loading:3:2"] == INK
    assert contrast(colour["loading:3:1"], ACCENT) < contrast(colour["loading:3:1"], INK)


def test_the_factor_an_item_is_meant_for_is_framed() -> None:
    assert len(loadings("en").axes[0].lines) == 3
