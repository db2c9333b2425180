"""Departments and ceilings reach their places, on one scale of the outcome."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from tests.unit.report.figures.figure_samples import LATENTS, necessity


def drawn(axes: Axes) -> dict[str, list[tuple[float, float]]]:
    return {
        str(line.get_gid()): list(
            zip(
                np.asarray(line.get_xdata()).tolist(),
                np.asarray(line.get_ydata()).tolist(),
                strict=True,
            )
        )
        for line in axes.lines
    }


def test_a_panel_a_condition_with_its_points_and_ceilings() -> None:
    first, second, third = necessity("en").axes
    assert set(drawn(first)) == {"cases", "step", "line"}
    assert set(drawn(second)) == {"cases", "step"}
    assert (3.0, 2.0) in drawn(first)["cases"]
    assert drawn(first)["step"][1] == (2.0, 1.0)
    assert drawn(first)["line"] == [(1.0, 1.2), (5.0, 5.0)]
    assert drawn(third)["step"][0] == (5.0, 1.0)


def test_all_panels_share_the_scale_of_the_outcome() -> None:
    figure = necessity("en")
    (scale,) = {axes.get_ylim() for axes in figure.axes}
    assert scale[0] < 1
    assert scale[1] > 5
    assert figure.axes[0].get_xlabel() == LATENTS["en"]["A"]
    assert figure.axes[0].get_ylabel() == LATENTS["en"]["Y"]
    assert figure.axes[1].get_ylabel() == ""
