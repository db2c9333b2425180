"""Every number reaches its place: bars of answers, eigenvalues, effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from tests.unit.report.figures.figure_samples import (
    CATEGORIES,
    LANGUAGES,
    caterpillar,
    forest,
    likert,
    rows,
    scree,
)

from cosyn.report.figures import forest_plot, likert_bars, scree_plot
from cosyn.report.figures._style import diverging
from cosyn.report.figures.forest import two_decimals
from cosyn.report.figures.likert import ASIDE_BAR
from cosyn.report.pictures import (
    ForestRow,
    ForestTexts,
    LikertRow,
    LikertTexts,
    ScreeTexts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure

PLAIN = LikertTexts("Missing")


def bars(figure: Figure) -> dict[str, Rectangle]:
    patches = figure.axes[0].patches
    return {str(p.get_gid()): p for p in patches if isinstance(p, Rectangle) and p.get_gid()}


def lines(figure: Figure) -> dict[str, Line2D]:
    return {str(line.get_gid()): line for line in figure.axes[0].lines if line.get_gid()}


def xs(line: Line2D) -> list[float]:
    return [float(x) for x in np.asarray(line.get_xdata())]


def ys(line: Line2D) -> list[float]:
    return [float(y) for y in np.asarray(line.get_ydata())]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def one_row(shares: tuple[float, ...]) -> Figure:
    row = LikertRow("Q1", "Trust", shares, 10, 0.0)
    return likert_bars((row,), tuple("abcdefgh"[: len(shares)]), "en", PLAIN)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_item_has_a_bar_for_each_category_and_for_what_is_missing(language: str) -> None:
    names = {f"Q{item}:{part}" for item in (1, 2, 3) for part in (*range(1, 8), "missing")}
    assert set(bars(likert(language))) == names


def test_widths_are_the_shares() -> None:
    found = bars(likert("en"))
    widths = [found[f"Q1:{k}"].get_width() for k in range(1, 8)]
    assert [w / sum(widths) for w in widths] == pytest.approx(rows("en")[0].shares)
    assert found["Q2:missing"].get_width() / found["Q1:missing"].get_width() == pytest.approx(
        25 / 3
    )


@pytest.mark.parametrize("share", [0.05, 0.2, 0.9])
def test_the_missing_bar_ends_before_its_number(share: float) -> None:
    row = LikertRow("Q1", "Trust", (0.5, 0.5), 10, share)
    figure = likert_bars((row,), ("no", "yes"), "en", PLAIN)
    bar = bars(figure)["Q1:missing"]
    number = next(t for t in figure.axes[0].texts if t.get_text() == f"{share:.0%}")
    FigureCanvasAgg(figure)
    end = number.get_window_extent().x0 / figure.dpi
    assert bar.get_x() + bar.get_width() < end
    assert bar.get_width() == pytest.approx(share / max(share, 0.2) * ASIDE_BAR)


def test_bars_lie_end_to_end_in_the_colours_of_the_key() -> None:
    found = bars(likert("en"))
    for k in range(1, 7):
        here, after = found[f"Q1:{k}"], found[f"Q1:{k + 1}"]
        assert here.get_x() + here.get_width() == pytest.approx(after.get_x())
    key = [p for p in likert("en").axes[0].patches if p.get_gid() is None][:7]
    assert [p.get_facecolor() for p in key] == [
        found[f"Q1:{k}"].get_facecolor() for k in range(1, 8)
    ]
    assert len(set(diverging(7))) == 7


@pytest.mark.parametrize("k", [2, 3, 4, 5, 7])
def test_equal_shares_are_centred_on_the_middle(k: int) -> None:
    figure = one_row((1 / k,) * k)
    found = bars(figure)
    first, last = found["Q1:1"], found[f"Q1:{k}"]
    middle = (first.get_x() + last.get_x() + last.get_width()) / 2
    zero = next(
        t
        for t in figure.axes[0].texts
        if t.get_text() == "0%" and t.get_horizontalalignment() == "center"
    )
    assert middle == pytest.approx(zero.get_position()[0])


def test_percentages_are_printed_from_six_upwards() -> None:
    inside = [t for t in texts(one_row((0.05, 0.06, 0.29, 0.6))) if t.isdigit()]
    assert inside == ["6", "29", "60"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_ids_labels_and_answers_are_written_once(language: str) -> None:
    written = texts(likert(language))
    first, second, third = rows(language)
    for text in (first.group, third.group, "Q1", "Q2", "Q3", "n = 1,200", "n = 90", "n = 0"):
        assert written.count(text) == 1
    joined = "".join("".join(written).split())
    for text in (first.label, second.label, *CATEGORIES[language]):
        assert "".join(text.split()) in joined


def test_a_dollar_sign_is_no_mathematics() -> None:
    shown = [t for t in likert("en").axes[0].texts if "$5 to $9" in t.get_text()]
    assert shown
    assert not any(t.get_parse_math() for t in shown)


def test_more_rows_make_a_taller_figure() -> None:
    row = rows("en")[0]
    heights = [
        likert_bars((row,) * count, CATEGORIES["en"], "en", PLAIN).get_figheight()
        for count in (1, 2, 3)
    ]
    assert heights[2] - heights[1] == pytest.approx(heights[1] - heights[0])
    assert heights[1] - heights[0] > 0.5


def test_shares_that_do_not_match_the_categories_are_refused() -> None:
    row = LikertRow("Q1", "Trust", (0.5, 0.5), 10, 0.0)
    with pytest.raises(ValueError, match="zip"):
        likert_bars((row,), ("a", "b", "c"), "en", PLAIN)


def test_scree_draws_what_it_is_given() -> None:
    found = lines(scree("en"))
    assert ys(found["observed"]) == [4.0, 1.5, 0.9, 0.6]
    assert ys(found["random_mean"]) == [1.3, 1.1, 0.9, 0.7]
    assert ys(found["random_quantile"]) == [1.4, 1.2, 1, 0.8]
    assert xs(found["observed"]) == [1, 2, 3, 4]


@pytest.mark.parametrize(("suggested", "expected"), [(2, ["2 of them"]), (None, [])])
def test_scree_names_the_suggestion_only_if_there_is_one(
    suggested: int | None, expected: list[str]
) -> None:
    names = ScreeTexts("x", "y", "observed", "mean", "quantile", "{k} of them")
    figure = scree_plot((2, 1), (1, 1), (1, 1), suggested, "en", names)
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [t.get_text() for t in legend.get_texts()][3:] == expected


def test_forest_places_estimates_on_one_ruler() -> None:
    found = lines(forest("en"))
    assert {"estimate:1", "interval:1", "estimate:2", "interval:2"} == set(found)
    at = {name: xs(line) for name, line in found.items()}
    unit = (at["estimate:1"][0] - at["estimate:2"][0]) / (0.34 + 0.21)
    assert (at["interval:1"][1] - at["interval:1"][0]) / unit == pytest.approx(0.43 - 0.25)
    assert (at["estimate:2"][0] - at["interval:2"][0]) / unit == pytest.approx(0.33 - 0.21)
    bands = [p for p in forest("en").axes[0].patches if p.get_gid() == "band"]
    assert len(bands) == 3
    assert all(
        isinstance(b, Rectangle) and b.get_width() / unit == pytest.approx(0.2) for b in bands
    )


def test_forest_writes_numbers_and_reasons() -> None:
    written = texts(forest("en"))
    assert "0.34 [0.25, 0.43]" in written
    assert "−0.21 [−0.33, −0.09]" in written
    assert "no estimate: did not converge" in " ".join(written)


def test_forest_without_band_and_without_any_estimate_is_still_a_figure() -> None:
    row = ForestRow("A → B", None, None, None, "not identified")
    figure = forest_plot((row,), None, "en", ForestTexts("effect", "unused"))
    assert "unused" not in texts(figure)
    assert not [p for p in figure.axes[0].patches if p.get_gid() == "band"]


def test_caterpillar_draws_each_mean_within_its_interval() -> None:
    first, second = caterpillar("en").axes
    drawn = {str(line.get_gid()): line for line in first.lines}
    assert ys(drawn["means"]) == [3.0, 4.0, 5.5]
    ends = [y for y in ys(drawn["intervals"]) if not np.isnan(y)]
    assert ends == [2.5, 3.5, 3.0, 5.0, 5.0, 6.0]
    assert set(ys(drawn["grand"])) == {4.2}
    assert first.get_ylim() == second.get_ylim()


def test_numbers_bear_a_minus_sign() -> None:
    assert two_decimals(-0.125) == "−0.12"
    assert two_decimals(1) == "1.00"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("draw", [likert, forest])
def test_no_text_is_clipped(draw: Callable[[str], Figure], language: str) -> None:
    figure = draw(language)
    FigureCanvasAgg(figure)
    for text in figure.axes[0].texts:
        extent = text.get_window_extent()
        assert 0 <= extent.x0 <= extent.x1 <= figure.bbox.width, text.get_text()
        assert 0 <= extent.y0 <= extent.y1 <= figure.bbox.height, text.get_text()
