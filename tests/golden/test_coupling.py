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


@pytest.mark.parametrize(
    ("original", "modified"),
    [(0.9989, 0.9404), (0.9935, 0.8660), (0.8868, 0.5440), (0.6821, 0.3006), (0.7191, 0.3738)],
)
def test_published_pairs(original: float, modified: float) -> None:
    """Wang et al. (2021, Table 8, year 2008): original and modified C of two systems.

    The two give back both scores: C their ratio, the modified C their difference. Printed to four
    decimals.
    """
    root = (1 - np.sqrt(1 - original**2)) / original
    ratio = root**2
    apart = 1 - modified**2 / ratio
    high = apart / (1 - ratio)
    assert 0 < high < 1
    found = coupling(np.array([[high, high * ratio]]))
    assert found.C[0] == pytest.approx(original, abs=1e-4)
    assert found.C_modified[0] == pytest.approx(modified, abs=1e-4)
