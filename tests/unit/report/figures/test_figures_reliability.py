"""Coefficients, their intervals and those of groups stand where they belong."""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.report.figures.figure_samples import reliability


def test_marks_lie_on_one_scale() -> None:
    (axes,) = reliability("en").axes
    lines = {str(line.get_gid()): np.asarray(line.get_xdata()) for line in axes.lines}
    first, second = float(lines["reliability:1"][0]), float(lines["reliability:2"][0])
    unit = (first - second) / (0.81 - 0.66)
    assert float(lines["groups:1"][1] - lines["groups:1"][0]) == pytest.approx(unit * 0.14)
    assert "reliability:3" not in lines
    assert "groups:2" not in lines


def test_what_the_marks_mean_is_said_above() -> None:
    (axes,) = reliability("en").axes
    written = [text.get_text() for text in axes.texts]
    assert written[:2] == ["◇ groups", "custom .70"]
    assert "—" in written
