"""Calibration, parameters of fit and truth tables, which need no optional part."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.synergy.calibration import Anchors, calibrate
from cosyn.synergy.set_relations import (
    ALWAYS,
    EMPTY_OUTCOME,
    EMPTY_SET,
    NEVER_APART,
    necessity_of,
    sufficiency,
)
from cosyn.synergy.truth_table import Cuts, covers, membership, truth_table, written

ONES, ZEROS = np.ones(4), np.zeros(4)


def test_anchors_have_their_memberships() -> None:
    found = calibrate(np.array([2.0, 4.0, 6.0, np.nan]))
    np.testing.assert_allclose(found, [0.05, 0.501, 0.95, np.nan])
    assert calibrate(np.array([4.0]), nudge=0) == [0.5]


def test_falling_sets_mirror_rising_ones() -> None:
    x = np.array([1.0, 3.0, 5.5, 7.0])
    falling = calibrate(x, Anchors(6, 4, 2))
    np.testing.assert_allclose(falling, 1 - calibrate(x), rtol=1e-12)


@pytest.mark.parametrize("anchors", [Anchors(4, 4, 6), Anchors(2, 7, 6), Anchors(4, 4, 4)])
def test_anchors_out_of_order(anchors: Anchors) -> None:
    with pytest.raises(ValueError, match="crossover"):
        calibrate(ONES, anchors)


def test_a_subset_is_sufficient_and_a_superset_necessary() -> None:
    x, y = np.array([0.1, 0.3, 0.6, 0.8]), np.array([0.2, 0.3, 0.7, 1.0])
    fit = sufficiency(x, y)
    assert [fit.consistency, fit.coverage] == pytest.approx([1, 1.8 / 2.2])
    found = necessity_of(y, x, "y")
    assert [found.consistency, found.coverage] == pytest.approx([1, 1.8 / 2.2])
    assert found.relevance == pytest.approx((4 - 2.2) / (4 - 1.8))


def test_pri_is_low_for_what_also_leads_to_the_absence() -> None:
    x = np.full(4, 0.3)
    fit = sufficiency(x, np.array([0.4, 0.6, 0.4, 0.6]))
    assert (fit.consistency, fit.pri, fit.reason) == (1, None, NEVER_APART)


def test_fits_that_cannot_be_computed() -> None:
    assert sufficiency(ZEROS, ONES).reason == EMPTY_SET
    assert sufficiency(ONES, ZEROS).coverage is None
    assert necessity_of(ONES, ZEROS).reason == EMPTY_OUTCOME
    assert necessity_of(ZEROS, ONES).reason == EMPTY_SET
    always = necessity_of(ONES, ONES)
    assert (always.consistency, always.relevance, always.reason) == (1, None, ALWAYS)


def test_terms() -> None:
    X = np.array([[0.9, 0.2], [0.4, 0.7]])
    np.testing.assert_allclose(membership(X, (1, 0)), [0.8, 0.3])
    np.testing.assert_allclose(membership(X, (None, None)), [1, 1])
    assert written((1, 0), "AB") == "A*~B"
    assert written((None, 0), "AB") == "~B"
    assert covers((None, 1), (0, 1))
    assert not covers((None, 1), (0, None))


def test_frequency_cut_is_a_share_that_keeps_most_of_the_cases() -> None:
    """Rows of 6, 3 and 1 cases: a cut of 3 keeps nine tenths, one of 4 too few."""
    rows = [(1, 1)] * 6 + [(1, 0)] * 3 + [(0, 0)]
    X = np.array(rows, dtype=float)
    y = X[:, 1]
    assert truth_table(X, y, "AB").frequency == 1
    assert truth_table(X, y, "AB", Cuts(share=0.2)).frequency == 2
    table = truth_table(X, y, "AB", Cuts(share=0.5))
    assert table.frequency == 3
    assert table.kept == pytest.approx(0.9)
    assert [row.output for row in table.rows] == ["remainder", "remainder", "negative", "positive"]
    assert truth_table(X, y, "AB", Cuts(share=0.5, kept=0.95)).frequency == 1
    assert truth_table(X, y, "AB", Cuts(frequency=4)).numbers("remainder") == (0, 1, 2)


def test_memberships_of_a_half_are_in_no_row() -> None:
    X = np.array([[0.5, 0.9], [0.6, 0.9], [0.2, 0.1]])
    table = truth_table(X, np.array([0.9, 0.9, 0.1]), "AB", Cuts(1))
    assert table.ambiguous == (0,)
    assert [row.cases for row in table.rows] == [(2,), (), (), (1,)]
    assert table.kept == pytest.approx(2 / 3)


def test_sufficient_rows_need_both_consistency_and_pri() -> None:
    X, y = np.array([[0.6], [0.6], [0.6]]), np.array([0.5, 0.5, 0.8])
    (_, row) = truth_table(X, y, "A", Cuts(1)).rows
    assert row.consistency is not None
    assert row.pri is not None
    assert (row.consistency > 0.8, row.pri > 0.7, row.output) == (True, False, "negative")
    (_, row) = truth_table(X, y, "A", Cuts(1, pri=0.5)).rows
    assert row.output == "positive"


def test_a_cut_is_reached_in_spite_of_rounding() -> None:
    """0.1 + 0.7 over 1 is 0.7999999999999999."""
    X, y = np.array([[0.7], [0.3]]), np.array([0.7, 0.1])
    (_, row) = truth_table(X, y, "A", Cuts(1, consistency=0.8, pri=0)).rows
    assert row.consistency is not None
    assert row.consistency < 0.8
    assert row.output == "positive"
