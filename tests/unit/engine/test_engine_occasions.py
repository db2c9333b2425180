"""What two occasions, and polychoric correlations, tell where there is little to tell."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.engine.correlation import correlation
from cosyn.engine.polychoric_matrix import polychoric_matrix
from cosyn.engine.stability import CONSTANT, TOO_FEW, agreement_of_occasions
from cosyn.errors import IdentificationError


def test_gaps_are_left_out() -> None:
    rng = np.random.default_rng(1)
    Y = rng.normal(size=(40, 1)) + rng.normal(size=(40, 2))
    holes = Y.copy()
    holes[:5, 1] = np.nan
    assert agreement_of_occasions(holes) == agreement_of_occasions(Y[5:])
    assert agreement_of_occasions(holes).n == 35


def test_nothing_to_compare_has_a_reason() -> None:
    assert agreement_of_occasions(np.ones((2, 2))).reason == TOO_FEW
    assert agreement_of_occasions(np.full((9, 2), 4.0)).reason == CONSTANT
    assert correlation(np.arange(5.0), np.full(5, 2.0)).reason == "a variable does not vary"
    assert correlation(np.arange(3.0), np.arange(3.0)).reason == "too few cases"
    assert correlation(np.array([1, 2, 3, 4, np.nan]), np.arange(5.0)).n == 4


def test_the_same_again_is_perfect() -> None:
    y = np.arange(12.0)
    found = agreement_of_occasions(np.column_stack([y, y]))
    assert found.value == 1
    assert found.interval is None


def test_a_shift_lowers_agreement_but_not_the_correlation() -> None:
    y = np.arange(12.0)
    found = agreement_of_occasions(np.column_stack([y, y + 3]))
    assert found.value is not None
    assert found.value < 0.9
    assert found.interval is not None
    assert found.interval[0] < found.value < found.interval[1] + 1e-12
    perfect = correlation(y, y + 3)
    assert perfect.value == pytest.approx(1)


def test_an_item_that_does_not_vary_has_no_correlation() -> None:
    X = np.column_stack([np.tile([1.0, 2, 3], 20), np.full(60, 4.0)])
    with pytest.raises(IdentificationError):
        polychoric_matrix(X, ("a", "b"))


def test_pairs_alone_need_not_make_a_matrix() -> None:
    """Three variables of which two are one and the third goes with each to its own degree."""
    a = np.repeat([1.0, 2, 3, 4], 30)
    third = np.tile([1.0, 1, 2], 40)
    found = polychoric_matrix(np.column_stack([a, a, third + (a > 2)]), ("a", "b", "c"))
    assert found.R[0, 1] > 0.99
    assert {fault.kind for fault in found.faults} >= {"correlation at bound"}
