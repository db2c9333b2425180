"""What is known of coupling degrees, and what cannot be computed."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.engine.regression import DEPENDENT
from cosyn.synergy.coupling import (
    ALL_ZERO,
    CONSTANT,
    LEVELS,
    MISSING,
    NO_CASES,
    OUTSIDE,
    UNEQUAL,
    coupling,
    gain_of_coordination,
    level_of,
    reclassification,
    theoretical_scale,
)

RANDOM = np.random.default_rng(3)
U = RANDOM.uniform(0.05, 1, (200, 4))


@pytest.mark.parametrize("k", [2, 3, 4])
def test_coordination_is_the_root_of_the_geometric_mean(k: int) -> None:
    found = coupling(U[:, :k])
    np.testing.assert_allclose(found.D, np.sqrt(np.prod(U[:, :k], axis=1) ** (1 / k)), rtol=1e-13)
    assert found.identity_error is not None
    assert found.identity_error < 1e-15
    weighted = coupling(U[:, :k], [2, *[1] * (k - 1)])
    assert (weighted.identity_error, weighted.identity_reason) == (None, UNEQUAL)
    assert not np.allclose(weighted.D, found.D)


def test_coupling_saturates_and_the_modified_degree_does_not() -> None:
    found = coupling(np.array([[0.9, 0.4], [0.1, 0.1]]))
    np.testing.assert_allclose(found.C, [0.9231, 1.0], atol=1e-4)
    np.testing.assert_allclose(found.C_modified, [np.sqrt(0.5 * 4 / 9), 1.0])


def test_degrees_that_are_undefined() -> None:
    scores = np.array([[0.5, np.nan], [0.5, 1.2], [-0.1, 0.5], [0, 0], [0, 0.5], [0.5, 0.5]])
    found = coupling(scores)
    assert found.reasons == (MISSING, OUTSIDE, OUTSIDE, ALL_ZERO, "", "")
    np.testing.assert_array_equal(np.isnan(found.C), [True, True, True, True, False, False])
    np.testing.assert_array_equal(found.D[3:5], [0, 0])
    assert found.levels[:4] == (None, None, None, "extreme_disorder")
    assert coupling(scores[:1]).identity_reason == NO_CASES


def test_levels_hold_their_lower_bound() -> None:
    bounds = [number / 10 for number in range(11)]
    assert [level_of(bound) for bound in bounds] == [*LEVELS, LEVELS[-1]]
    assert level_of(0.3 - 1e-6) == "moderate_disorder"
    assert level_of(float("nan")) is None
    # 0.25 is a root of a product that rounding takes below a half.
    assert coupling(np.array([[0.5, 0.125]])).levels == ("bare_coordination",)


def test_theoretical_scale() -> None:
    X = np.array([[1.0, 7.0], [4.0, 1.0], [np.nan, 4.0]])
    found = theoretical_scale(X, 1, 7, turned=[1])
    np.testing.assert_array_equal(found, [[0, 0], [0.5, 1], [np.nan, 0.5]])
    assert X[0, 1] == 7  # the answers are not changed


def test_no_level_changes_where_the_sample_spans_the_scale() -> None:
    spanning = np.vstack([U[:, :2], [[0, 1], [1, 0]]])
    found = reclassification(spanning)
    assert (found.share, found.n) == (0, 202)
    assert found.table.sum() == 202


def test_scaling_by_the_sample_makes_levels_of_its_own() -> None:
    """All scores lie between .50 and .59, one level; the sample's extremes spread them over ten."""
    u = np.linspace(0, 1, 101)
    found = reclassification(0.5 + 0.09 * np.column_stack([u, u]))
    there = np.sqrt(u)
    assert found.share == pytest.approx(1 - np.mean((there >= 0.7) & (there < 0.8)))
    assert np.flatnonzero(found.table.sum(axis=1)).tolist() == [7]


def test_scaling_by_a_sample_without_spread() -> None:
    assert reclassification(np.full((5, 2), 0.5)).reason == CONSTANT
    assert reclassification(np.full((5, 2), np.nan)).reason == NO_CASES


def test_coordination_that_adds_nothing_has_a_small_gain() -> None:
    y = U[:, 0] + U[:, 1] + 0.1 * RANDOM.standard_normal(200)
    found = gain_of_coordination(U[:, :2], y)
    assert found.gain == pytest.approx(0, abs=0.01)
    same = np.column_stack([U[:, 0], U[:, 0]])
    assert gain_of_coordination(same, y).test.reason == DEPENDENT
