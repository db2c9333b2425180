"""Dominance analysis equals the published example and brute force in R.

R regresses on every subset, we solve the normal equations of correlations: 1e-9 is their rounding.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.engine.dominance import dominance, dominance_of

TRUTH = expected(FOLDER / "cases" / "dominance")
NAMES = ("a1", "a3", "b1", "b3", "c1", "c3")
FACETS = csv("facets")
X = FACETS.of(list(NAMES))
Y = FACETS.of([f"y{k}" for k in range(1, 5)]).mean(axis=1)


def test_contributions() -> None:
    found = dominance_of(X, Y, NAMES)
    assert found.general is not None
    assert found.conditional is not None
    assert found.r_squared == pytest.approx(TRUTH["r2"], rel=1e-9)
    np.testing.assert_allclose(found.general, TRUTH["general"], atol=1e-9)
    np.testing.assert_allclose(found.conditional, TRUTH["conditional"], atol=1e-9)
    assert found.general.sum() == pytest.approx(TRUTH["r2"], rel=1e-9)


@pytest.mark.parametrize("kind", ["complete", "conditionally", "generally"])
def test_relations(kind: str) -> None:
    np.testing.assert_array_equal(getattr(dominance_of(X, Y, NAMES), kind), TRUTH[kind])


def test_published_example() -> None:
    """Azen & Budescu (2003, Table 1), printed to three decimals."""
    R = np.array([[1, 0.8, 0.1, 0.3], [0.8, 1, 0.1, 0.1], [0.1, 0.1, 1, 0.5], [0.3, 0.1, 0.5, 1]])
    found = dominance(R, np.array([0.6, 0.3, 0.4, 0.5]), ("x1", "x2", "x3", "x4"))
    printed = [
        [0.360, 0.090, 0.160, 0.250],
        [0.300, 0.074, 0.095, 0.152],
        [0.263, 0.069, 0.063, 0.073],
        [0.246, 0.071, 0.061, 0.010],
    ]
    assert found.conditional is not None
    np.testing.assert_allclose(found.conditional, printed, atol=1e-3)
    first = [[0.5, 1, 1, 1], [0, 0.5, 0.5, 0.5], [0, 0.5, 0.5, 0.5], [0, 0.5, 0.5, 0.5]]
    np.testing.assert_array_equal(found.complete, first)
    np.testing.assert_array_equal(found.conditionally, first)
    order = [[0.5, 1, 1, 1], [0, 0.5, 0, 0], [0, 1, 0.5, 0], [0, 1, 1, 0.5]]
    np.testing.assert_array_equal(found.generally, order)
