"""Coupling coordination degrees equal those of base R by the published formulas.

Closed formulas of a few operations: 1e-12 is their rounding.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.synergy.coupling import (
    LEVELS,
    coupling,
    gain_of_coordination,
    reclassification,
    theoretical_scale,
)

TRUTH = expected(FOLDER / "cases" / "coupling")
FACETS = csv("facets")


def scores(letter: str) -> np.ndarray:
    return np.asarray(FACETS.of([f"{letter}{k}" for k in range(1, 5)]).mean(axis=1))


U = theoretical_scale(np.column_stack([scores(each) for each in "abc"]), 1, 7, turned=[1])
WEIGHTS = (5.0, 3.0, 2.0)


@pytest.mark.parametrize(
    ("name", "columns", "weights"),
    [("weighted", 3, WEIGHTS), ("equal", 3, None), ("two", 2, None)],
)
def test_degrees(name: str, columns: int, weights: tuple[float, ...] | None) -> None:
    found = coupling(U[:, :columns], weights)
    arrays = np.column_stack([found.C, found.T, found.D, found.C_modified, found.D_modified])
    np.testing.assert_allclose(arrays[:20], TRUTH[name], rtol=1e-12)


def test_levels() -> None:
    found = coupling(U, WEIGHTS)
    assert found.levels == tuple(LEVELS[tenth - 1] for tenth in TRUTH["tenths"])


def test_share_of_cases_whose_level_depends_on_the_scaling() -> None:
    assert reclassification(U, WEIGHTS).share == pytest.approx(TRUTH["changed"], abs=1e-12)


def test_gain_over_the_scores_and_their_product() -> None:
    found = gain_of_coordination(U[:, :2], scores("y"))
    assert found.gain == pytest.approx(TRUTH["gain"], rel=1e-7)
    assert found.r_squared == pytest.approx(TRUTH["r2"], rel=1e-9)
    assert pytest.approx(TRUTH["F"], rel=1e-7) == found.test.F
    assert found.test.pvalue == pytest.approx(TRUTH["p"], rel=1e-7)


#: Wang et al. (2021, Table 8): original and modified C of thirteen cities in 2008.
CITIES = {
    0.9989: 0.9404, 0.9935: 0.8660, 0.8868: 0.5440, 0.9073: 0.5769, 0.6821: 0.3006, 0.8328: 0.4780,
    0.6816: 0.3344, 0.7789: 0.4171, 0.6871: 0.3278, 0.6101: 0.2700, 0.8017: 0.4374, 0.7867: 0.4196,
    0.7191: 0.3738,
}  # fmt: skip


@pytest.mark.parametrize(("original", "modified"), CITIES.items())
def test_published_pairs(original: float, modified: float) -> None:
    """Of two systems C tells the ratio of the scores, and the modified C then their difference.

    So every printed pair gives back both scores, which would lie outside 0 to 1 for some pairs if
    the formula were another; from the scores come both degrees, to the four printed decimals.
    """
    root = (1 - np.sqrt(1 - original**2)) / original
    ratio = root**2
    high = (1 - modified**2 / ratio) / (1 - ratio)
    assert 0 < high <= 1
    found = coupling(np.array([[high, high * ratio]]))
    assert found.C[0] == pytest.approx(original, abs=1e-4)
    assert found.C_modified[0] == pytest.approx(modified, abs=1e-4)
