"""The response surface: contours cut off at the cases, both lines, the stationary point."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from matplotlib.patches import Polygon

from cosyn.report.figures import surface_plot, to_svg
from cosyn.report.pictures import ResponseSurface, SurfaceTexts

TEXTS = {
    "en": SurfaceTexts("IP", "EP", "CS", "EP = IP", "EP = −IP", "Stationary point", "Cases"),
    "zh-Hans": SurfaceTexts("IP", "EP", "CS", "EP = IP", "EP = −IP", "驻点", "个案所在范围"),
}
HULL = np.array([[-2.0, -2.0], [2.0, -2.0], [2.0, 2.0], [-2.0, 2.0]])


def shown(stationary: tuple[float, float] | None = None) -> ResponseSurface:
    x, y = np.meshgrid(np.linspace(-2, 2, 9), np.linspace(-2, 2, 9))
    t = np.linspace(-2, 2, 5)
    return ResponseSurface(
        x=x,
        y=y,
        z=5 - (x - y) ** 2 / 4,
        inside=np.abs(x + y) <= 3,
        hull=HULL,
        lines={"congruence": (t, t, 5 + 0 * t), "incongruence": (t, -t, 5 - t**2)},
        stationary=stationary,
    )


def by_id(plotted: ResponseSurface, language: str = "en") -> dict[str, np.ndarray]:
    flat = surface_plot(plotted, language, TEXTS[language]).axes[1]
    found = {str(line.get_gid()): np.array(line.get_xydata()) for line in flat.lines}
    return found | {str(p.get_gid()): p.get_xy() for p in flat.patches if isinstance(p, Polygon)}


def test_lines_and_range_lie_where_they_belong() -> None:
    drawn = by_id(shown())
    assert set(drawn) == {"congruence", "incongruence", "range"}
    assert drawn["congruence"][:, 1] == pytest.approx(drawn["congruence"][:, 0])
    assert drawn["incongruence"][:, 1] == pytest.approx(-drawn["incongruence"][:, 0])
    assert drawn["range"][:4] == pytest.approx(HULL)


def test_a_stationary_point_is_drawn_if_there_is_one() -> None:
    assert by_id(shown((0.5, -1.0)))["stationary"].tolist() == [[0.5, -1.0]]


def test_nothing_is_drawn_in_space_beyond_the_cases() -> None:
    whole = dataclasses.replace(shown(), inside=np.ones((9, 9), bool))
    sides = [
        to_svg(surface_plot(each, "en", TEXTS["en"]), title="t", prefix="s").count("L ")
        for each in (whole, shown())
    ]
    assert sides[1] < sides[0]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_drawing_is_the_same_each_time(language: str) -> None:
    first, second = (
        to_svg(surface_plot(shown((0.0, 0.0)), language, TEXTS[language]), title="t", prefix="s")
        for _ in range(2)
    )
    assert first == second
    assert "NaN" not in first
    assert "nan" not in first
